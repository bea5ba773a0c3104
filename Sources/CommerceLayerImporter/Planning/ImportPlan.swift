import CommerceLayer

/// What a first pass over an input found: what would be sent, and what could not be.
public struct ImportPlan: Sendable, Hashable {
  /// The resource type.
  public var type = ""
  /// The input's format.
  public var format = InputFormat.csv
  /// Whether the rows are sent as CSV text, because a column is written `relationship.attribute`.
  public var isSentAsCSV = false
  /// The header of rows that are sent as CSV text.
  public var csvHeader: String?
  /// The row fields that identify a record; empty when sending a row twice makes two records.
  public var key: [String] = []
  /// Whether this build's spec knows the type's attributes.
  public var isChecked = true
  /// Rows in the input.
  public var rows = 0
  /// Rows that cannot be sent.
  public var rejected = 0
  /// Bytes of rows to be sent.
  public var bytes = 0
  /// Imports to be created.
  public var chunks = 0
  /// The rows of the largest one.
  public var largestChunk = 0
  /// Rows whose key stood in an earlier row already.
  public var repeatedKeys = 0
  /// The line of the first such row.
  public var firstRepeatedLine: Int?
  /// Whether there were too many keys to look for repeated ones in all of them.
  public var repeatedKeysAreIncomplete = false

  /// `1 row`, `2 rows`.
  public static func rows(_ count: Int) -> String { counted(count, "row") }
  /// `1 import`, `2 imports`.
  public static func imports(_ count: Int) -> String { counted(count, "import") }

  private static func counted(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
  }

  /// Whether it was stopped before the input's end.
  public var isPartial = false

  /// Rows to be sent.
  public var accepted: Int { rows - rejected }
  /// Requests without the looks at running imports: a token, and for each import its creation and
  /// its final state.
  public var requests: Int { chunks == 0 ? 0 : 1 + 2 * chunks }

  /// Makes an empty plan.
  public init() {}
}

/// Makes the plan: reads and checks all of an input, sends nothing.
public struct ImportPlanner: Sendable {
  /// Keys remembered to tell repeated ones; about 16 MB.
  static let maximumKeys = 1_000_000

  let file: InputFile
  let format: InputFormat
  let rules: RowRules
  let settings: ImportSettings

  /// A planner for one input.
  public init(file: InputFile, format: InputFormat, rules: RowRules, settings: ImportSettings) {
    self.file = file
    self.format = format
    self.rules = rules
    self.settings = settings
  }

  /// The header of an input whose rows are sent as CSV text; nil when they are sent as JSON.
  /// - Throws: ``InputError`` when the header cannot be used.
  public static func csvHeader(
    of file: InputFile, format: InputFormat, rules: RowRules
  ) throws(InputError) -> String? {
    guard case .csv(let header) = try RowStream(file, format: format, rules: rules).form else {
      return nil
    }
    return header
  }

  /// Reads the input once, in constant memory.
  /// - Parameters:
  ///   - rejected: called with every row that cannot be sent.
  ///   - isStopped: asked before each row; once true, the plan ends there and says so.
  /// - Throws: ``InputError``, also when there is no row at all.
  public func plan(
    rejected: (RowEntry) -> Void = { _ in }, isStopped: () -> Bool = { false }
  ) throws(InputError) -> ImportPlan {
    var rows = try RowStream(file, format: format, rules: rules)
    var plan = ImportPlan()
    plan.type = rules.type
    plan.format = format
    plan.isSentAsCSV = rows.form != .json
    if case .csv(let header) = rows.form { plan.csvHeader = header }
    plan.key = rules.key
    plan.isChecked = rules.schema != nil
    var limiter = ChunkLimiter(rows: settings.chunkRows, bytes: settings.chunkBytes)
    var keys: Set<Int> = []
    var lastKey: String?
    while let result = try rows.next() {
      if isStopped() {
        plan.isPartial = true
        return plan
      }
      plan.rows += 1
      switch result {
      case .rejected(let row):
        plan.rejected += 1
        rejected(RowEntry(rejected: row, keepsRow: settings.keepsRows))
      case .row(let row):
        plan.bytes += row.bytes.count
        if let full = limiter.add(bytes: row.bytes.count, group: row.group) {
          plan.chunks += 1
          plan.largestChunk = max(plan.largestChunk, full)
        }
        // Rows of one group share their key on purpose.
        if let key = row.identity.key, row.group == nil || key != lastKey {
          Self.note(key, line: row.line, in: &keys, &plan)
        }
        lastKey = row.identity.key
      }
    }
    if limiter.rowCount > 0 {
      plan.chunks += 1
      plan.largestChunk = max(plan.largestChunk, limiter.rowCount)
    }
    try file.checkUnchanged()
    guard plan.rows > 0 else {
      throw InputError(
        .malformed,
        format == .csv ? "there is a header but no row below it" : "there are no rows to import")
    }
    return plan
  }

  private static func note(
    _ key: String, line: Int, in keys: inout Set<Int>, _ plan: inout ImportPlan
  ) {
    if keys.contains(key.hashValue) {
      plan.repeatedKeys += 1
      plan.firstRepeatedLine = plan.firstRepeatedLine ?? line
    } else if keys.count < maximumKeys {
      keys.insert(key.hashValue)
    } else {
      plan.repeatedKeysAreIncomplete = true
    }
  }
}
