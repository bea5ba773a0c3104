import Foundation
import PackagePlugin

/// Runs `cl-generate` when a spec file was added, removed or edited.
///
/// One command reads all spec files and names all outputs; the tool writes only those whose bytes
/// change, so that editing one spec file recompiles one source file. SwiftPM plans anew when a file
/// joins or leaves `Spec` because that folder is a target's.
@main
struct GenerateClient: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) async throws -> [Command] {
    let spec = context.package.directoryURL.appending(path: "Spec")
    let resources = try jsonFiles(in: spec.appending(path: "resources"))
    let corrections = try jsonFiles(in: spec.appending(path: "corrections"))
    // A user's own: the documentation's sentences for comments. This repository has none.
    let descriptions = try jsonFiles(in: spec.appending(path: "descriptions"))
    let service = spec.appending(path: "service.json")
    let output = context.pluginWorkDirectoryURL.appending(path: "Client")
    let arguments =
      ["--quiet", "--output", output.path, "--service", service.path]
      + ["--stamp", context.pluginWorkDirectoryURL.appending(path: "cl-generate.stamp").path]
      + corrections.flatMap { ["--corrections", $0.path] }
      + descriptions.flatMap { ["--descriptions", $0.path] } + resources.map(\.path)
    return [
      .buildCommand(
        displayName: "Generating the Commerce Layer client",
        executable: try context.tool(named: "cl-generate").url,
        arguments: arguments,
        inputFiles: resources + corrections + descriptions + [service],
        outputFiles: (resources + [service]).map { output.appending(path: outputName(for: $0)) })
    ]
  }

  /// `imports.json` gives `imports.generated.swift`: the rule of `Generator.outputName(for:)`, which
  /// a plugin cannot import.
  private func outputName(for specFile: URL) -> String {
    specFile.deletingPathExtension().lastPathComponent + ".generated.swift"
  }

  /// The `.json` files of a folder in the order of their names; a folder that is missing has none.
  private func jsonFiles(in folder: URL) throws -> [URL] {
    guard FileManager.default.fileExists(atPath: folder.path) else { return [] }
    return try FileManager.default
      .contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      .filter { $0.pathExtension == "json" }
      .sorted { $0.lastPathComponent < $1.lastPathComponent }
  }
}
