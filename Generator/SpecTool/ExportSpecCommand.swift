internal import ArgumentParser
internal import Foundation
internal import OpenAPIExport
internal import Spec

/// `cl-spec export`: the spec in a form that other tools read.
struct ExportSpecCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Writes the whole spec as an OpenAPI 3.1 document.",
    discussion: """
      The same spec gives the same bytes; info.version is made of the spec's content. Operations \
      that follow a relationship are marked x-related.

      Examples:
        cl-spec export --format openapi --output openapi.json
        cl-spec export | jq '.paths | keys'
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case openapi }

  @Option(help: "The form to write.")
  var format = Format.openapi

  @Option(help: "The file to write; standard output when there is none.")
  var output: String?

  @Option(help: "The spec folder.")
  var spec = "Spec"

  mutating func run() throws {
    let folder = try SpecLoading.folder(spec)
    let document = OpenAPIDocument.tree(of: folder, version: try Self.version(of: folder))
    guard let output else {
      ToolOutput.result(String(document.canonicalText.dropLast()))
      return
    }
    let data = Data(document.canonicalText.utf8)
    do {
      try data.write(to: URL(filePath: output), options: .atomic)
    } catch {
      throw ToolFailure("cannot write \(output): \(ToolFailure.reason(of: error))")
    }
    let paths = document["paths"]?.object ?? [:]
    let operations = paths.values.map { $0.object?.keys.count { $0 != "parameters" } ?? 0 }
      .reduce(0, +)
    ToolOutput.result(
      "\(paths.count) paths, \(operations) operations, \(data.count / 1024) KiB written to \(output)"
    )
  }

  /// Twelve digits of the digest of all facts: another spec has another version.
  private static func version(of folder: SpecFolder) throws -> String {
    var bytes = Array(try folder.service.tree().compactText.utf8)
    for resource in folder.resources { bytes += Array(try resource.tree().compactText.utf8) }
    return "spec-" + Digest.sha256(bytes).prefix(12)
  }
}
