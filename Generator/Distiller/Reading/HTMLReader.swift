/// Reads a page saved from the site. Tags, roles and ids are matched, never classes: those are
/// hashes or utilities and change from month to month.
enum HTMLReader {
  /// - Throws: the ``Diagnostic`` that says why the page is refused.
  static func read(_ text: String, file: String) throws(Diagnostic) -> Page {
    let tree = try HTMLTree.parse(text, file: file)
    var walk = HTMLWalk(file: file, kind: .html, origin: .saved)
    walk.run(tree.first(named: "main") ?? tree.first(named: "body") ?? tree)
    var page = walk.page
    page.diagnostics += tree.remarkOnDepth(file: file, line: \.line)
    return page
  }
}

extension HTMLElement {
  /// The first element of a name, depth first.
  func first(named wanted: String) -> HTMLElement? {
    if name == wanted { return self }
    for case .element(let child) in children {
      if let found = child.first(named: wanted) { return found }
    }
    return nil
  }

  /// A remark when the tree was cut, with the line that `line` gives of the first place.
  func remarkOnDepth(file: String, line: (HTMLElement) -> Int?) -> [Diagnostic] {
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
      Diagnostic(
        .warning, .deepNesting, file: file, line: place,
        "elements nested deeper than \(Limits.maximumElementDepth) are left out")
    ]
  }

  /// Every element below that satisfies a test, in document order, not looking inside a match.
  func all(where test: (HTMLElement) -> Bool) -> [HTMLElement] {
    children.flatMap { node -> [HTMLElement] in
      guard case .element(let child) = node else { return [] }
      return test(child) ? [child] : child.all(where: test)
    }
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
