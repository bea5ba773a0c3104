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
  /// What a target other than this package's own says about its client, as far as it decides which
  /// files there are; the tool reads the rest.
  private struct Configuration: Decodable {
    /// A spec folder other than this package's, relative to the target's folder.
    var spec: String?
    /// What to generate: `client` unless it says `vocabulary` or `schema`.
    var module: String?
  }

  private static let configurationName = "commercelayer-client.json"

  /// What is generated into this package's own targets.
  private static let ownModules = [
    "CommerceLayer": "client", "CommerceLayerVocabulary": "vocabulary",
    "CommerceLayerSchema": "schema",
  ]

  func createBuildCommands(context: PluginContext, target: any Target) async throws -> [Command] {
    let output = context.pluginWorkDirectoryURL.appending(path: "Client")
    let tool = try context.tool(named: "cl-generate").url
    let isOwn = context.package.targets.contains { $0.name == "CommerceLayerRuntime" }
    if isOwn, let module = Self.ownModules[target.name] {
      let inputs = try inputs(
        in: context.package.directoryURL.appending(path: "Spec"), of: module)
      let names =
        module == "client" ? inputs.resources.map(stem) + [stem(inputs.service)] : [module]
      return [command(tool, inputs, module: module, names: names, to: output)]
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
    // The tool says what is wrong with a file that does not decode.
    let configuration = try? JSONDecoder().decode(Configuration.self, from: data)
    let own = context.package.clientPackage?.directoryURL.appending(path: "Spec")
    let given = configuration?.spec.map {
      URL(filePath: $0, relativeTo: target.directoryURL.appending(path: "/")).absoluteURL
        .standardizedFileURL
    }
    guard let spec = given ?? own else {
      Diagnostics.error("no dependency of this package holds a spec: add commercelayer-swift")
      return []
    }
    let module = configuration?.module ?? "client"
    // SwiftPM does not plan anew when a file's content changes, so what is picked must not decide
    // the names of the outputs: the resources share one file.
    let names = module == "client" ? ["resources", "client", "service"] : [module]
    return [
      command(
        tool, try inputs(in: spec, of: module), module: module, names: names, to: output,
        arguments: (module == "client" ? ["--client"] : []) + ["--config", file.path]
          + (given.map { module == "vocabulary" ? [] : ["--folder", $0.path] } ?? []),
        alsoReads: [file] + (given.map(folders) ?? []))
    ]
  }

  /// The command that generates a file for each of `names`.
  private func command(
    _ tool: URL, _ inputs: Inputs, module: String, names: [String], to output: URL,
    arguments: [String] = [], alsoReads files: [URL] = []
  ) -> Command {
    .buildCommand(
      displayName: "Generating the Commerce Layer \(module)", executable: tool,
      arguments: ["--quiet", "--output", output.path, "--module", module]
        + ["--service", inputs.service.path, "--stamp", output.path + ".stamp"] + arguments
        + (inputs.profile.map { ["--profile", $0.path] } ?? [])
        + (inputs.traits.map { ["--traits", $0.path] } ?? [])
        + inputs.corrections.flatMap { ["--corrections", $0.path] }
        + inputs.descriptions.flatMap { ["--descriptions", $0.path] }
        + inputs.resources.map(\.path),
      inputFiles: inputs.resources + inputs.corrections + inputs.descriptions + [inputs.service]
        + [inputs.profile, inputs.traits].compactMap(\.self) + files,
      outputFiles: names.map {
        // The rule of `Generator.outputName(for:)`, which a plugin cannot import.
        output.appending(path: $0 + ".generated.swift")
      })
  }

  /// The files of a spec folder.
  private struct Inputs {
    var service: URL
    /// What the service does in its own way, and what many resources have in common.
    var profile, traits: URL?
    var corrections: [URL]
    /// A user's own: the documentation's sentences for comments. This repository has none.
    var descriptions: [URL]
    var resources: [URL]
  }

  private func inputs(in spec: URL, of module: String) throws -> Inputs {
    // The vocabulary is the same whichever resources there are: only what all of them share counts.
    let isShared = module == "vocabulary"
    func files(_ folder: String) throws -> [URL] {
      isShared ? [] : try jsonFiles(in: spec.appending(path: folder))
    }
    let corrections = try jsonFiles(in: spec.appending(path: "corrections"))
      .filter { !isShared || $0.lastPathComponent == "service.json" }
    return Inputs(
      service: spec.appending(path: "service.json"),
      profile: present(spec.appending(path: "profile.json")),
      traits: present(spec.appending(path: "traits.json")),
      corrections: corrections, descriptions: try files("descriptions"),
      resources: try files("resources"))
  }

  /// The folders of a spec. As inputs of a command they have the tool run when a file joins one of
  /// them: SwiftPM does not plan anew for folders that belong to no target.
  private func folders(of spec: URL) -> [URL] {
    [spec]
      + ["resources", "corrections", "descriptions"].map { spec.appending(path: $0) }
      .compactMap(present)
  }

  private func present(_ file: URL) -> URL? {
    FileManager.default.fileExists(atPath: file.path) ? file : nil
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
