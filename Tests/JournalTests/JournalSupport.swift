import CommerceLayer
import CommerceLayerImporter
import Foundation

@testable import CommerceLayerJournal

/// A store in a folder of its own, gone with the object.
final class TestStore {
  let folder: String
  let store: RunStore

  init() throws {
    folder = NSTemporaryDirectory() + "journal-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    store = RunStore(stateDirectory: folder)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// The folder of a run.
  func path(_ runID: String, _ file: String = "") -> String {
    "\(store.path)/\(runID)" + (file.isEmpty ? "" : "/\(file)")
  }

  /// A run that has begun, closed again.
  @discardableResult
  func begun(_ runID: String = Sample.runID, _ entries: [JournalEntry] = []) async throws -> String
  {
    let journal = try store.stage(runID).begin(Sample.record(runID))
    if !entries.isEmpty { try await journal.record(entries) }
    return path(runID, "journal.sqlite")
  }

  /// Why a run cannot be opened or read; nil when it can be.
  func problem(_ runID: String = Sample.runID) async -> JournalError? {
    do throws(JournalError) {
      _ = try await store.open(runID).contents()
      return nil
    } catch {
      return error
    }
  }
}

/// A run as it could have been recorded.
enum Sample {
  static let runID = "0123456789abcdefghjkmnpqrs"
  static let otherID = "zzzzzzzzzzzzzzzzzzzzzzzzzz"

  static func record(_ runID: String = runID) -> RunRecord {
    var record = RunRecord(runID: runID)
    record.startedAt = "2026-01-31T12:00:00Z"
    record.tool = "cl-import 1.0.0"
    record.organization = "acme"
    record.mode = "live"
    record.type = "skus"
    record.inputPath = "/data/it's.csv"
    record.inputName = "it's.csv"
    record.inputDigest = String(repeating: "ab", count: 32)
    record.rows = 40
    record.accepted = 40
    record.creating = 3
    record.chunks = 4
    record.arguments = ["it's.csv", "--type", "skus"]
    record.workingDirectory = "/data"
    record.commandRuns = [runID]
    return record
  }

  static func intent(_ chunk: Int, attempt: Int = 1, rows: Int = 10) -> JournalEntry {
    .intent(
      ChunkIntent(
        chunk: chunk, attempt: attempt, rows: rows, firstLine: chunk * 10, lastLine: chunk * 10 + 9,
        digest: "digest \(chunk)"))
  }

  /// An outcome: the first rows failed, the others succeeded.
  static func outcome(_ chunk: Int, rows: Int = 10, failed: Int = 0) throws -> JournalEntry {
    let text = """
      {"number":\(chunk),"rows":\(rows),"firstLine":1,"lastLine":\(rows),"succeeded":\(rows - failed),
       "failed":\(failed),"unnamedFailures":0,"unprocessed":0,"unknown":0,"warnings":0,
       "importID":"imp\(chunk)","status":"completed","duplicates":[],"notes":["größe"]}
      """
    let line = try JSONDecoder().decode(ImportReport.Chunk.self, from: Data(text.utf8))
    return .outcome(
      chunk: chunk,
      ChunkOutcome(
        line: line,
        findings: (0..<failed).map {
          .init(index: $0, outcome: .failed, reasons: ["name: can't be blank"])
        }))
  }

  /// Every kind of entry but the last.
  static func entries() throws -> [JournalEntry] {
    [
      intent(1), .notCreated(chunk: 1, attempt: 1), intent(1, attempt: 2),
      .created(chunk: 1, importID: "imp1"), try outcome(1, failed: 2),
      .duplicates(chunk: 1, importIDs: ["twin"]), intent(2), .split(chunk: 2, first: 5, second: 6),
      intent(5, rows: 5), .created(chunk: 5, importID: "imp5"), intent(6, rows: 5),
      intent(3), .created(chunk: 3, importID: "imp3"), .continued(chunk: 3, from: 4, as: 7),
    ]
  }
}
