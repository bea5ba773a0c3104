public import CommerceLayer
import CommerceLayerRows

/// What an import run may be told.
public struct ImportSettings: Sendable {
  /// The most rows of one import; the service's maximum unless it is less.
  public var chunkRows: Int
  /// The most bytes of rows in one import: 8 MiB. The service does not document a bound; 10 000
  /// rows of catalogue data are a few MiB, and an upload this size fits the time limit of a slow
  /// line.
  public var chunkBytes = 8 << 20
  /// Imports of this run that may be pending or in progress together: 4. The organization has ten
  /// in all unless it says otherwise, and other programs use them too. What is more than the
  /// organization allows is not used.
  public var maximumRunning = 4
  /// How many imports may run without asking the organization for its limit: what the service documents, until
  /// the organization has said its own.
  package var allowedMaximumRunning: Int
  /// Rows to be sent first: the others follow only when all of these were imported. 0 for none.
  public var trialRows = 0
  /// No further import is created once more rows failed; nil for no limit.
  public var maximumFailed: Int?
  /// Whether rows that cannot be sent are left out instead of stopping the run before it starts.
  public var skipRejected = false
  /// Whether the service's rule that interrupts an import above 10 % of errors is switched off.
  public var skipErrors = false
  /// Whether rows of an unkeyed type may be sent again when it is unknown whether they arrived.
  public var allowDuplicates = false
  /// Whether one import is created at a time and none after one of whose rows any was not imported:
  /// for rows that build on earlier ones.
  public var inOrder = false
  /// Whether the rows that an import did not come to, because too many of its others failed, are sent
  /// again as another import. Only where it is sure which rows those are.
  public var continueInterrupted = false
  /// How rows are read.
  public var rows = RowOptions()
  /// Whether rows that were never sent are told one by one. Otherwise they are only counted, which
  /// saves reading the rest of the input.
  public var tellsUnsentRows = true
  /// When to poll running imports and when to give up.
  public var pace = ImportPace()
  /// How long the imports of the run may show no change before it gives up: 15 min. Where all of them
  /// wait in `pending`, imports of other programs that go on count as a change.
  public var stallTimeout: Duration {
    get { pace.stall }
    set { pace.stall = newValue }
  }
  /// How long nothing at all may succeed, or no import may be created for want of room, before the run
  /// gives up: 30 min.
  public var maximumOutage: Duration {
    get { pace.maximumOutage }
    set { pace.maximumOutage = newValue }
  }

  /// The defaults for a service.
  public init(service: ServiceDescription) {
    chunkRows = service.maximumInputs
    allowedMaximumRunning = service.maximumRunningImports
  }

  /// Cuts the rows into chunks.
  var limiter: ChunkLimiter { ChunkLimiter(rows: chunkRows, bytes: chunkBytes, trial: trialRows) }
}

/// The waiting times of a run.
public struct ImportPace: Sendable, Hashable {
  /// The first poll interval: 2 s.
  public var poll: Duration = .seconds(2)
  /// What it is multiplied with as long as nothing changes.
  public var growth = 1.5
  /// The longest poll interval: 15 s.
  public var maximumPoll: Duration = .seconds(15)
  /// The first wait after the service had no room or failed: 2 s.
  public var backOff: Duration = .seconds(2)
  /// The longest such wait: 30 s.
  public var maximumBackOff: Duration = .seconds(30)
  /// When to look for an import of which it is unknown whether it was created, counted from the
  /// failure: at once and after 2, 5, 15 and 30 s, because the service may commit late.
  public var lookups: [Duration] = [.zero, .seconds(2), .seconds(5), .seconds(15), .seconds(30)]
  /// How long nothing at all may succeed before the run gives up: 30 min.
  public var maximumOutage: Duration = .seconds(1800)
  /// How long the imports of the run may show no change: 15 min.
  public var stall: Duration = .seconds(900)
  /// How long a stopped run waits for responses that are on their way: 5 s.
  public var stopGrace: Duration = .seconds(5)

  /// The default times.
  public init() {}

  /// For the sandbox on the same machine: everything ten to twenty times faster.
  public static var sandbox: ImportPace {
    var pace = ImportPace()
    pace.poll = .milliseconds(100)
    pace.maximumPoll = .milliseconds(500)
    pace.backOff = .milliseconds(100)
    pace.maximumBackOff = .seconds(1)
    pace.lookups = [0, 200, 500, 1000, 2000].map { .milliseconds($0) }
    return pace
  }

  /// The interval before a poll, numbered from 0 after the last change; pure.
  func pollDelay(poll number: Int, random: Double) -> Duration {
    Self.grown(poll, growth, number, maximumPoll) * (0.9 + 0.2 * random)
  }

  /// The wait after failure number `failure` (from 0) in a row; pure.
  func backOffDelay(failure: Int, random: Double) -> Duration {
    Self.grown(backOff, growth, failure, maximumBackOff) * (0.75 + 0.25 * random)
  }

  private static func grown(
    _ start: Duration, _ growth: Double, _ steps: Int, _ limit: Duration
  ) -> Duration {
    var full = start
    for _ in 0..<min(steps, 64) where full < limit { full = full * growth }
    return min(full, limit)
  }
}

extension Duration {
  /// `2 minutes 10 seconds`: the two largest units that are not zero; tenths of a second below ten
  /// seconds, where they matter.
  package var inWords: String {
    let tenths = max(0, components.seconds * 10 + components.attoseconds / 100_000_000_000_000_000)
    if tenths < 100, tenths % 10 != 0 { return "\(tenths / 10).\(tenths % 10) seconds" }
    let all = tenths / 10
    let parts = [
      (all / 86_400, "day"), (all / 3600 % 24, "hour"), (all / 60 % 60, "minute"),
      (all % 60, "second"),
    ]
    guard let first = parts.firstIndex(where: { $0.0 > 0 }) else { return "0 seconds" }
    return parts[first...].prefix(2).filter { $0.0 > 0 }
      .map { "\($0.0) \($0.1)\($0.0 == 1 ? "" : "s")" }.joined(separator: " ")
  }
}
