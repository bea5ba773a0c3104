import Testing

@testable import NearestNames

@Suite struct NearestNamesTests {
  static let names = ["imports", "exports", "skus", "code", "name", "shipping_category_id"]

  @Test(arguments: [
    ("import", ["imports"]), ("imprts", ["imports"]), ("exprots", ["exports"]), ("sku", ["skus"]),
    ("Code", ["code"]), ("nmae", ["name"]), ("shipping category-id", ["shipping_category_id"]),
    ("SHIPPING_CATEGORY", ["shipping_category_id"]),
    ("shiping_categry_ids", ["shipping_category_id"]),
    ("ship", ["shipping_category_id"]), ("xports", ["exports", "imports"]),
  ])
  func suggestsWhatIsClose(name: String, expected: [String]) {
    #expect(NearestNames.suggestions(for: name, among: Self.names) == expected)
  }

  @Test(arguments: ["", "s", "sh", "zzzzzzz", "colour", "port", "🛒", "naïveté"])
  func suggestsNothingForWhatIsFar(name: String) {
    #expect(NearestNames.suggestions(for: name, among: Self.names).isEmpty)
  }

  @Test func theBestComeFirstAndNoMoreThanTheLimit() {
    let names = ["aabbb", "aaaab", "aaaaab", "aaaaa"]
    #expect(NearestNames.suggestions(for: "aaaaa", among: names) == ["aaaaa", "aaaab", "aaaaab"])
    #expect(NearestNames.suggestion(for: "aaaaa", among: names) == "aaaaa")
    #expect(NearestNames.suggestions(for: "aaaaa", among: names, limit: 0).isEmpty)
  }

  /// A column of a file may have any length, and is asked for in each row.
  @Test func namesThatNobodyTypedHaveNoSuggestions() {
    let long = String(repeating: "a", count: 4_000_000)
    #expect(NearestNames.suggestions(for: long, among: [long, "a"]).isEmpty)
    #expect(NearestNames.suggestions(for: "aaaa", among: [long]).isEmpty)
    #expect(!NearestNames.isClose(long, to: long, changes: 4_000_000))
  }

  /// The band gives what the whole table gives.
  @Test func distancesAreThoseOfTheWholeTable() {
    var words: [[UInt8]] = [[]]
    var last: [[UInt8]] = [[]]
    for _ in 0..<5 {
      last = last.flatMap { word in [word + [97], word + [98]] }
      words += last
    }
    for left in words {
      for right in words {
        let whole = Self.wholeTable(left, right)
        for limit in 0...5 {
          let found = NearestNames.distance(left, right, atMost: limit)
          guard found != (whole <= limit ? whole : nil) else { continue }
          Issue.record("\(left) to \(right) within \(limit): \(found ?? -1), is \(whole)")
        }
      }
    }
    #expect(NearestNames.distance([97], [97], atMost: -1) == nil)
  }

  private static func wholeTable(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var table = (0...left.count).map { row in
      (0...right.count).map { row == 0 ? $0 : $0 == 0 ? row : 0 }
    }
    for (row, letter) in left.enumerated() {
      for (column, other) in right.enumerated() {
        var cost = min(table[row][column + 1], table[row + 1][column]) + 1
        cost = min(cost, table[row][column] + (letter == other ? 0 : 1))
        if row > 0, column > 0, letter == right[column - 1], left[row - 1] == other {
          cost = min(cost, table[row - 1][column - 1] + 1)
        }
        table[row + 1][column + 1] = cost
      }
    }
    return table[left.count][right.count]
  }
}
