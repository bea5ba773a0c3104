/// Gives the tags of raw HTML in Markdown the lines they stand on: cmark-gfm passes them through as
/// they are.
enum HTMLPositions {
  private static let tags = [
    "table", "thead", "tbody", "tr", "td", "th", "ul", "ol", "li", "dl", "dt", "dd", "p", "pre",
    "div", "h1", "h2", "h3", "h4", "h5", "h6", "details", "summary",
  ]

  /// The line with its tags' positions, when it is one of raw HTML.
  static func add(to line: String, number: Int) -> String {
    let start = line.drop { $0 == " " }
    guard start.first == "<", start.dropFirst().first?.isLetter ?? false,
      line.utf8.count < maximumLength
    else { return line }
    var out = ""
    var rest = Substring(line)
    while let open = rest.firstIndex(of: "<") {
      out += rest[...open]
      rest = rest[rest.index(after: open)...]
      let name = rest.prefix { $0.isLetter || $0.isNumber }
      let after = rest.dropFirst(name.count).first
      if tags.contains(name.lowercased()), after == ">" || after == " " {
        out += name + " \(CommonMark.positionAttribute)=\"\(number):1-\(number):1\""
        rest = rest.dropFirst(name.count)
      }
    }
    return out + rest
  }

  /// Longer lines keep what they have: positions would make them longer still.
  private static let maximumLength = 256 * 1024
}
