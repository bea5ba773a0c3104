import CommerceLayer
import CommerceLayerSandbox
import Foundation
import HTTPTypes
import Synchronization
import Testing

@testable import CommerceLayerImporter
@testable import CommerceLayerRows

/// An input that is not any more what was checked when its rows are sent or told of.
@Suite struct InputChangeTests {
  private final class Record: Sendable {
    private let state = Mutex((entries: [RowEntry](), unsent: [String]()))
    var entries: [RowEntry] { state.withLock { $0.entries }.sorted { $0.line < $1.line } }
    var unsent: [String] { state.withLock { $0.unsent } }
    var observer: ImportObserver {
      var observer = ImportObserver()
      observer.entry = { entry in self.state.withLock { $0.entries.append(entry) } }
      observer.unsent = { count, reason in
        self.state.withLock { $0.unsent.append("\(count) \(reason)") }
      }
      return observer
    }
  }

  /// What happens to a file behind its reader's back.
  enum Change: CaseIterable, Sendable {
    case byteInPlace, truncated, appended, rowRemoved

    func make(_ path: String) throws {
      let url = URL(fileURLWithPath: path)
      var data = try Data(contentsOf: url)
      let place = try #require(data.range(of: Data("LAST".utf8)))
      let handle = try FileHandle(forWritingTo: url)
      switch self {
      case .byteInPlace:
        var times = stat()
        fstat(handle.fileDescriptor, &times)
        try handle.seek(toOffset: UInt64(place.lowerBound))
        try handle.write(contentsOf: Data("P".utf8))
        #if canImport(Darwin)
          var restored = [times.st_atimespec, times.st_mtimespec]
        #else
          var restored = [times.st_atim, times.st_mtim]
        #endif
        #expect(futimens(handle.fileDescriptor, &restored) == 0)
      case .truncated: try handle.truncate(atOffset: UInt64(place.lowerBound))
      case .appended:
        try handle.seekToEnd()
        try handle.write(contentsOf: Data("X,x,cat\n".utf8))
      case .rowRemoved:
        data.removeSubrange(place.lowerBound..<data.endIndex)
        data.append(Data("PAST\n".utf8))
        try handle.truncate(atOffset: 0)
        try handle.write(contentsOf: data)
      }
      try handle.close()
    }
  }

  /// Six rows of 70 kB, each in blocks of its own; the last one's name ends with the word LAST.
  private static let text =
    "code,name,shipping_category_id\n"
    + (0..<6).map { index in
      "S\(index),\(String(repeating: "x", count: 70_000))\(index == 5 ? "LAST" : ""),cat\n"
    }.joined()

  private func importer(
    _ disk: InputOnDisk, _ stage: SandboxStage, time: TimeSource,
    change: (inout ImportSettings) -> Void = { _ in }
  ) throws -> Importer {
    var settings = ImportSettings(service: CommerceLayerService.description)
    settings.chunkRows = 1
    settings.maximumRunning = 1
    change(&settings)
    return Importer(
      client: stage.client, file: try disk.file, format: .csv, rules: try rules(),
      settings: settings, runID: "run", time: time, seed: 1)
  }

  @Test(arguments: Change.allCases)
  func nothingThatWasNotCheckedIsSent(change: Change) async throws {
    let time = InstantTime.source()
    let stage = try SandboxStage(time: time)
    let disk = try InputOnDisk(Self.text)
    let record = Record()
    var observer = record.observer
    observer.planned = { _ in #expect(throws: Never.self) { try change.make(disk.path) } }
    let report = try await importer(disk, stage, time: time).run(observer: observer)
    guard case .inputFailed(let reason) = report.ending else {
      Issue.record("\(report.ending)")
      return
    }
    #expect(reason.contains("changed while it was read"))
    #expect(report.isConsistent && report.failed == 0 && report.unknown == 0)
    // A file that says that it changed is not read at all; where it does not, what is as it was is sent.
    let sent = change == .byteInPlace ? 5 : 0
    #expect(report.succeeded == sent && report.unprocessed == 6 - sent)
    let records = try await stage.client.skus.list { $0.page(size: 25) }
    #expect(records.items.compactMap(\.code).sorted() == (0..<sent).map { "S\($0)" })
    // Rows that are as they were are told one by one, the others by their lines.
    let told = record.entries
    #expect(told.allSatisfy { $0.outcome == .notProcessed })
    #expect(told.map(\.key) == (sent..<(change == .appended ? 6 : 5)).map { "S\($0)" })
    if change != .appended {
      let said = record.unsent.joined() + report.chunks.flatMap(\.notes).joined()
      #expect(said.contains("lines 7 to 7"), "\(said)")
    }
  }

  /// A file that is cut off while it is checked: the end of what is left is not what is wrong with it.
  @Test func aFileThatIsCutOffWhileItIsCheckedHasChanged() throws {
    let rows = (0..<6).map { "S\($0),\"\(String(repeating: "x", count: 200_000))\",cat\n" }
    let disk = try InputOnDisk("code,name,shipping_category_id\nA,,cat\n" + rows.joined())
    let planner = ImportPlanner(
      file: try disk.file, format: .csv, rules: try rules(),
      settings: ImportSettings(service: CommerceLayerService.description))
    var isCut = false
    let error = #expect(throws: InputError.self) {
      // Asked before each row: the first time the rest is cut off, within a quote.
      try planner.plan(isStopped: {
        if !isCut { truncate(disk.path, 700_000) }
        isCut = true
        return false
      })
    }
    #expect(error?.kind == .changed, "\(error?.description ?? "")")
  }

  /// Rows that failed while the input changed are counted and not named; none is told as imported.
  @Test func rowsThatCannotBeNamedAnyMoreAreCounted() async throws {
    let time = InstantTime.source()
    let stage = try SandboxStage(time: time)
    let text =
      "code,name,shipping_category_id\n"
      + (0..<20).map { "S\($0),\($0 % 4 == 0 ? "" : "n"),cat\n" }.joined() + "LAST,n,cat\n"
    let disk = try InputOnDisk(text)
    let record = Record()
    var observer = record.observer
    observer.notice = { notice in
      guard case .created(1, _) = notice else { return }
      #expect(throws: Never.self) { try Change.byteInPlace.make(disk.path) }
    }
    let report = try await importer(disk, stage, time: time) {
      $0.chunkRows = 100
      $0.skipErrors = true
    }.run(observer: observer)
    #expect(report.ending == .done && report.isConsistent)
    #expect(report.succeeded == 16 && report.failed == 5)
    #expect(record.entries.isEmpty)
    #expect(report.chunks.first?.unnamedFailures == 5)
    #expect(report.chunks.first?.notes.joined().contains("on lines 2 to 22") == true)
  }

  @Test func rowsAreNamedFromTheInputWhenTheirImportHasEnded() async throws {
    let time = InstantTime.source()
    let stage = try SandboxStage(time: time)
    let text =
      "code,name,shipping_category_id\r\n"
      + (0..<40).map { "S\($0),\($0 % 13 == 0 ? "" : "\"n\nm\""),cat\r\n" }.joined()
    let record = Record()
    let report = try await importer(InputOnDisk(text), stage, time: time) {
      $0.chunkRows = 7
      $0.maximumRunning = 4
      $0.skipErrors = true
    }.run(observer: record.observer)
    #expect(report.ending == .done && report.isConsistent && report.failed == 4)
    #expect(record.entries.map(\.key) == ["S0", "S13", "S26", "S39"])
    let lines = record.entries.map(\.line)
    #expect(lines == [2, 2 + 1 + 24, 2 + 2 + 48, 2 + 3 + 72])
  }

  /// An import that is too large is halved although its rows are nowhere but in the input.
  @Test func halvesAreReadFromTheInput() async throws {
    let time = InstantTime.source()
    let stage = try SandboxStage(time: time) { request, create in
      request.method == .post && request.path?.hasPrefix("/api/imports") == true && create == 1
        ? .respond(HTTPResponse(status: .contentTooLarge), []) : nil
    }
    let report = try await importer(InputOnDisk(Self.text), stage, time: time) {
      $0.chunkRows = 100
    }.run()
    #expect(report.ending == .done && report.isConsistent && report.succeeded == 6)
    #expect(report.chunks.map(\.rows) == [3, 3])
    #expect(report.chunks.map(\.firstLine) == [2, 5] && report.chunks.map(\.lastLine) == [4, 7])
    #expect(try await stage.client.skus.list { $0.page(size: 1) }.recordCount == 6)
  }

  @Test func anInputThatChangesBeforeItIsHalvedIsNotSent() async throws {
    let time = InstantTime.source()
    let disk = try InputOnDisk(Self.text)
    let stage = try SandboxStage(time: time) { request, create in
      guard request.method == .post, request.path?.hasPrefix("/api/imports") == true else {
        return nil
      }
      #expect(throws: Never.self) { try Change.byteInPlace.make(disk.path) }
      return .respond(HTTPResponse(status: .contentTooLarge), [])
    }
    let record = Record()
    let report = try await importer(disk, stage, time: time) { $0.chunkRows = 100 }.run(
      observer: record.observer)
    guard case .inputFailed = report.ending else {
      Issue.record("\(report.ending)")
      return
    }
    #expect(report.isConsistent && report.unprocessed == 6 && report.succeeded == 0)
    #expect(stage.requests.count("POST /api/imports") == 1)
  }
}

/// Digests of inputs.
@Suite struct InputDigestTests {
  private func digest(
    _ bytes: [UInt8], _ format: InputFormat = .csv, encoding: TextEncoding? = nil
  ) throws -> String {
    let disk = try InputOnDisk(bytes)
    return try ImportPlanner(
      file: try InputFile(path: disk.path, encoding: encoding), format: format, rules: rules(),
      settings: ImportSettings(service: CommerceLayerService.description)
    ).plan().digest
  }

  @Test func aDigestIsTheSameEverywhereAndDependsOnEveryByte() throws {
    let text = Array("code,name\nA,a\nB,b\n".utf8)
    let first = try digest(text)
    #expect(first.count == 32 && first.allSatisfy(\.isHexDigit))
    #expect(try digest(text) == first)
    // What other processes and machines compute: journals hold it.
    #expect(InputDigest(Array("commerce layer".utf8)).text == "dad1708dbe5a45de5c0211e27bb68405")
    #expect(first == "1408fe9de10e897f17314e136a053a00")
    var seen: Set<String> = [first]
    for place in text.indices.dropFirst(11) where text[place] > 0x40 {
      var other = text
      other[place] ^= 1
      #expect(seen.insert(try digest(other)).inserted, "\(place)")
    }
    #expect(seen.insert(try digest(text + [0x0A])).inserted)
    #expect(seen.insert(try digest([0xEF, 0xBB, 0xBF] + text)).inserted)
  }

  @Test func everyBitCountsWhereverItIs() {
    var random = SplitMix64(seed: 3)
    let bytes = (0..<300).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    var seen: Set<InputDigest> = []
    for count in 0...300 {
      #expect(seen.insert(InputDigest(Array(bytes[..<count]))).inserted)
      #expect(seen.insert(InputDigest([UInt8](repeating: 0, count: count + 1))).inserted)
    }
    for place in 0..<300 {
      for bit in 0..<8 {
        var other = bytes
        other[place] ^= 1 << UInt8(bit)
        #expect(seen.insert(InputDigest(other)).inserted)
      }
    }
    // Pieces in another order.
    for size in [1, 8, 16, 64] {
      var other = bytes
      for index in 0..<size { other.swapAt(index, size + index) }
      #expect(seen.insert(InputDigest(other)).inserted, "\(size)")
    }
  }

  @Test func theDigestIsThatOfTheBytesAsTheyAre() throws {
    let text = "code,name\nÄ,ä\nB,b\n"
    let latin = TextEncoding.latin1.encode(text)
    let plain = try digest(Array(text.utf8))
    let other = try digest(latin, encoding: .latin1)
    #expect(other != plain)
    #expect(try digest(latin, encoding: .windows1252) == other, "however it is read")
    let lines = (0..<30_000).map { "{\"code\":\"C\($0)\"}\n" }.joined()
    #expect(
      try digest(Array(lines.utf8), .jsonLines) != digest(Array(lines.utf8.dropLast()), .jsonLines))
  }

  @Test func compressedInputsAreSentAndTheirDigestIsThatOfTheCompressedBytes() throws {
    let text = "code,name\n" + (0..<9_000).map { "C\($0),\"name \($0 * 7919)\"\n" }.joined()
    let packed = try InputFileTests.gzip(text)
    let disk = try InputOnDisk(packed)
    var settings = ImportSettings(service: CommerceLayerService.description)
    settings.chunkRows = 2_000
    let planner = ImportPlanner(
      file: try disk.file, format: .csv, rules: try rules(), settings: settings)
    let plan = try planner.plan()
    #expect(plan.isCompressed && plan.chunks == 5)
    let rows = try ChunkRows(planner, plan)
    let whole = try read(text)
    for cut in plan.cuts {
      let texts = whole.texts[((cut.number - 1) * 2_000)...].prefix(2_000)
      #expect(try ImporterTests.text(rows.body(cut)) == "[\(texts.joined(separator: ","))]")
    }
    #expect(try digest(packed) == plan.digest)
    #expect(try digest(Array(text.utf8)) != plan.digest)
  }
}
