import Foundation
import Testing

/// What `docs/failure-matrix.md` says is tested is tested.
@Suite struct FailureMatrixTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// The names of all test functions of this package.
  private func testNames() throws -> Set<String> {
    let folder = Self.root.appending(path: "Tests")
    let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    var names: Set<String> = []
    while let url = files?.nextObject() as? URL {
      guard url.pathExtension == "swift" else { continue }
      let text = String(decoding: try Data(contentsOf: url), as: UTF8.self)
      for part in text.components(separatedBy: "@Test").dropFirst() {
        guard let start = part.range(of: "func ") else { continue }
        names.insert(String(part[start.upperBound...].prefix { $0.isLetter || $0.isNumber }))
      }
    }
    return names
  }

  @Test func everyRowNamesTestsThatExist() throws {
    let text = String(
      decoding: try Data(contentsOf: Self.root.appending(path: "docs/failure-matrix.md")),
      as: UTF8.self)
    let rows = text.split(separator: "\n").filter {
      $0.hasPrefix("| ") && $0.dropFirst(2).first?.isNumber == true
    }
    #expect(
      rows.compactMap { Int($0.split(separator: "|")[0].trimmingCharacters(in: .whitespaces)) }
        == Array(1...44))
    let known = try testNames()
    #expect(known.contains("everyRowNamesTestsThatExist"))
    for row in rows {
      let cells = row.split(separator: "|", omittingEmptySubsequences: false)
      let tests = cells[cells.count - 2].split(separator: "`").map(String.init)
        .filter { $0.first?.isLetter == true }
      #expect(!tests.isEmpty, "row \(cells[1]) names no test")
      for test in tests {
        let parts = test.split(separator: "/").map(String.init)
        if parts.count == 2, !Self.exists(parts[0]) {
          print("skipped: row \(cells[1]): there is no target \(parts[0]) here for \(parts[1])")
          continue
        }
        #expect(
          parts.last.map(known.contains) == true, "row \(cells[1]): \(test) does not exist")
      }
    }
  }

  private static func exists(_ target: String) -> Bool {
    FileManager.default.fileExists(atPath: root.appending(path: "Tests/\(target)").path)
  }
}
