import CommerceLayer
import Testing

@testable import CommerceLayerImporter
@testable import CommerceLayerRows

@Suite struct RowAccountTests {
  private func result(
    processed: Int, errors: Int, size: Int?, log: [(String, [String])] = []
  ) -> RemoteImport {
    var remote = RemoteImport(id: "i", status: "completed")
    remote.processedCount = processed
    remote.errorsCount = errors
    remote.inputsSize = size
    remote.errors = log.map { LogEntry(key: $0.0, messages: $0.1) }
    return remote
  }

  private func rows(_ keys: [String?]) -> [SentRow] {
    keys.enumerated().map { sentRow($0 + 1, key: $1) }
  }

  @Test func failedRowsAreNamedByTheirKeys() throws {
    let account = RowAccount(
      rows: rows(["A", "B", "C"]),
      result: result(processed: 2, errors: 1, size: 3, log: [("B", ["name: can't be blank"])]),
      wasInterrupted: false)
    #expect(account.succeeded == 2)
    #expect(account.failed == 1)
    #expect(
      account.findings == [.init(index: 1, outcome: .failed, reasons: ["name: can't be blank"])])
    #expect(account.doubts == [])
  }

  @Test func anInterruptedImportLeavesItsTailUnprocessed() throws {
    let account = RowAccount(
      rows: rows(["A", "B", "C", "D"]),
      result: result(processed: 1, errors: 1, size: 4, log: [("B", ["x"])]), wasInterrupted: true)
    #expect(account.succeeded == 1)
    #expect(account.failed == 1)
    #expect(account.unprocessed == 2)
    #expect(account.findings.map(\.index) == [1, 2, 3])
    #expect(account.findings.map(\.outcome) == [.failed, .notProcessed, .notProcessed])
  }

  @Test func rowsThatShareAKeyAreAllListed() throws {
    let account = RowAccount(
      rows: rows(["A", "B", "A"]),
      result: result(processed: 2, errors: 1, size: 3, log: [("A", ["x"])]), wasInterrupted: false)
    #expect(account.failed == 2)
    #expect(account.succeeded == 1)
    #expect(account.findings.map(\.index) == [0, 2])
    #expect(account.findings.allSatisfy { $0.reasons.count == 2 })
  }

  @Test func rowsTheServiceDoesNotNameAreCounted() throws {
    let account = RowAccount(
      rows: rows([nil, nil, nil]),
      result: result(processed: 1, errors: 2, size: 3, log: [("unknown", ["x"])]),
      wasInterrupted: false)
    #expect(account.failed == 2)
    #expect(account.unnamedFailures == 2)
    #expect(account.succeeded == 1)
    #expect(account.unmatched.map(\.key) == ["unknown"])
    #expect(account.findings == [])
  }

  /// An import of one keyless row that fails, for one: which row it was is not a secret.
  @Test func rowsThatMustHaveFailedAreNamed() throws {
    let all = RowAccount(
      rows: rows([nil, nil, nil]),
      result: result(processed: 0, errors: 2, size: 3, log: [("unknown", ["x"])]),
      wasInterrupted: true)
    #expect(
      all.findings.prefix(2) == [
        .init(index: 0, outcome: .failed, reasons: ["x"]),
        .init(index: 1, outcome: .failed, reasons: ["x"]),
      ])
    #expect(all.unprocessed == 1)
    #expect(all.unnamedFailures == 0)
    #expect(all.unmatched == [])
    let mixed = RowAccount(
      rows: rows(["A", nil]),
      result: result(processed: 0, errors: 2, size: 2, log: [("A", ["y"])]), wasInterrupted: false)
    #expect(mixed.findings.map(\.reasons) == [["y"], ["the service does not say why"]])
    // One of the two took it: nobody can tell which.
    let either = RowAccount(
      rows: rows([nil, nil]),
      result: result(processed: 1, errors: 1, size: 2, log: [("unknown", ["x"])]),
      wasInterrupted: false)
    #expect(either.findings == [])
    #expect(either.unnamedFailures == 1)
  }

  @Test func oldFormsOfKeysAreUnderstood() throws {
    let sent = [
      sentRow(1, key: "A-pl", parts: ["A", "pl"]),
      sentRow(2, key: "B-pl", parts: ["B", "pl"]),
      sentRow(3, key: nil, id: "xyz"),
    ]
    var matcher = LogMatcher(rows: sent)
    func expect(_ key: String, _ found: [Int]) throws {
      let rows = matcher.rows(for: key)
      #expect(rows == found, "\(key)")
    }
    try expect("A-pl", [0])
    try expect("code:B-pl", [1])
    try expect("B", [1])
    try expect("sku_code:A", [0])
    try expect("pl", [0, 1])
    try expect("xyz", [2])
    try expect("zzz", [])
  }

  @Test func linesOrRecordsMayBeCounted() throws {
    let grouped = [
      sentRow(1, key: "A", unit: 0), sentRow(2, key: "A", unit: 0),
      sentRow(3, key: "B", unit: 1), sentRow(4, key: "C", unit: 2),
    ]
    let records = RowAccount(
      rows: grouped, result: result(processed: 1, errors: 1, size: 3, log: [("A", ["x"])]),
      wasInterrupted: true)
    #expect(records.failed == 2)
    #expect(records.succeeded == 1)
    #expect(records.unprocessed == 1)
    #expect(records.total == 4)
    let lines = RowAccount(
      rows: grouped, result: result(processed: 3, errors: 1, size: 4, log: [("B", ["x"])]),
      wasInterrupted: false)
    #expect(lines.failed == 1)
    #expect(lines.succeeded == 3)
  }

  /// Rows that a completed import does not count were imported or not: nobody can tell, so they are not
  /// told as imported.
  @Test(arguments: [(7, 0, 3), (0, 0, 10), (5, 2, 3), (10, 0, 0), (12, 0, 0)])
  func rowsThatACompletedImportDoesNotCountAreUnknown(processed: Int, errors: Int, unknown: Int) {
    let keys = (0..<10).map { Optional("K\($0)") }
    let log = (0..<errors).map { ("K\($0)", ["x"]) }
    let account = RowAccount(
      rows: rows(keys), result: result(processed: processed, errors: errors, size: 10, log: log),
      wasInterrupted: false)
    #expect(account.unknown == unknown)
    #expect(account.failed == errors)
    #expect(account.succeeded == 10 - errors - unknown)
    let lost = account.findings.filter { $0.outcome == .unknown }
    #expect(lost.map(\.index) == Array((10 - unknown)..<10))
    #expect(account.doubts.isEmpty == (unknown == 0 && processed + errors == 10))
  }

  @Test func numbersThatContradictEachOtherAreTold() throws {
    let account = RowAccount(
      rows: rows(["A", "B"]), result: result(processed: 9, errors: 9, size: 7),
      wasInterrupted: false)
    #expect(account.total == 2)
    #expect(account.doubts.count == 2)
  }

  /// Two keys that look alike are two keys: the service compares bytes.
  @Test func comparesKeysOfTheLogByteForByte() {
    let composed = "caf\u{E9}"
    let decomposed = "cafe\u{301}"
    #expect(composed == decomposed, "to Swift they are equal")
    let account = RowAccount(
      rows: rows([composed, decomposed]),
      result: result(processed: 1, errors: 1, size: 2, log: [(decomposed, ["x"])]),
      wasInterrupted: false)
    #expect(account.findings.map(\.index) == [1])
    #expect(account.findings.first?.reasons == ["x"])
    #expect(account.doubts == [])
  }

  @Test func notesCountsThatShrank() {
    var remote = result(processed: 1, errors: 0, size: 2)
    remote.mostConsumed = 2
    let account = RowAccount(rows: rows(["A", "B"]), result: remote, wasInterrupted: true)
    #expect(account.unprocessed == 1)
    #expect(account.doubts == ["it counted 2 rows while it ran, and 1 at its end"])
  }

  @Test func notesALogThatNamesMoreThanIsCounted() {
    let account = RowAccount(
      rows: rows(["A", "B", "C"]),
      result: result(processed: 2, errors: 1, size: 3, log: [("A", ["x"]), ("B", ["y"])]),
      wasInterrupted: false)
    #expect(account.failed == 2)
    #expect(account.doubts.count == 1)
    #expect(account.doubts.first?.contains("its log names 2 rows and it counts 1 failed") == true)
  }

  /// Whatever a service says, every row is in exactly one sum and no sum is negative.
  @Test(arguments: 0..<500)
  func sumsAddUpWhateverTheServiceSays(seed: Int) throws {
    var random = SplitMix64(seed: UInt64(seed))
    let keys = ["A", "B", "C", nil, "A-B"]
    var unit = -1
    let isGrouped = random.next() % 2 == 0
    let sent = (0..<Int(random.next() % 12 + 1)).map { index in
      if !isGrouped || index == 0 || random.next() % 2 == 0 { unit += 1 }
      let key = keys[Int(random.next() % 5)]
      return sentRow(
        index + 1, key: key, parts: key == "A-B" ? ["A", "B"] : [], unit: unit)
    }
    let rows = sent
    let remote = result(
      processed: Int(random.next() % 15), errors: Int(random.next() % 15),
      size: [nil, rows.count, unit + 1, 3][Int(random.next() % 4)],
      log: (0..<Int(random.next() % 5)).map { _ in
        (["A", "B", "unknown", "A-B", "code:C", "?"][Int(random.next() % 6)], ["x"])
      })
    let account = RowAccount(rows: rows, result: remote, wasInterrupted: random.next() % 2 == 0)
    #expect(account.total == rows.count)
    #expect(account.succeeded >= 0 && account.failed >= 0 && account.unprocessed >= 0)
    #expect(account.unknown >= 0)
    #expect(
      account.findings.count + account.unnamedFailures
        == account.failed + account.unprocessed + account.unknown)
  }

  /// What is told of an import without looking at its rows is what looking at them tells.
  @Test(arguments: 0..<500)
  func rowsThatAllSucceededNeedNotBeRead(seed: Int) throws {
    var random = SplitMix64(seed: UInt64(seed))
    var unit = -1
    let sent = (0..<Int(random.next() % 4 + 1)).map { index in
      if index == 0 || random.next() % 2 == 0 { unit += 1 }
      return sentRow(index + 1, key: "K\(index)", unit: unit)
    }
    let remote = result(
      processed: Int(random.next() % 5), errors: Int(random.next() % 4 / 3),
      size: [nil, sent.count, unit + 1, 3][Int(random.next() % 4)],
      log: random.next() % 4 == 0 ? [("K0", ["x"])] : [])
    let wasInterrupted = random.next() % 4 == 0
    let cut = ChunkCut(
      number: 1, range: 0..<1, firstLine: 1, lastRowLine: sent.count, lastLine: sent.count,
      rows: sent.count, records: unit + 1, isTrial: false, byteCount: 1, digest: InputDigest([]))
    let full = RowAccount(rows: sent, result: remote, wasInterrupted: wasInterrupted)
    let short = RowAccount(allOf: cut, remote, wasInterrupted: wasInterrupted)
    if let short { #expect(short == full) }
    if full.succeeded == sent.count, full.doubts.isEmpty, full.unmatched.isEmpty, !wasInterrupted {
      #expect(short != nil, "the rows of an import that went well are read again")
    }
  }

  @Test func logsAreReadInAllTheirForms() throws {
    func read(_ text: String) throws -> [LogEntry] { ImportLog.read(try JSONValue(parsing: text)) }
    let today = [LogEntry(key: "A", messages: ["code: x", "code: y", "z"])]
    #expect(try read(#"{"A":{"code":["x","y"],"base":["z"]}}"#) == today)
    #expect(try read(#"{"A":["w"]}"#) == [LogEntry(key: "A", messages: ["w"])])
    #expect(
      try read(#"[{"code:A":{"code":["x"]}},{"B":["w"]}]"#) == [
        LogEntry(key: "code:A", messages: ["code: x"]), LogEntry(key: "B", messages: ["w"]),
      ])
    #expect(try read("{}").isEmpty)
    #expect(ImportLog.read(nil) == [])
    #expect(try read("[null,\"odd\"]") == [LogEntry(key: "unknown", messages: ["odd"])])
  }
}
