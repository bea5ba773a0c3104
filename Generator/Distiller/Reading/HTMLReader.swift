/// Reads a page saved from the site. Tags, roles and ids are matched, never classes: those are
/// hashes or utilities and change from month to month.
enum HTMLReader {
  /// - Throws: the ``Diagnostic`` that says why the page is refused.
  static func read(_ text: String, file: String) throws(Diagnostic) -> Page {
    let tree = try HTMLTree.parse(text, file: file)
    var walk = HTMLWalk(file: file, kind: .html, origin: .saved)
    walk.run(tree.first(named: "main") ?? tree.first(named: "body") ?? tree)
    return walk.page
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
