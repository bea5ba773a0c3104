@testable import Distiller

extension PageForm {
  /// What converters of documents make of a page, written by hand in the forms of pandoc's writers.
  static let converted: [PageForm] = [
    .init("pandoc's Markdown, simple tables", "md") { ConvertedStyle(tables: .simple).render($0) },
    .init("pandoc's Markdown, multiline tables", "md") {
      ConvertedStyle(tables: .multiline).render($0)
    },
    .init("pandoc's Markdown, grid tables", "md") { ConvertedStyle(tables: .grid).render($0) },
    .init("pandoc's Markdown, fenced divs", "md") { ConvertedStyle(tables: .divs).render($0) },
    .init("Markdown whose cells stand one on a line", "md") {
      ConvertedStyle(tables: .cells).render($0)
    },
    .init("reStructuredText, simple tables", "rst") {
      ConvertedStyle(tables: .simple, isRestructured: true).render($0)
    },
    .init("reStructuredText, grid tables", "rst") {
      ConvertedStyle(tables: .grid, isRestructured: true).render($0)
    },
    .init("reStructuredText in containers", "rst") {
      ConvertedStyle(tables: .grid, isRestructured: true, isInContainer: true).render($0)
    },
  ]
}

/// One way in which a converter writes a page.
struct ConvertedStyle {
  enum Tables { case simple, multiline, grid, divs, cells }

  var tables: Tables
  var isRestructured = false
  /// Whether the page stands indented below a directive, its headings as rubrics.
  var isInContainer = false

  func render(_ page: ParsedPage) -> String {
    var out: [String] = []
    var tab: String?
    for block in page.blocks {
      if let next = block.tab, next != tab { out += [next, ""] }
      tab = block.tab
      out += lines(of: block) + [""]
    }
    guard isInContainer else { return out.joined(separator: "\n") }
    return ".. container::\n\n"
      + out.map { $0.isEmpty ? "" : "   " + $0 }.joined(separator: "\n") + "\n"
  }

  private func lines(of block: Block) -> [String] {
    switch block.content {
    case .heading(let level, let text):
      let title = inline(text)
      if isInContainer { return [".. rubric:: \(title)", "   :name: heading"] }
      guard isRestructured else { return [String(repeating: "#", count: level) + " " + title] }
      let mark = ["=", "-", "~", "^", "\"", "'"][level - 1]
      return [title, String(repeating: mark, count: title.count)]
    case .paragraph(let text):
      guard block.tab == nil, let line = RequestLine.read(text.text) else {
        return ExtractStyle.wrapped(inline(text), 72)
      }
      let end = isRestructured ? "**\(line.path)*\\*" : "\\*\\*\(line.path)\\*\\*"
      return ["**\(line.method)** https://host.example\(end)"]
    case .list(let items):
      return items.map { (isRestructured ? "-  " : "-   ") + inline($0.text) }
    case .code(let code):
      let lines = code.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      if !isRestructured { return ["``` javascript"] + lines + ["```"] }
      return [".. code:: javascript", ""] + lines.map { $0.isEmpty ? "" : "   " + $0 }
    case .table(let table): return lines(of: table)
    }
  }

  private func lines(of table: Table) -> [String] {
    let header = table.header.map { inline($0) }
    let rows = table.rows.map { $0.cells.map { inline($0) } }
    switch tables {
    case .simple: return isRestructured ? restructured(header, rows) : simple(header, rows)
    case .multiline: return multiline(header, rows)
    case .grid: return grid(header, rows)
    case .divs: return divs(header, rows)
    case .cells: return header + rows.flatMap { $0 }
    }
  }

  private func simple(_ header: [String], _ rows: [[String]]) -> [String] {
    let widths = widths([header] + rows)
    let rule = "  " + widths.map { String(repeating: "-", count: $0) }.joined(separator: " ")
    return ["  " + line(header, widths), rule] + rows.map { "  " + line($0, widths) }
  }

  private func restructured(_ header: [String], _ rows: [[String]]) -> [String] {
    let widths = widths([header] + rows)
    let rule = widths.map { String(repeating: "=", count: $0) }.joined(separator: " ")
    return [rule, line(header, widths), rule] + rows.map { line($0, widths) } + [rule]
  }

  private func multiline(_ header: [String], _ rows: [[String]]) -> [String] {
    let rows = rows.map { $0.map { ExtractStyle.wrapped($0, Self.narrow) } }
    let widths = widths([header] + rows.flatMap { self.rows(of: $0) })
    let border = "  " + String(repeating: "-", count: widths.reduce(widths.count - 1, +))
    let rule = "  " + widths.map { String(repeating: "-", count: $0) }.joined(separator: " ")
    return [border, "  " + line(header, widths), rule]
      + rows.flatMap { self.rows(of: $0).map { "  " + line($0, widths) } + [""] } + [border]
  }

  /// Narrow columns break names, and types, within their words.
  private func grid(_ header: [String], _ rows: [[String]]) -> [String] {
    let rows = rows.map { cells in
      cells.enumerated().map { column, cell in
        column == 0 && cell.count > Self.narrow
          ? [String(cell.prefix(4)), String(cell.dropFirst(4))]
          : column == 1 && cell.contains(",") && isRestructured
            ? [String(cell.prefix(4)), String(cell.dropFirst(4))]
            : ExtractStyle.wrapped(cell, Self.narrow)
      }
    }
    let widths = widths([header] + rows.flatMap { self.rows(of: $0) })
    func rule(_ mark: String) -> String {
      "+" + widths.map { String(repeating: mark, count: $0 + 2) }.joined(separator: "+") + "+"
    }
    func row(_ cells: [String]) -> String {
      "| " + zip(cells, widths).map { Self.padded($0, $1) }.joined(separator: " | ") + " |"
    }
    return [rule("-"), row(header), rule("=")]
      + rows.flatMap { self.rows(of: $0).map(row) + [rule("-")] }
  }

  private func divs(_ header: [String], _ rows: [[String]]) -> [String] {
    func row(_ cells: [String], _ role: String) -> [String] {
      ["::: {role=\"row\"}"]
        + cells.flatMap { ["::: {role=\"\(role)\"}", "<div>", "", $0, "", "</div>", ":::", ""] }
        + [":::", ""]
    }
    return ["::: {role=\"table\"}", "::: {role=\"rowgroup\"}"] + row(header, "columnheader")
      + [":::", "", "::: {role=\"rowgroup\"}"] + rows.flatMap { row($0, "cell") } + [":::", ":::"]
  }

  private static let narrow = 24

  /// The lines of a row whose cells have several.
  private func rows(of cells: [[String]]) -> [[String]] {
    let height = cells.map(\.count).max() ?? 0
    return (0..<height).map { index in
      cells.map { index < $0.count ? $0[index] : "" }
    }
  }

  private func widths(_ rows: [[String]]) -> [Int] {
    (0..<(rows[0].count)).map { column in
      max(2, rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0)
    }
  }

  private func line(_ cells: [String], _ widths: [Int]) -> String {
    let text = zip(cells, widths).map { Self.padded($0, $1) }.joined(separator: " ")
    return String(text.reversed().drop { $0 == " " }.reversed())
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  private func inline(_ text: Inline) -> String {
    var out = ""
    for run in text.runs {
      var piece = run.text
      if run.isCode {
        piece = isRestructured ? "``\(piece)``" : "`\(piece)`"
      } else if run.isStrong {
        piece = "**" + (piece.hasPrefix("_") ? "\\" : "") + piece + "**"
      }
      let isMarked = run.isCode || run.isStrong
      if isRestructured, isMarked, let last = out.last, last != " " { out += "\\ " }
      out += piece
    }
    return out
  }
}
