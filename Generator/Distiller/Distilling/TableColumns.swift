internal import Spec

/// What each column of a table holds: told by its header and checked against its cells, because
/// headers are hidden, renamed and swapped while cells keep their forms.
struct TableColumns: Equatable {
  enum Form: Equatable { case arguments, object }

  var form: Form
  var type: Int?
  var required: Int?
  /// Whether that column says what is optional, so that its ticks mean the opposite.
  var isInverted = false
  var description: Int?
  /// Columns of ticks that stand in place of lists.
  var sortable: Int?
  var filterable: Int?
  /// The rows without one that repeats the header.
  var rows: [Table.Row]
  /// How many cells a row should have; nil when the header is hidden.
  var width: Int?
  /// What was odd about the columns, and what a well-formed table has instead.
  var diagnostics: [String] = []

  /// Why a table is none of arguments or fields.
  struct Rejection: Error, Equatable { var reason: String }

  /// Tells the columns.
  /// - Parameters:
  ///   - inArguments: whether the table stands in a section of arguments.
  ///   - belongs: whether it stands where a table of arguments or fields is expected.
  ///   - isObject: whether the page describes the object, so that no table is one of arguments.
  static func read(
    _ table: Table, inArguments: Bool, belongs: Bool, isObject: Bool = false
  ) throws(Rejection) -> TableColumns {
    let table = withWholeRows(namesFirst(table))
    var header = table.header.map { word($0) }
    var rows = table.rows
    // The header may be hidden, or stand below one that spans all columns.
    if !header.contains("type"), let first = rows.first, isHeader(first.cells) {
      header = first.cells.map(word)
      rows.removeFirst()
    }
    // Long tables repeat it.
    rows.removeAll { isHeader($0.cells) }
    if let foreign = foreignForm(header) { throw Rejection(reason: foreign) }
    let votes = Votes(rows)
    guard votes.names > 0 || belongs || header.contains(where: requiredHeaders.contains) else {
      throw Rejection(reason: describe(header))
    }
    let isHidden = header.allSatisfy(\.isEmpty)
    var columns = TableColumns(form: .object, rows: rows, width: isHidden ? nil : header.count)
    columns.type = header.firstIndex(of: "type")
    columns.required = header.firstIndex { requiredHeaders.contains($0) }
    if let required = columns.required, header[required] != "required" {
      columns.diagnostics.append("the column '\(header[required])' is read as Required")
    }
    if columns.required == nil, let optional = header.firstIndex(where: optionalHeaders.contains) {
      (columns.required, columns.isInverted) = (optional, true)
      columns.diagnostics.append(
        "the column '\(header[optional])' is read as the opposite of Required")
    }
    columns.description = header.firstIndex(of: "description") ?? (isHidden ? 2 : nil)
    columns.sortable = header.firstIndex { $0 == "sortable" || $0 == "sort" }
    columns.filterable = header.firstIndex { $0 == "filterable" || $0 == "filter" }
    columns.settleRequired(header, votes, isObject: isObject)
    columns.settleType(header, votes)
    if isObject, votes.names > 0 {
      columns.form = .object
      if let required = columns.required {
        columns.diagnostics.append(
          "the column '\(header.indices.contains(required) ? header[required] : "")' "
            + "is not read on a page of fields")
        columns.required = nil
      }
    } else if columns.required != nil || inArguments && !header.contains("description") {
      columns.form = .arguments
    } else if votes.names == 0, !(header.contains("description") && columns.type != nil) {
      throw Rejection(reason: describe(header))
    }
    if columns.form == .arguments, columns.required == nil {
      columns.diagnostics.append("no column says what is required; all are taken for optional")
    } else if columns.form == .object, !isHidden, !header.contains("description"),
      columns.diagnostics.isEmpty
    {
      columns.diagnostics.append("the header '\(table.header.text)' is unknown; the cells are read")
    }
    return columns
  }

  /// A Required column under another name is known by its cells; one whose cells are types has
  /// changed places with the Type column.
  private mutating func settleRequired(_ header: [String], _ votes: Votes, isObject: Bool) {
    if isObject { return }
    if let required, let type, votes.isType(required), votes.isRequired(type) {
      (self.required, self.type) = (type, required)
      diagnostics.append("the headings of types and of requirements are swapped; the cells count")
    }
    guard required == nil, let found = votes.requiredColumn(below: header),
      found != type || votes.isRequired(found), found != sortable, found != filterable
    else { return }
    if found == type { type = nil }
    required = found
    if header.indices.contains(found), !header[found].isEmpty {
      diagnostics.append("the column '\(header[found])' is read as Required")
    }
  }

  private mutating func settleType(_ header: [String], _ votes: Votes) {
    guard type == nil else { return }
    type = votes.typeColumn.flatMap { $0 == required ? nil : $0 }
    if let type, header.indices.contains(type), !header[type].isEmpty {
      diagnostics.append("the column '\(header[type])' is read as Type")
    }
  }

  /// The table with the column of names in front, wherever it stands.
  private static func namesFirst(_ table: Table) -> Table {
    func names(_ column: Int) -> Int {
      table.rows.count { row in
        row.cells.indices.contains(column)
          && ArgumentName.read(row.cells[column].text)?.isNamespaced ?? false
      }
    }
    let width = min(table.rows.map(\.cells.count).max() ?? 0, maximumColumns)
    guard width > 1, names(0) == 0,
      let column = (1..<width).first(where: { names($0) * 2 > table.rows.count })
    else { return table }
    func moved(_ cells: [Inline]) -> [Inline] {
      guard cells.indices.contains(column) else { return cells }
      var cells = cells
      cells.insert(cells.remove(at: column), at: 0)
      return cells
    }
    return Table(
      header: moved(table.header),
      rows: table.rows.map { Table.Row(cells: moved($0.cells), line: $0.line) })
  }

  /// The table with rows that are broken behind their name put together again, and with a first row
  /// that was taken for the header back in its place.
  private static func withWholeRows(_ table: Table) -> Table {
    func names(_ cells: [Inline]) -> Bool {
      cells.first.flatMap { ArgumentName.read($0.text) } != nil
    }
    var table = table
    if names(table.header), table.header.first?.text != "type" {
      table.rows.insert(
        .init(cells: table.header, line: (table.rows.first?.line ?? 1) - 1), at: 0)
      table.header = []
    }
    var rows: [Table.Row] = []
    for row in table.rows {
      guard let last = rows.last, names(last.cells), !names(row.cells),
        last.cells.dropFirst().allSatisfy(\.isEmpty) || rows[rows.count - 1].cells.count == 2,
        let first = row.cells.first(where: { !$0.isEmpty }),
        RequiredText.isOne(first.text) || TypeName.read(first.text) != nil
      else {
        rows.append(row)
        continue
      }
      let filled = last.cells.filter { !$0.isEmpty }
      rows[rows.count - 1].cells = filled + row.cells.filter { !$0.isEmpty }
    }
    table.rows = rows
    return table
  }

  /// What the column of requirements is called.
  private static let requiredHeaders: Set<String> = ["required", "mandatory", "is required"]

  /// What the column of the opposite is called.
  private static let optionalHeaders: Set<String> = [
    "optional", "is optional", "not required", "is not required", "not mandatory", "can be omitted",
    "may be omitted",
  ]

  /// How many columns are looked at for names.
  private static let maximumColumns = 8

  private static func word(_ cell: Inline) -> String {
    cell.text.lowercased().filter { $0.isLetter || $0 == " " }
      .split(separator: " ").joined(separator: " ")
  }

  /// Whether a row of ordinary cells is the header. `type` is an argument, `Type` is not.
  private static func isHeader(_ row: [Inline]) -> Bool {
    let cells = row.map(word)
    guard let first = row.first, ArgumentName.read(first.text) == nil else { return false }
    let known: Set = [
      "body parameter", "parameter", "argument", "field", "name", "attribute", "required",
      "description",
    ]
    return cells.contains("type") && cells.contains(where: known.contains)
  }

  /// Tables of other documents that are not in scope.
  private static func foreignForm(_ header: [String]) -> String? {
    guard header.contains("key"), header.contains("datatype") || header.contains("data type") else {
      return nil
    }
    return "it is a table of a Postman export, which is not in scope"
  }

  private static func describe(_ header: [String]) -> String {
    header.allSatisfy(\.isEmpty)
      ? "it has no header" : header.joined(separator: " | ").prefix(60) + " is not a known header"
  }
}

/// What the cells of each column look like.
private struct Votes {
  var names = 0
  private var types: [Int: Int] = [:]
  private var requireds: [Int: Int] = [:]
  /// Of these, the cells that say no more than yes or no.
  private var ticks: [Int: Int] = [:]
  private let count: Int

  init(_ rows: [Table.Row]) {
    count = rows.count
    for row in rows {
      if let first = row.cells.first, ArgumentName.read(first.text)?.isNamespaced ?? false {
        names += 1
      }
      for (index, cell) in row.cells.enumerated().dropFirst() {
        if TypeName.read(cell.text) != nil { types[index, default: 0] += 1 }
        guard RequiredText.isOne(cell.text) else { continue }
        requireds[index, default: 0] += 1
        if RequiredText.isTick(cell.text) { ticks[index, default: 0] += 1 }
      }
    }
  }

  private func most(_ votes: [Int: Int]) -> Int? {
    votes.filter { $0.value * 2 > count }
      .min { ($0.value, $1.key) > ($1.value, $0.key) }?.key
  }

  /// The column of requirements. Yes and no say so only below a title that speaks of them, or of
  /// nothing: columns of what can be null, changed or sorted by have them, too.
  func requiredColumn(below header: [String]) -> Int? {
    most(
      requireds.filter { column, count in
        guard header.indices.contains(column), !header[column].isEmpty,
          !Self.stems.contains(where: header[column].contains)
        else { return true }
        return (count - (ticks[column] ?? 0)) > 0
      })
  }

  /// The beginnings of words that speak of requirements.
  private static let stems = ["requir", "mandator", "need", "must", "oblig", "compuls", "necess"]

  var typeColumn: Int? { most(types) }
  func isType(_ column: Int) -> Bool { (types[column] ?? 0) * 2 > count }
  func isRequired(_ column: Int) -> Bool { (requireds[column] ?? 0) * 2 > count }
}

extension [Inline] {
  /// The texts with bars between them, shortened.
  fileprivate var text: String { String(map(\.text).joined(separator: " | ").prefix(60)) }
}
