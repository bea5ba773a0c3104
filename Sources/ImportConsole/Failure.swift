import CommerceLayer
package import CommerceLayerImporter

/// Why the program ends early, as it is told to people.
package struct Failure: Error, Sendable, Hashable {
  package let status: ExitStatus
  package let what: String
  package var because: String?
  package var advice: String?
  package var requestID: String?

  package init(
    _ status: ExitStatus, _ what: String, because: String? = nil, advice: String? = nil,
    requestID: String? = nil
  ) {
    self.status = status
    self.what = what
    self.because = because
    self.advice = advice
    self.requestID = requestID
  }

  /// What to print: `error:`, `because:`, `try:`, a line each.
  package var lines: [String] {
    var lines = ["error: \(TerminalSafe.text(what))"]
    if let because { lines.append("  because: \(TerminalSafe.text(because))") }
    if let advice { lines.append("  try: \(TerminalSafe.text(advice))") }
    if let requestID { lines.append("  request id: \(TerminalSafe.text(requestID, limit: 100))") }
    return lines
  }

  /// Any error, as a failure.
  package init(_ error: any Error) {
    switch error {
    case let failure as Failure: self = failure
    case let error as CommerceLayerError: self.init(error)
    case let error as InputError: self.init(error, of: nil)
    case let error as RowRulesError:
      self.init(.usage, error.description, advice: "cl-import run FILE --type skus")
    case let error as ReportFileError:
      self.init(
        error.isIncomplete ? .inputOutput : .cannotCreate, error.message, advice: error.advice)
    case let error as RemoteError:
      let because = error.candidates.isEmpty ? nil : error.candidates.joined(separator: "; ")
      self.init(ExitStatus(error), error.message, because: because, advice: error.advice)
    case let error as JournalError:
      self.init(
        ExitStatus(error), error.message, advice: error.advice.isEmpty ? nil : error.advice)
    case is CancellationError: self.init(.interrupted, "stopped")
    default: self.init(.software, "something unforeseen happened", because: "\(error)")
    }
  }

  private init(_ error: CommerceLayerError) {
    let said = error.errors.prefix(3).map(\.description).joined(separator: "; ")
    var because = [said, error.underlying ?? ""].filter { !$0.isEmpty }.joined(separator: "; ")
    if let status = error.status {
      because += because.isEmpty ? "HTTP \(status)" : " (HTTP \(status))"
    }
    self.init(
      ExitStatus(error), error.message, because: because.isEmpty ? nil : because,
      advice: error.advice, requestID: error.requestID)
  }

  /// - Parameter name: Which of several inputs it is; nil for the only one.
  package init(_ error: InputError, of name: String?) {
    self.init(
      ExitStatus(error),
      error.kind == .unreadable
        ? error.message : name.map { "'\($0)' cannot be used" } ?? "the input cannot be used",
      because: error.kind == .unreadable ? nil : error.description, advice: error.advice)
  }

  /// What a stopped run leaves behind.
  private static func whatGoesOn(_ report: ImportReport) -> String {
    var facts: [String] = []
    if !report.leftRunning.isEmpty {
      facts.append(
        "these imports go on in the service: \(report.leftRunning.joined(separator: ", "))")
    }
    if !report.inDoubt.isEmpty {
      let references = report.inDoubt.joined(separator: ", ")
      facts.append("imports of these references may have been created: \(references)")
    }
    return facts.isEmpty
      ? "no import of this run goes on in the service" : facts.joined(separator: "; ")
  }

  /// How a run ended, when it did not end well.
  /// - Parameter canResume: Whether 'cl-import resume' goes on with it: then rows are not to be run again.
  package init?(_ report: ImportReport, canResume: Bool = false) {
    guard report.isConsistent else {
      self.init(
        .software, "the counts of this run do not add up: please report this",
        because:
          "\(report.plan.rows) rows, of which \(report.succeeded) succeeded, \(report.failed) failed, \(report.unprocessed) were not processed, \(report.unknown) are unknown, \(report.rejected) were rejected"
      )
      return
    }
    let status = ExitStatus(report)
    switch report.ending {
    case .done: return nil
    case .stopped:
      self.init(
        status, "stopped", because: Self.whatGoesOn(report),
        advice: report.leftRunning.first.map { "cl-import show \($0)" }
          ?? (report.inDoubt.isEmpty ? nil : "cl-import list"))
    case .rejected:
      self.init(
        status,
        "nothing was sent: \(report.rejected) of \(ImportPlan.rows(report.plan.rows)) cannot be",
        advice: report.plan.correction)
    case .createRejected(let text):
      self.init(status, "the service rejected an import", because: text)
    case .denied(let text):
      self.init(
        status, "the service does not let these credentials import", because: text,
        advice: "check the client id and secret; imports need an application of kind integration")
    case .unreachable(let text):
      self.init(
        status, "the service cannot be reached", because: text,
        advice: "check the organization's name and the network")
    case .gaveUp(let text):
      self.init(
        status, "gave up", because: text,
        advice: canResume
          ? "go on with it later"
          : "run what was not imported again later: its rows are in the file of --report")
    case .violation(let text):
      self.init(status, "what responds does not keep the protocol", because: text)
    case .journalFailed(let text):
      self.init(
        status, "the run's journal could not be written, so no further import was created",
        because: text, advice: "make room on the disk, then go on with cl-import resume")
    case .notSent(let text): self.init(status, "nothing was sent: \(text)")
    case .trialFailed(let text):
      self.init(
        status, "stopped after the trial", because: text,
        advice: "correct the rows that are named, and run again")
    case .tooManyFailed(let text):
      self.init(
        status, "no further import was created", because: text,
        advice: "run what was not imported again: its rows are in the file of --report")
    case .inputFailed(let text):
      self.init(status, "the input could not be read to its end", because: text)
    }
  }
}
