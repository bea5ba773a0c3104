public import CommerceLayer
import CommerceLayerRows

/// How a run ended and what became of its rows. The rows that were not imported are told one by one
/// while the run goes on; here are the sums.
public struct ImportReport: Sendable {
  /// One import of the run.
  public struct Chunk: Sendable, Hashable, Codable {
    /// Its number, from 1.
    public let number: Int
    /// Its rows.
    public let rows: Int
    /// The line its first row starts on.
    public let firstLine: Int
    /// The line its last row starts on.
    public let lastLine: Int
    /// The import's id; nil when none was created as far as is known.
    public var importID: String?
    /// The import's last known status.
    public var status: String?
    /// Rows the service took.
    public var succeeded = 0
    /// Rows that failed.
    public var failed = 0
    /// Failed rows that it does not name.
    public var unnamedFailures = 0
    /// Rows it never came to.
    public var unprocessed = 0
    /// Rows that may have been imported or not.
    public var unknown = 0
    /// Warnings it gave.
    public var warnings = 0
    /// Further imports of the same rows.
    public var duplicates: [String] = []
    /// What should be known of it.
    public var notes: [String] = []
  }

  /// What this run's imports are found by: the start of their references.
  public let runID: String
  /// What the first pass found.
  public let plan: ImportPlan
  /// How the run ended.
  public internal(set) var ending = ImportEnding.done
  /// The imports, by number.
  public internal(set) var chunks: [Chunk] = []
  /// Rows the service took.
  public internal(set) var succeeded = 0
  /// Rows that failed.
  public internal(set) var failed = 0
  /// Rows it never came to, and rows that were never sent.
  public internal(set) var unprocessed = 0
  /// Rows that may have been imported or not: nothing the service says tells.
  public internal(set) var unknown = 0
  /// Rows that could not be sent.
  public var rejected: Int { plan.rejected }
  /// Imports that the run left behind, still pending or in progress as far as is known.
  public internal(set) var leftRunning: [String] = []
  /// References under which an import of this run may exist, pending or in progress: whether it was
  /// created stayed unknown.
  public internal(set) var inDoubt: [String] = []
  /// Why it could not be found out at the end whether further imports of the run's rows exist; nil when
  /// it could, or nothing was created.
  public internal(set) var notAudited: String?
  /// Whether every row is accounted for exactly once. Anything else is a bug of this package.
  public internal(set) var isConsistent = true

  /// Whether every row of the input was imported.
  public var isComplete: Bool {
    ending == .done && failed == 0 && unprocessed == 0 && unknown == 0 && rejected == 0
  }
}

/// What became of one row that was not imported.
public struct RowEntry: Sendable, Hashable {
  /// How a row ended.
  public enum Outcome: String, Sendable, Hashable, CaseIterable, Codable {
    /// The service imported it.
    case succeeded
    /// The service could not import it, and says why.
    case failed
    /// The service never came to it, or it was never sent.
    case notProcessed = "not_processed"
    /// It was not fit to be sent.
    case rejected
    /// It may have been imported or not: nothing the service says tells.
    case unknown
  }

  /// The line of the input the row starts on.
  public let line: Int
  /// The line it ends on.
  public let lastLine: Int
  /// What it is recognized by, when it has a key or an id.
  public let key: String?
  /// How it ended.
  public let outcome: Outcome
  /// Why.
  public let reasons: [String]
  /// The import it was part of.
  public let importID: String?
  /// Where its bytes are in the text of the input.
  let source: Range<Int>?

  init(
    line: Int, lastLine: Int? = nil, key: String?, outcome: Outcome, reasons: [String],
    importID: String? = nil, source: Range<Int>? = nil
  ) {
    self.line = line
    self.lastLine = lastLine ?? line
    self.key = key
    self.outcome = outcome
    self.reasons = reasons
    self.importID = importID
    self.source = source
  }

  init(rejected row: RejectedRow) {
    self.init(
      line: row.line, lastLine: row.lastLine, key: row.key, outcome: .rejected,
      reasons: row.reasons, source: row.source)
  }

  /// The entry as one JSON object, without the row itself.
  public var json: [UInt8] {
    var object: JSONObject = ["line": .number(JSONNumber(line))]
    if lastLine != line { object["last_line"] = .number(JSONNumber(lastLine)) }
    object["outcome"] = .string(outcome.rawValue)
    if let key { object["key"] = .string(key) }
    if let importID { object["import"] = .string(importID) }
    object["reasons"] = .array(reasons.map(JSONValue.string))
    return JSONValue.object(object).bytes
  }
}

/// How far the check of an input is.
public struct CheckProgress: Sendable, Hashable {
  /// Rows between two calls: a power of two.
  static let interval = 1 << 13

  /// Rows that were read.
  public let rows: Int
  /// Bytes that were read.
  public let bytes: Int
  /// The bytes of the input.
  public let size: Int

  init(rows: Int, bytes: Int, size: Int) {
    self.rows = rows
    self.bytes = min(bytes, size)
    self.size = size
  }
}

/// How far a run is.
public struct ImportProgress: Sendable, Hashable {
  /// One import that is pending or in progress.
  public struct Running: Sendable, Hashable {
    /// The chunk's number, from 1.
    public let chunk: Int
    /// The import's id.
    public let id: String
    /// Its status.
    public let status: String
    /// The rows it was given.
    public let rows: Int
    /// Rows the service has processed so far.
    public let consumed: Int
  }

  /// Rows to be imported.
  public var rows = 0
  /// Imports to be created, as planned.
  public var chunks = 0
  /// Imports that are over.
  public var chunksOver = 0
  /// Rows the service took, in imports that are over.
  public var succeeded = 0
  /// Rows that failed, in imports that are over.
  public var failed = 0
  /// Rows it never came to, in imports that are over.
  public var unprocessed = 0
  /// The imports under way, by number.
  public var running: [Running] = []

  /// Rows that are done with, those of imports under way included.
  public var consumed: Int {
    succeeded + failed + unprocessed + running.reduce(0) { $0 + $1.consumed }
  }
}

extension ImportReport {
  /// The sums and the imports as JSON; rows are told one by one while the run goes on.
  public var json: JSONObject {
    var object: JSONObject = [
      "run": .string(runID), "type": .string(plan.type), "ending": .string(ending.name),
      "detail": ending.detail.map(JSONValue.string) ?? .null,
      "totals": .object(Self.totals([self])),
      "imports": .array(chunks.map { .object($0.json) }),
      "left_running": .array(leftRunning.map(JSONValue.string)),
      "in_doubt": .array(inDoubt.map(JSONValue.string)),
    ]
    if let notAudited { object["not_audited"] = .string(notAudited) }
    return object
  }
}

extension ImportReport {
  /// The sums over several runs as JSON.
  public static func totals(_ reports: [ImportReport]) -> JSONObject {
    func sum(_ count: (ImportReport) -> Int) -> JSONValue {
      .number(JSONNumber(reports.reduce(0) { $0 + count($1) }))
    }
    return [
      "rows": sum(\.plan.rows), "succeeded": sum(\.succeeded), "failed": sum(\.failed),
      "not_processed": sum(\.unprocessed), "unknown": sum(\.unknown), "rejected": sum(\.rejected),
    ]
  }
}

extension ImportProgress {
  /// The progress as JSON.
  public var json: JSONObject {
    [
      "rows": .number(JSONNumber(rows)), "consumed": .number(JSONNumber(consumed)),
      "succeeded": .number(JSONNumber(succeeded)), "failed": .number(JSONNumber(failed)),
      "not_processed": .number(JSONNumber(unprocessed)), "imports": .number(JSONNumber(chunks)),
      "imports_over": .number(JSONNumber(chunksOver)),
      "in_flight": .number(JSONNumber(running.count)),
    ]
  }
}

extension ImportReport.Chunk {
  /// The import as JSON.
  public var json: JSONObject {
    [
      "chunk": .number(JSONNumber(number)), "import": importID.map(JSONValue.string) ?? .null,
      "status": status.map(JSONValue.string) ?? .null, "rows": .number(JSONNumber(rows)),
      "first_line": .number(JSONNumber(firstLine)), "last_line": .number(JSONNumber(lastLine)),
      "succeeded": .number(JSONNumber(succeeded)), "failed": .number(JSONNumber(failed)),
      "unnamed_failures": .number(JSONNumber(unnamedFailures)),
      "not_processed": .number(JSONNumber(unprocessed)), "unknown": .number(JSONNumber(unknown)),
      "warnings": .number(JSONNumber(warnings)),
      "duplicates": .array(duplicates.map(JSONValue.string)),
      "notes": .array(notes.map(JSONValue.string)),
    ]
  }
}

extension ImportEnding {
  /// A stable name.
  public var name: String {
    switch self {
    case .done: "done"
    case .stopped: "stopped"
    case .createRejected: "create_rejected"
    case .denied: "denied"
    case .rejected: "rejected"
    case .notSent: "not_sent"
    case .trialFailed: "trial_failed"
    case .tooManyFailed: "too_many_failed"
    case .inputFailed: "input_failed"
    case .unreachable: "unreachable"
    case .gaveUp: "gave_up"
    case .violation: "violation"
    case .journalFailed: "journal_failed"
    }
  }

  /// What happened, where there is more to say than the name does.
  public var detail: String? {
    switch self {
    case .done, .stopped, .rejected: nil
    case .createRejected(let text), .denied(let text), .inputFailed(let text),
      .unreachable(let text),
      .gaveUp(let text), .violation(let text), .notSent(let text), .trialFailed(let text),
      .tooManyFailed(let text), .journalFailed(let text):
      text
    }
  }
}

extension ImportPlan {
  /// The plan as JSON.
  public var json: JSONObject {
    [
      "type": .string(type), "format": .string(format.rawValue),
      "sent_as": .string(isSentAsCSV ? "csv" : "json"),
      "key": .array(key.map(JSONValue.string)), "keyed": .bool(!key.isEmpty),
      "delimiter": delimiter.map(JSONValue.string) ?? .null,
      "encoding": .string(encoding.rawValue), "compressed": .bool(isCompressed),
      "checked_against_schema": .bool(isChecked), "rows": .number(JSONNumber(rows)),
      "records": .number(JSONNumber(records)),
      "updates_or_creates": .number(JSONNumber(updating)),
      "creates": .number(JSONNumber(creating)),
      "accepted": .number(JSONNumber(accepted)), "rejected": .number(JSONNumber(rejected)),
      "bytes": .number(JSONNumber(bytes)), "imports": .number(JSONNumber(chunks)),
      "largest_import": .number(JSONNumber(largestChunk)),
      "requests_at_least": .number(JSONNumber(requests)),
      "repeated_keys": .number(JSONNumber(repeatedKeys)),
      "first_repeated_line": firstRepeatedLine.map { .number(JSONNumber($0)) } ?? .null,
      "warning_counts": .object(
        JSONObject(
          InputWarning.Kind.allCases.compactMap { kind in
            warnings.counts[kind].map { (kind.rawValue, .number(JSONNumber($0))) }
          })),
      "warnings": .array(warnings.all.map { .object($0.json) }),
    ]
  }
}

extension InputWarning {
  /// The warning as JSON.
  public var json: JSONObject {
    var object: JSONObject = ["kind": .string(kind.rawValue)]
    if let line { object["line"] = .number(JSONNumber(line)) }
    if let column { object["column"] = .string(column) }
    if let columnNumber { object["column_number"] = .number(JSONNumber(columnNumber)) }
    if let value { object["value"] = .string(value) }
    object["message"] = .string(message)
    return object
  }
}
