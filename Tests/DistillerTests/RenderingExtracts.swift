@testable import Distiller

extension PageForm {
  /// Pages as tools that turn HTML into text write them: browsers for terminals, converters of
  /// documents, extractors for search and for language models.
  static let extracts: [PageForm] = [
    .init("extract with rows between bars", "txt") { ExtractStyle(tables: .bars).render($0) },
    .init("extract with drawn tables", "txt") { ExtractStyle(tables: .drawn).render($0) },
    .init("extract with columns", "txt") {
      ExtractStyle(tables: .columns, heading: { "***** \($0) *****" }).render($0)
    },
    .init("extract with centered cells", "txt") {
      ExtractStyle(tables: .centered, bullet: "  • \n    ").render($0)
    },
    .init("extract with wrapped sentences", "txt") {
      ExtractStyle(tables: .lines, width: 72).render($0)
    },
    .init("extract with numbered links", "txt") {
      ExtractStyle(tables: .lines, hasLinkNumbers: true).render($0)
    },
    .init("extract in Markdown with cells in paragraphs", "md") {
      ExtractStyle(tables: .paragraphs, heading: { "### \n\n\($0)" }, isMarkdown: true).render($0)
    },
  ]
}

/// One way that a tool writes a page as text.
struct ExtractStyle {
  enum Tables { case bars, drawn, columns, centered, lines, paragraphs, untyped, untypedBars }

  var tables: Tables
  var width: Int?
  var bullet = "- "
  var heading: @Sendable (String) -> String = { $0 }
  var hasLinkNumbers = false
  var isMarkdown = false

  func render(_ page: ParsedPage) -> String {
    var out: [String] = isMarkdown ? ["---", "description: x", "---", ""] : []
    var tab: String?
    var isTitled = false
    for block in page.blocks {
      if let next = block.tab, next != tab { out += [next, ""] }
      tab = block.tab
      switch block.content {
      case .heading(_, let text) where !isTitled:
        out += [isMarkdown ? "# \(text.text)" : link(1, text.text), "", "How to do it via API", ""]
        isTitled = true
      case .heading(_, let text): out += [heading(text.text), ""]
      case .paragraph(let text): out += paragraph(text) + [""]
      case .table(let table): out += lines(of: table) + [""]
      case .list(let items): out += items.map { bullet + inline($0.text) } + [""]
      case .code(let code):
        out += isMarkdown ? ["```", code + "```", ""] : [code]
      }
    }
    if hasLinkNumbers {
      out += ["References", "", "   Visible links:", "   1. https://host.example/", ""]
    }
    return out.joined(separator: "\n")
  }

  private func link(_ number: Int, _ text: String) -> String {
    hasLinkNumbers ? "[\(number)]\(text)" : text
  }

  private func inline(_ text: Inline) -> String {
    guard isMarkdown else { return text.text }
    return text.runs.map { run in
      if run.isCode { return "`\(run.text)`" }
      return run.isStrong ? "**\(run.text)**" : run.text.replacing("_", with: "\\_")
    }.joined()
  }

  private func paragraph(_ text: Inline) -> [String] {
    if RequestLine.read(text.text) != nil { return [text.text] }
    guard let width else { return [inline(text)] }
    return Self.wrapped(text.text, width)
  }

  static func wrapped(_ text: String, _ width: Int) -> [String] {
    var lines: [String] = [""]
    for word in text.split(separator: " ") {
      if lines[lines.count - 1].count + word.count >= width { lines.append("") }
      lines[lines.count - 1] += (lines[lines.count - 1].isEmpty ? "" : " ") + word
    }
    return lines
  }

  private func lines(of table: Table) -> [String] {
    let header = table.header.map(\.text)
    let rows = table.rows.map { $0.cells.map(\.text) }
    switch tables {
    case .lines: return header + rows.flatMap { $0 }
    case .paragraphs:
      return (table.header + table.rows.flatMap(\.cells)).flatMap { [inline($0), ""] }
    case .bars:
      return ([header, header.map { _ in "---" }] + rows).map {
        "| " + $0.joined(separator: " | ") + " | "
      }
    case .untyped:
      // The type's cell was dropped with its marks, and the row broke there.
      return ["Body Parameter |", "Type |", "Required |"]
        + rows.flatMap { ["\($0[0]) |", "| \($0[2]) |"] }
    case .untypedBars:
      return (["| " + header.joined(separator: " | ") + " |", "|---|---|---|"])
        + rows.map { "| \($0[0]) | | \($0[2]) |" }
    case .drawn:
      let rule = "+" + header.map { _ in String(repeating: "-", count: 40) + "+" }.joined()
      return [rule, drawn(header), rule.replacing("-", with: "=")]
        + rows.flatMap { [drawn($0), rule] }
    case .columns: return ([header] + rows).flatMap { columns($0, isCentered: false) }
    case .centered: return ([header] + rows).flatMap { columns($0, isCentered: true) + [""] }
    }
  }

  private static let cellWidth = 36

  private func drawn(_ cells: [String]) -> String {
    let pieces = cells.map { Self.wrapped($0, Self.cellWidth) }
    let height = pieces.map(\.count).max() ?? 0
    return (0..<height).map { line in
      "|"
        + pieces.map { " " + Self.padded(line < $0.count ? $0[line] : "", 38) + " |" }.joined()
    }.joined(separator: "\n")
  }

  /// Cells of a fixed width, further lines of the last one below, or around the line of the name.
  private func columns(_ cells: [String], isCentered: Bool) -> [String] {
    let last = Self.wrapped(cells[cells.count - 1], Self.cellWidth)
    let named = isCentered ? last.count / 2 : 0
    let indent = String(repeating: " ", count: 56)
    return last.enumerated().map { line, text in
      guard line == named else { return indent + text }
      return Self.padded(cells[0], 40) + " " + Self.padded(cells.count > 2 ? cells[1] : "", 15)
        + text
    }
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(1, width - text.count))
  }
}
