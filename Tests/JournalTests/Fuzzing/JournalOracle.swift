import CommerceLayerImporter
import Foundation

#if canImport(JournalUnderTest)
  // The fuzz target's own copy; see Fuzz/README.md.
  @testable import JournalUnderTest
#else
  @testable import CommerceLayerJournal
#endif

/// What holds of every file in the place of a journal: it is opened or it is not, but nothing crashes, what
/// is read keeps the rules that a run relies on, reading again reads the same, and a file that is not
/// opened is not changed.
enum JournalOracle {
  private static let runID = "0123456789abcdefghjkmnpqrs"

  /// What is wrong with how a file is taken; nil when nothing is.
  /// - Parameter folder: A folder that is used for this alone.
  static func problem(_ bytes: [UInt8], folder: String) -> String? {
    let store = RunStore(stateDirectory: folder)
    let path = "\(store.path)/\(runID)"
    let file = path + "/journal.sqlite"
    do {
      if FileManager.default.fileExists(atPath: path) {
        try FileManager.default.removeItem(atPath: path)
      }
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      try Data(bytes).write(to: URL(filePath: file))
    } catch {
      return "the file cannot be prepared: \(error)"
    }
    let directory = RunDirectory(runID: runID, path: path)
    do {
      _ = try directory.lockedJournal()
    } catch {
      let now = FileManager.default.contents(atPath: file).map(Array.init)
      // SQLite may complete the header of a file that it can open; what it cannot open stays.
      if case .foreign = error.kind, now != bytes { return "a foreign file was changed" }
      return error.message.isEmpty ? "an error says nothing" : nil
    }
    do {
      guard let first = try store.run(runID).contents else { return nil }
      guard first.run.runID == runID else { return "it is of another run" }
      for (number, chunk) in first.chunks {
        if chunk.halves.contains(where: { $0 <= number }) { return "halves lead back" }
        if let next = chunk.continuation, next.chunk <= number { return "it continues backwards" }
        guard let outcome = chunk.outcome else { continue }
        let indices = outcome.findings.map(\.index)
        if indices.contains(where: { !(0..<outcome.line.rows).contains($0) }) {
          return "an outcome is of no row"
        }
      }
      let totals = RunTotals(first)
      if totals.left < 0 || totals.sent < 0 { return "there are fewer rows than none" }
      guard try store.run(runID).contents == first else { return "it reads otherwise again" }
    } catch {
      return "it was opened and then not found: \(error)"
    }
    return nil
  }
}
