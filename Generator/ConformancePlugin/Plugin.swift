import Foundation
import PackagePlugin

/// Runs `cl-probe` for a test target: one file of probes for each resource of
/// `Spec`, and one that lists them.
@main
struct GenerateConformanceTests: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) async throws -> [Command] {
    let spec = context.package.directoryURL.appending(path: "Spec")
    func files(_ folder: String) throws -> [URL] {
      try FileManager.default.contentsOfDirectory(
        at: spec.appending(path: folder), includingPropertiesForKeys: nil
      ).filter { $0.pathExtension == "json" }.sorted { $0.path < $1.path }
    }
    let resources = try files("resources")
    let shared = ["profile.json", "service.json", "traits.json"].map { spec.appending(path: $0) }
    let inputs = try resources + files("corrections") + shared
    let output = context.pluginWorkDirectoryURL.appending(path: "Probes")
    let names =
      resources.map { $0.deletingPathExtension().lastPathComponent } + ["service"]
    return [
      .buildCommand(
        displayName: "Generating the schema-conformance tests",
        executable: try context.tool(named: "cl-probe").url,
        arguments: [spec.path, output.path],
        inputFiles: inputs,
        outputFiles: names.map { output.appending(path: "\($0).probe.swift") })
    ]
  }
}
