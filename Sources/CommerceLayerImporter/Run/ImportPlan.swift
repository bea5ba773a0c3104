import CommerceLayer
package import CommerceLayerRows

/// What a first pass over an input found: what would be sent, and what could not be.
public struct ImportPlan: Sendable, Hashable {
  /// The resource type.
  public var type = ""
  /// The input's format.
  public var format = InputFormat.csv
  /// What separates the cells of a CSV input, for people; nil for JSON.
  public var delimiter: String?
  /// The encoding of the input.
  public var encoding = TextEncoding.utf8
  /// Whether the input is compressed.
  public var isCompressed = false
  /// Whether the rows are sent as CSV text, because a column is written `relationship.attribute`.
  public var isSentAsCSV = false
  /// The row fields that identify a record; empty when sending a row twice makes two records.
  public var key: [String] = []
  /// Whether this build's spec knows the type's attributes.
  public var isChecked = true
  /// Rows in the input: lines below the header of a CSV file, or elements of a JSON one.
  public var rows = 0
  /// Records that the accepted rows make: fewer than rows where one goes over several lines.
  public var records = 0
  /// Rows that cannot be sent.
  public var rejected = 0
  /// Rejected rows that name no record of a type that ``parent`` stands for.
  public var withoutParent = 0
  /// The relationship that one id can stand for in all rows, such as `price_list`; nil for a type without
  /// one, and when the id was given.
  public var parent: String?
  /// Accepted rows whose key or id names the record.
  public var updating = 0
  /// Accepted rows that make a record, and would make it again in a second run.
  public var creating = 0
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
  /// What may not be meant.
  public var warnings = InputWarnings()
  /// Whether it was stopped before the input's end.
  public var isPartial = false
  /// The digest of the input's bytes as they are, compressed or not: 32 hexadecimal digits, the same on
  /// every machine. Two inputs with one digest are the same unless somebody made them so on purpose.
  /// Empty when the plan is partial.
  public var digest = ""
  /// The imports to be created, in the order of the input.
  package var cuts: [ChunkCut] = []
  /// What tells whether parts of the input are still what they were.
  package var blocks = InputBlocks()

  /// `1 row`, `2 rows`.
  public static func rows(_ count: Int) -> String { counted(count, "row") }
  /// `1 import`, `2 imports`.
  public static func imports(_ count: Int) -> String { counted(count, "import") }

  private static func counted(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
  }

  /// Rows to be sent.
  public var accepted: Int { rows - rejected }
  /// What can be done about rejected rows, beyond what their reasons say; nil when nothing was rejected.
  package var correction: String? {
    guard rejected > 0 else { return nil }
    // Where most rows lack it, it is not the rows that are wrong.
    guard let parent, withoutParent * 2 > rejected else {
      return "correct them, or leave them out with --skip-rejected"
    }
    let name = parent.replacing("_", with: " ")
    return "name the \(name) of all rows with --parent ID or --parent 'name=…', or each row's in a "
      + "column '\(parent)_id'"
  }
  /// Requests without the polls of running imports: a token, and for each import its creation and
  /// its final state.
  public var requests: Int { chunks == 0 ? 0 : 1 + 2 * chunks }

  /// Creates an empty plan.
  public init() {}

  fileprivate mutating func take(_ cuts: [ChunkCut]) {
    self.cuts = cuts
    chunks = cuts.count
    largestChunk = cuts.map(\.rows).max() ?? 0
  }
}

/// Makes the plan: reads and checks all of an input, sends nothing.
public struct ImportPlanner: Sendable {
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

  /// Opens a pass over the input.
  func reader(for purpose: RowReader.Purpose) throws(InputError) -> RowReader {
    try RowReader(file, format: format, rules: rules, options: settings.rows, purpose: purpose)
  }

  /// How a report of the input is written.
  func reportLayout() throws(InputError) -> ReportLayout {
    let reader = try reader(for: .sending)
    return ReportLayout(
      type: rules.type, dialect: reader.dialect, titles: reader.columns?.titles ?? [],
      encoding: file.encoding)
  }

  /// Reads the input once, in constant memory.
  /// - Parameters:
  ///   - rejected: Called with every row that cannot be sent.
  ///   - checked: Called now and then with how far it is.
  ///   - isStopped: Asked before each row; once true, the plan ends there and says so.
  /// - Throws: `InputError`, also when there is no row at all.
  public func plan(
    rejected: (RowEntry) -> Void = { _ in }, checked: (CheckProgress) -> Void = { _ in },
    isStopped: () -> Bool = { false }
  ) throws(InputError) -> ImportPlan {
    do throws(InputError) {
      return try read(rejected: rejected, checked: checked, isStopped: isStopped)
    } catch {
      // What is wrong with a file that is written to at this moment is not what its rows say.
      if error.kind == .malformed || error.kind == .encoding { try file.checkUnchanged() }
      throw error
    }
  }

  private func read(
    rejected: (RowEntry) -> Void, checked: (CheckProgress) -> Void, isStopped: () -> Bool
  ) throws(InputError) -> ImportPlan {
    var reader = try reader(for: .checking)
    var plan = ImportPlan()
    plan.type = rules.type
    plan.format = format
    plan.delimiter = reader.dialect?.delimiterName
    plan.encoding = file.encoding
    plan.isCompressed = file.isCompressed
    plan.isSentAsCSV = reader.form != .json
    plan.key = rules.key
    plan.isChecked = rules.schema != nil
    plan.parent = rules.parentID == nil ? rules.parent : nil
    let framing = ChunkFraming(reader.form)
    var cutter = ChunkCutter(settings.limiter, framing)
    var keys = KeyIndex()
    var findings = KeyFindings(key: rules.key)
    // Only what is sent as a string of CSV has to be looked at to know its size there.
    var sink = RowBuffer(keeps: framing.isCSV)
    while let outcome = try reader.next(into: &sink) {
      if isStopped() {
        plan.isPartial = true
        plan.take(cutter.cuts)
        return plan
      }
      plan.rows += 1
      if plan.rows & (CheckProgress.interval - 1) == 0 {
        checked(CheckProgress(rows: plan.rows, bytes: outcome.end, size: file.size))
      }
      switch outcome {
      case .rejected(let row):
        plan.rejected += 1
        if row.details.contains(where: { $0.rule == .blank && $0.field == rules.parentField }) {
          plan.withoutParent += 1
        }
        rejected(RowEntry(rejected: row))
      case .row(let row):
        plan.bytes += row.size
        if row.verdict == .creates { plan.creating += 1 } else { plan.updating += 1 }
        if framing.isCSV {
          sink.escapeJSON(from: 0)
          cutter.add(row, size: sink.count)
          sink.removeAll()
        } else {
          cutter.add(row, size: row.size)
        }
        if row.continuesRecord { continue }
        plan.records += 1
        guard let key = reader.keyHash, let finding = try keys.add(key, line: row.line) else {
          continue
        }
        findings.add(finding, line: row.line, text: reader.identity.key)
      }
    }
    cutter.finish()
    plan.blocks = reader.blocks ?? InputBlocks()
    let conversion = ChunkConversion(self, reader.form, plan.blocks)
    var cuts: [ChunkCut] = []
    for cut in cutter.cuts { cuts.append(try conversion.digested(cut)) }
    plan.take(cuts)
    plan.digest = try file.digest(plan.blocks).text
    checked(CheckProgress(rows: plan.rows, bytes: file.size, size: file.size))
    try file.checkUnchanged()
    reader.finish()
    plan.warnings = reader.warnings
    try keys.finish { finding, line in findings.add(finding, line: line, text: nil) }
    findings.report(into: &plan)
    guard plan.rows > 0 else {
      throw InputError(
        .malformed,
        format == .csv ? "there is a header but no row below it" : "there are no rows to import")
    }
    return plan
  }
}

/// What the keys of an input say of each other.
private struct KeyFindings {
  private let column: String
  private var repeated = 0
  private var firstRepeated: Int?
  private var similar: [(line: Int, other: Int, text: String?)] = []
  private var similarCount = 0

  init(key: [String]) { column = key.joined(separator: ", ") }

  mutating func add(_ finding: KeyIndex.Finding, line: Int, text: String?) {
    switch finding {
    case .repeated:
      repeated += 1
      firstRepeated = min(firstRepeated ?? line, line)
    case .similar(let other):
      similarCount += 1
      if similar.count < 5 { similar.append((line, other, text)) }
    }
  }

  func report(into plan: inout ImportPlan) {
    plan.repeatedKeys = repeated
    plan.firstRepeatedLine = firstRepeated
    for item in similar {
      let name = item.text.map { "'\(TerminalSafe.text($0, limit: 40))'" } ?? "the key"
      plan.warnings.add(
        InputWarning(
          .similarKeys, line: item.line, column: column, value: item.text,
          message: "\(name) differs from the key on line \(item.other) only in case, blanks or "
            + "Unicode form: it is another record"))
    }
    plan.warnings.count(.similarKeys, similarCount - similar.count)
  }
}
