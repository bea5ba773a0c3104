package import CommerceLayer
package import CommerceLayerImporter
package import CommerceLayerJournal
import Foundation
import Synchronization

/// The journals of one command, one for each of its inputs. Those of a new command begin once nothing is in
/// the way of sending; those of a command that is resumed are open.
package final class RunJournals: Sendable {
  private struct State {
    var hasBegun = false
    var rejection: Failure?
  }

  /// Where they are.
  package let store: RunStore
  /// Where rows go.
  package let organization: String
  /// Whether they are those of a command that ended early.
  package let isResumed: Bool
  /// Whether rows go to a sandbox on this machine.
  package var isOfSandbox: Bool { organization.hasPrefix("127.0.0.1:") }
  /// In the order of the inputs.
  package let all: [InputJournal]
  /// Whether rows may be sent although another process sends them, too.
  private let allowsDuplicates: Bool
  private let state = Mutex(State())

  /// Journals of a new command.
  /// - Parameter arguments: Those of the command line, without the command's name.
  package init(
    new inputs: [RunInput], store: RunStore, organization: String, arguments: [String],
    allowsDuplicates: Bool
  ) {
    self.store = store
    self.organization = organization
    self.allowsDuplicates = allowsDuplicates
    isResumed = false
    var record = RunRecord(runID: "")
    record.startedAt = Date().formatted(.iso8601)
    record.tool = "cl-import \(APIClient.version)"
    record.organization = organization
    record.arguments = arguments
    record.workingDirectory = FileManager.default.currentDirectoryPath
    record.commandRuns = inputs.map(\.runID)
    all = inputs.map { input in
      record.runID = input.runID
      record.inputName = input.name
      record.inputPath = input.path.map(RunStore.absolute)
      return InputJournal(record, staged: input.staged)
    }
  }

  /// Journals of a command that goes on.
  package init(
    resumed journals: [(SQLiteJournal, RunRecord)], store: RunStore, organization: String
  ) {
    self.store = store
    self.organization = organization
    allowsDuplicates = true
    isResumed = true
    all = journals.map { InputJournal($1, open: $0) }
  }

  /// Why nothing may be sent; nil as long as nothing speaks against it.
  package var rejection: Failure? { state.withLock { $0.rejection } }

  /// The first run that ended early and can be resumed; nil when there is none.
  package var unfinished: String? { all.first { $0.isUnfinished }?.runID }

  /// Takes what the check of an input found: for the record of a new run, or to see that the input of a
  /// resumed one is what it was.
  /// - Throws: `JournalError` of kind `mismatch`.
  package func take(_ plan: ImportPlan, of input: RunInput, at index: Int) throws(JournalError) {
    guard isResumed else { return all[index].take(plan, of: input) }
    let record = all[index].record
    guard plan.digest != record.inputDigest else { return }
    throw JournalError(
      .mismatch,
      "'\(record.inputName)' is not what run \(record.runID) sends: its content is another now",
      advice:
        "put the file back as it was; to send the one that is there, begin a new run with cl-import run"
    )
  }

  /// Lets the runs begin, all together: what is sent last is recorded before what is sent first.
  /// - Returns: Whether rows may be sent; ``rejection`` says why not.
  package func begin(_ mode: ServiceMode?) -> Bool {
    state.withLock { state in
      guard !state.hasBegun else { return state.rejection == nil }
      state.hasBegun = true
      do throws(JournalError) {
        for journal in all {
          try isResumed ? journal.checkMode(mode) : journal.begin(mode)
        }
        if !isResumed, let rejection = try rival() {
          // Nothing was sent of them, so nothing is to be remembered.
          for journal in all { journal.remove(from: store) }
          state.rejection = rejection
          return false
        }
        return true
      } catch {
        state.rejection = Failure(error)
        return false
      }
    }
  }

  /// Why nothing may be sent although nothing spoke against it before: meanwhile another process began to send
  /// rows of the same input that would be created twice. Two that begin together both see the other one.
  private func rival() throws(JournalError) -> Failure? {
    guard !allowsDuplicates else { return nil }
    let own = all.map(\.record)
    for record in own where record.creating > 0 {
      let others = try store.runs { other in
        other.inputDigest == record.inputDigest && other.type == record.type
          && other.organization == record.organization
          && !record.commandRuns.contains(other.runID)
      }
      for case .working(let process) in others.map(\.state) {
        return Failure(
          .temporary,
          "nothing was sent: \(StoredRun.name(ofProcess: process)) sends the rows of '\(record.inputName)'",
          because:
            "\(ImportPlan.rows(record.creating)) \(record.creating == 1 ? "has" : "have") neither key nor id and would be created twice",
          advice: "wait until it has ended; or --allow-duplicates when that is meant")
      }
    }
    return nil
  }
}

/// The journal of one input, which may not have begun.
package final class InputJournal: RunJournal {
  private struct State {
    var record: RunRecord
    var journal: SQLiteJournal?
    var staged: StagedRun?
    var isFinished = false
  }

  package let runID: String
  private let state: Mutex<State>

  package init(_ record: RunRecord, staged: StagedRun?) {
    runID = record.runID
    state = Mutex(State(record: record, staged: staged))
  }

  package init(_ record: RunRecord, open journal: SQLiteJournal) {
    runID = record.runID
    state = Mutex(State(record: record, journal: journal))
  }

  package var record: RunRecord { state.withLock { $0.record } }
  /// Whether it has begun, and not recorded that nothing is left to do.
  package var isUnfinished: Bool { state.withLock { $0.journal != nil && !$0.isFinished } }

  fileprivate func take(_ plan: ImportPlan, of input: RunInput) {
    state.withLock { state in
      state.record.type = plan.type
      state.record.parentID = input.rules.parentID
      state.record.inputDigest = plan.digest
      state.record.rows = plan.rows
      state.record.accepted = plan.accepted
      state.record.creating = plan.creating
      state.record.chunks = plan.chunks
    }
  }

  fileprivate func begin(_ mode: ServiceMode?) throws(JournalError) {
    let (staged, started) = state.withLock { ($0.staged, $0.record) }
    var record = started
    record.mode = mode?.rawValue
    let journal = try staged?.begin(record)
    state.withLock { state in
      state.record = record
      state.journal = journal
      state.staged = nil
    }
  }

  /// Takes back that a run has begun.
  fileprivate func remove(from store: RunStore) {
    let journal = state.withLock { state in
      defer { state.journal = nil }
      return state.journal
    }
    if let journal { try? store.forget(journal) }
  }

  /// - Throws: `JournalError` of kind `mismatch` when rows would go to other data than they did.
  fileprivate func checkMode(_ mode: ServiceMode?) throws(JournalError) {
    guard let before = record.mode, let mode, before != mode.rawValue else { return }
    throw JournalError(
      .mismatch,
      "run \(runID) sends to \(before) data of '\(record.organization)', and these credentials lead to \(mode.rawValue) data",
      advice: "use credentials of an application for \(before) data")
  }

  package func contents() async throws(JournalError) -> JournalContents {
    let (journal, record) = state.withLock { ($0.journal, $0.record) }
    guard let journal else { return JournalContents(run: record) }
    return try await journal.contents()
  }

  package func record(_ entries: [JournalEntry]) async throws(JournalError) {
    guard let journal = state.withLock({ $0.journal }) else {
      throw JournalError(.storage, "the journal of run \(runID) has not begun", advice: "")
    }
    try await journal.record(entries)
    if entries.contains(.finished) { state.withLock { $0.isFinished = true } }
  }
}

extension RunStore {
  /// `cl-import resume 3fk…`, as it is typed.
  package static func command(_ name: String, _ runID: String, _ options: [String]) -> String {
    (["cl-import", name, runID] + options.map(ShellText.word)).joined(separator: " ")
  }

  /// The path from the root, whatever the working folder is later.
  package static func absolute(_ path: String) -> String {
    path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
  }
}
