/// Remembers what a run is about to do and what became of it, so that another process goes on where
/// this one died.
///
/// The run decides what is recorded, and does nothing that an entry announces before ``record(_:)``
/// has returned. `CommerceLayerJournal` has the form on disk; the protocol is here so that the
/// importer does not depend on a database.
public protocol RunJournal: Sendable {
  /// Returns what was recorded so far.
  /// - Throws: ``JournalError`` when it cannot be read.
  func contents() async throws(JournalError) -> JournalContents

  /// Records entries, all or none. When it returns they are on disk: neither the end of the process
  /// nor of the machine's power loses them.
  /// - Throws: ``JournalError`` when they could not be stored. The run then sends nothing more.
  func record(_ entries: [JournalEntry]) async throws(JournalError)
}

/// What was decided when a run began. No secret is part of it.
public struct RunRecord: Sendable, Hashable, Codable {
  /// The start of the references of the run's imports; see ``RunIdentifier``.
  public var runID: String
  /// When it began: ISO 8601, UTC.
  public var startedAt = ""
  /// What began it, for people: `cl-import 1.0.0`.
  public var tool = ""
  /// The organization's slug, or the address of another server.
  public var organization = ""
  /// `test` or `live`; nil when the service did not say.
  public var mode: String?
  /// The resource type.
  public var type = ""
  /// The record that all rows belong to.
  public var parentID: String?
  /// The absolute path of the input; nil when its rows are kept beside the journal.
  public var inputPath: String?
  /// What people call the input.
  public var inputName = ""
  /// The digest of the input's bytes, as the first pass computes it.
  public var inputDigest = ""
  /// Rows in the input.
  public var rows = 0
  /// Those of them that can be sent.
  public var accepted = 0
  /// Accepted rows that make a record, and would make it again in a second run.
  public var creating = 0
  /// Imports that were planned.
  public var chunks = 0
  /// The command line's arguments without the name of the command, to read the input the same way again.
  public var arguments: [String] = []
  /// The folder that relative paths of the arguments start from.
  public var workingDirectory = ""
  /// The runs of the same command in the order in which they are sent, this one among them.
  public var commandRuns: [String] = []

  /// Creates a record of a run.
  public init(runID: String) { self.runID = runID }
}

/// One thing a run records.
public enum JournalEntry: Sendable, Hashable, Codable {
  /// An import of a chunk is about to be created. Recorded before a byte of the request leaves.
  case intent(ChunkIntent)
  /// The service rejected the create of this attempt, and no import with the chunk's reference was
  /// found afterwards: it was not created, so it may be sent again whatever its type is.
  case notCreated(chunk: Int, attempt: Int)
  /// The import exists.
  case created(chunk: Int, importID: String)
  /// The chunk was too large; its halves have these numbers.
  case split(chunk: Int, first: Int, second: Int)
  /// The import was interrupted, and its rows from this index on, which were not processed, are sent
  /// again as another chunk. The outcome of the chunk is that of the rows before them; recorded together
  /// with that.
  case continued(chunk: Int, from: Int, as: Int)
  /// It is known what became of the chunk's rows, and nothing changes it any more.
  case outcome(chunk: Int, ChunkOutcome)
  /// Further imports of a concluded chunk's rows were found.
  case duplicates(chunk: Int, importIDs: [String])
  /// The run ended with nothing left to do.
  case finished

  /// The names in journals, which outlive versions: an outcome is called `settled` there.
  private enum CodingKeys: String, CodingKey {
    case intent, notCreated, created, split, continued, duplicates, finished
    case outcome = "settled"
  }
}

/// What is about to be sent.
public struct ChunkIntent: Sendable, Hashable, Codable {
  /// The chunk's number: from 1 in the order of the input; halves of chunks have numbers above the
  /// number of chunks that were planned.
  public var chunk: Int
  /// How often the chunk is sent with this: 1 for the first time. Creates that the service rejected
  /// count too.
  public var attempt: Int
  /// Rows of the input in it.
  public var rows: Int
  /// The line of its first row.
  public var firstLine: Int
  /// The last line of its last row.
  public var lastLine: Int
  /// The digest of the rows as they are sent: a run that is resumed sends exactly these or nothing.
  public var digest: String

  /// Creates an intent.
  public init(
    chunk: Int, attempt: Int, rows: Int, firstLine: Int, lastLine: Int, digest: String
  ) {
    self.chunk = chunk
    self.attempt = attempt
    self.rows = rows
    self.firstLine = firstLine
    self.lastLine = lastLine
    self.digest = digest
  }
}

/// What became of a chunk's rows, complete enough to tell it again without asking the service.
public struct ChunkOutcome: Sendable, Hashable, Codable {
  /// A row with another outcome than success.
  public struct Finding: Sendable, Hashable, Codable {
    /// The row's place in the chunk, from 0.
    public var index: Int
    /// Its outcome.
    public var outcome: RowEntry.Outcome
    /// Why.
    public var reasons: [String]

    /// Creates a finding.
    public init(index: Int, outcome: RowEntry.Outcome, reasons: [String]) {
      self.index = index
      self.outcome = outcome
      self.reasons = reasons
    }
  }

  /// The report's line of the chunk.
  public var line: ImportReport.Chunk
  /// Rows with another outcome than success; the others succeeded.
  public var findings: [Finding]

  /// Creates the outcome of a chunk.
  public init(line: ImportReport.Chunk, findings: [Finding]) {
    self.line = line
    self.findings = findings
  }
}

/// What a journal says of one chunk.
public struct ChunkRecord: Sendable, Hashable {
  /// The last intent; nil for a chunk that was only split.
  public var intent: ChunkIntent?
  /// Whether the service rejected the create of the last intent, so that no import of it exists.
  public var isNotCreated = false
  /// Whether it was sent again although it stayed unknown whether an earlier attempt arrived.
  public var isSentAgain = false
  /// The import that was created.
  public var importID: String?
  /// The numbers of its halves.
  public var halves: [Int] = []
  /// The index from which its rows were sent again as another chunk, and that chunk's number.
  public var continuation: Continuation?
  /// What became of it.
  public var outcome: ChunkOutcome?

  /// The rows of an interrupted import that are sent again.
  public struct Continuation: Sendable, Hashable {
    /// The index of the first of them in the chunk.
    public var from: Int
    /// The number of the chunk they became.
    public var chunk: Int
  }

  /// Creates a record that says nothing yet.
  public init() {}

  /// The rows of an intent that are not told of another chunk.
  func rows(of intent: ChunkIntent) -> Int {
    min(intent.rows, continuation?.from ?? intent.rows)
  }
}

/// A run as its journal tells it.
public struct JournalContents: Sendable, Hashable {
  /// What was decided when it began.
  public var run: RunRecord
  /// What is known of chunks, by number. A chunk that is not here was never about to be sent.
  public private(set) var chunks: [Int: ChunkRecord] = [:]
  /// Whether nothing is left to do.
  public private(set) var isFinished = false

  /// Creates the contents of a new journal.
  public init(run: RunRecord) { self.run = run }

  /// Takes an entry into account. Entries may come twice: the second time changes nothing.
  public mutating func apply(_ entry: JournalEntry) {
    switch entry {
    case .intent(let intent):
      // Entries are in order, but a copy of an older one must not hide a newer attempt.
      if let known = chunks[intent.chunk]?.intent, known.attempt > intent.attempt { return }
      var record = chunks[intent.chunk] ?? ChunkRecord()
      if let known = record.intent, known.attempt < intent.attempt {
        record.isSentAgain = record.isSentAgain || !record.isNotCreated
        record.isNotCreated = false
      }
      record.intent = intent
      chunks[intent.chunk] = record
    case .notCreated(let chunk, let attempt):
      guard chunks[chunk]?.intent?.attempt == attempt else { return }
      chunks[chunk]?.isNotCreated = true
    case .created(let chunk, let id):
      chunks[chunk, default: ChunkRecord()].importID = id
    case .split(let chunk, let first, let second):
      chunks[chunk, default: ChunkRecord()].halves = [first, second]
    case .continued(let chunk, let from, let other):
      chunks[chunk, default: ChunkRecord()].continuation = .init(from: from, chunk: other)
    case .outcome(let chunk, let outcome):
      chunks[chunk, default: ChunkRecord()].outcome = outcome
    case .duplicates(let chunk, let ids):
      let known = chunks[chunk]?.outcome?.line.duplicates ?? []
      chunks[chunk]?.outcome?.line.duplicates = known + ids.filter { !known.contains($0) }
    case .finished: isFinished = true
    }
  }
}

/// Why a journal cannot be used, with what to do about it.
public struct JournalError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What kind of error it is.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// The run does not exist on this machine.
    case notFound
    /// Another process works on the run.
    case locked
    /// The disk is full or fails, or the folder cannot be written to.
    case storage
    /// The file is damaged.
    case damaged
    /// A newer version of this tool wrote it.
    case newer
    /// The file is something else.
    case foreign
    /// The journal is of another input, organization, mode or type.
    case mismatch
  }

  /// What kind of error it is.
  public let kind: Kind
  /// What is wrong and where.
  public let message: String
  /// What to do.
  public let advice: String

  /// Creates an error.
  public init(_ kind: Kind, _ message: String, advice: String) {
    self.kind = kind
    self.message = message
    self.advice = advice
  }

  /// The message and the advice.
  public var description: String { advice.isEmpty ? message : "\(message): \(advice)" }
}
