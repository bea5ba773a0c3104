/// A table whose cells are told by the columns of characters they stand in: what pandoc writes as
/// simple, multiline and grid tables, and reStructuredText as simple and grid tables.
///
/// A parser of CommonMark takes all of them for paragraphs.
struct ColumnTable: Equatable {
  struct Row: Equatable {
    var cells: [String]
    /// The index of its first line.
    var line: Int
  }

  /// The titles of the columns; empty when the table has none.
  var header: [String]
  var rows: [Row]
  /// The index of its last line.
  var last: Int

  /// The table that starts at a line; nil when none does.
  static func at(_ index: Int, in lines: [String]) -> ColumnTable? {
    let line = lines[index]
    if let first = line.utf8.first(where: { $0 != UInt8(ascii: " ") }) {
      switch first {
      case UInt8(ascii: "+"):
        if let table = grid(at: index, in: lines) { return table }
      case UInt8(ascii: "="):
        if let columns = Columns(rule: line, of: "=") {
          return restructured(at: index, columns, in: lines)
        }
      case UInt8(ascii: "-"):
        if isBorder(line) { return multiline(at: index, in: lines) }
        if let columns = Columns(rule: line, of: "-") {
          return closed(at: index, columns, header: [], from: index + 1, in: lines) {
            Columns(rule: $0, of: "-") == columns
          }
        }
      default: break
      }
    }
    return simple(at: index, in: lines)
  }

  // MARK: Forms

  /// A header, a line of dashes with gaps, and a row on each line up to a blank one.
  private static func simple(at index: Int, in lines: [String]) -> ColumnTable? {
    guard index + 1 < lines.count, let columns = Columns(rule: lines[index + 1], of: "-"),
      lines[index].contains(where: \.isLetter), !lines[index].contains("|")
    else { return nil }
    var end = index + 2
    while end < lines.count, !isBlank(lines[end]), !lines[end].hasPrefix(":::"),
      Columns(rule: lines[end], of: "-") != columns
    { end += 1 }
    let isClosed = end < lines.count && Columns(rule: lines[end], of: "-") == columns
    return ColumnTable(
      header: columns.cells(of: lines[index]),
      rows: columns.rows(of: (index + 2)..<end, in: lines), last: isClosed ? end : end - 1)
  }

  /// A line of dashes, a header of several lines, a line of dashes with gaps, rows of several lines
  /// with blank ones between them, and a line of dashes.
  private static func multiline(at index: Int, in lines: [String]) -> ColumnTable? {
    let reach = (index + 1)..<min(index + 1 + maximumHeaderLines, lines.count)
    for next in reach {
      guard !isBlank(lines[next]) else { return nil }
      guard let columns = Columns(rule: lines[next], of: "-") else { continue }
      guard next > index + 1 else { return nil }
      return closed(
        at: index, columns, header: columns.joined((index + 1)..<next, in: lines),
        from: next + 1, in: lines, isEnd: isBorder)
    }
    return nil
  }

  /// The most lines of a header.
  private static let maximumHeaderLines = 20

  /// The rows up to a line that ends the table; nil when none does.
  private static func closed(
    at index: Int, _ columns: Columns, header: [String], from start: Int, in lines: [String],
    isEnd: (String) -> Bool
  ) -> ColumnTable? {
    guard start < lines.count, let end = lines.indices[start...].first(where: { isEnd(lines[$0]) }),
      end > start
    else { return nil }
    let body = start..<end
    let isSeparated = body.contains { isBlank(lines[$0]) }
    return ColumnTable(
      header: header,
      rows: isSeparated
        ? columns.separatedRows(of: body, in: lines) : columns.rows(of: body, in: lines),
      last: end)
  }

  /// Lines of `=` with gaps around the header and below the rows; a line without a first cell goes
  /// on with the row above it.
  private static func restructured(
    at index: Int, _ columns: Columns, in lines: [String]
  ) -> ColumnTable? {
    let rules = lines.indices[(index + 1)...].lazy.filter {
      Columns(rule: lines[$0], of: "=") == columns
    }
    var found = rules.makeIterator()
    guard let first = found.next() else { return nil }
    // The line below the header has rows below it; the line below the rows has not.
    guard first + 1 < lines.count, !isBlank(lines[first + 1]), let second = found.next() else {
      return ColumnTable(
        header: [], rows: columns.rows(of: (index + 1)..<first, in: lines), last: first)
    }
    return ColumnTable(
      header: columns.joined((index + 1)..<first, in: lines),
      rows: columns.rows(of: (first + 1)..<second, in: lines), last: second)
  }

  /// Cells drawn with `+---+` around them and `+===+` below the header.
  private static func grid(at index: Int, in lines: [String]) -> ColumnTable? {
    guard BarRow.isDrawnRule(trimmed(lines[index])), let columns = Columns(grid: lines[index])
    else { return nil }
    var table = ColumnTable(header: [], rows: [], last: index)
    var start = index + 1
    for next in lines.indices[(index + 1)...] {
      let line = trimmed(lines[next])
      guard line.hasPrefix("|") || BarRow.isDrawnRule(line) else { break }
      guard BarRow.isDrawnRule(line) else { continue }
      let cells = columns.joined(start..<next, in: lines)
      if line.contains("="), table.header.isEmpty, table.rows.isEmpty {
        table.header = cells
      } else if !cells.allSatisfy(\.isEmpty) {
        table.rows.append(Row(cells: cells, line: start))
      }
      table.last = next
      start = next + 1
    }
    return table.last > index ? table : nil
  }

  // MARK: Lines

  /// A line of dashes without gaps.
  private static func isBorder(_ line: String) -> Bool {
    let dashes = trimmed(line)
    return dashes.utf8.count > 2 && dashes.utf8.allSatisfy { $0 == UInt8(ascii: "-") }
  }

  fileprivate static func isBlank(_ line: String) -> Bool { line.allSatisfy(\.isWhitespace) }

  fileprivate static func trimmed(_ line: some StringProtocol) -> String { TextLine.trimmed(line) }
}

extension ColumnTable {
  /// The table in the Markdown that a parser of CommonMark reads: a line for each row, in order.
  var pipes: String {
    let width = ([header.count] + rows.map(\.cells.count)).max() ?? 0
    func row(_ cells: [String]) -> String {
      let filled = cells + Array(repeating: "", count: max(0, width - cells.count))
      return "| " + filled.map(Self.escaped).joined(separator: " | ") + " |"
    }
    let delimiters = Array(repeating: "---", count: width)
    return ([row(header), row(delimiters)] + rows.map { row($0.cells) }).joined(separator: "\n")
      + "\n"
  }

  /// A cell without bars that would end it.
  private static func escaped(_ cell: String) -> String {
    var out = ""
    var isEscaped = false
    for character in cell {
      if character == "|", !isEscaped { out.append("\\") }
      out.append(character)
      isEscaped = character == "\\" && !isEscaped
    }
    return isEscaped ? out + "\\" : out
  }
}

/// Where the columns of a table stand, counted in the places that characters take on a terminal.
private struct Columns: Equatable {
  /// Where each column starts.
  private var starts: [Int]
  /// Whether bars stand between the columns.
  private let hasBars: Bool

  /// The columns below a line of marks with gaps: `----- ---`.
  init?(rule line: String, of mark: Character) {
    guard let mark = mark.asciiValue else { return nil }
    var starts: [Int] = []
    var shortest = Int.max
    var run = 0
    for (place, byte) in (Array(line.utf8) + [UInt8(ascii: " ")]).enumerated() {
      if byte == mark {
        if run == 0 { starts.append(place) }
        run += 1
      } else if byte == UInt8(ascii: " ") {
        if run > 0 { shortest = min(shortest, run) }
        run = 0
      } else {
        return nil
      }
    }
    // Single marks with blanks between them are a break between paragraphs.
    guard starts.count > 1, starts.count <= Limits.maximumCells, shortest > 1 else { return nil }
    (self.starts, hasBars) = (starts, false)
  }

  /// The columns of a drawn table: `+-----+---+`.
  init?(grid line: String) {
    let places = line.enumerated().filter { $0.element == "+" }.map(\.offset)
    guard places.count > 1, places.count <= Limits.maximumCells else { return nil }
    (starts, hasBars) = (places.dropLast().map { $0 + 1 }, true)
  }

  /// The cells of one line.
  func cells(of line: String) -> [String] {
    if hasBars {
      var parts = line.split(separator: "|", omittingEmptySubsequences: false)
      // A bar within a cell is none between cells; there the places count.
      if parts.count == starts.count + 2 {
        parts.removeFirst()
        parts.removeLast()
        return parts.map { ColumnTable.trimmed($0) }
      }
    }
    var out = Array(repeating: "", count: starts.count)
    var place = 0
    var column = 0
    for character in line {
      while column + 1 < starts.count, place >= starts[column + 1] - (hasBars ? 1 : 0) {
        column += 1
      }
      if !(hasBars && character == "|" && isEdge(place)) { out[column].append(character) }
      place += Self.width(of: character)
    }
    return out.map { ColumnTable.trimmed($0) }
  }

  private func isEdge(_ place: Int) -> Bool {
    starts.contains(place + 1) || place >= (starts.last ?? 0)
  }

  /// The cells of several lines that make one row.
  func joined(_ range: Range<Int>, in lines: [String]) -> [String] {
    var out = Array(repeating: "", count: starts.count)
    for index in range {
      for (column, piece) in cells(of: lines[index]).enumerated() where !piece.isEmpty {
        out[column] += (out[column].isEmpty ? "" : " ") + piece
      }
    }
    return out
  }

  /// The rows of lines that each are one, unless their first cell is empty.
  func rows(of range: Range<Int>, in lines: [String]) -> [ColumnTable.Row] {
    var rows: [ColumnTable.Row] = []
    for index in range where !ColumnTable.isBlank(lines[index]) {
      let cells = cells(of: lines[index])
      if let last = rows.indices.last, cells.first?.isEmpty ?? true {
        for (column, piece) in cells.enumerated() where !piece.isEmpty {
          rows[last].cells[column] += (rows[last].cells[column].isEmpty ? "" : " ") + piece
        }
      } else {
        rows.append(.init(cells: cells, line: index))
      }
    }
    return rows
  }

  /// The rows of lines between blank ones.
  func separatedRows(of range: Range<Int>, in lines: [String]) -> [ColumnTable.Row] {
    var rows: [ColumnTable.Row] = []
    var start: Int?
    func end(at index: Int) {
      if let first = start {
        rows.append(.init(cells: joined(first..<index, in: lines), line: first))
      }
      start = nil
    }
    for index in range {
      if ColumnTable.isBlank(lines[index]) { end(at: index) } else { start = start ?? index }
    }
    end(at: range.upperBound)
    return rows
  }

  /// How many places a character takes: two for those of East Asia and for emoji.
  private static func width(of character: Character) -> Int {
    guard let scalar = character.unicodeScalars.first, scalar.value > 0x10FF else { return 1 }
    let isWide =
      scalar.properties.isEmojiPresentation
      || wide.contains { $0.contains(scalar.value) }
    return isWide ? 2 : 1
  }

  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
    0xFF00...0xFF60, 0x1F300...0x1FAFF, 0x20000...0x3FFFD,
  ]
}
