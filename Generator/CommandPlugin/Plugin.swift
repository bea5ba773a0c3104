import Foundation
import PackagePlugin

/// `swift package generate-client --output DIR`: the sources of the `CommerceLayer` module, written
/// into a folder, for those who commit generated code or want to read it.
@main
struct GenerateClientCommand: CommandPlugin {
  func performCommand(context: PluginContext, arguments: [String]) async throws {
    var extractor = ArgumentExtractor(arguments)
    let output = extractor.extractOption(named: "output")
    let spec = extractor.extractOption(named: "spec")
    guard let folder = output.first, output.count == 1, spec.count <= 1,
      extractor.remainingArguments.isEmpty
    else {
      Diagnostics.error(
        """
        usage: swift package --allow-writing-to-package-directory generate-client \
        --output DIR [--spec DIR]
        """)
      return
    }
    let root = context.package.directoryURL
    let target = URL(filePath: folder, relativeTo: root.appending(path: "/"))
    let tool = Process()
    tool.executableURL = try context.tool(named: "cl-generate").url
    tool.arguments = [
      "--output", target.path,
      "--spec",
      spec.first.map { URL(filePath: $0, relativeTo: root.appending(path: "/")).path }
        ?? root.appending(path: "Spec").path,
    ]
    try tool.run()
    tool.waitUntilExit()
    guard tool.terminationReason == .exit, tool.terminationStatus == 0 else {
      Diagnostics.error("cl-generate failed; see its messages above")
      return
    }
    try copyHandWritten(from: root.appending(path: "Generated"), to: target)
  }

  /// The module's hand-written files, without which the generated ones do not compile.
  private func copyHandWritten(from source: URL, to target: URL) throws {
    let files = FileManager.default
    guard files.fileExists(atPath: source.path) else { return }
    for file in try files.contentsOfDirectory(at: source, includingPropertiesForKeys: nil)
    where file.pathExtension == "swift" {
      let copy = target.appending(path: file.lastPathComponent)
      let data = try Data(contentsOf: file)
      if (try? Data(contentsOf: copy)) != data { try data.write(to: copy, options: .atomic) }
    }
  }
}
