public import CommerceLayer
import CommerceLayerRows

extension ImportReport {
  /// The sums and the imports as JSON; rows are told one by one while the run goes on.
  public var json: JSONObject {
    [
      "run": .string(runID), "type": .string(plan.type), "ending": .string(ending.name),
      "detail": ending.detail.map(JSONValue.string) ?? .null,
      "totals": .object(Self.totals([self])),
      "imports": .array(chunks.map { .object($0.json) }),
      "left_running": .array(leftRunning.map(JSONValue.string)),
      "in_doubt": .array(inDoubt.map(JSONValue.string)),
    ]
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
    case .refused: "refused"
    case .denied: "denied"
    case .rejected: "rejected"
    case .notSent: "not_sent"
    case .trialFailed: "trial_failed"
    case .tooManyFailed: "too_many_failed"
    case .inputFailed: "input_failed"
    case .unreachable: "unreachable"
    case .gaveUp: "gave_up"
    case .violation: "violation"
    }
  }

  /// What happened, where there is more to say than the name does.
  public var detail: String? {
    switch self {
    case .done, .stopped, .rejected: nil
    case .refused(let text), .denied(let text), .inputFailed(let text), .unreachable(let text),
      .gaveUp(let text), .violation(let text), .notSent(let text), .trialFailed(let text),
      .tooManyFailed(let text):
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
