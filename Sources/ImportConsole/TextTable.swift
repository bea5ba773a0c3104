import CommerceLayer

/// A table of plain text. Cells are made fit for a terminal here, wherever they come from.
package struct TextTable {
  /// How a column stands.
  package enum Alignment: Sendable {
    case left, right
  }

  private let header: [String]
  private let alignments: [Alignment]
  private var rows: [[String]] = []

  /// The longest cell that is shown whole.
  private static let widest = 100
  /// The longest cell of the last column.
  private static let widestLast = 400

  package init(_ columns: (String, Alignment)...) {
    header = columns.map(\.0)
    alignments = columns.map(\.1)
  }

  /// Adds a line. The last cell, behind which nothing has to line up, can be longer.
  package mutating func add(_ cells: String...) {
    rows.append(
      cells.enumerated().map { index, cell in
        TerminalSafe.text(
          cell, limit: index == cells.count - 1 ? Self.widestLast : Self.widest)
      })
  }

  /// The lines, columns two blanks apart, indented by two.
  package var lines: [String] {
    let all = [header] + rows
    let widths = header.indices.map { column in
      all.map { $0.indices.contains(column) ? $0[column].count : 0 }.max() ?? 0
    }
    return all.map { cells in
      let padded = header.indices.map { column -> String in
        let cell = cells.indices.contains(column) ? cells[column] : ""
        let blanks = String(repeating: " ", count: widths[column] - cell.count)
        return alignments[column] == .right ? blanks + cell : cell + blanks
      }
      var line = "  " + padded.joined(separator: "  ")
      while line.hasSuffix(" ") { line.removeLast() }
      return line
    }
  }
}
