import GRDB

/// The attributes of an import that processing reads and writes.
enum ImportField {
  static let status = "status"
  static let resourceType = "resource_type"
  static let format = "format"
  static let parent = "parent_resource_id"
  static let skipErrors = "skip_errors"
  static let inputsSize = "inputs_size"
  static let errorsCount = "errors_count"
  static let warningsCount = "warnings_count"
  static let processedCount = "processed_count"
  static let destroyedCount = "destroyed_count"
  static let errorsLog = "errors_log"
  static let warningsLog = "warnings_log"
  static let startedAt = "started_at"
  static let completedAt = "completed_at"
  static let interruptedAt = "interrupted_at"
  static let interrupt = "_interrupt"
}

/// The states of an import.
enum ImportStatus: String, Sendable {
  case pending
  case inProgress = "in_progress"
  case interrupted
  case completed

  /// Whether nothing changes any more.
  var isTerminal: Bool { self == .interrupted || self == .completed }

  /// Holds for records of a type that are not done.
  static func isRunning(_ type: String) -> SQL {
    let list = [pending, inProgress].map { "'\($0.rawValue)'" }.joined(separator: ", ")
    return RecordSQL.isOf([type], in: "records") + SQL(sql: " AND ")
      + RecordSQL.value(ImportField.status, in: "records") + SQL(sql: " IN (\(list))")
  }
}

/// How rows are written.
enum ImportFormat: String, Sendable, CaseIterable {
  case json, csv
}
