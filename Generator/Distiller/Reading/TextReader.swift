/// Reads plain text copied from the rendered site: the cells of a table stand one on a line, code
/// has no fence and no indentation, both tabs follow each other.
///
/// A line is understood by what it is and by the section it stands in; nothing depends on blank
/// lines, which copies differ in.
struct TextReader {
  /// What the site's frame leaves in copied text.
  private static let chrome: Set<String> = [
    "api reference", "search", "⌃k", "ctrl+k", "links", "copied!", "copy", "was this helpful?",
  ]
  private static let footers = [
    "last updated", "last modified", "powered by gitbook", "export as pdf",
  ]

  private enum Section { case none, request, arguments, example, fields, sortable, filterable }

  private var page: Page
  private var lines: [Substring]
  private var index = 0
  private var section = Section.none
  private var tab: String?
  private var rows: [Table.Row] = []
  private var items: [ListItem] = []
  private var tableHeader: [Inline] = []

  static func read(_ text: String, file: String) -> Page {
    var reader = TextReader(file: file, text: text)
    reader.run()
    return reader.page
  }

  private init(file: String, text: String) {
    page = Page(file: file, kind: .text)
    lines = text.split(separator: "\n", omittingEmptySubsequences: false)
  }

  private var number: Int { index + 1 }

  private func trimmed(_ index: Int) -> String {
    String(
      lines[index].drop { $0.isWhitespace || $0 == "\u{FEFF}" || $0 == "\u{200B}" }.reversed()
        .drop { $0.isWhitespace || $0 == "\u{200B}" }.reversed())
  }

  private mutating func run() {
    guard let title = findTitle() else { return }
    index = title
    add(.heading(level: 1, Inline(text: trimmed(title))))
    index += 1
    while index < lines.count {
      let line = trimmed(index)
      if line.isEmpty || Self.chrome.contains(line.lowercased()) {
        index += 1
      } else if Self.footers.contains(where: line.lowercased().hasPrefix), section != .example {
        index += 1
      } else if line.lowercased().hasPrefix("agent instructions") {
        break
      } else if let heading = heading(line) {
        finish()
        enter(heading, line)
        index += 1
      } else {
        take(line)
      }
    }
    finish()
  }

  /// The title is the first line that reads like one and is followed by its description; failing
  /// that the first that reads like one at all.
  private mutating func findTitle() -> Int? {
    let candidates = lines.indices.filter {
      let line = trimmed($0)
      return line.count < 100 && !line.hasSuffix(".") && PageTitle.read(line).kind != .overview
    }
    let described = candidates.first { candidate in
      let next = lines.indices[(candidate + 1)...].first { !trimmed($0).isEmpty }.map(trimmed)
      guard let next else { return false }
      return next.hasPrefix("How to") || next.hasPrefix("A comprehensive list")
    }
    if let described { return described }
    if let first = candidates.first {
      page.diagnostics.append(
        Diagnostic(
          .note, .titleGuess, file: page.file, line: first + 1,
          "'\(trimmed(first))' is taken for the title though no description follows"))
      return first
    }
    return nil
  }

  private func heading(_ line: String) -> Section? {
    switch line.lowercased() {
    case "request" where section == .none: .request
    case "arguments" where section == .request || section == .none: .arguments
    case "example": .example
    case "fields" where section == .none: .fields
    case "sortable fields", "sortable attributes": .sortable
    case "filterable fields", "filterable attributes": .filterable
    default: nil
    }
  }

  private mutating func enter(_ next: Section, _ line: String) {
    section = next
    tab = nil
    add(.heading(level: next == .request ? 2 : 3, Inline(text: line)))
  }

  private mutating func take(_ line: String) {
    switch section {
    case .arguments, .fields:
      if takeCell(line) { return }
    case .sortable, .filterable:
      if takeItem(line) { return }
    case .example:
      if takeExample(line) { return }
    case .request:
      if takeRequest(line) { return }
    case .none: break
    }
    add(.paragraph(Inline(text: line)))
    index += 1
  }

  /// Cells one on a line: a row is a name and the lines up to the next name.
  private mutating func takeCell(_ line: String) -> Bool {
    let lower = line.lowercased()
    if rows.isEmpty, !Self.isParameter(line) {
      // The header's cells, one a line or glued together.
      if ["body parameter", "field", "type", "required", "description"].contains(lower) {
        tableHeader.append(Inline(text: line))
      } else if lower.hasPrefix("body parametertype") {
        tableHeader = ["Body Parameter", "Type", "Required"].map { Inline(text: $0) }
      } else {
        return false
      }
      index += 1
      return true
    }
    guard !rows.isEmpty || !tableHeader.isEmpty else { return false }
    if Self.isParameter(line) {
      rows.append(.init(cells: [Inline(text: line)], line: number))
    } else if var last = rows.popLast() {
      if last.cells.count < 3 {
        last.cells.append(Inline(text: line))
      } else {
        // A cell that was broken at a mark goes on.
        last.cells[2] = Inline(text: last.cells[2].text + " " + line)
      }
      rows.append(last)
    }
    index += 1
    return true
  }

  /// `type`, `id` or a name in its namespace. The header's `Type` has a capital.
  private static func isParameter(_ line: String) -> Bool {
    if line == "type" || line == "id" { return true }
    guard let dot = line.firstIndex(of: ".") else { return false }
    let space = line[..<dot]
    return ["attributes", "relationships", "links", "meta"].contains(String(space))
      && Names.isWireName(line[line.index(after: dot)...])
  }

  private mutating func takeItem(_ line: String) -> Bool {
    if ["attributes", "relationships"].contains(line.lowercased()) {
      finish()
      add(.heading(level: 4, Inline(text: line)))
      index += 1
      return true
    }
    let isBullet = "•*-◦‣".contains(line.prefix(1))
    let text = String(line.drop { "•*-◦‣ ".contains($0) || $0.isWhitespace })
    guard isBullet || Names.isWireName(text) else { return false }
    items.append(ListItem(text: Inline(text: text), line: number))
    index += 1
    return true
  }

  private mutating func takeExample(_ line: String) -> Bool {
    let lower = line.lowercased()
    if lower == "request" || lower == "response" {
      index += 1
      return true
    }
    if let curl = lines[index].firstRange(of: "curl -") {
      let before = lines[index][..<curl.lowerBound]
      if !before.allSatisfy(\.isWhitespace) { add(.paragraph(Inline(text: String(before)))) }
      lines[index] = lines[index][curl.lowerBound...]
      tab = "Request"
      take(TextCode.command(in: lines, from: index))
      tab = "Response"
      return true
    }
    let isNumbered = line == "1" && index + 1 < lines.count && trimmed(index + 1).hasPrefix("{")
    if line == "{" || line.hasPrefix("{\"") || line.hasPrefix("{ \"") || isNumbered {
      if isNumbered { index += 1 }
      tab = tab ?? "Response"
      take(TextCode.json(in: lines, from: index, numbered: isNumbered))
      return true
    }
    return false
  }

  private mutating func take(_ code: TextCode) {
    add(.code(code.text))
    index = code.next
    if !code.rest.isEmpty, index < lines.count { lines[index] = code.rest }
  }

  /// A request line that copying broke at its marks is put together again.
  private mutating func takeRequest(_ line: String) -> Bool {
    guard RequestLine.methods.contains(line) else { return false }
    var text = line + " "
    var last = index + 1
    while last < lines.count, last <= index + Self.requestPieces {
      text += trimmed(last)
      if RequestLine.read(text) != nil {
        add(.paragraph(Inline(text: text)))
        index = last + 1
        return true
      }
      last += 1
    }
    return false
  }

  /// How many lines a broken request line may take.
  private static let requestPieces = 4

  private mutating func add(_ content: Block.Content) {
    page.blocks.append(Block(content: content, line: number, tab: tab))
  }

  /// Closes the table or list that was being collected.
  private mutating func finish() {
    if !rows.isEmpty {
      let width = max(tableHeader.count, 3)
      let full = rows.map { row in
        Table.Row(
          cells: row.cells + Array(repeating: Inline(), count: max(0, width - row.cells.count)),
          line: row.line)
      }
      page.blocks.append(
        Block(content: .table(Table(header: tableHeader, rows: full)), line: full[0].line))
    }
    if let first = items.first {
      page.blocks.append(Block(content: .list(items), line: first.line))
    }
    (rows, items, tableHeader) = ([], [], [])
  }
}
