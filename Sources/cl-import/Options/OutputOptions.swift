import ArgumentParser
import ImportConsole

extension OutputForm: ExpressibleByArgument {}

/// How a command is told what to print.
struct OutputOptions: ParsableArguments {
  @Option(
    help: """
      What goes to standard output: text, json (one document) or ndjson (one JSON object a line, as \
      things happen).
      """)
  var output: OutputForm?

  @Flag(help: "The same as --output json.")
  var json = false

  var form: OutputForm { output ?? (json ? .json : .text) }

  func validate() throws {
    if json, let output, output != .json {
      throw ValidationError("--json and --output \(output.rawValue) contradict each other")
    }
  }
}
