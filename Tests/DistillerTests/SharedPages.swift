import Distiller
import Foundation

/// The documents the project started from, when they lie beside the package. They are not part of
/// the repository: where they are absent, the tests that need them are skipped and say so.
enum SharedPages {
  static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static let docs = root.deletingLastPathComponent().appending(path: "shared/docs")

  static func isThere(_ folder: String) -> Bool {
    FileManager.default.fileExists(atPath: docs.appending(path: folder).path)
  }

  /// All files below a folder, named from that folder on.
  static func files(_ folder: String) throws -> [SourceFile] {
    let base = docs.appending(path: folder)
    return try FileManager.default.subpathsOfDirectory(atPath: base.path).sorted().compactMap {
      let url = base.appending(path: $0)
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder),
        !isFolder.boolValue
      else { return nil }
      return SourceFile(name: "\(folder)/\($0)", bytes: Array(try Data(contentsOf: url)))
    }
  }
}
