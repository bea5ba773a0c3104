/// The tables of copied and extracted text: cells one on a line, rows between bars, rows drawn with
/// lines around them.
extension TextReader {
  /// Where a table's header stands in no section, because the text lost the heading above it: the
  /// section that the header belongs to.
  func sectionOfTable(_ line: String) -> Section? {
    guard section != .example else { return nil }
    let cells = BarRow(line)?.cells ?? [line]
    let titles = cells.flatMap { TextLine.headerCells($0) ?? [] }
    if titles.first == "Body Parameter" { return .arguments }
    guard titles.first == "Field" else { return nil }
    return titles.count > 1 || precedes { $0 == "Type" } ? .fields : nil
  }

  /// Takes a line of a table's cells: a row is a name and the lines up to the next name.
  mutating func takeCell(_ line: String) -> Bool {
    if takeDrawn(line) || takeBars(line) { return true }
    if rows.isEmpty, let cells = TextLine.headerCells(line), line.first?.isUppercase ?? false {
      tableHeader += cells.map { Inline(text: $0) }
      index += 1
      return true
    }
    if standsAboveName() {
      cellsAbove.append(line)
      index += 1
      return true
    }
    if var cells = TextLine.cells(lines[index]) {
      if !cellsAbove.isEmpty {
        let below = cells.count > 2 ? " " + cells.removeLast() : ""
        cells.append(cellsAbove.joined(separator: " ") + below)
        cellsAbove = []
      }
      rows.append(.init(cells: cells.map { Inline(text: $0) }, line: number))
      index += 1
      return true
    }
    if let joined = brokenName(line) {
      rows.append(.init(cells: [Inline(text: joined.name)], line: number))
      index = joined.next
      return true
    }
    if TextLine.isParameter(line) {
      rows.append(.init(cells: [Inline(text: line)], line: number))
    } else if endsTable(line) {
      finish()
      return false
    } else if rows.isEmpty {
      return false
    } else {
      goOn(with: line)
    }
    index += 1
    return true
  }

  /// Whether a line is the beginning of a cell whose row has its name further down: in tables whose
  /// cells are centered, with blank lines between the rows.
  private func standsAboveName() -> Bool {
    guard lines[index].prefix(while: { $0 == " " }).count >= Self.centeredIndent,
      !cellsAbove.isEmpty || index > 0 && trimmed(index - 1).isEmpty
    else { return false }
    for next in lines.indices[(index + 1)...].prefix(Self.centeredLines) {
      if trimmed(next).isEmpty { return false }
      if TextLine.cells(lines[next]) != nil { return true }
    }
    return false
  }

  /// How far the cells behind the names are indented at least.
  private static let centeredIndent = 16
  /// The most lines of a cell above its row's name.
  private static let centeredLines = 40

  /// Adds a cell to the last row, or more text to its last cell, which was broken at a mark.
  private mutating func goOn(with cell: String) {
    guard let last = rows.indices.last else { return }
    let width = max(tableHeader.count, 3)
    if rows[last].cells.count < width {
      rows[last].cells.append(Inline(text: cell))
    } else {
      let text = rows[last].cells[width - 1].text + " " + cell
      rows[last].cells[width - 1] = Inline(text: text)
    }
  }

  /// Whether a line is a sentence behind a table: its last cell is complete, and what goes on
  /// behind a mark does not start like a sentence.
  private func endsTable(_ line: String) -> Bool {
    guard let last = rows.last, last.cells.count >= 2, line.first?.isUppercase ?? false else {
      return false
    }
    // A row whose type is missing is complete with its requirement.
    let cell = last.cells.count >= 3 ? last.cells[2] : last.cells[1]
    return RequiredText.isOne(cell.text) && !RequiredText.isOne(line)
  }

  /// `attributes.` with its name on the next line.
  private func brokenName(_ line: String) -> (name: String, next: Int)? {
    guard line.hasSuffix("."), ["attributes.", "relationships.", "links.", "meta."].contains(line)
    else { return nil }
    for next in lines.indices[(index + 1)...].prefix(3) {
      let rest = trimmed(next)
      if rest.isEmpty { continue }
      return Names.isWireName(rest) ? (line + rest, next + 1) : nil
    }
    return nil
  }

  // MARK: Rows between bars

  /// A row between bars, also one that its cells' own line ends break: `attributes.x |`, then
  /// `| Required |`. An empty cell in the middle is a cell.
  private mutating func takeBars(_ line: String) -> Bool {
    guard let bars = BarRow(line) else { return false }
    defer { index += 1 }
    if bars.isRule { return true }
    let cells = bars.cells.map { Inline(text: $0) }
    if let first = bars.cells.first, TextLine.isParameter(first) {
      rows.append(.init(cells: cells, line: number))
    } else if rows.isEmpty {
      tableHeader += cells
    } else {
      for cell in bars.cells where !cell.isEmpty { goOn(with: cell) }
    }
    return true
  }

  // MARK: Drawn tables

  /// A row of a table drawn with `+----+`: its cells may take several lines.
  struct DrawnRow {
    var cells: [String]
    /// The line of its first cell.
    var line: Int?
  }

  private mutating func takeDrawn(_ line: String) -> Bool {
    if BarRow.isDrawnRule(line) {
      finishDrawnRow()
      drawnRow = DrawnRow(cells: [])
      index += 1
      return true
    }
    guard var row = drawnRow, line.hasPrefix("|"), let bars = BarRow(line) else {
      finishDrawnRow()
      return false
    }
    for (column, cell) in bars.cells.enumerated() {
      if column < row.cells.count {
        if !cell.isEmpty { row.cells[column] += (row.cells[column].isEmpty ? "" : " ") + cell }
      } else {
        row.cells.append(cell)
      }
    }
    row.line = row.line ?? number
    drawnRow = row
    index += 1
    return true
  }

  /// Ends a drawn row: it is the header, or one of the table.
  mutating func finishDrawnRow() {
    guard let row = drawnRow else { return }
    drawnRow = nil
    guard !row.cells.allSatisfy(\.isEmpty) else { return }
    // A type may be broken within its word.
    let cells = row.cells.map { Inline(text: TypeName.unbroken($0)) }
    if rows.isEmpty, tableHeader.isEmpty, !TextLine.isParameter(row.cells[0]) {
      tableHeader = cells
    } else {
      rows.append(.init(cells: cells, line: row.line ?? number))
    }
  }
}

/// A line of a table between bars, in text that no parser of Markdown has read.
struct BarRow {
  /// The cells, without the empty ones outside of the borders.
  var cells: [String]
  /// Whether it is made of dashes.
  var isRule: Bool

  /// Nil for a line without bars, and for one that only has some within a sentence.
  init?(_ line: String) {
    guard line.contains("|") else { return nil }
    isRule = TableShape.isDelimiter(line)
    cells = line.split(separator: "|", omittingEmptySubsequences: false)
      .map { TextLine.trimmed($0) }
    let isBordered = line.hasPrefix("|") || line.hasSuffix("|")
    if line.hasPrefix("|") { cells.removeFirst() }
    if line.hasSuffix("|"), !cells.isEmpty { cells.removeLast() }
    let starts = cells.first.map { TextLine.isParameter($0) || TextLine.headerCells($0) != nil }
    guard isRule || isBordered || starts == true else { return nil }
  }

  /// `+-----+-----+` and `+=====+=====+`.
  static func isDrawnRule(_ line: String) -> Bool {
    line.hasPrefix("+") && line.hasSuffix("+") && line.count > 2
      && line.allSatisfy { "+-=:".contains($0) }
  }
}
