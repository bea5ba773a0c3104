/// Reads a page saved from the site. Tags, roles and ids are matched, never classes: those are
/// hashes or utilities and change from month to month.
enum HTMLReader {
  /// - Throws: the ``PageDiagnostic`` that says why the page is rejected.
  static func read(_ text: String, file: String) throws(PageDiagnostic) -> ParsedPage {
    let tree = try HTMLTree.parse(text, file: file)
    let content = HTMLContent.find(in: tree)
    var walk = HTMLWalk(file: file, kind: .html, origin: .saved, tabs: HTMLTabs(tree))
    walk.skipsHeaders = content.skipsHeaders
    walk.hasMarkedTitle = content.hasMarkedTitle
    for root in content.roots { walk.run(root) }
    var page = walk.page
    page.marks.formUnion(tree.eraMarks)
    if content.hasTitleInHeader { page.marks.insert(.titleInHeader) }
    for line in content.otherPages {
      page.diagnostics.append(
        PageDiagnostic(
          .note, .duplicatePage, file: file, line: line,
          "a further main element with a title of its own is not read"))
    }
    page.diagnostics += tree.depthDiagnostic(file: file, line: \.line)
    return TextLayout.isOne(page) ? TextLayout.read(page) : LooseBlocks.gathered(page)
  }
}

/// Where in a document the page is.
struct HTMLContent {
  var roots: [HTMLElement]
  /// Whether `header` elements belong to the site's frame.
  var skipsHeaders = false
  /// Whether some element says that it is the page's title.
  var hasMarkedTitle = false
  /// Whether the title stands in a `header` of the page's own.
  var hasTitleInHeader = false
  /// The lines of further pages in the document.
  var otherPages: [Int] = []

  /// Looks for `main`. Of several, the one that reads like a reference page is the page and those
  /// without a title continue it. Without any, the body is the page, and its headers are the site's
  /// unless the title stands in one.
  static func find(in tree: HTMLElement) -> HTMLContent {
    let body = tree.first(named: "body") ?? tree
    let mains = tree.all { $0.name == "main" || $0.role == "main" }
    let titled = mains.filter { !$0.titles.isEmpty }
    let place = titled.firstIndex(where: \.isReference) ?? 0
    guard titled.indices.contains(place) else {
      let titles = body.titles
      return HTMLContent(
        roots: [body], skipsHeaders: titles.contains { !$0.isInHeader },
        hasMarkedTitle: titles.contains { $0.element.isMarkedTitle })
    }
    let first = titled[place]
    let others = titled.indices.filter { $0 != place }.map { titled[$0] }
    return HTMLContent(
      roots: [first] + mains.filter { $0.titles.isEmpty },
      hasMarkedTitle: first.titles.contains { $0.element.isMarkedTitle },
      hasTitleInHeader: first.titles.first?.isInHeader ?? false,
      otherPages: others.filter { $0.inline != first.inline }.map(\.line))
  }
}

extension HTMLElement {
  /// Attributes that only one age of the site wrote.
  fileprivate var eraMarks: Set<FormMark> {
    var marks: Set<FormMark> = []
    if !all(where: { $0.attributes["data-offset-key"] != nil }).isEmpty {
      marks.insert(.keyedSpans)
    }
    if !all(where: { $0.attributes["data-testid"] == "page.contentEditor" }).isEmpty {
      marks.insert(.contentEditor)
    }
    return marks
  }

  /// The mark that the site of 2021 to 2023 put on titles.
  var isMarkedTitle: Bool { attributes["data-testid"] == "page.title" }

  /// The headings of the first level below, with whether each stands in a `header`.
  fileprivate var titles: [(element: HTMLElement, isInHeader: Bool)] {
    var out: [(element: HTMLElement, isInHeader: Bool)] = []
    func search(_ element: HTMLElement, inHeader: Bool) {
      for case .element(let child) in element.children where !child.isFrame {
        if child.name == "h1" || child.isMarkedTitle {
          out.append((child, inHeader))
        } else {
          search(child, inHeader: inHeader || child.name == "header")
        }
      }
    }
    search(self, inHeader: false)
    return out
  }

  fileprivate var isReference: Bool {
    titles.contains { PageTitle.read($0.element.inline.text).kind != .overview }
  }

  /// Whether an element belongs to the frame of the site.
  var isFrame: Bool {
    HTMLWalk.skipped.contains(name)
      || ["navigation", "complementary", "contentinfo", "search", "dialog"].contains(role)
  }

  /// The first element of a name, depth first.
  func first(named wanted: String) -> HTMLElement? {
    if name == wanted { return self }
    for case .element(let child) in children {
      if let found = child.first(named: wanted) { return found }
    }
    return nil
  }

  /// A diagnostic when the tree was cut, with the line that `line` gives of the first place.
  func depthDiagnostic(file: String, line: (HTMLElement) -> Int?) -> [PageDiagnostic] {
    func firstCut(_ element: HTMLElement, _ known: Int) -> Int? {
      let known = line(element) ?? known
      if element.isCut { return known }
      for case .element(let child) in element.children {
        if let found = firstCut(child, known) { return found }
      }
      return nil
    }
    guard let place = firstCut(self, 1) else { return [] }
    return [
      PageDiagnostic(
        .warning, .deepNesting, file: file, line: place,
        "elements nested deeper than \(Limits.maximumElementDepth) are left out")
    ]
  }

  /// Every element below that satisfies a test, in document order, not looking inside a match.
  func all(where test: (HTMLElement) -> Bool) -> [HTMLElement] {
    var out: [HTMLElement] = []
    func search(_ element: HTMLElement) {
      for case .element(let child) in element.children {
        if test(child) { out.append(child) } else { search(child) }
      }
    }
    search(self)
    return out
  }

  /// All text below, as it stands.
  var rawText: String {
    children.map { node in
      switch node {
      case .text(let text): text
      case .element(let child): HTMLWalk.skipped.contains(child.name) ? "" : child.rawText
      case .comment: ""
      }
    }.joined()
  }
}
