import CommerceLayer
import CommerceLayerRows

/// The calls a run makes. ``CommerceLayerImports`` makes them to the service; tests make them to
/// whatever they like.
protocol ImportService: Sendable {
  /// Creates an import.
  /// - Throws: ``CallFailure``.
  func create(_ request: ImportRequest) async throws(CallFailure) -> RemoteImport
  /// Whether rows go to test or live data; nil when the service does not say.
  /// - Throws: ``CallFailure``.
  func mode() async throws(CallFailure) -> ServiceMode?
  /// The imports with this reference that this tool created.
  /// - Throws: ``CallFailure``.
  func find(reference: String) async throws(CallFailure) -> [RemoteImport]
  /// State and counts of imports, in one request.
  /// - Throws: ``CallFailure``.
  func states(of ids: [String]) async throws(CallFailure) -> [RemoteImport]
  /// One import with its logs.
  /// - Throws: ``CallFailure``.
  func retrieve(_ id: String) async throws(CallFailure) -> RemoteImport
}

/// One import to be created.
struct ImportRequest: Sendable {
  /// What imports of this tool say they come from.
  static let origin = "cl-import"

  let type: String
  let parentID: String?
  let skipErrors: Bool
  let runID: String
  let chunk: Int
  let attempt: Int
  let rows: Int
  let inputs: BulkInputs

  /// What the import is found by when the response to its creation is lost.
  var reference: String { Self.reference(runID: runID, chunk: chunk) }

  static func reference(runID: String, chunk: Int) -> String {
    let number = String(chunk)
    return "\(runID)-\(String(repeating: "0", count: max(0, 6 - number.count)))\(number)"
  }

  var create: Import.Create {
    Import.Create(
      resourceType: Import.ResourceType(rawValue: type), inputs: inputs,
      format: inputs.isCSV ? .csv : .json, parentResourceID: parentID,
      skipErrors: skipErrors ? true : nil, reference: reference, referenceOrigin: Self.origin,
      metadata: [
        "run_id": .string(runID), "chunk": .number(JSONNumber(chunk)),
        "rows": .number(JSONNumber(rows)), "attempt": .number(JSONNumber(attempt)),
      ])
  }
}

/// What the service says of one import, as far as a run needs it.
public struct RemoteImport: Sendable, Hashable {
  /// The import's id.
  public var id: String
  /// Its status: `pending`, `in_progress`, `completed`, `interrupted`, or one not known yet.
  public var status: String
  /// Rows done.
  public var processedCount = 0
  /// Rows that failed.
  public var errorsCount = 0
  /// Rows done with a warning.
  public var warningsCount = 0
  /// Rows the import was given; nil when the service does not say.
  public var inputsSize: Int?
  /// When it was created, as the service writes it: ISO 8601 texts of one form sort by time.
  public var createdAt = ""
  /// What its rows are, when that was asked for.
  public var resourceType: String?
  /// What the service says of rows that failed, by their keys.
  public var errors: [LogEntry] = []
  /// What the service warns of, by the rows' keys.
  public var warnings: [LogEntry] = []

  /// Creates one.
  public init(id: String, status: String) {
    self.id = id
    self.status = status
  }

  /// How far along a status is. Responses may arrive out of order or from a stale copy; a status
  /// never goes back.
  static func rank(_ status: String, terminal: Set<String>) -> Int {
    if terminal.contains(status) { return 3 }
    switch status {
    case "": return 0
    case "pending": return 1
    default: return 2
    }
  }

  /// Takes what a newer response adds; what an older one would take back stays.
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

/// Why a call failed, as far as the engine decides on it.
struct CallFailure: Error, Sendable, Hashable {
  enum Kind: Sendable, Hashable {
    /// The organization's queue of imports is full: come back later.
    case noRoom
    /// Too many requests: come back later.
    case throttled(after: Duration?)
    /// Nothing was processed, or doing it again is harmless.
    case transient
    /// A create that may have happened.
    case ambiguous
    /// The request's body is larger than the service takes.
    case tooLarge
    /// The service rejects the import as a whole.
    case rejected
    case notFound
    /// The credentials are rejected, or may not do this.
    case denied
    /// What responds is not the service: it does not speak JSON:API.
    case foreign
    /// What responds does not keep the protocol: a redirect, a response without end.
    case violation
    /// This program gave the call up.
    case cancelled
    /// The rows could not be read while they were sent, so that the service did not get all of them.
    case input
  }

  let kind: Kind
  /// What happened, for people.
  let message: String
  /// The row of the import that a validation error points at, from 0.
  var row: Int?

  /// How a run ends whose first call fails so.
  var ending: ImportEnding {
    switch kind {
    case .denied: .denied(message)
    case .violation, .rejected, .tooLarge: .violation(message)
    case .foreign, .notFound, .transient, .ambiguous: .unreachable(message)
    case .throttled, .noRoom: .gaveUp(message)
    case .cancelled: .stopped
    case .input: .inputFailed(message)
    }
  }
}
