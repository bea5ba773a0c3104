internal import Spec

/// Reads the tables of arguments (`Body Parameter | Type | Required`) and of fields
/// (`Field | Type | Description`).
struct ArgumentTable {
  enum Form: Equatable {
    case arguments, object
    case other(String)
  }

  private let file: String
  private(set) var diagnostics: [Diagnostic] = []
  private(set) var sawRelationTypes = false
  private(set) var sawEmptyRequired = false
  private(set) var sawLowerCaseRequired = false
  private(set) var typeRowValue: String?
  private(set) var typeRowLine: Int?

  init(file: String) { self.file = file }

  /// What kind of table it is. A header that the author hid is told from the section.
  func form(of table: Table, inArguments: Bool) -> Form {
    let header = table.header.map { $0.text.lowercased() }
    if header.contains("required") { return .arguments }
    if header.contains("description"), header.contains("type") { return .object }
    if header.allSatisfy(\.isEmpty), let first = table.rows.first {
      let name = Self.name(first.cells.first?.text ?? "")
      if name != nil { return inArguments ? .arguments : .object }
    }
    return .other(
      header.allSatisfy(\.isEmpty)
        ? "it has no header" : header.joined(separator: " | ").prefix(60) + " is no known header")
  }

  /// Whether some first cell names an argument, whatever the header says.
  static func namesArguments(_ table: Table) -> Bool {
    table.rows.contains { row in
      row.cells.first.flatMap { name($0.text) }.map { $0.0 != .member } ?? false
    }
  }

  /// The rows of an argument table.
  mutating func arguments(_ table: Table) -> [PageFacts.Row] {
    rows(table, required: column("required", in: table, otherwise: 2))
  }

  /// The rows of a field table.
  mutating func fields(_ table: Table) -> [PageFacts.Row] {
    rows(table, required: nil)
  }

  private func column(_ name: String, in table: Table, otherwise index: Int) -> Int {
    table.header.firstIndex { $0.text.lowercased() == name } ?? index
  }

  private mutating func rows(_ table: Table, required: Int?) -> [PageFacts.Row] {
    var out: [PageFacts.Row] = []
    var seen: Set<String> = []
    let typeColumn = column("type", in: table, otherwise: 1)
    let descriptionColumn = column("description", in: table, otherwise: 2)
    for row in table.rows {
      guard let first = row.cells.first, !row.cells.allSatisfy(\.isEmpty) else { continue }
      guard let (namespace, name) = Self.name(first.text) else {
        report(
          .warning, .badName, row.line, "'\(first.text.prefix(60))' names no argument",
          "type, id, attributes.x or relationships.x")
        continue
      }
      let namespaceText = first.text.prefix { $0 != "." }
      if namespace == .relationships, namespaceText != "relationships" {
        report(.warning, .typo, row.line, "'\(namespaceText)' is read as 'relationships'")
      }
      guard seen.insert(namespace.rawValue + "." + name).inserted else {
        report(.warning, .duplicateRow, row.line, "'\(name)' is listed twice; the first row counts")
        continue
      }
      if row.cells.count != table.header.count, !table.header.isEmpty {
        report(
          .warning, .cellCount, row.line, "has \(row.cells.count) cells", "\(table.header.count)")
      }
      if namespace == .member, name == "type", required == nil, row.cells.count > 2 {
        let value = row.cells[2].text
        if Names.isWireName(value) {
          typeRowValue = value
          typeRowLine = row.line
        }
      }
      let typeText = row.cells.count > typeColumn ? row.cells[typeColumn].text : ""
      var fact = PageFacts.Row(namespace: namespace, name: name, line: row.line)
      readType(typeText, into: &fact)
      if required == nil, row.cells.indices.contains(descriptionColumn) {
        fact.description = row.cells[descriptionColumn].text
      }
      if let required {
        let text = row.cells.count > required ? row.cells[required].text : ""
        fact.required = readRequired(text, of: name, line: row.line)
      }
      out.append(fact)
    }
    return out
  }

  /// Splits `attributes.name`; both parts are checked. Leading underscores belong to the name.
  private static func name(_ text: String) -> (PageFacts.Row.Namespace, String)? {
    let plain = text.filter { !$0.isWhitespace && $0 != "*" && $0 != "\\" && $0 != "`" }
    guard let dot = plain.firstIndex(of: ".") else {
      return plain == "type" || plain == "id" ? (.member, plain) : nil
    }
    let name = String(plain[plain.index(after: dot)...])
    guard Names.isWireName(name) else { return nil }
    switch plain[..<dot].lowercased() {
    case "attributes", "attribute": return (.attributes, name)
    case "relationships", "realtionships", "relationship": return (.relationships, name)
    case "links": return (.links, name)
    case "meta": return (.meta, name)
    default: return nil
    }
  }

  private mutating func readType(_ text: String, into row: inout PageFacts.Row) {
    let word = String(
      text.lowercased().drop { !$0.isLetter }.prefix { $0.isLetter || $0 == "_" })
    switch word {
    case "has_one", "has_many":
      sawRelationTypes = true
      row.cardinality = word == "has_many" ? .many : .one
      if row.namespace == .attributes {
        report(
          .warning, .relationshipAsAttribute, row.line,
          "'\(row.name)' is listed as an attribute but is a relationship")
        row.namespace = .relationships
      }
    case "":
      report(.warning, .typeMissing, row.line, "'\(row.name)' has no type")
    default:
      guard let type = AttributeType(rawValue: word) else {
        report(.warning, .unknownType, row.line, "'\(word)' is no known type", Self.knownTypes)
        return
      }
      if row.namespace == .relationships {
        row.cardinality = type == .array ? .many : .one
      } else {
        row.type = type
      }
    }
  }

  private static let knownTypes = AttributeType.allCases.map(\.rawValue).joined(separator: ", ")

  private mutating func readRequired(_ text: String, of name: String, line: Int) -> RequiredText {
    if text.isEmpty { sawEmptyRequired = true }
    if text == "required" || text == "optional" { sawLowerCaseRequired = true }
    let required = RequiredText.read(text)
    if let problem = required.problem {
      report(
        .warning, .badRequired, line,
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
    _ severity: Diagnostic.Severity, _ code: DiagnosticCode, _ line: Int, _ message: String,
    _ expected: String? = nil
  ) {
    diagnostics.append(
      Diagnostic(severity, code, file: file, line: line, message, expected: expected))
  }
}
