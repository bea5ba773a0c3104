import ConformanceProbes
import Foundation
import GeneratorCore
import Spec

// cl-probe SPEC OUTPUT: writes the sources of the schema-conformance tests. The build plugin
// GenerateConformanceTests runs it; nobody else has it.
let arguments = CommandLine.arguments.dropFirst().map { URL(filePath: $0) }

/// Diagnostics go to stderr, where build systems look for `file: error:`.
func fail(_ text: String, status: Int32) -> Never {
  FileHandle.standardError.write(Data((text + "\n").utf8))
  exit(status)
}

guard arguments.count == 2 else { fail("usage: cl-probe SPEC OUTPUT", status: 64) }
do {
  let spec = try SpecFolder.load(arguments[0])
  _ = try OutputFolder(arguments[1]).update(to: ConformanceProbes.files(for: spec))
} catch {
  fail("\(error)", status: 1)
}
