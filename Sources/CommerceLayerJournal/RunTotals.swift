public import CommerceLayerImporter

/// What a journal says of a run's rows and imports, in numbers. Pure; nobody is asked.
public struct RunTotals: Sendable, Hashable {
  /// Rows that can be sent.
  public var accepted = 0
  /// Rows of imports that were created, or may have been.
  public var sent = 0
  /// Rows the service took.
  public var succeeded = 0
  /// Rows that failed.
  public var failed = 0
  /// Rows of imports that ended without coming to them.
  public var unprocessed = 0
  /// Rows of imports that ended, of which it is not known what became of them.
  public var unknown = 0
  /// Rows of imports that were still pending or in progress when something was recorded last.
  public var running = 0
  /// Rows of imports of which it is not known whether they were created.
  public var inDoubt = 0
  /// Imports that have ended.
  public var endedImports = 0
  /// Imports that were still pending or in progress, by their numbers.
  public var runningImports: [String] = []
  /// References of imports of which it is not known whether they were created.
  public var doubtfulReferences: [String] = []

  /// Rows that were not sent.
  public var left: Int { max(0, accepted - sent) }
  /// Whether rows may be in the service.
  public var mayHaveSent: Bool { succeeded + unknown + running + inDoubt > 0 }

  /// The numbers of a run.
  public init(_ contents: JournalContents) {
    accepted = contents.run.accepted
    for (number, chunk) in contents.chunks.sorted(by: { $0.key < $1.key })
    where chunk.halves.isEmpty {
      if let line = chunk.outcome?.line {
        sent += line.rows
        succeeded += line.succeeded
        failed += line.failed
        unprocessed += line.unprocessed
        unknown += line.unknown
        endedImports += 1
      } else if let intent = chunk.intent {
        // Those behind are told of another import.
        let rows = min(intent.rows, chunk.continuation?.from ?? intent.rows)
        if let id = chunk.importID {
          running += rows
          runningImports.append(id)
        } else if !chunk.isNotCreated || chunk.isSentAgain {
          inDoubt += rows
          doubtfulReferences.append(contents.run.reference(chunk: number))
        } else {
          continue
        }
        sent += rows
      }
    }
  }
}
