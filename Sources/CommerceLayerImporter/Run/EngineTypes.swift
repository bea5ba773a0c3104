/// What happens to a run.
enum EngineEvent: Sendable {
  case start
  /// A chunk was read and waits to be sent. A trial chunk is sent before all others.
  case chunkRead(Int, rows: Int, isTrial: Bool = false)
  /// There is no further chunk.
  case inputEnded
  case created(Int, RemoteImport)
  case createFailed(Int, CallFailure)
  /// Imports with a chunk's reference.
  case found(Int, [RemoteImport])
  case lookupFailed(Int, CallFailure)
  /// What one list request says of running imports.
  case polled([RemoteImport])
  case pollFailed(CallFailure)
  /// One import with its logs.
  case retrieved(Int, RemoteImport)
  case retrieveFailed(Int, CallFailure)
  /// The rows of a settled chunk are accounted for: how many failed, and how many have another
  /// outcome than success. Awaited only when ``EngineSettings/isLimited``.
  case accounted(Int, failed: Int, others: Int)
  /// The time of a wake effect has come.
  case tick
  /// The person or the system asks to stop.
  case stop
}

/// What a run wants done. Each is a plain value, so that a journal can keep it before it is done.
enum EngineEffect: Sendable, Equatable {
  /// Read the next chunk and give it this number.
  case readChunk(Int)
  case create(Int, attempt: Int)
  /// List the imports with the chunk's reference.
  case lookUp(Int)
  /// List these imports, sparsely.
  case poll([String])
  /// Get one import with its logs.
  case retrieve(Int, id: String)
  /// Halve a chunk that is too large; the halves get these numbers.
  case split(Int, first: Int, second: Int)
  /// The chunk has ended: account for its rows and forget them.
  case settle(Int, Settlement)
  /// Send a tick at this time.
  case wake(Duration)
  case notice(ImportNotice)
  /// Nothing more will be asked for.
  case finish(ImportEnding)
}

/// How a chunk ended.
enum Settlement: Sendable, Equatable {
  /// The import ended. `duplicates` are further imports of the same rows.
  case ended(RemoteImport, wasInterrupted: Bool, duplicates: [String])
  /// The service rejected the import as a whole.
  case rejected(CallFailure)
  /// It is unknown whether it was created, and sending it again could double its rows.
  case needsOperator(String)
  /// The import does not exist any more.
  case lost(id: String)
  /// The run ended first.
  case unknown(id: String?, reason: String)
  /// It was never sent.
  case unsent(String)
}

/// How a run ended.
public enum ImportEnding: Sendable, Hashable {
  /// Everything was sent and every import ended.
  case done
  /// Somebody asked to stop.
  case stopped
  /// The service rejected an import as a whole.
  case refused(String)
  /// The credentials were rejected, or may not import.
  case denied(String)
  /// Rows of the input cannot be sent, so nothing was.
  case rejected
  /// Nothing was sent, because of something outside of this input.
  case notSent(String)
  /// Rows of the trial were not imported, so the others were not sent.
  case trialFailed(String)
  /// More rows failed than the settings allow, so no further import was created.
  case tooManyFailed(String)
  /// The input could not be read to its end again.
  case inputFailed(String)
  /// The service was never reached, or what responds there is another one.
  case unreachable(String)
  /// The service went away, was full or stood still for too long.
  case gaveUp(String)
  /// What responded does not keep the protocol.
  case violation(String)
  /// The journal could not be written, so no further import was created.
  case journalFailed(String)
}

/// Something worth telling while a run goes on.
public enum ImportNotice: Sendable, Hashable {
  /// An import was created.
  case created(chunk: Int, id: String)
  /// The organization's queue is full.
  case waitingForRoom(Duration)
  /// Too many requests.
  case throttled(Duration)
  /// The service fails or cannot be reached.
  case retrying(String, Duration)
  /// It is unknown whether an import was created; it is being looked for.
  case lookingFor(chunk: Int, String)
  /// It was found.
  case adopted(chunk: Int, id: String)
  /// It was not found and is sent again.
  case sendingAgain(chunk: Int)
  /// An import was too large and is halved.
  case halved(chunk: Int)
}

/// What the engine decides by.
struct EngineSettings: Sendable {
  /// Creates of one chunk in all, when it stays unknown whether they arrive.
  static let maximumAttempts = 3

  var maximumRunning = 4
  /// Whether chunks other than trial chunks wait until all rows of the trial succeeded.
  var hasTrial = false
  /// No further import is created once more rows failed.
  var maximumFailed: Int?
  /// Whether the outcome of rows decides on what is sent next.
  var isLimited: Bool { hasTrial || maximumFailed != nil }
  /// Whether sending a chunk twice leaves the same data.
  var mayRepeat = true
  /// Statuses after which nothing changes.
  var terminal: Set<String> = ["completed", "interrupted"]
  var pace = ImportPace()
  /// For jitter.
  var seed: UInt64 = 0
}

/// One chunk between being read and having an outcome.
struct EngineChunk: Sendable {
  enum Phase: Sendable, Equatable {
    /// Read, not sent.
    case ready
    case creating
    /// Unknown whether it was created; `lookup` is the number of the next lookup.
    case reconciling(since: Duration, lookup: Int)
    case running
    /// Ended as far as the sparse list says; its logs are missing. Or it is not in the list any more.
    case retrieving
    /// Ended; looking for a second import of the same rows.
    case auditing
  }

  let number: Int
  let rows: Int
  /// Whether it is part of the trial.
  var isTrial = false
  var phase = Phase.ready
  /// When to do the phase's next call.
  var due: Duration = .zero
  /// Whether that call is on its way.
  var isAsking = false
  var attempt = 1
  /// Failures in a row of the phase's call.
  var failures = 0
  var remote: RemoteImport?
  var lastChange: Duration = .zero
  /// Polls in a row that did not find it.
  var misses = 0

  /// Whether it takes one of the places for running imports.
  var takesPlace: Bool {
    switch phase {
    case .creating, .reconciling, .running: true
    case .ready, .retrieving, .auditing: false
    }
  }
}

/// SplitMix64: small, seeded, the same everywhere.
struct SplitMix64: RandomNumberGenerator, Sendable {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }

  /// In 0..<1.
  mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }
}
