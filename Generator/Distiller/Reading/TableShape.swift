/// Follows the tables of Markdown line by line, because a parser drops without a word what a row
/// holds beyond the cells of its header, fills up short rows, and takes a table whose delimiters do
/// not fit its header for a paragraph.
struct TableShape {
  /// What is wrong with a line, and the line to read in its place.
  enum Verdict: Equatable {
    case fine
    /// Cells that will be dropped.
    case extraCells(Int)
    /// Cells that are missing.
    case missingCells(Int)
    /// A row of delimiters for another number of columns, and the right one.
    case otherDelimiters(String)
    /// A row below a header without delimiters, which must come first.
    case noDelimiters(String)
  }

  private var columns: Int?
  private var header: Int?

  mutating func read(_ line: String) -> Verdict {
    let row = line.drop { $0 == " " }
    guard row.contains("|") else {
      (columns, header) = (nil, nil)
      return .fine
    }
    let cells = Self.cells(of: row)
    if Self.isDelimiter(row) {
      guard let header, columns == nil, header != cells else {
        columns = cells
        return .fine
      }
      columns = header
      return .otherDelimiters(Self.delimiters(header))
    }
    guard let columns else {
      // Only rows with both borders are sure to be a table's.
      guard row.hasPrefix("|"), let header, cells == header else {
        header = cells
        return .fine
      }
      self.columns = header
      return .noDelimiters(Self.delimiters(header))
    }
    if cells > columns { return .extraCells(cells - columns) }
    return cells < columns ? .missingCells(columns - cells) : .fine
  }

  /// Whether a line is made of bars and dashes.
  static func isDelimiter(_ line: some StringProtocol) -> Bool {
    line.allSatisfy { "|-: \t".contains($0) } && line.contains("-") && line.contains("|")
  }

  private static func delimiters(_ count: Int) -> String {
    "|" + String(repeating: " --- |", count: count)
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
