/// Walks an HTML tree into the page model: the one way for saved pages and for rendered Markdown.
struct HTMLWalk {
  /// Where the HTML came from, which decides what its line numbers mean.
  enum Origin {
    case saved
    /// Rendered by cmark-gfm: lines stand in an attribute; those in `fenceLines` open a fence.
    case markdown(fenceLines: Set<Int>)
  }

  /// Elements that hold no content of the page.
  static let skipped: Set<String> = [
    "script", "style", "svg", "button", "nav", "aside", "footer", "template", "noscript", "head",
    "form", "iframe", "select",
  ]

  /// Elements that stand within a line; everything else ends the line.
  private static let inline: Set<String> = [
    "a", "abbr", "b", "bdi", "code", "del", "em", "font", "i", "ins", "kbd", "label", "mark", "q",
    "s", "samp", "small", "span", "strong", "sub", "sup", "u", "var", "wbr", "img",
  ]

  private(set) var page: Page
  private let origin: Origin
  private var line = 1
  private var tab: String?
  private var hint: String?
  private var runs: [Inline.Run] = []
  private var paragraphLine = 1
  private var tabTitles: [String: String] = [:]

  init(file: String, kind: ContentKind, origin: Origin) {
    page = Page(file: file, kind: kind)
    self.origin = origin
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
      for button in element.all(where: { $0.role == "tab" }) {
        guard let panel = button.attributes["aria-controls"] else { continue }
        tabTitles[panel] = Inline(text: button.rawText).normalized.text
      }
      return
    }
    if Self.skipped.contains(element.name) { return }
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
    case "h1", "h2", "h3", "h4", "h5", "h6":
      let level = element.name.last.flatMap { Int(String($0)) } ?? 1
      add(.heading(level: level, inline(of: element)), at: line)
    case "pre": addCode(element)
    case "ul", "ol": addList(element)
    case "table":
      page.marks.insert(.tableByTag)
      addTable(HTMLTable.read(tag: element, lines: position))
    case "br", "summary": break
    case _ where element.role == "table":
      page.marks.insert(.tableByRole)
      addTable(HTMLTable.read(role: element, lines: position))
    case _ where element.role == "tabpanel":
      let outer = tab
      tab = element.attributes["id"].flatMap { tabTitles[$0] } ?? tab
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
    guard case .markdown = origin, let comment = PageComment(text) else { return }
    flush()
    switch comment {
    case .tab(let title): tab = title
    case .endTab: tab = nil
    case .hint(let style): hint = style
    case .endHint: hint = nil
    }
  }

  private mutating func append(_ text: String, _ style: Inline.Run) {
    guard !(runs.isEmpty && text.allSatisfy(\.isWhitespace)) else { return }
    runs.append(.init(text: text, isCode: style.isCode, isStrong: style.isStrong))
  }

  private mutating func flush() {
    guard !runs.isEmpty else { return }
    let text = Inline(runs).normalized
    runs = []
    if !text.isEmpty { add(.paragraph(text), at: paragraphLine) }
  }

  private mutating func add(_ content: Block.Content, at line: Int) {
    page.blocks.append(Block(content: content, line: line, tab: tab, hint: hint))
  }

  private mutating func addTable(_ table: Table?) {
    if let table { add(.table(table), at: line) }
  }

  private mutating func addCode(_ element: HTMLElement) {
    let text = HTMLCode.text(of: element)
    guard !text.allSatisfy(\.isWhitespace) else { return }
    var start = line
    if case .markdown(let fences) = origin, fences.contains(line) { start += 1 }
    add(.code(text), at: start)
  }

  private mutating func addList(_ element: HTMLElement) {
    let items = element.all { $0.name == "li" }.map {
      ListItem(text: inline(of: $0), line: position(of: $0))
    }.filter { !$0.text.isEmpty }
    if !items.isEmpty { add(.list(items), at: line) }
  }

  /// The line an element stands on; elements that do not know theirs are where the last one was.
  private func position(of element: HTMLElement) -> Int {
    switch origin {
    case .saved: element.line
    case .markdown: element.sourceLine ?? line
    }
  }

  private func inline(of element: HTMLElement) -> Inline { element.inline }
}

extension HTMLElement {
  /// The line of the Markdown an element was rendered from, where it says so.
  var sourceLine: Int? {
    attributes[CommonMark.positionAttribute]?.split(separator: ":").first.flatMap { Int($0) }
  }

  /// The text below with its marks, joined without blanks inside a line and with one between
  /// paragraphs.
  var inline: Inline {
    var runs: [Inline.Run] = []
    collect(into: &runs, style: .init(text: ""))
    return Inline(runs).normalized
  }

  private func collect(into runs: inout [Inline.Run], style: Inline.Run) {
    for child in children {
      switch child {
      case .text(let text):
        runs.append(.init(text: text, isCode: style.isCode, isStrong: style.isStrong))
      case .comment: break
      case .element(let element):
        if HTMLWalk.skipped.contains(element.name) { continue }
        var style = style
        if ["code", "kbd", "samp"].contains(element.name) { style.isCode = true }
        if ["b", "strong"].contains(element.name) { style.isStrong = true }
        if ["br", "p", "li"].contains(element.name), !runs.isEmpty {
          runs.append(.init(text: " "))
        }
        element.collect(into: &runs, style: style)
      }
    }
  }
}
