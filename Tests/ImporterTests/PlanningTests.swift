import CommerceLayer
import Testing

@testable import CommerceLayerImporter
@testable import CommerceLayerRows

@Suite struct PlanningTests {
  /// Chunk sizes for rows of the given sizes, of which some continue the record before.
  private func cut(_ rows: [(bytes: Int, continues: Bool)], rows limit: Int, bytes: Int) -> [Int] {
    var limiter = ChunkLimiter(rows: limit, bytes: bytes)
    var sizes: [Int] = []
    for row in rows {
      if let full = limiter.add(bytes: row.bytes, continues: row.continues) { sizes.append(full) }
    }
    return sizes + (limiter.rowCount > 0 ? [limiter.rowCount] : [])
  }

  @Test func chunksAreBoundedByRowsAndBytes() {
    let ten = Array(repeating: (bytes: 10, continues: false), count: 10)
    #expect(cut(ten, rows: 10, bytes: 1000) == [10])
    #expect(cut(ten, rows: 9, bytes: 1000) == [9, 1])
    #expect(cut(ten, rows: 1, bytes: 1000) == Array(repeating: 1, count: 10))
    #expect(cut(ten, rows: 10, bytes: 35) == [3, 3, 3, 1])
    #expect(cut(ten, rows: 10, bytes: 5) == Array(repeating: 1, count: 10))
    #expect(cut([], rows: 10, bytes: 5) == [])
  }

  @Test func theLinesOfARecordStayTogether() {
    let lines = [false, true, false, true, true, false, false, false].map {
      (bytes: 1, continues: $0)
    }
    #expect(cut(lines, rows: 4, bytes: 100) == [2, 4, 2])
    #expect(cut(lines, rows: 2, bytes: 100) == [2, 3, 2, 1])
  }

  @Test(arguments: 0..<100)
  func everyRowIsInOneChunkAndNoRecordIsSplit(seed: Int) {
    var random = SplitMix64(seed: UInt64(seed))
    let rows = (0..<Int(random.next() % 200)).map { index in
      (bytes: Int(random.next() % 50), continues: index > 0 && random.next() % 3 == 0)
    }
    let sizes = cut(rows, rows: 7, bytes: 120)
    #expect(sizes.reduce(0, +) == rows.count)
    var start = 0
    for size in sizes {
      let end = start + size
      if end < rows.count { #expect(!rows[end].continues) }
      let chunk = rows[start..<end]
      let isOneRecord = chunk.dropFirst().allSatisfy(\.continues)
      #expect(isOneRecord || (size <= 7 && chunk.reduce(0) { $0 + $1.bytes } <= 120))
      start = end
    }
  }

  private func plan(_ text: String, type: String = "skus", chunkRows: Int = 10_000) throws
    -> (ImportPlan, [RowEntry])
  {
    let file = try InputOnDisk(text)
    var settings = ImportSettings(service: CommerceLayerService.description)
    settings.chunkRows = chunkRows
    var entries: [RowEntry] = []
    let plan = try ImportPlanner(
      file: file.file, format: .csv, rules: rules(type), settings: settings
    ).plan { entries.append($0) }
    return (plan, entries)
  }

  @Test func thePlanCountsEverything() throws {
    let (plan, entries) = try plan(
      "code,weight\nA,1\nB,x\nA,2\nC,\nA,3\n", chunkRows: 3)
    #expect(plan.rows == 5)
    #expect(plan.accepted == 4)
    #expect(plan.chunks == 2)
    #expect(plan.largestChunk == 3)
    #expect(plan.requests == 5)
    #expect(plan.key == ["code"])
    #expect(plan.updating == 4 && plan.creating == 0 && plan.records == 4)
    #expect(plan.repeatedKeys == 2)
    #expect(plan.firstRepeatedLine == 4)
    #expect(entries.map(\.line) == [3])
    #expect(entries.map(\.outcome) == [.rejected])
  }

  @Test(arguments: [(10_000, 1), (10_001, 2), (1, 1)])
  func theBoundariesOfAnImport(rows: Int, chunks: Int) throws {
    let (plan, _) = try plan("code\n" + (0..<rows).map { "c\($0)\n" }.joined())
    #expect(plan.chunks == chunks)
  }

  @Test func noRowsIsAnError() throws {
    #expect(throws: InputError.self) { try plan("code,name\n") }
  }

  @Test func anUnknownTypeHasASuggestion() throws {
    do {
      _ = try rules("sku")
      Issue.record("sku is not a type")
    } catch let error as RowRulesError {
      #expect(error.description.contains("did you mean 'skus'?"))
    }
    #expect(throws: RowRulesError.noParent("skus")) { try rules("skus", parent: "x") }
  }
}
