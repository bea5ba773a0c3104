internal import Foundation
internal import Spec

/// A folder laid out as the spec is; files are written only when their content changes.
struct SpecFiles {
  let url: URL

  init(path: String) { url = URL(filePath: path) }

  /// Writes one file.
  /// - Returns: whether anything changed.
  func write(_ tree: JSONTree, to name: String) throws -> Bool {
    let file = url.appending(path: name)
    let data = Data(tree.canonicalText.utf8)
    if let old = try? Data(contentsOf: file), old == data { return false }
    do {
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try data.write(to: file, options: .atomic)
    } catch {
      throw ToolFailure("cannot write \(file.path): \(ToolFailure.reason(of: error))")
    }
    return true
  }

  /// Reads one file; nil when it is not there.
  func read(_ name: String) throws -> JSONTree? {
    let file = url.appending(path: name)
    guard FileManager.default.fileExists(atPath: file.path) else { return nil }
    return try JSONTree.parse(Data(contentsOf: file), file: name)
  }

  /// Removes one file when it is there.
  func remove(_ name: String) throws {
    let file = url.appending(path: name)
    guard FileManager.default.fileExists(atPath: file.path) else { return }
    try FileManager.default.removeItem(at: file)
  }
}
