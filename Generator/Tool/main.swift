import Foundation
import GeneratorCore

let arguments = Array(CommandLine.arguments.dropFirst())

/// Diagnostics go to stderr, where build systems look for `file: error:`.
func complain(_ text: String) {
  FileHandle.standardError.write(Data((text + "\n").utf8))
}

if arguments.contains("--help") || arguments.contains("-h") {
  print(GenerateCommand.usage)
  exit(0)
}

do {
  for line in try GenerateCommand(arguments).run() { complain(line) }
} catch let error as UsageError {
  complain("cl-generate: error: \(error)\n\n\(GenerateCommand.usage)")
  exit(64)
} catch {
  complain("\(error)")
  exit(1)
}
