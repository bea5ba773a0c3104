/// Reads code out of a `pre`: newlines may be text, or implied by one element a line.
enum HTMLCode {
  static func text(of pre: HTMLElement) -> String {
    let code = pre.first(named: "code") ?? pre
    let raw = code.rawText
    guard !raw.contains("\n") else { return linesJoined(code, raw: raw) }
    let lines = code.children.compactMap { node -> String? in
      guard case .element(let line) = node else { return nil }
      return line.rawText
    }
    return lines.count > 1 ? lines.joined(separator: "\n") + "\n" : raw
  }

  /// Lines in `div`s end where the `div` does, also when the newline is not spelled out.
  private static func linesJoined(_ code: HTMLElement, raw: String) -> String {
    let divs = code.all { $0.name == "div" }
    guard divs.count > 1, divs.contains(where: { !$0.rawText.hasSuffix("\n") }) else { return raw }
    return divs.map { $0.rawText.hasSuffix("\n") ? $0.rawText : $0.rawText + "\n" }.joined()
  }
}
