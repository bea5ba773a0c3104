import Foundation
import GeneratorCore
import Spec

/// A spec written to a folder and generated from there, as a build does it.
final class SpecOnDisk {
  struct Output {
    let files: [Generator.File]
    let staleCorrections: [SpecError]
  }

  private let folder: URL
  private var written: [String: JSONTree] = [:]

  init() throws {
    folder = FileManager.default.temporaryDirectory
      .appending(path: "hostile-spec-\(UUID().uuidString)")
    for name in ["resources", "corrections"] {
      try FileManager.default.createDirectory(
        at: folder.appending(path: name), withIntermediateDirectories: true)
    }
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// - Throws: `SpecError` when the spec is rejected.
  func generate(_ files: [String: JSONTree]) throws -> Output {
    for (path, tree) in files where written[path] != tree {
      try Data(tree.canonicalText.utf8).write(to: folder.appending(path: path))
      // Equal by Swift is not equal in bytes: such text is written again.
      written[path] = nil
    }
    let spec = try SpecFolder.load(folder)
    return Output(files: try Generator.files(for: spec), staleCorrections: spec.staleCorrections)
  }

  static func generate(_ files: [String: JSONTree]) throws -> Output {
    try SpecOnDisk().generate(files)
  }
}
