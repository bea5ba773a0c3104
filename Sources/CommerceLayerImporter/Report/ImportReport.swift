/// How a run ended and what became of its rows. The rows that were not imported are told one by one
/// while the run goes on; here are the sums.
public struct ImportReport: Sendable {
  /// One import of the run.
  public struct Chunk: Sendable, Hashable {
    /// Its number, from 1.
    public let number: Int
    /// Its rows.
    public let rows: Int
    /// The line its first row starts on.
    public let firstLine: Int
    /// The line its last row starts on.
    public let lastLine: Int
    /// The import's id; nil when none was created as far as is known.
    public var importID: String?
    /// The import's last known status.
    public var status: String?
    /// Rows the service took.
    public var succeeded = 0
    /// Rows it refused.
    public var failed = 0
    /// Refused rows that it does not name.
    public var unnamedFailures = 0
    /// Rows it never came to.
    public var unprocessed = 0
    /// Rows that may have been imported or not.
    public var unknown = 0
    /// Warnings it gave.
    public var warnings = 0
    /// Further imports of the same rows.
    public var duplicates: [String] = []
    /// What should be known of it.
    public var notes: [String] = []
  }

  /// What this run's imports are found by: the start of their references.
  public let runID: String
  /// What the first pass found.
  public let plan: ImportPlan
  /// How the run ended.
  public internal(set) var ending = ImportEnding.done
  /// The imports, by number.
  public internal(set) var chunks: [Chunk] = []
  /// Rows the service took.
  public internal(set) var succeeded = 0
  /// Rows it refused.
  public internal(set) var failed = 0
  /// Rows it never came to, and rows that were never sent.
  public internal(set) var unprocessed = 0
  /// Rows that may have been imported or not: nothing the service says tells.
  public internal(set) var unknown = 0
  /// Rows that could not be sent.
  public var rejected: Int { plan.rejected }
  /// Imports that the run left behind, still pending or in progress as far as is known.
  public internal(set) var leftRunning: [String] = []
  /// References under which an import of this run may exist, pending or in progress: whether it was
  /// created stayed unknown.
  public internal(set) var inDoubt: [String] = []
  /// Whether every row is accounted for exactly once. Anything else is a bug of this package.
  public internal(set) var isConsistent = true

  /// Whether every row of the input was imported.
  public var isComplete: Bool {
    ending == .done && failed == 0 && unprocessed == 0 && unknown == 0 && rejected == 0
  }
}
