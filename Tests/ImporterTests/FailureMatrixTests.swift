import Foundation
import Testing

/// What `docs/failure-matrix.md` says is tested is tested.
@Suite struct FailureMatrixTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// The names of all test functions of this package, and of those with their targets: `Target/name`.
  private func testNames() throws -> Set<String> {
    let folder = Self.root.appending(path: "Tests")
    let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    var names: Set<String> = []
    while let url = files?.nextObject() as? URL {
      guard url.pathExtension == "swift" else { continue }
      let text = String(decoding: try Data(contentsOf: url), as: UTF8.self)
      for part in text.components(separatedBy: "@Test").dropFirst() {
        guard let start = part.range(of: "func ") else { continue }
        let name = String(part[start.upperBound...].prefix { $0.isLetter || $0.isNumber })
        let target = url.pathComponents.dropFirst(folder.pathComponents.count).first ?? ""
        names.formUnion([name, "\(target)/\(name)"])
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
        #expect(known.contains(test), "row \(cells[1]): \(test) does not exist")
      }
    }
  }

  /// Where this package's issues amend the matrix it comes from, the amended row counts; none is missing.
  @Test func everyRowOfTheChecklistIsThere() throws {
    let list = Self.root.deletingLastPathComponent().appending(path: "shared/reliability.md")
    guard let data = try? Data(contentsOf: list) else {
      print("skipped: there is no ../shared/reliability.md to compare with")
      return
    }
    let text = String(decoding: data, as: UTF8.self)
    let start = try #require(text.range(of: "### 3.6"))
    let rows = text[start.upperBound...].components(separatedBy: "\n## ")[0]
      .split(separator: "\n").filter { $0.hasPrefix("| ") }
      .compactMap { Int($0.split(separator: "|")[0].trimmingCharacters(in: .whitespaces)) }
    #expect(rows == Array(1...44))
  }

  /// Each row says with which of the statuses that the text above the table lists a run ends.
  @Test func everyStatusIsOneThatThereIs() throws {
    let text = String(
      decoding: try Data(contentsOf: Self.root.appending(path: "docs/failure-matrix.md")),
      as: UTF8.self)
    let known: Set<String> = [
      "0", "1", "65", "69", "73", "74", "75", "76", "77", "130", "143", "–",
    ]
    for row in text.split(separator: "\n")
    where row.hasPrefix("| ") && row.dropFirst(2).first?.isNumber == true {
      let cells = row.split(separator: "|", omittingEmptySubsequences: false)
      #expect(cells.count == 7, "row \(cells[1]) has a bar too many or too few")
      let statuses = cells[4].replacing(" or ", with: ", ").replacing(" and a note", with: "")
        .replacing(" and a warning", with: "").split(separator: ",")
        .map { $0.trimmingCharacters(in: .whitespaces) }
      #expect(!statuses.isEmpty && statuses.allSatisfy(known.contains), "row \(cells[1])")
    }
  }

  private static func exists(_ target: String) -> Bool {
    FileManager.default.fileExists(atPath: root.appending(path: "Tests/\(target)").path)
  }
}
