/// What the service says of one import, as far as a run needs it.
public struct RemoteImport: Sendable, Hashable {
  /// The import's id.
  public var id: String
  /// Its status: `pending`, `in_progress`, `completed`, `interrupted`, or one not known yet.
  public var status: String
  /// Rows done.
  public var processedCount = 0
  /// Rows refused.
  public var errorsCount = 0
  /// Rows done with a warning.
  public var warningsCount = 0
  /// Rows the import was given; nil when the service does not say.
  public var inputsSize: Int?
  /// When it was created, as the service writes it: ISO 8601 texts of one form sort by time.
  public var createdAt = ""
  /// What its rows are, when that was asked for.
  public var resourceType: String?
  /// What the service says of refused rows, by their keys.
  public var errors: [LogEntry] = []
  /// What the service warns of, by the rows' keys.
  public var warnings: [LogEntry] = []

  /// Creates one.
  public init(id: String, status: String) {
    self.id = id
    self.status = status
  }

  /// How far along a status is. Answers may arrive out of order or from a stale copy; a status
  /// never goes back.
  static func rank(_ status: String, terminal: Set<String>) -> Int {
    if terminal.contains(status) { return 3 }
    switch status {
    case "": return 0
    case "pending": return 1
    default: return 2
    }
  }

  /// Takes what a newer answer adds; what an older one would take back stays.
  /// - Returns: whether anything changed.
  mutating func merge(_ other: RemoteImport, terminal: Set<String>) -> Bool {
    let before = self
    if Self.rank(other.status, terminal: terminal) >= Self.rank(status, terminal: terminal) {
      status = other.status
    }
    processedCount = max(processedCount, other.processedCount)
    errorsCount = max(errorsCount, other.errorsCount)
    warningsCount = max(warningsCount, other.warningsCount)
    inputsSize = other.inputsSize ?? inputsSize
    if createdAt.isEmpty { createdAt = other.createdAt }
    resourceType = other.resourceType ?? resourceType
    if !other.errors.isEmpty { errors = other.errors }
    if !other.warnings.isEmpty { warnings = other.warnings }
    return self != before
  }
}

/// What an import's log says of one key.
public struct LogEntry: Sendable, Hashable {
  /// The row's key as the service writes it.
  public var key: String
  /// The messages, with the attribute before each where the log names one.
  public var messages: [String]

  /// Creates an entry.
  public init(key: String, messages: [String]) {
    self.key = key
    self.messages = messages
  }
}
