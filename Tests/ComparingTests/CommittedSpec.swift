import Foundation
import Spec

/// The spec of this repository, read once.
enum CommittedSpec {
  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  private static let loaded = Result { try SpecFolder.load(root.appending(path: "Spec")) }

  static func folder() throws -> SpecFolder { try loaded.get() }
}
