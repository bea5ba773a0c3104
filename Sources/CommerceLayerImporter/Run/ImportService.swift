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
  /// Imports of the organization that are pending or in progress, those of other programs included.
  /// - Throws: ``CallFailure``.
  func queue() async throws(CallFailure) -> [RemoteImport]
  /// The ids of all imports of a run that the service knows, by the number of their chunk.
  /// - Throws: ``CallFailure``.
  func imports(ofRun runID: String) async throws(CallFailure) -> [Int: [String]]
  /// How many imports of the organization may be pending or in progress; nil when these credentials
  /// may not know.
  func maximumRunning() async -> Int?
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
  /// The digest of the input's bytes; empty when it is not known.
  var inputDigest = ""
  /// What the journal holds of it. With the digests an import tells which rows it was given, so that a
  /// journal can be rebuilt from the service.
  var intent: ChunkIntent?

  /// What the import is found by when the response to its creation is lost.
  var reference: String { Self.reference(runID: runID, chunk: chunk) }

  /// The number of the chunk in a reference of a run; nil when it is not one.
  static func chunk(in reference: String, runID: String) -> Int? {
    guard reference.hasPrefix("\(runID)-") else { return nil }
    let digits = reference.utf8.dropFirst(runID.utf8.count + 1)
    guard (6...12).contains(digits.count), digits.allSatisfy({ (48...57).contains($0) }) else {
      return nil
    }
    return Int(String(decoding: digits, as: UTF8.self))
  }

  static func reference(runID: String, chunk: Int) -> String {
    let number = String(chunk)
    return "\(runID)-\(String(repeating: "0", count: max(0, 6 - number.count)))\(number)"
  }

  var create: Import.Create {
    Import.Create(
      resourceType: Import.ResourceType(rawValue: type), inputs: inputs,
      format: inputs.isCSV ? .csv : .json, parentResourceID: parentID,
      skipErrors: skipErrors ? true : nil, reference: reference, referenceOrigin: Self.origin,
      metadata: metadata)
  }

  private var metadata: JSONObject {
    var metadata: JSONObject = [
      "run_id": .string(runID), "chunk": .number(JSONNumber(chunk)),
      "rows": .number(JSONNumber(rows)), "attempt": .number(JSONNumber(attempt)),
    ]
    if !inputDigest.isEmpty { metadata["input_digest"] = .string(inputDigest) }
    if let intent {
      metadata["rows_digest"] = .string(intent.digest)
      metadata["first_line"] = .number(JSONNumber(intent.firstLine))
      metadata["last_line"] = .number(JSONNumber(intent.lastLine))
    }
    return metadata
  }
}

extension RunRecord {
  /// What imports of this tool say they come from, in `reference_origin`.
  public static var referenceOrigin: String { ImportRequest.origin }

  /// The reference of the run's import with this number.
  public func reference(chunk: Int) -> String {
    ImportRequest.reference(runID: runID, chunk: chunk)
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
  /// The most rows done or failed that any response named.
  var mostConsumed = 0
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

  /// Rows that were done or failed.
  var consumed: Int { processedCount + errorsCount }

  /// Whether it waits to be processed, as far as is known.
  var isWaiting: Bool { status.isEmpty || status == "pending" }

  /// Takes what a newer response adds; what an older one would take back stays. The counts of an import
  /// that has ended are those of the response that says so, whatever was seen before.
  /// - Returns: whether the import moved forward.
  mutating func merge(_ other: RemoteImport, terminal: Set<String>) -> Bool {
    let (rank, otherRank) = (
      Self.rank(status, terminal: terminal), Self.rank(other.status, terminal: terminal)
    )
    let before = max(mostConsumed, consumed)
    mostConsumed = max(before, other.consumed)
    if otherRank >= rank { status = other.status }
    if terminal.contains(other.status) {
      (processedCount, errorsCount) = (other.processedCount, other.errorsCount)
      warningsCount = other.warningsCount
    } else if !terminal.contains(status) {
      processedCount = max(processedCount, other.processedCount)
      errorsCount = max(errorsCount, other.errorsCount)
      warningsCount = max(warningsCount, other.warningsCount)
    }
    inputsSize = other.inputsSize ?? inputsSize
    if createdAt.isEmpty { createdAt = other.createdAt }
    resourceType = other.resourceType ?? resourceType
    if !other.errors.isEmpty { errors = other.errors }
    if !other.warnings.isEmpty { warnings = other.warnings }
    return otherRank > rank || mostConsumed > before
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
    /// The access token is rejected; the next call gets another one.
    case unauthenticated
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
  /// Whether it is certain that the service never got the request.
  var isUnsent = false
  /// How long the service asks to wait, for another kind than `throttled`.
  var retryAfter: Duration?

  /// How long the service asks to wait.
  var wait: Duration? {
    if case .throttled(let after) = kind { after } else { retryAfter }
  }

  /// Whether a service that works does not respond so: something on the way did, or it was a slip.
  var isOdd: Bool {
    switch kind {
    case .foreign, .violation, .notFound, .rejected, .tooLarge: true
    default: false
    }
  }

  /// How a run ends whose first call fails so.
  var ending: ImportEnding {
    switch kind {
    case .denied, .unauthenticated: .denied(message)
    case .violation, .rejected, .tooLarge: .violation(message)
    case .foreign, .notFound, .transient, .ambiguous: .unreachable(message)
    case .throttled, .noRoom: .gaveUp(message)
    case .cancelled: .stopped
    case .input: .inputFailed(message)
    }
  }
}
