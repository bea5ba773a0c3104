/// Markdown made ready for cmark-gfm, with every line where it was.
///
/// GitBook's `{% … %}` tags become comments, which survive the way through HTML and end a paragraph
/// as the tag does. What is chrome, not content, is blanked.
struct MarkdownPreparation {
  /// The text for cmark-gfm.
  var text = ""
  var marks: Set<FormMark> = []
  var diagnostics: [Diagnostic] = []
  /// The lines that open a fence: their code starts a line later.
  var fenceLines: Set<Int> = []

  private let file: String
  private var table = TableShape()

  private init(file: String) { self.file = file }

  static func prepare(_ text: String, file: String) -> MarkdownPreparation {
    var preparation = MarkdownPreparation(file: file)
    preparation.run(text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
    return preparation
  }

  private mutating func run(_ source: [String]) {
    var out: [String] = []
    out.reserveCapacity(source.count)
    var start = 0
    if source.first == "---",
      let end = source.dropFirst().firstIndex(where: { $0 == "---" || $0 == "..." })
    {
      marks.insert(.frontMatter)
      out += Array(repeating: "", count: end + 1)
      start = end + 1
    }
    var fence: Fence?
    for (index, line) in source.enumerated().dropFirst(start) {
      if let open = fence {
        if open.isClosed(by: line) { fence = nil }
        out.append(line)
        continue
      }
      if let opened = Fence(line, number: index + 1) {
        fence = opened
        fenceLines.insert(index + 1)
        out.append(line)
        continue
      }
      if Self.startsAgentAppendix(line) {
        marks.insert(.agentAppendix)
        break
      }
      note(line)
      if let extra = table.extraCells(in: line) {
        diagnostics.append(
          Diagnostic(
            .warning, .cellCount, file: file, line: index + 1,
            "\(extra) \(extra == 1 ? "cell" : "cells") beyond the header's are not read"))
      }
      out.append(replaceTags(in: flatten(line, number: index + 1), number: index + 1))
    }
    if let fence {
      diagnostics.append(
        Diagnostic(
          .warning, .unclosedFence, file: file, line: fence.number,
          "the fence is never closed; the rest of the page is read as code"))
    }
    text = out.joined(separator: "\n") + "\n"
  }

  /// The appendix that the site adds for language models: addressed to them, no part of the
  /// reference, and never to be followed.
  private static func startsAgentAppendix(_ line: String) -> Bool {
    let title = line.drop { $0 == "#" || $0 == " " || $0 == "*" }
    return line.hasPrefix("#") && title.lowercased().hasPrefix("agent instructions")
  }

  private mutating func note(_ line: String) {
    if line.contains("\\_") { marks.insert(.escapedUnderscores) }
    if line.contains("target=\"_blank\"") { marks.insert(.targetLinks) }
    if line.hasPrefix("|"), line.contains(":---") || line.contains(":--") {
      marks.insert(.alignedDelimiters)
    }
    guard RequestLine.startsWithMethod(line) else { return }
    if line.contains("<i></i>") { marks.insert(.emptyItalicInHost) }
    if line.contains("<b>/") { marks.insert(.boldPathByTag) }
    if line.contains("**/") { marks.insert(.boldPathByStars) }
    if line.contains("<http") { marks.insert(.autolinkedRequest) }
    if line.contains("{{id}}") { marks.insert(.templateID) }
  }

  /// Markers nested and rows widened beyond reason are cut: no page has them, and a parser's work
  /// grows with their square.
  private mutating func flatten(_ line: String, number: Int) -> String {
    if line.utf8.count(where: { $0 == UInt8(ascii: "|") }) > Limits.maximumCells {
      diagnostics.append(
        Diagnostic(
          .warning, .cellCount, file: file, line: number,
          "a row of more than \(Limits.maximumCells) cells is left out"))
      return ""
    }
    let markers = line.prefix { ">-*+ ".contains($0) }
    guard markers.count(where: { $0 != " " }) > Limits.maximumMarkdownNesting else { return line }
    if markers.allSatisfy({ $0 == "-" || $0 == " " }) || markers.allSatisfy({ $0 == "*" }) {
      return "---"
    }
    diagnostics.append(
      Diagnostic(.warning, .deepNesting, file: file, line: number, "nesting was cut here"))
    return String(line.dropFirst(markers.count))
  }

  private mutating func replaceTags(in line: String, number: Int) -> String {
    guard line.contains("{%") else { return line }
    var out = ""
    var rest = Substring(line)
    while let open = rest.firstRange(of: "{%"),
      let close = rest[open.upperBound...].firstRange(of: "%}")
    {
      out += rest[..<open.lowerBound]
      out += comment(for: rest[open.upperBound..<close.lowerBound], number: number)
      rest = rest[close.upperBound...]
    }
    return out + rest
  }

  private mutating func comment(for tag: Substring, number: Int) -> String {
    let body = tag.drop { $0 == " " }
    let name = String(body.prefix { $0 != " " })
    switch name {
    case "tab": return PageComment.tab(Self.value("title", in: body) ?? "").text
    case "endtab": return PageComment.endTab.text
    case "hint": return PageComment.hint(Self.value("style", in: body) ?? "info").text
    case "endhint": return PageComment.endHint.text
    case "page-ref", "endpage-ref", "content-ref", "endcontent-ref":
      marks.insert(.pageReference)
      return ""
    case "tabs", "endtabs", "embed", "endembed", "code", "endcode", "file", "endfile", "swagger",
      "endswagger", "columns", "endcolumns", "column", "endcolumn", "stepper", "endstepper", "step",
      "endstep":
      return ""
    case _ where name.hasPrefix("api-method") || name.hasPrefix("endapi-method"):
      if marks.insert(.apiMethodBlock).inserted {
        diagnostics.append(
          Diagnostic(
            .warning, .apiMethodBlock, file: file, line: number,
            "an api-method block of 2019 is not read"))
      }
      return ""
    case _ where marks.contains(.apiMethodBlock) && name.contains("api-"):
      return ""
    default:
      diagnostics.append(
        Diagnostic(
          .warning, .unknownTag, file: file, line: number, "unknown tag '\(name.prefix(40))'",
          expected: "tabs, tab, hint, page-ref"))
      return ""
    }
  }

  /// The value of `name="…"` in a tag.
  private static func value(_ name: String, in tag: Substring) -> String? {
    guard let key = tag.firstRange(of: name + "=\"") else { return nil }
    return String(tag[key.upperBound...].prefix { $0 != "\"" })
  }
}

/// An open code fence.
private struct Fence {
  let marker: Character
  let length: Int
  let number: Int

  init?(_ line: String, number: Int) {
    let indent = line.prefix { $0 == " " }
    let body = line.dropFirst(indent.count)
    guard indent.count < 4, let first = body.first, first == "`" || first == "~" else { return nil }
    let length = body.prefix { $0 == first }.count
    guard length >= 3, first == "~" || !body.dropFirst(length).contains("`") else { return nil }
    (marker, self.length, self.number) = (first, length, number)
  }

  func isClosed(by line: String) -> Bool {
    let body = line.drop { $0 == " " }
    let run = body.prefix { $0 == marker }.count
    return run >= length && body.dropFirst(run).allSatisfy { $0 == " " || $0 == "\t" }
  }
}
