/// The text within elements.
extension HTMLElement {
  /// The line of the Markdown an element was rendered from, where it says so.
  var sourceLine: Int? {
    attributes[CommonMark.positionAttribute]?.split(separator: ":").first.flatMap { Int($0) }
  }

  /// The text below with its marks, joined without blanks inside a line and with one between
  /// blocks.
  var inline: Inline { collected { _ in false } }

  /// The text of a list's item without the lists, tables and code in it.
  var itemText: Inline { collected(without: \.isStructure) }

  /// The text of a heading without the anchor that leads to it.
  var headingText: Inline {
    collected { element in
      guard element.name == "a", element.attributes["href"]?.hasPrefix("#") ?? false else {
        return element.attributes["aria-hidden"] == "true"
      }
      let text = element.inline.text
      return !text.contains { $0.isLetter && $0.isASCII }
        || text == element.attributes["aria-label"]
        || text.lowercased().hasPrefix("direct link")
    }
  }

  /// Whether a box is ticked; nil for what is not a box.
  private var isTicked: Bool? {
    if name == "input", attributes["type"]?.lowercased() == "checkbox" {
      return attributes["checked"] != nil || attributes["aria-checked"] == "true"
    }
    return role == "checkbox" ? attributes["aria-checked"] == "true" : nil
  }

  /// The text of a table's cell without that of tables inside it.
  var cellText: Inline {
    collected { $0.name == "table" || HTMLTable.roles.contains($0.role) }
  }

  /// Whether an element holds content that is not a line of text.
  var isStructure: Bool {
    ["ul", "ol", "table", "pre", "dl", "details", "h1", "h2", "h3", "h4", "h5", "h6"]
      .contains(name) || HTMLTable.roles.contains(role)
  }

  /// Whether a `code` outside of a `pre` is an example of several lines all the same.
  var holdsCodeBlock: Bool {
    let text = rawText
    let start = text.drop(while: \.isWhitespace)
    guard start.hasPrefix("{") || start.hasPrefix("curl ") else { return false }
    return text.contains("\n") || !all { $0.name == "br" || $0.name == "div" }.isEmpty
  }

  private func collected(without test: (HTMLElement) -> Bool) -> Inline {
    var runs: [Inline.Run] = []
    collect(into: &runs, style: .init(text: ""), without: test)
    return Inline(runs).normalized
  }

  private func collect(
    into runs: inout [Inline.Run], style: Inline.Run, without test: (HTMLElement) -> Bool
  ) {
    for child in children {
      switch child {
      case .text(let text):
        runs.append(.init(text: text, isCode: style.isCode, isStrong: style.isStrong))
      case .comment: break
      case .element(let element):
        if let isTicked = element.isTicked {
          runs.append(.init(text: isTicked ? " true " : " false "))
          continue
        }
        if HTMLWalk.skipped.contains(element.name) || test(element) { continue }
        var style = style
        if ["code", "kbd", "samp"].contains(element.name) { style.isCode = true }
        if ["b", "strong"].contains(element.name) { style.isStrong = true }
        let isBlock = !HTMLWalk.inline.contains(element.name)
        if isBlock, !runs.isEmpty { runs.append(.init(text: " ")) }
        element.collect(into: &runs, style: style, without: test)
        if isBlock, !runs.isEmpty { runs.append(.init(text: " ")) }
      }
    }
  }
}
