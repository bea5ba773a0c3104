import Foundation

/// Checks programs with the compiler against the modules that these tests were built with.
enum Compiler {
  struct Result {
    let succeeded: Bool
    /// The error lines, without their places.
    let errors: [String]
  }

  /// Where SwiftPM put the modules; nil when the tests were built by something else.
  static let modules: URL? = {
    for argument in CommandLine.arguments {
      var folder = URL(filePath: argument)
      while folder.pathComponents.count > 1 {
        folder.deleteLastPathComponent()
        let modules = folder.appending(path: "Modules")
        let client = modules.appending(path: "CommerceLayer.swiftmodule")
        if FileManager.default.fileExists(atPath: client.path) { return modules }
      }
    }
    return nil
  }()

  /// Where the compiler keeps the module that package manifests import.
  private static var manifestModules: URL? {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    return path.split(separator: ":").lazy
      .map { URL(filePath: String($0)).appending(path: "swiftc").resolvingSymlinksInPath() }
      .first { FileManager.default.isExecutableFile(atPath: $0.path) }?
      .deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "lib/swift/pm/ManifestAPI")
  }

  /// Type-checks one file as a user's module, or a user's package manifest, would be.
  static func check(_ program: String, manifest: Bool = false) throws -> Result {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "compiler-proof-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "Program.swift")
    try Data(program.utf8).write(to: file)
    let compiler = Process()
    compiler.executableURL = URL(filePath: "/usr/bin/env")
    compiler.arguments = [
      "swiftc", "-typecheck", "-swift-version", "6", "-parse-as-library", "-I",
      (manifest ? manifestModules : modules)?.path ?? "", "-package-description-version", "6.2.0",
      file.path,
    ].filter { manifest || !["-package-description-version", "6.2.0"].contains($0) }
    let pipe = Pipe()
    compiler.standardError = pipe
    try compiler.run()
    let said = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    compiler.waitUntilExit()
    let errors = said.split(separator: "\n").filter { $0.hasPrefix(file.path) }
      .compactMap { line in
        line.range(of: ": error: ").map { String(line[$0.upperBound...]) }
      }
    return Result(succeeded: compiler.terminationStatus == 0, errors: errors)
  }
}
