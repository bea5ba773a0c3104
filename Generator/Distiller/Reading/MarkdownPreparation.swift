/// Markdown made ready for cmark-gfm, with every line where it was.
///
/// GitBook's `{% … %}` tags become comments, which survive the way through HTML and end a paragraph
/// as the tag does. What is chrome, not content, is blanked. Damage that would cost more than the
/// damaged place is mended and reported.
struct MarkdownPreparation {
  /// The text for cmark-gfm.
  var text = ""
  var marks: Set<FormMark> = []
  var diagnostics: [PageDiagnostic] = []
  /// For the lines that open a fence, the first line of their code.
  var fenceLines: [Int: Int] = [:]
  /// The tables that no parser of CommonMark reads, each with its line; comments stand in their places.
  var tables: [(table: ColumnTable, line: Int)] = []

  private let file: String
  private var table = TableShape()
  private var out: [String] = []
  /// Tags that end blocks of reference and that do not occur any more.
  private var missingEndings: Set<String> = []
  /// How many of pandoc's fenced divs are open.
  private var openDivs = 0
  /// How many more damaged fences are looked into.
  private var lookups = Limits.maximumFenceLookups

  private init(file: String) { self.file = file }

  static func prepare(_ text: String, file: String) -> MarkdownPreparation {
    var preparation = MarkdownPreparation(file: file)
    preparation.run(text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
    return preparation
  }

  private mutating func run(_ source: [String]) {
    out.reserveCapacity(source.count)
    var index = skipFrontMatter(source)
    while index < source.count {
      let line = source[index]
      if let fence = MarkdownFence.at(index, in: source, lookups: &lookups) {
        take(fence, source)
        index = fence.last + 1
        continue
      }
      if Self.startsAgentAppendix(line) {
        marks.insert(.agentAppendix)
        break
      }
      if let end = foreignReference(at: index, source) {
        out += Array(repeating: "", count: end - index + 1)
        index = end + 1
        continue
      }
      if let table = ColumnTable.at(index, in: source) {
        marks.insert(.converted)
        out.append(PageComment.table(tables.count).text)
        out += Array(repeating: "", count: table.last - index)
        tables.append((table, index + 1))
        index = table.last + 1
        continue
      }
      if let div = FencedDiv.html(of: line, number: index + 1) {
        marks.insert(.converted)
        let isEnd = div.hasSuffix("</div>")
        let depth = isEnd ? openDivs : openDivs + 1
        openDivs = max(0, isEnd ? depth - 1 : depth)
        if !isEnd, depth == Limits.maximumMarkdownNesting {
          report(.deepNesting, index + 1, "nesting was cut here")
        }
        out.append(depth < Limits.maximumMarkdownNesting ? div : "")
        index += 1
        continue
      }
      note(line)
      let mended = mendTable(line, number: index + 1)
      let tagged = replaceTags(in: flatten(mended, number: index + 1), number: index + 1)
      out.append(HTMLPositions.add(to: tagged, number: index + 1))
      index += 1
    }
    text = out.joined(separator: "\n") + "\n"
  }

  private mutating func skipFrontMatter(_ source: [String]) -> Int {
    guard source.first == "---",
      let end = source.dropFirst().firstIndex(where: { $0 == "---" || $0 == "..." })
    else { return 0 }
    marks.insert(.frontMatter)
    out += Array(repeating: "", count: end + 1)
    return end + 1
  }

  private mutating func take(_ fence: MarkdownFence, _ source: [String]) {
    let number = fence.opening + 1
    var lines = Array(source[fence.opening...fence.last])
    fenceLines[number] = number + 1
    switch fence.damage {
    case nil: break
    case .unclosed:
      report(
        .unclosedFence, number,
        "the fence is never closed; the code is read up to line "
          + "\(fence.last + 1)", expected: "three backticks behind the code")
      Self.close(&lines, isLast: fence.last + 1 == source.count)
    case .shortMarker:
      report(
        .unclosedFence, number, "a fence opens with fewer than three marks",
        expected: "three backticks")
      lines[0] = "```"
    case .noOpening:
      report(
        .unclosedFence, number, "code is closed by a fence that never opens",
        expected: "three backticks in front of the code")
      // The line above is taken for the fence when it is blank; fenced code starts there.
      fenceLines[number] = nil
      guard let above = out.last, above.allSatisfy(\.isWhitespace) else { break }
      out[out.count - 1] = "```"
      fenceLines[number - 1] = number
    }
    out += lines
  }

  /// Closes a fence without a line more than it has: on its last line when that is blank,
  /// otherwise the last two lines of code share one.
  private static func close(_ lines: inout [String], isLast: Bool) {
    guard !isLast, let end = lines.indices.last, end > 0 else { return }
    if lines[end].allSatisfy(\.isWhitespace) {
      lines[end] = closing(lines[0])
    } else if end > 1 {
      lines[end - 1] += " " + lines[end]
      lines[end] = closing(lines[0])
    } else {
      (lines[0], lines[end]) = ("", "    " + lines[end])
    }
  }

  private static func closing(_ opening: String) -> String {
    let start = opening.drop { $0 == " " || $0 == "\t" }
    return String(start.prefix { $0 == start.first })
  }

  /// The last line of a block of reference in a form that is not read.
  private mutating func foreignReference(at index: Int, _ source: [String]) -> Int? {
    guard let open = source[index].firstRange(of: "{%"),
      let close = source[index][open.upperBound...].firstRange(of: "%}")
    else { return nil }
    let tag = GitBookTag(source[index][open.upperBound..<close.lowerBound])
    guard case .foreignReference(let ending) = tag.meaning else { return nil }
    if tag.name == "api-method" { marks.insert(.apiMethodBlock) }
    let method =
      tag.value("method").map { " (\($0.uppercased()) \(tag.value("path") ?? ""))" } ?? ""
    report(
      .apiMethodBlock, index + 1,
      "the '\(tag.name)' block\(method.trimmed) is not understood and is left out whole",
      expected: "a request line, tables and examples in Markdown")
    guard !missingEndings.contains(ending) else { return index }
    let end = source.indices[index...].first { line in
      source[line].contains("{%") && source[line].contains(ending)
    }
    // What does not end here ends nowhere below either.
    if end == nil { missingEndings.insert(ending) }
    return end ?? index
  }

  /// The appendix that the site adds for language models: addressed to them, no part of the
  /// reference, and never to be followed.
  private static func startsAgentAppendix(_ line: String) -> Bool {
    guard let first = line.first, "#*_A".contains(first) else { return false }
    let title = line.drop { "#*_ ".contains($0) }
    return title.lowercased().hasPrefix("agent instructions") && !line.hasSuffix(".")
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

  private mutating func mendTable(_ line: String, number: Int) -> String {
    switch table.read(line) {
    case .fine: return line
    case .extraCells(let count):
      report(
        .cellCount, number,
        "\(count) \(count == 1 ? "cell" : "cells") beyond the header's are not read")
      return line
    case .missingCells(let count):
      report(
        .shortRow, number,
        "\(count) \(count == 1 ? "cell is" : "cells are") missing",
        expected: "as many cells as the header has")
      return line
    case .otherDelimiters(let right):
      report(
        .cellCount, number, "the delimiters are not those of the header; its columns count")
      return right
    case .noDelimiters(let delimiters):
      report(
        .otherTable, number, "no delimiters stand below the header", expected: "| --- | --- |")
      // The header moves up into the blank line above it, the delimiters take its place.
      guard out.count > 1, out[out.count - 2].allSatisfy(\.isWhitespace) else { return line }
      out.swapAt(out.count - 1, out.count - 2)
      out[out.count - 1] = delimiters
      return line
    }
  }

  /// Markers nested and rows widened beyond reason are cut: no page has them, and a parser's work
  /// grows with their square.
  private mutating func flatten(_ line: String, number: Int) -> String {
    if line.utf8.count(where: { $0 == UInt8(ascii: "|") }) > Limits.maximumCells {
      report(.cellCount, number, "a row of more than \(Limits.maximumCells) cells is left out")
      return ""
    }
    let markers = line.prefix { ">-*+ ".contains($0) }
    guard markers.count(where: { $0 != " " }) > Limits.maximumMarkdownNesting else { return line }
    if markers.allSatisfy({ $0 == "-" || $0 == " " }) || markers.allSatisfy({ $0 == "*" }) {
      return "---"
    }
    report(.deepNesting, number, "nesting was cut here")
    return String(line.dropFirst(markers.count))
  }

  private mutating func replaceTags(in line: String, number: Int) -> String {
    guard line.contains("{%") else { return line }
    var out = ""
    var hasText = false
    func add(_ text: Substring) {
      hasText = hasText || !text.allSatisfy(\.isWhitespace)
      out += text
    }
    var rest = Substring(line)
    while let open = rest.firstRange(of: "{%"),
      let close = rest[open.upperBound...].firstRange(of: "%}")
    {
      add(rest[..<open.lowerBound])
      out += comment(for: GitBookTag(rest[open.upperBound..<close.lowerBound]), number: number)
      rest = rest[close.upperBound...]
    }
    add(rest)
    // A line that starts with a comment is HTML to its end; text beside a tag is still Markdown.
    return hasText && out.hasPrefix("<!--") ? "\u{200B}" + out : out
  }

  private mutating func comment(for tag: GitBookTag, number: Int) -> String {
    switch tag.meaning {
    case .comment(let comment): return comment.text
    case .pageReference:
      marks.insert(.pageReference)
      return ""
    case .layout, .foreignReference: return ""
    case .unknown:
      report(
        .unknownTag, number, "unknown tag '\(tag.name.prefix(40))'",
        expected: "tabs, tab, hint, page-ref")
      return ""
    }
  }

  private mutating func report(
    _ code: DiagnosticCode, _ line: Int, _ message: String, expected: String? = nil
  ) {
    diagnostics.append(
      PageDiagnostic(.warning, code, file: file, line: line, message, expected: expected))
  }
}

extension String {
  /// Without blanks at its end.
  fileprivate var trimmed: String { hasSuffix(" )") ? dropLast(2) + ")" : self }
}

/// The lines that pandoc puts around an element that Markdown has no words for:
/// `::: {#panel role="tabpanel"}`, and `:::` at its end.
private enum FencedDiv {
  /// The line as HTML that ends on it, so that what follows is Markdown; nil for any other line.
  static func html(of line: String, number: Int) -> String? {
    guard line.hasPrefix(":::") else { return nil }
    let rest = TextLine.trimmed(line.drop { $0 == ":" })
    if rest.isEmpty { return "<!-- --></div>" }
    guard rest.hasPrefix("{") && rest.hasSuffix("}") || !rest.contains(where: \.isWhitespace) else {
      return nil
    }
    var tag = "<!-- --><div \(CommonMark.positionAttribute)=\"\(number):1-\(number):1\""
    for word in rest.dropFirst().dropLast().split(separator: " ") {
      let parts = word.split(separator: "=", maxSplits: 1)
      let value = (parts.last ?? "").filter {
        $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-")
      }
      if word.hasPrefix("#") {
        tag += " id=\"\(value)\""
      } else if parts.count == 2, attributes.contains(String(parts[0])) {
        tag += " \(parts[0])=\"\(value)\""
      }
    }
    return tag + ">"
  }

  private static let attributes: Set<String> = [
    "role", "aria-level", "aria-controls", "aria-labelledby",
  ]
}
