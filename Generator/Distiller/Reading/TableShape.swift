/// Follows the tables of Markdown line by line, because a parser drops without a word what a row
/// holds beyond the cells of its header: a `|` inside a cell takes the rest of the cell with it.
struct TableShape {
  private var columns: Int?

  /// How many cells of the line will be dropped; nil when none is.
  mutating func extraCells(in line: String) -> Int? {
    let row = line.drop { $0 == " " }
    guard row.contains("|") else {
      columns = nil
      return nil
    }
    let cells = Self.cells(of: row)
    if row.allSatisfy({ "|-: \t".contains($0) }), row.contains("-") {
      columns = cells
      return nil
    }
    guard let columns, cells > columns else { return nil }
    return cells - columns
  }

  /// Cells stand between bars that no backslash escapes; those at the ends are borders.
  private static func cells(of row: Substring) -> Int {
    var bars = 0
    var isEscaped = false
    for byte in row.utf8 {
      if byte == UInt8(ascii: "|"), !isEscaped { bars += 1 }
      isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
    }
    let trimmed = row.reversed().drop(while: \.isWhitespace)
    let hasEnd = trimmed.first == "|" && trimmed.dropFirst().first != "\\"
    return bars + 1 - (row.first == "|" ? 1 : 0) - (hasEnd ? 1 : 0)
  }
}
