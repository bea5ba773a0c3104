internal import ArgumentParser
internal import Spec

/// `cl-spec show`: one resource, corrections applied.
struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Shows one resource with its corrections applied.",
    discussion: """
      Examples:
        cl-spec show imports
        cl-spec show skus --json
      """)

  @Argument(help: "The resource, plural as in its path.")
  var resource: String

  @Option(help: "The spec folder.")
  var spec = "Spec"

  @Flag(help: "Print the JSON instead of tables.")
  var json = false

  mutating func run() throws {
    let found = try SpecLoading.resource(resource, in: SpecLoading.folder(spec).resources)
    Console.result(
      json ? String(try found.tree().canonicalText.dropLast()) : ResourceTable.text(found))
  }
}
