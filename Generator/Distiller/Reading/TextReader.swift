/// Reads plain text copied from the rendered site: the cells of a table stand one on a line, code
/// has no fence and no indentation, both tabs follow each other.
///
/// A line is understood by what it is and by the section it stands in; nothing depends on blank
/// lines, which copies differ in.
struct TextReader {
  enum Section { case none, request, arguments, example, fields, sortable, filterable }

  var page: ParsedPage
  var lines: [Substring]
  var index = 0
  var section = Section.none
  var tab: String?
  private let numbers: [Int]
  var rows: [Table.Row] = []
  private var items: [ListItem] = []
  var tableHeader: [Inline] = []
  /// Lines of a cell that stand above the line of its row's name.
  var cellsAbove: [String] = []
  /// The row of a drawn table whose lines have not all come yet.
  var drawnRow: DrawnRow?
  /// Whether the sentence above a list, which names may be broken out of, may still come.
  private var isBeforeItems = false

  static func read(_ text: String, file: String) -> ParsedPage {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return read(lines, numbers: Array(1...max(1, lines.count)), file: file)
  }

  /// Reads lines that stand in a file at the given numbers.
  static func read(lines: [String], numbers: [Int], file: String) -> ParsedPage {
    read(lines.map { $0[...] }, numbers: numbers, file: file)
  }

  private static func read(_ lines: [Substring], numbers: [Int], file: String) -> ParsedPage {
    var reader = TextReader(
      page: ParsedPage(file: file, kind: .text), lines: ExtractedText.cleaned(lines),
      numbers: numbers)
    reader.run()
    return reader.page
  }

  private init(page: ParsedPage, lines: [Substring], numbers: [Int]) {
    self.page = page
    self.lines = lines
    self.numbers = numbers
  }

  var number: Int { numbers[min(index, numbers.count - 1)] }

  func trimmed(_ index: Int) -> String { TextLine.trimmed(lines[index]) }

  private mutating func run() {
    if let (title, isGuess) = TextTitle.find(in: lines.map { TextLine.trimmed($0) }) {
      enter(title: title, isGuess: isGuess)
    } else if !lines.contains(where: { TextTitle.standsForOne(TextLine.trimmed($0)) }) {
      return reportOtherText()
    }
    while index < lines.count {
      let line = trimmed(index)
      if line.isEmpty || TextLine.isChrome(line) {
        index += 1
      } else if TextLine.isFooter(line), section != .example {
        diagnose(.siteFooter, "'\(line.prefix(40))' belongs to the site's frame")
        index += 1
      } else if line.lowercased().hasPrefix("agent instructions") || startsReferences(line) {
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

  private mutating func enter(title: Int, isGuess: Bool) {
    index = title
    if isGuess {
      diagnose(
        .titleGuess, "'\(trimmed(title))' is taken for the title though no description follows")
    }
    add(.heading(level: 1, Inline(text: trimmed(title))))
    if lines[..<title].contains(where: { !$0.allSatisfy(\.isWhitespace) }) {
      diagnose(.banner, "what stands above the title belongs to the site's frame")
    }
    index += 1
  }

  /// Text of the site of 2019, which has blocks of name, type, description and example.
  private mutating func reportOtherText() {
    let examples = lines.indices.filter { trimmed($0) == "Example:" }
    guard examples.count > 1 else { return }
    index = examples[0]
    page.diagnostics.append(
      PageDiagnostic(
        .warning, .notReference, file: page.file, line: number,
        "is laid out like the site of 2019, which is not in scope"))
  }

  private mutating func diagnose(_ code: DiagnosticCode, _ message: String) {
    page.diagnostics.append(
      PageDiagnostic(.note, code, file: page.file, line: number, message))
  }

  /// The list of the page's links that browsers for terminals put behind it.
  private func startsReferences(_ line: String) -> Bool {
    line == "References" && precedes { $0 == "Visible links:" || $0.hasPrefix("1. ") }
  }

  /// What follows tells a heading from a tab's title and from a table of contents.
  private func heading(_ line: String) -> Section? {
    switch SectionHeading.read(line) {
    case .request where section != .example || precedes { RequestLine.startsWithMethod($0) }:
      .request
    case .arguments
    where section == .request || section == .none || precedes(isRowOrHeader):
      .arguments
    case .example: .example
    case .fields where section == .none || precedes(isRowOrHeader): .fields
    case .sortable, .both: .sortable
    case .filterable: .filterable
    default: nil
    }
  }

  private func isRowOrHeader(_ line: String) -> Bool {
    TextLine.headerCells(line) != nil || TextLine.isParameter(line) || BarRow(line) != nil
  }

  /// Whether the next line with content passes a test.
  func precedes(_ test: (String) -> Bool) -> Bool {
    for next in lines.indices[(index + 1)...].prefix(4) {
      let line = trimmed(next)
      if !line.isEmpty { return test(line) }
    }
    return false
  }

  mutating func enter(_ next: Section, _ line: String) {
    section = next
    tab = nil
    isBeforeItems = true
    add(.heading(level: next == .request ? 2 : 3, Inline(text: line)))
  }

  private mutating func take(_ line: String) {
    if section != .arguments, section != .fields, let next = sectionOfTable(line) {
      finish()
      enter(next, next == .arguments ? "Arguments" : "Fields")
    }
    switch section {
    case .arguments, .fields:
      if takeCell(line) { return }
    case .sortable, .filterable:
      if takeItem(line) { return }
    case .example:
      if takeExample(line) { return }
    case .request, .none: break
    }
    if joins(line) { return }
    add(.paragraph(TextLine.inline(line)))
    index += 1
  }

  /// Joins a line to the sentence that was wrapped before it.
  private mutating func joins(_ line: String) -> Bool {
    guard section != .sortable, section != .filterable, index > 0,
      let last = page.blocks.indices.last, page.blocks[last].tab == tab,
      case .paragraph(let text) = page.blocks[last].content,
      trimmed(index - 1).count >= Self.wrappedLength,
      text.text.utf8.count < Self.maximumSentence, text.text.hasSuffix(trimmed(index - 1)),
      let end = text.text.last, !".:!?".contains(end), RequestLine.read(text.text) == nil,
      RequestLine.read(line) == nil
    else { return false }
    page.blocks[last].content = .paragraph(TextLine.inline(text.text + " " + line))
    index += 1
    return true
  }

  /// What is longer is not a sentence, in bytes.
  private static let maximumSentence = 2000
  /// Shorter lines end where their sentence does.
  private static let wrappedLength = 50

  // MARK: Lists

  private mutating func takeItem(_ line: String) -> Bool {
    if case .part = SectionHeading.read(line), line.count < 20 {
      finish()
      isBeforeItems = false
      add(.heading(level: 4, Inline(text: line)))
      index += 1
      return true
    }
    let bulleted = TextLine.bulleted(line)
    // Pieces of the sentence above the list may look like names.
    if isBeforeItems, bulleted == nil, items.isEmpty, skipSentence(line) { return true }
    let text = bulleted ?? line
    guard bulleted != nil || NameList.names(in: text) != nil else { return false }
    items.append(ListItem(text: Inline(text: text), line: number))
    index += 1
    return true
  }

  /// The sentence above a list ends in a colon, wherever copying broke it.
  private mutating func skipSentence(_ line: String) -> Bool {
    isBeforeItems = false
    guard line.contains(" "), !line.hasSuffix(":"), NameList.names(in: line) == nil else {
      return false
    }
    for next in lines.indices[(index + 1)...].prefix(Self.sentencePieces) {
      let piece = trimmed(next)
      if TextLine.bulleted(piece) != nil || SectionHeading.read(piece) != nil { return false }
      guard piece.hasSuffix(":") else { continue }
      index = next + 1
      return true
    }
    return false
  }

  /// How many lines the broken sentence above a list may take.
  private static let sentencePieces = 8

  mutating func add(_ content: Block.Content, lineMap: [Int] = []) {
    page.blocks.append(
      Block(content: content, line: lineMap.first ?? number, lineMap: lineMap, tab: tab))
  }

  /// The numbers of the lines from one to another.
  func lineMap(from start: Int, through end: Int) -> [Int] {
    guard start < numbers.count else { return [] }
    return Array(numbers[start...min(max(start, end), numbers.count - 1)])
  }

  /// Closes the table or list that was being collected.
  mutating func finish() {
    finishDrawnRow()
    if !rows.isEmpty {
      page.blocks.append(
        Block(content: .table(Table(header: tableHeader, rows: rows)), line: rows[0].line))
    }
    if let first = items.first {
      page.blocks.append(Block(content: .list(items), line: first.line))
    }
    (rows, items, tableHeader, cellsAbove) = ([], [], [], [])
  }
}
