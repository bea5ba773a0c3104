import Foundation
import Spec

/// This repository's own files.
enum Repository {
  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  private static let loaded = Result { try SpecFolder.load(root.appending(path: "Spec")) }

  /// The committed spec, read once.
  static func spec() throws -> SpecFolder { try loaded.get() }
}
