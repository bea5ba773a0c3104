import CommerceLayer
import NearestNames

/// The header row of a CSV input, checked against the schema.
struct CSVHeader: Sendable, Hashable {
  /// One column.
  struct Column: Sendable, Hashable {
    let name: String
    /// What its cells are; nil for a column `relationship.attribute`, which the service reads.
    let field: RowRules.Field?
    /// The type its cells must coerce to.
    let type: ResourceSchema.AttributeType
  }

  let columns: [Column]
  /// The header row as it stands in the input.
  let text: String

  /// Whether some column is written `relationship.attribute`: then the rows are sent as CSV text,
  /// which only the service knows how to read.
  var isServiceForm: Bool { columns.contains { $0.field == nil } }

  /// - Throws: ``InputError`` that names every column that cannot be.
  init(_ record: CSVReader.Record, rules: RowRules) throws(InputError) {
    if let problem = record.problem { throw Self.malformed(problem, record) }
    try Self.checkDelimiter(record)
    var columns: [Column] = []
    var problems: [String] = []
    var seen: [String: Int] = [:]
    for (index, name) in record.cells.enumerated() {
      if name.isEmpty {
        problems.append("column \(index + 1) has no name")
      } else if let first = seen.updateValue(index + 1, forKey: name) {
        problems.append("'\(name)' names column \(first) and column \(index + 1)")
      } else {
        switch Self.column(name, rules: rules) {
        case .success(let column): columns.append(column)
        case .failure(let refusal): problems.append("column \(index + 1): \(refusal.reason)")
        }
      }
    }
    guard problems.isEmpty else {
      throw Self.malformed("the header cannot be used: " + problems.joined(separator: "; "), record)
    }
    self.columns = columns
    text = String(decoding: record.raw.bytes, as: UTF8.self)
  }

  private static func malformed(
    _ message: String, _ record: CSVReader.Record, advice: String? = nil
  ) -> InputError {
    InputError(
      .malformed, message, line: record.raw.line, offset: record.raw.offset, advice: advice)
  }

  /// Spreadsheets of some countries write semicolons; some tools, tabs.
  private static func checkDelimiter(_ record: CSVReader.Record) throws(InputError) {
    guard record.cells.count == 1, let only = record.cells.first else { return }
    for (delimiter, name) in [(";", "semicolons"), ("\t", "tabs"), ("|", "bars")]
    where only.contains(delimiter) {
      throw malformed(
        "the columns are separated by \(name), not commas", record,
        advice: "export with commas as separators")
    }
  }

  private struct Refusal: Error {
    let reason: String
  }

  private static func column(_ name: String, rules: RowRules) -> Result<Column, Refusal> {
    guard let dot = name.firstIndex(of: ".") else {
      switch rules.look(up: name) {
      case .refused(let reason): return .failure(Refusal(reason: reason))
      case .field(.nested(let relationship)):
        return .failure(
          Refusal(reason: "'\(relationship.name)' holds records: name one attribute, '\(name).…'"))
      case .field(let field): return .success(Column(name: name, field: field, type: field.type))
      }
    }
    let stem = String(name[..<dot])
    let attributeName = String(name[name.index(after: dot)...])
    guard let schema = rules.schema else {
      return .success(Column(name: name, field: nil, type: .string))
    }
    guard let relationship = schema.relationship(stem) else {
      let suggestion = NearestNames.suggestion(for: stem, among: schema.relationships.map(\.name))
      return .failure(
        Refusal(
          reason: "\(rules.type) have no relationship '\(TerminalSafe.text(stem, limit: 60))'"
            + (suggestion.map { "; did you mean '\($0).\(attributeName)'?" } ?? "")))
    }
    // Where the target's schema is unknown, its attributes are the service's to judge.
    guard let target = relationship.target.flatMap({ rules.related[$0] }) else {
      return .success(Column(name: name, field: nil, type: .string))
    }
    if attributeName == "id" { return .success(Column(name: name, field: nil, type: .string)) }
    if let attribute = target.attribute(attributeName) {
      // One cell may hold a comma list of several records' values.
      return .success(
        Column(name: name, field: nil, type: relationship.isToMany ? .string : attribute.type))
    }
    if attributeName.hasSuffix("_id") || attributeName.contains(".") {
      return .success(Column(name: name, field: nil, type: .string))
    }
    let suggestion = NearestNames.suggestion(
      for: attributeName, among: target.attributes.map(\.name))
    return .failure(
      Refusal(
        reason: "\(target.name) have no '\(TerminalSafe.text(attributeName, limit: 60))'"
          + (suggestion.map { "; did you mean '\(stem).\($0)'?" } ?? "")))
  }
}
