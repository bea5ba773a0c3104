internal import Spec

/// Reads the tables of arguments (`Body Parameter | Type | Required`) and of fields
/// (`Field | Type | Description`).
struct ArgumentTable {
  private let file: String
  private(set) var diagnostics: [PageDiagnostic] = []
  private(set) var sawRelationTypes = false
  private(set) var sawEmptyRequired = false
  private(set) var sawLowerCaseRequired = false
  private(set) var typeRowValue: String?
  private(set) var typeRowLine: Int?
  private var sawRequiredText = false
  /// The names whose columns of ticks say that they are sorted or filtered by.
  private(set) var listed = TickedNames()
  private let namespace: PageFacts.Row.Namespace?
  /// The names of the table's rows: what a row's text says of another one is not its own.
  private var siblings: Set<String> = []

  /// - Parameter namespace: what bare names belong to, where a heading above the table says so.
  init(file: String, namespace: PageFacts.Row.Namespace? = nil) {
    self.file = file
    self.namespace = namespace
  }

  /// Whether some first cell names an argument, whatever the header says.
  static func namesArguments(_ table: Table) -> Bool {
    table.rows.contains { row in
      row.cells.first.flatMap { ArgumentName.read($0.text) }?.isNamespaced ?? false
    }
  }

  /// The rows, whatever of them can be read.
  mutating func read(_ columns: TableColumns, line: Int) -> [PageFacts.Row] {
    for diagnostic in columns.diagnostics {
      report(
        .warning, columns.form == .arguments ? .noRequiredColumn : .otherTable, line, diagnostic,
        columns.form == .arguments
          ? "the columns Body Parameter, Type and Required"
          : "the columns Field, Type and Description")
    }
    if let required = columns.required {
      sawRequiredText = columns.rows.contains {
        $0.cells.indices.contains(required) && !$0.cells[required].isEmpty
      }
    }
    var out: [PageFacts.Row] = []
    var seen: Set<String> = []
    siblings = Set(
      columns.rows.compactMap { row in
        row.cells.first.flatMap { ArgumentName.read($0.text, namespace: namespace)?.name }
      })
    let marksByStar =
      columns.required == nil
      && columns.rows.contains { $0.cells.first.map { starred($0.text) } ?? false }
    for row in columns.rows {
      guard let first = row.cells.first, !row.cells.allSatisfy(\.isEmpty) else { continue }
      guard let name = readName(first.text, line: row.line) else { continue }
      guard seen.insert(name.namespace.rawValue + "." + name.name).inserted else {
        report(
          .warning, .duplicateRow, row.line, "'\(name.name)' is listed twice; the first row counts")
        continue
      }
      if columns.form == .object { listed.add(name, row, columns) }
      if let width = columns.width, row.cells.count != width {
        report(
          .warning, row.cells.count < width ? .shortRow : .cellCount, row.line,
          "has \(row.cells.count) cells", "\(width)")
      }
      if name.namespace == .member, name.name == "type", columns.form == .object,
        row.cells.count > 2, Names.isWireName(row.cells[2].text)
      {
        typeRowValue = row.cells[2].text
        typeRowLine = row.line
      }
      var fact = fact(name, row, columns)
      if columns.form == .arguments, fact.required == nil {
        if RequiredText.isOne(name.rest) {
          fact.required = readRequired(name.rest, of: name.name, row.line)
        } else if marksByStar {
          fact.required = .init(requirement: name.isStarred ? .required : .optional)
        }
      }
      out.append(fact)
    }
    return out
  }

  private func starred(_ text: String) -> Bool {
    ArgumentName.read(text, namespace: namespace)?.isStarred ?? false
  }

  private mutating func readName(_ text: String, line: Int) -> ArgumentName? {
    guard let name = ArgumentName.read(text, namespace: namespace) else {
      report(
        .warning, .badName, line, "'\(text.prefix(60))' names no argument",
        "type, id, attributes.x or relationships.x")
      return nil
    }
    if let typo = name.typo {
      report(.warning, .typo, line, "'\(typo)' is read as '\(name.namespace.rawValue)'")
    }
    if !name.rest.isEmpty {
      report(.note, .badName, line, "'\(name.rest.prefix(60))' behind the name is not read")
    }
    return name
  }

  private mutating func fact(
    _ name: ArgumentName, _ row: Table.Row, _ columns: TableColumns
  ) -> PageFacts.Row {
    func cell(_ column: Int?) -> String {
      column.flatMap { row.cells.indices.contains($0) ? row.cells[$0].text : nil } ?? ""
    }
    var fact = PageFacts.Row(namespace: name.namespace, name: name.name, line: row.line)
    var type = cell(columns.type)
    var required = cell(columns.required)
    // Where the cell of the type is missing, the next one has moved into its place.
    if columns.required != nil, required.isEmpty, RequiredText.isOne(type) {
      (type, required) = ("", type)
    }
    // Type and requirement in one cell: `string, required`.
    if columns.required == nil, columns.form == .arguments || columns.width == nil,
      let gap = type.firstIndex(where: { !$0.isLetter }), TypeName.read(type) != nil
    {
      let tail = String(type[gap...].drop { !$0.isLetter })
      if RequiredText.isOne(tail) { fact.required = readRequired(tail, of: name.name, row.line) }
    }
    readType(type, into: &fact)
    if columns.form == .object { fact.description = cell(columns.description) }
    fact.isDeprecated =
      row.cells.dropFirst().contains { Deprecations.isMark($0) }
      || name.rest.lowercased().contains("deprecated")
    if fact.isDeprecated {
      fact.replacement = row.cells.dropFirst().lazy.compactMap { Replacement.read($0.text) }.first
    }
    if columns.required != nil {
      fact.required = readRequired(
        required, of: name.name, row.line, isInverted: columns.isInverted)
    }
    // A condition may name values of other arguments.
    let isConditional = fact.required?.requirement == .conditional
    for (index, cell) in row.cells.enumerated().dropFirst() where fact.values == nil {
      if !(isConditional && index == columns.required) {
        fact.values = ValueList.read(cell, of: name.name, among: siblings)
      }
    }
    return fact
  }

  private mutating func readType(_ text: String, into row: inout PageFacts.Row) {
    switch TypeName.read(text) {
    case (.relationship(let cardinality), _)?:
      sawRelationTypes = true
      row.cardinality = cardinality
      if row.namespace == .attributes {
        if Reading.bareNamespace == nil {
          report(
            .warning, .relationshipAsAttribute, row.line,
            "'\(row.name)' is listed as an attribute but is a relationship")
        }
        row.namespace = .relationships
      }
    case (.type(let type), let isPlain)?:
      if !isPlain {
        report(
          .note, .unknownType, row.line,
          "'\(row.name)': '\(text.prefix(60))' is read as \(type.rawValue)")
      }
      if row.namespace == .relationships {
        row.cardinality = type == .array ? .many : .one
      } else {
        row.type = type
      }
    case nil where !text.contains(where: \.isLetter):
      report(.warning, .typeMissing, row.line, "'\(row.name)' has no type", Self.knownTypes)
    case nil:
      report(
        .warning, .unknownType, row.line, "'\(row.name)': '\(text.prefix(60))' is not a known type",
        Self.knownTypes)
      return
    }
    if text.count(where: { $0 == "'" }) % 2 == 1 {
      report(.note, .typo, row.line, "'\(row.name)': a quote is not closed")
    }
  }

  private static let knownTypes = AttributeType.allCases.map(\.rawValue).joined(separator: ", ")

  private mutating func readRequired(
    _ text: String, of name: String, _ line: Int, isInverted: Bool = false
  ) -> RequiredText {
    if text.isEmpty { sawEmptyRequired = true }
    if text == "required" || text == "optional" { sawLowerCaseRequired = true }
    let required = isInverted ? RequiredText.readInverse(text) : RequiredText.read(text)
    if let problem = required.problem {
      // Until 2020-02 the cells of optional arguments were left empty.
      report(
        text.isEmpty && sawRequiredText ? .note : .warning, .badRequired, line,
        "'\(name)': the Required cell '\(text.prefix(60))' \(problem)",
        "Required or Optional")
    } else if required.requirement == .conditional {
      report(.note, .conditional, line, "'\(name)' is conditional: \(required.condition ?? "")")
    }
    if text.count(where: { $0 == "\"" }) % 2 == 1 {
      report(.note, .typo, line, "'\(name)': a quote is not closed")
    }
    return required
  }

  private mutating func report(
    _ severity: PageDiagnostic.Severity, _ code: DiagnosticCode, _ line: Int, _ message: String,
    _ expected: String? = nil
  ) {
    diagnostics.append(
      PageDiagnostic(severity, code, file: file, line: line, message, expected: expected))
  }
}
