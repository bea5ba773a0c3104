import Foundation
import PackagePlugin

/// Runs `cl-generate` when a spec file was added, removed or edited.
///
/// One command reads all spec files and names all outputs; the tool writes only those whose bytes
/// change, so that editing one spec file recompiles one source file. SwiftPM plans anew when a file
/// joins or leaves `Spec` because that folder is a target's.
///
/// On a target of another package it reads which resources to generate from
/// `commercelayer-client.json` in the target's folder.
@main
struct GenerateClient: BuildToolPlugin {
  /// What a target other than this package's own says about its client, as far as it decides where
  /// the spec lies; the tool reads the rest.
  private struct Configuration: Decodable {
    /// A spec folder other than this package's, relative to the target's folder.
    var spec: String?
  }

  private static let configurationName = "commercelayer-client.json"

  func createBuildCommands(context: PluginContext, target: any Target) async throws -> [Command] {
    let output = context.pluginWorkDirectoryURL.appending(path: "Client")
    let tool = try context.tool(named: "cl-generate").url
    let isOwn = context.package.targets.contains { $0.name == "CommerceLayerRuntime" }
    if isOwn, target.name == "CommerceLayer" {
      let inputs = try inputs(in: context.package.directoryURL.appending(path: "Spec"))
      return [command(tool, inputs, names: inputs.resources.map(stem), to: output)]
    }
    let file = target.directoryURL.appending(path: Self.configurationName)
    guard let data = try? Data(contentsOf: file) else {
      Diagnostics.error(
        """
        \(file.path) is missing: it says which resources to generate, such as \
        {"resources": ["skus", "prices"]}
        """)
      return []
    }
    // The tool says what is wrong with a file that does not read.
    let configuration = try? JSONDecoder().decode(Configuration.self, from: data)
    let own = context.package.clientPackage?.directoryURL.appending(path: "Spec")
    guard
      let spec = configuration?.spec.map({
        URL(filePath: $0, relativeTo: target.directoryURL.appending(path: "/")).absoluteURL
      }) ?? own
    else {
      Diagnostics.error("the package that holds the spec is no dependency of this one")
      return []
    }
    // SwiftPM does not plan anew when a file's content changes, so what is picked must not decide
    // the names of the outputs: the resources share one file.
    return [
      command(
        tool, try inputs(in: spec), names: ["resources", "client"], to: output,
        arguments: ["--client", "--config", file.path], alsoReads: [file])
    ]
  }

  /// The command that generates a file for each of `names` and one for the service.
  private func command(
    _ tool: URL, _ inputs: Inputs, names: [String], to output: URL, arguments: [String] = [],
    alsoReads files: [URL] = []
  ) -> Command {
    .buildCommand(
      displayName: "Generating the Commerce Layer client", executable: tool,
      arguments: ["--quiet", "--output", output.path, "--service", inputs.service.path]
        + ["--stamp", output.path + ".stamp"] + arguments
        + inputs.corrections.flatMap { ["--corrections", $0.path] }
        + inputs.descriptions.flatMap { ["--descriptions", $0.path] }
        + inputs.resources.map(\.path),
      inputFiles: inputs.resources + inputs.corrections + inputs.descriptions + [inputs.service]
        + files,
      outputFiles: (names + [stem(inputs.service)]).map {
        // The rule of `Generator.outputName(for:)`, which a plugin cannot import.
        output.appending(path: $0 + ".generated.swift")
      })
  }

  /// The files of a spec folder.
  private struct Inputs {
    var service: URL
    var corrections: [URL]
    /// A user's own: the documentation's sentences for comments. This repository has none.
    var descriptions: [URL]
    var resources: [URL]
  }

  private func inputs(in spec: URL) throws -> Inputs {
    Inputs(
      service: spec.appending(path: "service.json"),
      corrections: try jsonFiles(in: spec.appending(path: "corrections")),
      descriptions: try jsonFiles(in: spec.appending(path: "descriptions")),
      resources: try jsonFiles(in: spec.appending(path: "resources")))
  }

  /// `imports.json` gives `imports`.
  private func stem(_ file: URL) -> String { file.deletingPathExtension().lastPathComponent }

  /// The `.json` files of a folder in the order of their names; a folder that is missing has none.
  private func jsonFiles(in folder: URL) throws -> [URL] {
    guard FileManager.default.fileExists(atPath: folder.path) else { return [] }
    return try FileManager.default
      .contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      .filter { $0.pathExtension == "json" }
      .sorted { $0.lastPathComponent < $1.lastPathComponent }
  }
}

extension Package {
  /// This package or the one it depends on that holds the spec, told by its runtime. Each plugin
  /// holds a copy: plugins share no code.
  fileprivate var clientPackage: Package? {
    if targets.contains(where: { $0.name == "CommerceLayerRuntime" }) { return self }
    return dependencies.lazy.compactMap { $0.package.clientPackage }.first
  }
}
