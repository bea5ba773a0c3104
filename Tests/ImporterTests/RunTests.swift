import CommerceLayer
import CommerceLayerSandbox
import Foundation
import HTTPTypes
import Synchronization
import Testing

@testable import CommerceLayerImporter
@testable import CommerceLayerRows

/// Whole runs against the sandbox, in this process, in virtual time.
@Suite struct RunTests {
  /// What a run told.
  private final class Record: Sendable {
    private let state = Mutex((entries: [RowEntry](), notices: [ImportNotice]()))
    var entries: [RowEntry] { state.withLock { $0.entries }.sorted { $0.line < $1.line } }
    var notices: [ImportNotice] { state.withLock { $0.notices } }
    var observer: ImportObserver {
      var observer = ImportObserver()
      observer.entry = { entry in self.state.withLock { $0.entries.append(entry) } }
      observer.notice = { notice in self.state.withLock { $0.notices.append(notice) } }
      return observer
    }
  }

  private func importer(
    _ text: String, _ stage: SandboxStage, time: TimeSource, type: String = "skus",
    suffix: String = ".csv",
    change: (inout ImportSettings) -> Void = { _ in }
  ) throws -> Importer {
    let file = try InputOnDisk(text, suffix: suffix)
    var settings = ImportSettings(service: CommerceLayerService.description)
    change(&settings)
    return Importer(
      client: stage.client, file: try file.file, format: try .detect(file.file),
      rules: try rules(type), settings: settings, runID: "run", time: time, seed: 1)
  }

  private func skus(_ count: Int, bad: Set<Int> = []) -> String {
    "code,name,shipping_category_id\n"
      + (0..<count).map { "S\($0),\(bad.contains($0) ? "" : "n"),cat\n" }.joined()
  }

  @Test func severalImportsAndEveryRowAccountedFor() async throws {
    let time = InstantTime.source()
    let stage = try SandboxStage(time: time)
    let record = Record()
    let report = try await importer(skus(95, bad: [3, 50, 94]), stage, time: time) {
      $0.chunkRows = 20
      $0.skipErrors = true
    }.run(observer: record.observer)
    #expect(report.ending == .done)
    #expect(report.isConsistent)
    #expect(report.chunks.map(\.rows) == [20, 20, 20, 20, 15])
    #expect(report.succeeded == 92)
    #expect(report.failed == 3)
    #expect(record.entries.map(\.line) == [5, 52, 96])
    #expect(record.entries.map(\.key) == ["S3", "S50", "S94"])
    #expect(record.entries.allSatisfy { $0.reasons == ["name: can't be blank"] })
    #expect(stage.requests.count("POST /api/imports") == 5)
    let page = try await stage.client.skus.list { $0.page(size: 1) }
    #expect(page.recordCount == 92)
    let imports = try await stage.client.imports.list { $0.sort(.reference) }
    #expect(imports.items.first?.reference == "run-000001")
    #expect(imports.items.allSatisfy { $0.referenceOrigin == "cl-import" })
  }

  @Test func theTenPercentRuleLeavesRowsUnprocessed() async throws {
    let time = InstantTime.source()
    let stage = try SandboxStage(time: time)
    let record = Record()
    let report = try await importer(skus(20, bad: [4, 5, 6, 7]), stage, time: time).run(
      observer: record.observer)
    #expect(report.ending == .done)
    #expect(report.chunks.first?.status == "interrupted")
    #expect(report.succeeded + report.failed + report.unprocessed == 20)
    #expect(report.failed == 3)
    #expect(report.succeeded == 4)
    #expect(record.entries.map(\.line) == Array(6...21))
    #expect(record.entries.prefix(3).allSatisfy { $0.outcome == .failed })
    #expect(
      record.entries.dropFirst(3).allSatisfy { $0.outcome == .notProcessed })
  }

  @Test func nothingIsSentWhenARowCannotBe() async throws {
    let time = InstantTime.source()
    let stage = try SandboxStage(time: time)
    let record = Record()
    let text = "code,name,weight\nA,a,1\nB,b,heavy\nC,c,2\n"
    let report = try await importer(text, stage, time: time).run(observer: record.observer)
    #expect(report.ending == .rejected)
    #expect(report.isConsistent)
    #expect(report.rejected == 1)
    #expect(report.unprocessed == 2)
    #expect(stage.requests.list == [])
    #expect(record.entries.map(\.outcome) == [.notProcessed, .rejected, .notProcessed])
  }

  @Test func rejectedRowsCanBeLeftOut() async throws {
    let time = InstantTime.source()
    let stage = try SandboxStage(time: time)
    let text = "code,name,weight,shipping_category_id\nA,a,1,x\nB,b,heavy,x\nC,c,2,x\n"
    let report = try await importer(text, stage, time: time) { $0.skipRejected = true }.run()
    #expect(report.ending == .done)
    #expect(report.isConsistent)
    #expect(report.succeeded == 2)
    #expect(report.rejected == 1)
    #expect(!report.isComplete)
  }

  @Test(arguments: [true, false])
  func aLostResponseAfterTheCommitMakesNoSecondImport(keyed: Bool) async throws {
    let time = InstantTime.source()
    let stage = try SandboxStage(time: time) { request, create in
      request.method == .post && request.path?.hasPrefix("/api/imports") == true && create == 1
        ? .commitThenRespond(HTTPResponse(status: .badGateway), []) : nil
    }
    let record = Record()
    let text = keyed ? skus(3) : "name\na\nb\nc\n"
    let report = try await importer(text, stage, time: time, type: keyed ? "skus" : "tags").run(
      observer: record.observer)
    #expect(report.ending == .done)
    #expect(report.succeeded == 3)
    #expect(stage.requests.count("POST /api/imports") == 1)
    let adopted = record.notices.contains { if case .adopted = $0 { true } else { false } }
    #expect(adopted)
  }

  @Test func aLostRequestIsRepeatedForKeyedRowsOnly() async throws {
    for (type, text, posts) in [("skus", skus(3), 2), ("tags", "name\na\nb\nc\n", 1)] {
      let time = InstantTime.source()
      let stage = try SandboxStage(time: time) { request, create in
        request.method == .post && request.path?.hasPrefix("/api/imports") == true && create == 1
          ? .respond(HTTPResponse(status: .badGateway), []) : nil
      }
      let record = Record()
      let report = try await importer(text, stage, time: time, type: type).run(
        observer: record.observer)
      #expect(report.isConsistent)
      #expect(stage.requests.count("POST /api/imports") == posts, "\(type)")
      #expect(report.succeeded == (posts == 2 ? 3 : 0))
      #expect(report.unknown == (posts == 2 ? 0 : 3))
      #expect(record.entries.allSatisfy { $0.outcome == .unknown })
    }
  }

  @Test func aWrongSecretEndsTheRun() async throws {
    let time = InstantTime.source()
    let stage = try SandboxStage(time: time)
    var configuration = ClientConfiguration(transport: stage.sandbox.transport)
    configuration.retry = .never
    let client = try CommerceLayerClient(
      organization: "sandbox", credentials: .clientCredentials(id: "x", secret: "hushcanary-wrong"),
      configuration: configuration)
    let wrong = SandboxStage(sandbox: stage.sandbox, client: client, requests: stage.requests)
    let report = try await importer(skus(3), wrong, time: time).run()
    guard case .denied = report.ending else {
      Issue.record("\(report.ending)")
      return
    }
    #expect(report.unprocessed == 3)
    #expect(report.isConsistent)
    #expect(stage.requests.count("POST /api/imports") == 0)
  }

  @Test func aFullQueueIsWaitedFor() async throws {
    let time = InstantTime.source()
    let stage = try SandboxStage(time: time)
    for index in 0..<10 {
      _ = try await stage.client.imports.create(
        .init(resourceType: .tags, inputs: .json([["name": .string("t\(index)")] as JSONObject])))
    }
    let record = Record()
    let report = try await importer(skus(3), stage, time: time).run(observer: record.observer)
    #expect(report.ending == .done)
    #expect(report.succeeded == 3)
    #expect(record.notices.contains { if case .waitingForRoom = $0 { true } else { false } })
    #expect(report.isConsistent)
  }

  @Test func csvInTheServicesOwnFormIsSentAsCSV() async throws {
    let time = InstantTime.source()
    let stage = try SandboxStage(time: time)
    let text = "code,name,shipping_category_id,tags.name\nA,\"a, b\",x,\"red,blue\"\nB,b,x,\n"
    let report = try await importer(text, stage, time: time) { $0.chunkRows = 1 }.run()
    #expect(report.succeeded == 2)
    #expect(report.chunks.count == 2)
    let imports = try await stage.client.imports.list()
    #expect(imports.items.allSatisfy { $0.format == .csv })
    let skus = try await stage.client.skus.list { $0.sort(.code) }
    #expect(skus.items.map(\.name) == ["a, b", "b"])
  }

  @Test func whatFailedCanBeRunAgainFromTheReport() async throws {
    let time = InstantTime.source()
    let stage = try SandboxStage(time: time)
    let path = NSTemporaryDirectory() + "report-\(UUID().uuidString).csv"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let source = try InputOnDisk(skus(20, bad: [4, 5, 6, 7]))
    var settings = ImportSettings(service: CommerceLayerService.description)
    let planner = ImportPlanner(
      file: try source.file, format: .csv, rules: try rules(), settings: settings)
    let file = try ReportFile(path: path, replacing: false, runID: "run", planner: planner)
    var observer = ImportObserver()
    observer.planned = { _ in #expect(throws: Never.self) { try file.publish() } }
    observer.entry = { file.add($0) }
    _ = try await Importer(
      client: stage.client, file: source.file, format: .csv, rules: rules(), settings: settings,
      runID: "run", time: time, seed: 1
    ).run(observer: observer)
    #expect(try file.finish() == 16)
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(mode == 0o600)
    settings.skipErrors = true
    let again = try await Importer(
      client: stage.client, file: InputFile(path: path), format: .csv, rules: rules(),
      settings: settings, runID: "again", time: time, seed: 1
    ).run()
    #expect(again.plan.rows == 16)
    #expect(again.succeeded == 12)
    #expect(again.failed == 4)
    #expect(try await stage.client.skus.list { $0.page(size: 1) }.recordCount == 16)
  }

  @Test func stoppingAccountsForEveryRow() async throws {
    let time = InstantTime.source()
    let stage = try SandboxStage(time: time)
    let control = ImportControl()
    var observer = ImportObserver()
    observer.notice = { if case .created = $0 { control.stop() } }
    let report = try await importer(skus(50), stage, time: time) {
      $0.chunkRows = 10
      $0.maximumRunning = 1
    }.run(control: control, observer: observer)
    #expect(report.ending == .stopped)
    #expect(report.isConsistent)
    #expect(report.unprocessed + report.unknown == 50)
    #expect(report.leftRunning.count == 1)
    #expect(stage.requests.count("POST /api/imports") == 1)
  }

  /// Nobody who stops a run waits until the rest of a large file was read.
  @Test func stoppingInTheMiddleOfTheFirstPassEndsIt() async throws {
    let time = InstantTime.source()
    let stage = try SandboxStage(time: time)
    let control = ImportControl()
    var observer = ImportObserver()
    observer.entry = { _ in control.stop() }
    let unsent = Mutex<[String]>([])
    observer.unsent = { count, reason in unsent.withLock { $0.append("\(count) \(reason)") } }
    observer.planned = { _ in Issue.record("there is no whole plan") }
    let text = "code,name,weight\nA,a,1\nB,b,heavy\nC,c,2\nD,d,3\n"
    let report = try await importer(text, stage, time: time).run(
      control: control, observer: observer)
    #expect(report.ending == .stopped)
    #expect(report.plan.isPartial)
    #expect(report.plan.rows == 2)
    #expect(report.rejected == 1)
    #expect(report.unprocessed == 1)
    #expect(report.isConsistent)
    #expect(unsent.withLock { $0 } == ["1 not sent: the run was stopped"])
    #expect(stage.requests.list == [])
  }

  @Test func rowsThatWereNeverSentMayBeCountedOnly() async throws {
    let time = InstantTime.source()
    let stage = try SandboxStage(time: time)
    let record = Record()
    var observer = record.observer
    let unsent = Mutex<[String]>([])
    observer.unsent = { count, reason in unsent.withLock { $0.append("\(count) \(reason)") } }
    let text = "code,name,weight\nA,a,1\nB,b,heavy\nC,c,2\n"
    let report = try await importer(text, stage, time: time) { $0.tellsUnsentRows = false }
      .run(observer: observer)
    #expect(report.ending == .rejected)
    #expect(report.unprocessed == 2)
    #expect(report.isConsistent)
    #expect(record.entries.map(\.outcome) == [.rejected])
    #expect(record.entries.map(\.key) == ["B"])
    #expect(unsent.withLock { $0 } == ["2 not sent: other rows were rejected"])
  }

  /// An import of which nobody knows whether it was created is not called "nothing goes on".
  @Test func whatMayHaveBeenCreatedIsNamed() async throws {
    let time = InstantTime.source()
    let control = ImportControl()
    let stage = try SandboxStage(time: time) { request, create in
      request.method == .post && request.path?.hasPrefix("/api/imports") == true
        ? .respond(HTTPResponse(status: .badGateway), []) : nil
    }
    var observer = ImportObserver()
    observer.notice = { if case .lookingFor = $0 { control.stop() } }
    let report = try await importer(skus(3), stage, time: time).run(
      control: control, observer: observer)
    #expect(report.ending == .stopped)
    #expect(report.leftRunning == [])
    #expect(report.inDoubt == ["run-000001"])
  }

  @Test func stoppingDuringTheFirstPassSendsNothing() async throws {
    let time = InstantTime.source()
    let stage = try SandboxStage(time: time)
    let control = ImportControl()
    var observer = ImportObserver()
    observer.planned = { _ in control.stop() }
    let report = try await importer(skus(5), stage, time: time).run(
      control: control, observer: observer)
    #expect(report.ending == .stopped)
    #expect(report.isConsistent)
    #expect(report.unprocessed == 5)
    #expect(stage.requests.list == [])
  }

  @Test func aFileThatChangesIsNotSentFurther() async throws {
    let time = InstantTime.source()
    let stage = try SandboxStage(time: time)
    let source = try InputOnDisk(skus(50))
    var settings = ImportSettings(service: CommerceLayerService.description)
    settings.chunkRows = 10
    settings.maximumRunning = 1
    let importer = Importer(
      client: stage.client, file: try source.file, format: .csv, rules: try rules(),
      settings: settings, runID: "run", time: time, seed: 1)
    var observer = ImportObserver()
    let path = source.path
    observer.notice = { notice in
      guard case .created = notice, let handle = FileHandle(forWritingAtPath: path) else { return }
      _ = try? handle.seekToEnd()
      try? handle.write(contentsOf: Data("X,x,y\n".utf8))
      try? handle.close()
    }
    let report = try await importer.run(observer: observer)
    guard case .inputFailed = report.ending else {
      Issue.record("\(report.ending)")
      return
    }
    #expect(report.isConsistent)
    #expect(report.succeeded == 10)
    #expect(report.unprocessed == 40)
  }
}
