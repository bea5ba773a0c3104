/// Reads the tables the site has had: real ones, rows and cells by role, and lists of terms.
enum HTMLTable {
  /// A `table` element. The row of a `thead` is the header, whatever its cells are.
  static func read(tag table: HTMLElement, lines: (HTMLElement) -> Int) -> Table? {
    let isRow = { (element: HTMLElement) in element.name == "tr" }
    let hasHead = table.all { $0.name == "thead" }.contains { !$0.all(where: isRow).isEmpty }
    return make(
      table.all(where: isRow), cells: { $0.all { $0.name == "td" || $0.name == "th" } },
      isHeader: { hasHead || $0.name == "th" }, lines: lines)
  }

  /// Whether a table only lays out a page: its cells hold headings, code or further tables, and none
  /// of its rows names an argument.
  static func isLayout(_ table: HTMLElement, _ read: Table?) -> Bool {
    let inner = table.all { element in
      element.name == "table" || element.name == "pre" || roles.contains(element.role)
        || ["h1", "h2", "h3", "h4"].contains(element.name)
    }
    return !inner.isEmpty && !(read.map(ArgumentTable.namesArguments) ?? false)
  }

  /// The roles of tables.
  static let roles: Set<String> = ["table", "grid", "treegrid"]

  /// Any element with `role=table`. The header is missing when the author hid it.
  static func read(role table: HTMLElement, lines: (HTMLElement) -> Int) -> Table? {
    let isCell = { (element: HTMLElement) in
      ["cell", "gridcell", "columnheader", "rowheader"].contains(element.role)
    }
    return make(
      table.all { $0.role == "row" }, cells: { $0.all(where: isCell) },
      isHeader: { $0.role == "columnheader" }, lines: lines)
  }

  /// A `dl`: each term starts a row, its definitions are the cells behind it.
  static func read(terms list: HTMLElement, lines: (HTMLElement) -> Int) -> Table? {
    var table = Table(header: [], rows: [])
    for element in list.all(where: { $0.name == "dt" || $0.name == "dd" }) {
      if element.name == "dt" {
        table.rows.append(.init(cells: [element.inline], line: lines(element)))
      } else if let last = table.rows.indices.last {
        table.rows[last].cells.append(element.inline)
      }
    }
    return table.rows.isEmpty ? nil : table
  }

  /// Cells that reach down into the rows below: their text stands in each of them.
  private struct CellSpans {
    /// By column: the text and how many rows are left.
    private var open: [Int: (text: Inline, rows: Int)] = [:]

    /// The most rows that are believed.
    private static let maximum = 1000
    /// The most columns that are believed.
    private static let maximumColumns = 20

    /// The texts of a row's cells, with those of cells above that reach down to it.
    mutating func fill(_ cells: [HTMLElement]) -> [Inline] {
      var out: [Inline] = []
      func takeOpen(_ open: inout [Int: (text: Inline, rows: Int)]) {
        while let (text, rows) = open[out.count] {
          open[out.count] = rows > 1 ? (text, rows - 1) : nil
          out.append(text)
        }
      }
      for cell in cells {
        takeOpen(&open)
        let rows = min(cell.attributes["rowspan"].flatMap { Int($0) } ?? 1, Self.maximum)
        let text = cell.cellText
        if rows > 1 { open[out.count] = (text, rows - 1) }
        out.append(text)
        // The columns that a cell spans keep their places; its text stands in the first.
        let columns = min(cell.attributes["colspan"].flatMap { Int($0) } ?? 1, Self.maximumColumns)
        for _ in 1..<max(columns, 1) { out.append(Inline()) }
      }
      takeOpen(&open)
      return out
    }
  }

  private static func make(
    _ rows: [HTMLElement], cells: (HTMLElement) -> [HTMLElement],
    isHeader: (HTMLElement) -> Bool, lines: (HTMLElement) -> Int
  ) -> Table? {
    var table = Table(header: [], rows: [])
    var spans = CellSpans()
    for row in rows {
      let cells = cells(row)
      guard !cells.isEmpty else { continue }
      let texts = spans.fill(cells)
      if table.header.isEmpty, table.rows.isEmpty, cells.allSatisfy(isHeader) {
        table.header = texts
      } else {
        table.rows.append(.init(cells: texts, line: lines(row)))
      }
    }
    return table.rows.isEmpty && table.header.isEmpty ? nil : table
  }
}
