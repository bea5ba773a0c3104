import Foundation
import PackagePlugin

/// `swift package generate-client --output DIR`: the sources of a client, written into a folder, for
/// those who commit generated code or want to read it.
@main
struct GenerateClientCommand: CommandPlugin {
  func performCommand(context: PluginContext, arguments: [String]) async throws {
    var extractor = ArgumentExtractor(arguments)
    let output = extractor.extractOption(named: "output")
    let resources = extractor.extractOption(named: "resources")
    let spec = extractor.extractOption(named: "spec")
    let module = extractor.extractOption(named: "module")
    guard let folder = output.first, output.count == 1, spec.count <= 1, module.count <= 1,
      extractor.remainingArguments.isEmpty
    else {
      Diagnostics.error(
        """
        usage: swift package --allow-writing-to-package-directory generate-client \
        --output DIR [--resources skus,prices] [--spec DIR] [--module client|vocabulary|schema]
        """)
      return
    }
    let root = context.package.directoryURL.appending(path: "/")
    guard
      let source = spec.first.map({ URL(filePath: $0, relativeTo: root) })
        ?? context.package.clientPackage?.directoryURL.appending(path: "Spec")
    else {
      Diagnostics.error("no dependency of this package holds a spec: add commercelayer-swift")
      return
    }
    let tool = Process()
    tool.executableURL = try context.tool(named: "cl-generate").url
    let isClient = module.isEmpty || module == ["client"]
    tool.arguments =
      (isClient ? ["--client"] : ["--module"] + module) + [
        "--output", URL(filePath: folder, relativeTo: root).path, "--spec", source.path,
      ]
      + (resources.isEmpty ? [] : ["--only", resources.joined(separator: ",")])
    try tool.run()
    tool.waitUntilExit()
    guard tool.terminationReason == .exit, tool.terminationStatus == 0 else {
      Diagnostics.error("cl-generate failed; see its messages above")
      return
    }
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
