/// A documentation comment of one or more paragraphs.
struct DocComment: Sendable, Hashable {
  let paragraphs: [DocText]

  init(_ paragraphs: DocText...) { self.paragraphs = paragraphs.filter { !$0.text.isEmpty } }

  /// The lines, each with its `///`, none longer than `width` where words allow.
  func lines(width: Int) -> [String] {
    var lines: [String] = []
    for paragraph in paragraphs {
      if !lines.isEmpty { lines.append("///") }
      var line = "///"
      for word in paragraph.text.split(separator: " ") {
        if line.count + 1 + word.count > width, line != "///" {
          lines.append(line)
          line = "///"
        }
        line += " "
        line += word.replacing(DocText.gap, with: " ")
      }
      lines.append(line)
    }
    return lines
  }
}
