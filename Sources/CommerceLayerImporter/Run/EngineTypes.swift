/// What happens to a run.
enum EngineEvent: Sendable {
  case start
  /// A chunk was read, with what the journal knows of it. A trial chunk is sent before all others.
  /// - `isFlat`: each of its records is one row, so that the service's counts are rows.
  case chunkRead(
    Int, rows: Int, isTrial: Bool = false, isFlat: Bool = true, known: KnownChunk = .unsent)
  /// There is no further chunk.
  case inputEnded
  /// The rest of the input cannot be read.
  case inputFailed
  /// These entries are on disk.
  case recorded([EngineRecord])
  /// Entries could not be stored.
  case journalFailed(String)
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
  /// The imports of the organization that are pending or in progress; nil when that cannot be known.
  case queueSeen([RemoteImport]?)
  /// The ids of all imports of the run that the service knows, by chunk.
  case audited([Int: [String]])
  case auditFailed(CallFailure)
  /// The rows of a concluded chunk are accounted for: how many failed, and how many have another
  /// outcome than success. Awaited only when ``EngineSettings/isLimited``.
  case accounted(Int, failed: Int, others: Int)
  /// The time of a wake effect has come.
  case tick
  /// The person or the system asks to stop.
  case stop
}

/// What a run wants done. Each is a plain value; a simulation can crash the run between any two.
enum EngineEffect: Sendable, Equatable {
  /// Read the next chunk, which has this number.
  case readChunk(Int)
  /// Put these entries into the journal, in the order of the effects. ``EngineEvent/recorded(_:)`` says
  /// when they are on disk.
  case record([EngineRecord])
  case create(Int, attempt: Int)
  /// List the imports with the chunk's reference.
  case lookUp(Int)
  /// List these imports, sparsely.
  case poll([String])
  /// Get one import with its logs.
  case retrieve(Int, id: String)
  /// List the imports of the organization that are pending or in progress.
  case watchQueue
  /// List all imports of the run.
  case audit
  /// Halve a chunk that is too large; the halves get these numbers.
  case split(Int, first: Int, second: Int)
  /// The rows of the chunk from an index on become another chunk.
  case continueTail(Int, from: Int, as: Int)
  /// The chunk has ended: account for its rows and forget them.
  case conclude(Int, EngineOutcome)
  /// Tell what the journal says of the chunk's rows, and forget them.
  case restore(Int)
  /// Further imports of a concluded chunk's rows exist.
  case duplicates(Int, [String])
  /// Whether further imports of the run's rows exist could not be found out.
  case notAudited(String)
  /// Send a tick at this time.
  case wake(Duration)
  case notice(ImportNotice)
  /// Nothing more will be asked for.
  case finish(ImportEnding)
}

/// A journal entry as the engine decides on it; the rows, the digest and the outcome are added by the
/// loop that has them.
enum EngineRecord: Sendable, Equatable {
  case intent(Int, attempt: Int)
  case notCreated(Int, attempt: Int)
  case created(Int, id: String)
  case split(Int, first: Int, second: Int)
  case continued(Int, from: Int, as: Int)
  case outcome(Int)
  case duplicates(Int, [String])
  case finished
}

/// What the journal says of a chunk that is read. `again`: it was sent again although it stayed unknown
/// whether an earlier attempt arrived.
enum KnownChunk: Sendable, Equatable {
  /// It was never about to be sent.
  case unsent
  /// It was about to be sent: an import of it may exist.
  case sent(attempt: Int, again: Bool = false)
  /// The service rejected it, and no import of this attempt exists.
  case notCreated(attempt: Int, again: Bool = false)
  case created(id: String, attempt: Int, again: Bool = false)
  case split(first: Int, second: Int)
  /// It is known what became of its rows.
  case concluded(id: String?)
  /// So it is, and the rows from an index on became another chunk.
  case continued(id: String?, from: Int, as: Int)
  /// Its import was interrupted and the rows from an index on became another chunk, but what became of those
  /// before them is not recorded: the journal was rebuilt from the service.
  case interrupted(id: String, attempt: Int, again: Bool, from: Int, as: Int)
}

/// How a chunk ended.
enum EngineOutcome: Sendable, Equatable {
  /// The import ended. `duplicates` are further imports of the same rows; `notes` what should be known.
  case ended(RemoteImport, wasInterrupted: Bool, duplicates: [String], notes: [String] = [])
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

  /// Whether nothing changes it any more. What is not final is not recorded: a run that is resumed
  /// takes it up again.
  var isFinal: Bool {
    switch self {
    case .ended, .rejected, .lost: true
    case .needsOperator, .unknown, .unsent: false
    }
  }
}

/// How a run ended.
public enum ImportEnding: Sendable, Hashable {
  /// Everything was sent and every import ended.
  case done
  /// Somebody asked to stop.
  case stopped
  /// The service rejected an import as a whole.
  case createRejected(String)
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
  /// How often in a row the credentials may be rejected by a service that took them before.
  static let maximumDenials = 3
  /// How often the audit at the end of a run is tried.
  static let maximumAudits = 5
  /// A longer `Retry-After` is not believed.
  static let longestCredibleWait: Duration = .seconds(86_400)
  /// The longest time until a wake. Where more than ``sleepGap`` passes, the machine slept.
  static let heartbeat: Duration = .seconds(60)
  /// Time without any event that nobody could act in.
  static let sleepGap: Duration = .seconds(180)

  var maximumRunning = 4
  /// Whether chunks other than trial chunks wait until all rows of the trial succeeded.
  var hasTrial = false
  /// No further import is created once more rows failed.
  var maximumFailed: Int?
  /// Whether no import is created after one of whose rows any was not imported.
  var inOrder = false
  /// Whether the outcome of rows decides on what is sent next.
  var isLimited: Bool { hasTrial || maximumFailed != nil || inOrder }
  /// Whether sending a chunk twice leaves the same data.
  var mayRepeat = true
  /// Whether rows that are imported twice are not two records each: all of them have a key or an id.
  var isIdempotent = false
  /// Whether the rows that an interrupted import did not come to are sent again.
  var continueInterrupted = false
  /// The number of the next half of a chunk: whole chunks have the numbers below.
  var nextPart = 1_000_001
  /// Chunks of a resumed run whose imports may be running, by the number of the whole chunk they are
  /// part of.
  var inFlight: [Int: Int] = [:]
  /// Whether an earlier run has sent something.
  var isResumed = false
  /// Whether an earlier run has done everything, so that the service need not be asked.
  var wasFinished = false
  /// Statuses after which nothing changes.
  var terminal: Set<String> = ["completed", "interrupted"]
  var pace = ImportPace()
  /// For jitter.
  var seed: UInt64 = 0
  /// Safeguards that a test leaves out, to see that the simulation notices.
  var mutations: Set<EngineMutation> = []
}

/// A safeguard that can be left out, in tests only.
enum EngineMutation: String, Sendable, CaseIterable {
  /// A create does not wait until its intent is on disk.
  case noSync
  /// An import whose create failed is not looked for.
  case noLookup
  /// Further imports of the same rows are not told.
  case noDedupe
  /// An import that waits in `pending` is abandoned although the run moves on.
  case stallOnPending
}

/// One chunk between being read and having an outcome.
struct EngineChunk: Sendable {
  enum Phase: Sendable, Equatable {
    /// Read, not sent.
    case ready
    /// About to be sent, as soon as that is recorded.
    case intending
    case creating
    /// The create was rejected; it is looked up whether it happened all the same.
    case confirming(CallFailure)
    /// Unknown whether it was created; `lookup` is the number of the next lookup.
    case reconciling(since: Duration, lookup: Int)
    case running
    /// Ended as far as the sparse list says; its logs are missing. Or it is not in the list any more.
    case retrieving
  }

  let number: Int
  let rows: Int
  /// Where it stands among the chunks: its number, or that of the whole chunk and its way down from there.
  var order: [Int]
  /// Whether it is part of the trial.
  var isTrial = false
  /// Whether each of its records is one row.
  var isFlat = true
  var phase = Phase.ready
  /// When to do the phase's next call.
  var due: Duration = .zero
  /// Whether that call is on its way.
  var isAsking = false
  /// Creates so far.
  var attempt = 0
  /// Those of them of which nobody knows whether they arrived.
  var doubts = 0
  /// Whether an import of it may exist that was not found.
  var mayExist = false
  /// Whether it was sent again although one may exist.
  var isSentAgain = false
  /// Creates in a row whose token was rejected.
  var tokenRejections = 0
  /// Failures in a row of the phase's call.
  var failures = 0
  var remote: RemoteImport?
  /// Further imports of its rows.
  var duplicates: [String] = []
  /// The index from which an earlier run sent its rows again as another chunk.
  var tailStart: Int?
  var lastChange: Duration = .zero
  /// Polls in a row that did not find it.
  var misses = 0
  /// Since when asking for it by id says that it does not exist, and how often.
  var gone: (since: Duration, times: Int)?
  /// Since when its own responses cannot be read.
  var oddSince: Duration?
  /// Since when it has ended by the list but not by itself, and how often it said so.
  var stale: (since: Duration, times: Int)?

  init(number: Int, rows: Int) {
    self.number = number
    self.rows = rows
    order = [number]
  }

  /// Whether it takes one of the places for running imports.
  func takesPlace(terminal: Set<String>) -> Bool {
    switch phase {
    case .intending, .creating, .confirming, .reconciling, .running: true
    case .ready: false
    case .retrieving: !terminal.contains(remote?.status ?? "")
    }
  }

  /// Shifts all times by a pause in which nobody could act.
  mutating func shift(by pause: Duration) {
    lastChange += pause
    gone?.since += pause
    if let since = oddSince { oddSince = since + pause }
    stale?.since += pause
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
