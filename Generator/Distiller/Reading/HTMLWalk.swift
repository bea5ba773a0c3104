/// Walks an HTML tree into the page model: the one way for saved pages and for rendered Markdown.
struct HTMLWalk {
  /// Where the HTML came from, which decides what its line numbers mean.
  enum Origin {
    case saved
    /// Rendered by cmark-gfm: lines stand in an attribute; those in `fenceLines` open a
    /// fence whose code starts at the given line. The `tables` were read ahead of the parser.
    case markdown(fenceLines: [Int: Int], tables: [Block])
  }

  /// Elements that hold no content of the page.
  static let skipped: Set<String> = [
    "script", "style", "svg", "button", "nav", "aside", "footer", "template", "noscript", "head",
    "form", "iframe", "select", "textarea", "dialog", "object", "canvas", "title",
  ]

  /// Elements that stand within a line; everything else ends the line.
  static let inline: Set<String> = [
    "a", "abbr", "b", "bdi", "code", "del", "em", "font", "i", "ins", "kbd", "label", "mark", "q",
    "s", "samp", "small", "span", "strong", "sub", "sup", "u", "var", "wbr", "img",
  ]

  private(set) var page: ParsedPage
  private let origin: Origin
  private var line = 1
  private var tab: String?
  private var hint: String?
  private var runs: [Inline.Run] = []
  private var paragraphLine = 1
  private let tabs: HTMLTabs
  private var tabLists = 0
  private var tabPanels = 0
  /// Whether `header` elements are the site's.
  var skipsHeaders = false
  /// Whether some element says that it is the page's title, so that no other heading is one.
  var hasMarkedTitle = false

  init(file: String, kind: ContentKind, origin: Origin, tabs: HTMLTabs = HTMLTabs()) {
    page = ParsedPage(file: file, kind: kind)
    self.origin = origin
    self.tabs = tabs
  }

  /// Walks the part of the tree that is the page.
  mutating func run(_ root: HTMLElement) {
    visit(children: root, style: .init(text: ""))
    flush()
  }

  private mutating func visit(children element: HTMLElement, style: Inline.Run) {
    for child in element.children {
      switch child {
      case .text(let text): append(text, style)
      case .element(let child): visit(child, style: style)
      case .comment(let text, _): mark(text)
      }
    }
  }

  private mutating func visit(_ element: HTMLElement, style: Inline.Run) {
    if element.role == "tablist" {
      (tabLists, tabPanels) = (tabLists + 1, 0)
      return
    }
    if element.isFrame || skipsHeaders && element.name == "header" { return }
    // Anchors beside headings and numbers beside lines; panels that are not shown are content.
    if Self.inline.contains(element.name), element.attributes["aria-hidden"] == "true" { return }
    if element.name == "code", !style.isCode, element.holdsCodeBlock {
      flush()
      line = position(of: element)
      return addCode(element)
    }
    if Self.inline.contains(element.name) {
      if runs.isEmpty { paragraphLine = position(of: element) }
      var style = style
      if ["code", "kbd", "samp"].contains(element.name) { style.isCode = true }
      if ["b", "strong"].contains(element.name) { style.isStrong = true }
      visit(children: element, style: style)
      return
    }
    visit(block: element, style: style)
  }

  private mutating func visit(block element: HTMLElement, style: Inline.Run) {
    flush()
    line = position(of: element)
    paragraphLine = line
    switch element.name {
    case _ where element.isMarkedTitle: add(.heading(level: 1, element.inline), at: line)
    case "h1", "h2", "h3", "h4", "h5", "h6":
      addHeading(element, level: element.name.last.flatMap { Int(String($0)) } ?? 1)
    case _ where element.role == "heading":
      addHeading(element, level: element.attributes["aria-level"].flatMap { Int($0) } ?? 2)
    case "pre": addCode(element)
    case "ul", "ol": addList(element)
    case "dl":
      if let table = HTMLTable.read(terms: element, lines: position) {
        add(.table(table), at: line)
      }
    case "table":
      let table = HTMLTable.read(tag: element, lines: position)
      if HTMLTable.isLayout(element, table) {
        visit(children: element, style: style)
        flush()
      } else {
        page.marks.insert(.tableByTag)
        addTable(table)
      }
    case "br": break
    case "summary": addSummary(element)
    case _ where HTMLTable.roles.contains(element.role):
      page.marks.insert(.tableByRole)
      addTable(HTMLTable.read(role: element, lines: position))
    case _ where element.role == "tabpanel":
      let outer = tab
      tab = tabs.title(of: element, list: tabLists, position: tabPanels) ?? tab
      tabPanels += 1
      visit(children: element, style: style)
      flush()
      tab = outer
    case _ where Self.isHint(element):
      let outer = hint
      hint = "note"
      visit(children: element, style: style)
      flush()
      hint = outer
    default:
      visit(children: element, style: style)
      flush()
    }
  }

  /// Hints are `role=note`, in older pages a `div` that is called so in its only readable class.
  private static func isHint(_ element: HTMLElement) -> Bool {
    element.role == "note"
      || (element.attributes["class"] ?? "").split(separator: " ").contains("hint")
  }

  private mutating func mark(_ text: String) {
    guard case .markdown(_, let tables) = origin, let comment = PageComment(text) else { return }
    flush()
    switch comment {
    case .tab(let title): tab = title
    case .endTab: tab = nil
    case .hint(let style): hint = style
    case .endHint: hint = nil
    case .table(let number) where tables.indices.contains(number):
      add(tables[number].content, at: tables[number].line)
    case .table: break
    }
  }

  private mutating func append(_ text: String, _ style: Inline.Run) {
    guard !(runs.isEmpty && text.allSatisfy(\.isWhitespace)) else { return }
    runs.append(.init(text: text, isCode: style.isCode, isStrong: style.isStrong))
  }

  private mutating func flush() {
    guard !runs.isEmpty else { return }
    let pieces = sourceLines(of: Inline(runs))
    let text = Inline(runs).normalized
    runs = []
    if let pieces {
      page.marks.insert(.converted)
      for (offset, piece) in pieces.enumerated() where !piece.isEmpty {
        add(.paragraph(piece), at: paragraphLine + offset)
      }
    } else if !text.isEmpty {
      add(.paragraph(text), at: paragraphLine)
    }
  }

  /// The lines of a paragraph of Markdown that is not a sentence but the cells of a table, one on each
  /// line; nil for any other paragraph.
  private func sourceLines(of text: Inline) -> [Inline]? {
    guard case .markdown = origin, text.runs.contains(where: { $0.text.contains("\n") }) else {
      return nil
    }
    let pieces = text.lines.map(\.normalized)
    // One alone may be where a sentence was wrapped.
    return pieces.count { TextLine.isCell($0.text) } > 1 ? pieces : nil
  }

  private mutating func add(_ content: Block.Content, at line: Int) {
    page.blocks.append(Block(content: content, line: line, tab: tab, hint: hint))
  }

  private mutating func addTable(_ table: Table?) {
    if let table { add(.table(table), at: line) }
  }

  private mutating func addHeading(_ element: HTMLElement, level: Int) {
    let level = hasMarkedTitle ? max(level, 2) : level
    add(.heading(level: level, element.headingText), at: line)
  }

  /// What is folded away is a section like any other when its title is one's.
  private mutating func addSummary(_ element: HTMLElement) {
    let text = element.headingText
    if SectionHeading.read(text.text) != nil { add(.heading(level: 6, text), at: line) }
  }

  private mutating func addCode(_ element: HTMLElement) {
    let code = HTMLCode.read(element)
    guard !code.text.allSatisfy(\.isWhitespace) else { return }
    var block = Block(content: .code(code.text), line: line, tab: tab, hint: hint)
    switch origin {
    case .saved: block.lineMap = code.lines
    case .markdown(let fences, _):
      block.line = fences[line] ?? line
    }
    page.blocks.append(block)
  }

  /// What stands in an item beside its text, a table or a list, follows it as a block of its own.
  private mutating func addList(_ element: HTMLElement) {
    var items: [ListItem] = []
    let start = line
    for item in element.all(where: { $0.name == "li" }) {
      let text = item.itemText
      if !text.isEmpty { items.append(ListItem(text: text, line: position(of: item))) }
      let inner = item.all { $0.isStructure }
      guard !inner.isEmpty else { continue }
      if !items.isEmpty { add(.list(items), at: items[0].line) }
      items = []
      for structure in inner { visit(structure, style: .init(text: "")) }
      flush()
    }
    if !items.isEmpty { add(.list(items), at: items.count == 1 ? items[0].line : start) }
  }

  /// The line an element stands on; elements that do not know theirs are where the last one was.
  private func position(of element: HTMLElement) -> Int {
    switch origin {
    case .saved: element.line
    case .markdown: element.sourceLine ?? line
    }
  }
}
