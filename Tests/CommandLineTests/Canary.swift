import Foundation

/// The texts that every secret of the tests contains.
enum Canary {
  /// A client secret. Not one a sandbox makes up, so that it is known where it comes from.
  static let secret = "hushcanary-client-secret-0123456789"

  /// Those of Tests/Fixtures/canaries.txt.
  static func texts() throws -> [String] {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fixtures/canaries.txt")
    return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
      .filter { !$0.hasPrefix("#") }
  }

  /// Where in some texts secrets are: `error output: …hushcanary…`.
  static func finds(_ texts: [String: String]) throws -> [String] {
    var finds: [String] = []
    for (name, text) in texts.sorted(by: { $0.key < $1.key }) {
      for canary in try Self.texts() {
        for form in [canary] + (0..<3).map({ base64(canary, after: $0) }) {
          guard let range = text.firstRange(of: form) else { continue }
          finds.append("\(name): …\(text[..<range.lowerBound].suffix(80))***")
        }
      }
    }
    return finds
  }

  /// What base64 makes of a text that some bytes precede, without the ends that depend on what is
  /// around it.
  static func base64(_ text: String, after bytes: Int) -> String {
    let whole = Data((String(repeating: "-", count: bytes) + text).utf8).base64EncodedString()
    let last = (bytes + text.utf8.count) * 8 / 6
    return String(whole.prefix(last).dropFirst((bytes * 8 + 5) / 6))
  }

  /// All files in a folder and below, by name.
  static func files(in folder: String) throws -> [String: String] {
    var all: [String: String] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: folder) {
      guard let data = FileManager.default.contents(atPath: "\(folder)/\(name)") else { continue }
      all[name] = String(decoding: data, as: UTF8.self)
    }
    return all
  }
}

/// A folder of its own for temporary files, gone with the object.
final class TemporaryFolder {
  let path: String

  init() throws {
    path =
      FileManager.default.temporaryDirectory
      .appendingPathComponent("cl-import-tmp-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
