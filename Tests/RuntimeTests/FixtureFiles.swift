import Foundation

/// Public test material that is kept in the repository, with its licences, under `Tests/FixtureFiles`.
enum FixtureFiles {
  static let folder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures")

  /// The content of one file.
  static func bytes(_ path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: folder.appending(path: path)))
  }

  /// The paths of all JSON files below a folder, relative to it and sorted.
  static func files(in path: String) -> [String] {
    let root = folder.appending(path: path).standardizedFileURL.path + "/"
    let all = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
    return all.filter { $0.hasSuffix(".json") }.sorted()
  }
}
