import CommerceLayer
import Testing

@testable import CommerceLayerImporter
@testable import ImportConsole
@testable import cl_import

/// Swift Testing has one of its own.
private typealias ExitStatus = ImportConsole.ExitStatus

@Suite struct PureTests {
  @Test(arguments: [
    (CommerceLayerError.Kind.authentication, Int?.none, ExitStatus.permission),
    (.permission, 403, .permission), (.transport, nil, .unavailable), (.timeout, nil, .unavailable),
    (.server, 500, .unavailable), (.rateLimited, 429, .temporary),
    (.ambiguousWrite, nil, .temporary), (.configuration, nil, .configuration),
    (.protocolViolation, 200, .unavailable), (.protocolViolation, 302, .protocolViolation),
    (.protocolViolation, nil, .protocolViolation), (.validation, 422, .data),
    (.notFound, 404, .data),
  ])
  fileprivate func callsHaveExitCodes(kind: CommerceLayerError.Kind, status: Int?, code: ExitStatus)
  {
    #expect(ExitStatus(CommerceLayerError(kind, "x", status: status)) == code)
  }

  @Test func cancellationIsAnInterruption() {
    #expect(Failure(CancellationError()).status == .interrupted)
  }

  @Test func theCodesAreThoseOfTheTable() {
    let codes = Set(ExitStatus.allCases.map(\.rawValue))
    #expect(codes == [0, 1, 64, 65, 66, 69, 70, 73, 74, 75, 76, 77, 78, 130, 143])
  }

  @Test func inputsHaveExitCodes() {
    #expect(ExitStatus(InputError(.unreadable, "")) == .noInput)
    #expect(ExitStatus(InputError(.malformed, "")) == .data)
    #expect(ExitStatus(InputError(.encoding, "")) == .data)
    #expect(ExitStatus(InputError(.storage, "")) == .inputOutput)
  }

  @Test func progressIsDrawnOnlyOnARealTerminal() {
    func live(_ variables: [String: String], terminal: Bool = true, no: Bool = false) -> Bool {
      ProgramEnvironment(variables: variables, errorIsTerminal: terminal)
        .showsLiveProgress(noProgress: no)
    }
    #expect(live(["TERM": "xterm"]))
    #expect(!live(["TERM": "xterm"], terminal: false))
    #expect(!live(["TERM": "dumb"]))
    #expect(!live(["TERM": "xterm", "CI": "true"]))
    #expect(!live(["TERM": "xterm"], no: true))
  }

  @Test func tablesLineUpAndLetNoEscapesThrough() {
    var table = TextTable(("id", .left), ("rows", .right))
    table.add("a\u{1B}[31m", "7")
    table.add("bb", "1000")
    #expect(table.lines == ["  id           rows", "  a\\u{1b}[31m     7", "  bb           1000"])
  }

  private func progress(_ over: Int, _ running: [(String, String, Int)]) -> ImportProgress {
    var progress = ImportProgress()
    progress.rows = 100
    progress.chunks = 2
    progress.chunksOver = over
    progress.succeeded = over * 49
    progress.failed = over
    progress.running = running.map {
      .init(chunk: over + 1, id: $0.0, status: $0.1, rows: 50, consumed: $0.2)
    }
    return progress
  }

  @Test func theBlockFitsTheTerminal() {
    let lines = ProgressText.block(
      progress(1, [("a\u{1B}]0;x\u{07}", "in_progress", 25)]), elapsed: .seconds(75),
      note: String(repeating: "n", count: 300), size: TerminalSize(columns: 60, rows: 24))
    #expect(lines.allSatisfy { $0.count < 60 })
    #expect(lines[0].hasSuffix("75 %"))
    #expect(lines[1].hasPrefix("75 of 100 rows"))
    #expect(lines.contains { $0.contains("1 rows/s, 1 minute 15 seconds so far") })
    #expect(!lines.joined().contains("\u{1B}"))
  }

  @Test func aLineIsToldForAChangeOnly() {
    let first = progress(0, [("a", "pending", 0)])
    #expect(ProgressText.line(first, after: nil)?.contains("a: pending, 0 of 50") == true)
    #expect(ProgressText.line(first, after: first) == nil)
    #expect(ProgressText.line(progress(0, [("a", "pending", 9)]), after: first) == nil)
    // An import of an earlier part of the run has no status before it is asked for.
    #expect(
      ProgressText.line(progress(0, [("a", "", 0)]), after: nil)?
        .contains("a: created earlier, 0 of 50") == true)
    let second = progress(0, [("a", "in_progress", 9)])
    #expect(ProgressText.line(second, after: first)?.contains("in_progress") == true)
    #expect(
      ProgressText.line(progress(1, []), after: second)?.hasPrefix("1 of 2 imports ended") == true)
  }

  @Test func oneIsSingular() {
    var progress = ImportProgress()
    (progress.rows, progress.chunks, progress.chunksOver) = (1, 1, 1)
    (progress.succeeded, progress.failed) = (1, 1)
    #expect(
      ProgressText.line(progress, after: nil)
        == "1 of 1 import ended: 1 row imported, 1 failed, 0 not processed")
    let block = ProgressText.block(
      progress, elapsed: .zero, note: nil, size: TerminalSize(columns: 120, rows: 24))
    #expect(
      block[1] == "2 of 1 row; 0 seconds so far; 1 of 1 import ended, 0 in flight; 1 row failed")
    progress.chunksOver = 0
    progress.running = [.init(chunk: 1, id: "a", status: "pending", rows: 1, consumed: 0)]
    #expect(
      ProgressText.line(progress, after: nil) == "import 1 of 1, a: pending, 0 of 1 row")
    var plan = ImportPlan()
    (plan.rows, plan.chunks, plan.largestChunk, plan.repeatedKeys) = (1, 1, 1, 1)
    plan.firstRepeatedLine = 3
    let lines = PlanText.lines(plan).joined(separator: "\n")
    #expect(lines.contains("the largest of 1 row"))
    #expect(!lines.contains("1 rows"))
    #expect(lines.contains("1 row repeats the key"))
  }

  private func entry(
    _ line: Int, _ outcome: RowEntry.Outcome, _ reason: String, importID: String? = nil
  ) -> RowEntry {
    RowEntry(
      line: line, key: "K\(line)", outcome: outcome, reasons: [reason], importID: importID)
  }

  @Test func rowsThatWereNotProcessedShareALine() {
    var rows = ListedRows()
    rows.add(entry(3, .rejected, "bad"))
    for line in [2, 4, 5] { rows.add(entry(line, .notProcessed, "not sent: x")) }
    for line in 20...2000 { rows.add(entry(line, .notProcessed, "interrupted", importID: "a")) }
    rows.add(entry(2001, .notProcessed, "interrupted", importID: "b"))
    rows.addUnsent(100, reason: "not sent: x")
    #expect(
      SummaryText.rows(rows, reportPath: nil) == [
        "     line  row                       why",
        "        3  K3         rejected       bad",
        "       2–  103 rows   not processed  not sent: x",
        "  20–2000  1981 rows  not processed  interrupted",
        "     2001  K2001      not processed  interrupted",
      ])
    for line in 0..<60 { rows.add(entry(line, .failed, "why")) }
    for line in 0..<60 { rows.add(entry(line, .notProcessed, "\(line)")) }
    #expect(rows.groups.count == ListedRows.maximum)
    // 61 entries of which 50 are listed, and 13 rows beyond 50 groups.
    #expect(
      SummaryText.rows(rows, reportPath: "f").last == "  … and 24 more, see 'f'")
  }

  @Test func aStoppedRunSaysWhatMayGoOn() {
    var report = ImportReport(runID: "run", plan: ImportPlan())
    report.ending = .stopped
    #expect(Failure(report)?.because == "no import of this run goes on in the service")
    report.inDoubt = ["run-000001"]
    #expect(
      Failure(report)?.because == "imports of these references may have been created: run-000001")
    #expect(Failure(report)?.advice == "cl-import list")
    report.leftRunning = ["abc"]
    #expect(
      Failure(report)?.because?.hasPrefix("these imports go on in the service: abc; imports")
        == true)
    #expect(Failure(report)?.advice == "cl-import show abc")
  }

  @Test func errorsAreThreeLines() {
    let failure = Failure(
      .data, "what\u{1B}", because: "cause\nmore", advice: "this", requestID: "id")
    #expect(
      failure.lines == [
        "error: what\\u{1b}", "  because: cause more", "  try: this", "  request id: id",
      ])
  }

  @Test func argumentsThatHoldSecretsAreRejected() {
    for argument in [
      "--client-secret=hushcanary", "--client-secret", "--Client_Secret=hushcanary", "--token",
      "--password=hushcanary", "--client-secret-stdin=hushcanary", "-client-secret=hushcanary",
      "--refresh-token=hushcanary", "--secrets", "--Authorization=hushcanary", "--api-key",
    ] {
      #expect(SecretGuard.rejection(["run", argument]) != nil, "\(argument)")
    }
    for argument in [
      "--client-secret-stdin", "client-secret", "--type=secret", "--credentials", "-", "--",
      "--credentials=secret.json",
    ] {
      #expect(SecretGuard.rejection([argument]) == nil, "\(argument)")
    }
  }

  @Test func theDemoIsTheSameEveryTime() {
    #expect(DemoCatalogue.csv == DemoCatalogue.csv)
    #expect(DemoCatalogue.record(0).hasPrefix("DEMO-ALDER-00000,\"Alder Rain Jacket, XS\""))
    let codes = Set((0..<DemoCatalogue.count).map { DemoCatalogue.record($0).prefix { $0 != "," } })
    #expect(codes.count == DemoCatalogue.count)
  }
}
