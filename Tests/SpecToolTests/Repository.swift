import Foundation
import Spec

/// This repository's own files.
enum Repository {
  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  static func spec() throws -> SpecFolder {
    try SpecFolder.load(root.appending(path: "Spec"))
  }
}
