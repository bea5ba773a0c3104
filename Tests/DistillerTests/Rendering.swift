import Testing

@testable import Distiller

/// The forms a page has had, as functions of the page model: what the tests render pages into
/// before they are read again.
struct PageForm: Sendable, CustomTestStringConvertible {
  var testDescription: String
  /// The ending of the file's name.
  var ending: String
  var render: @Sendable (ParsedPage) -> String

  init(_ name: String, _ ending: String, _ render: @escaping @Sendable (ParsedPage) -> String) {
    testDescription = name
    self.ending = ending
    self.render = render
  }

  static let all = markdown + html + text + extracts + converted

  static let markdown: [PageForm] = [
    .init("Markdown of 2019-07", "md") {
      var style = MarkdownStyle(escapes: true, lowerCase: true)
      style.request = { "**\($0.method)** https\\://host\\.example**\($0.path.withTemplateID)**" }
      return style.render($0)
    },
    .init("Markdown of late 2019", "md") {
      var style = MarkdownStyle(delimiter: ":---", tags: "{% page-ref page=\"../x.md\" %}")
      style.request = { "**\($0.method)** https://<i></i>host.example**\($0.path)**" }
      return style.render($0)
    },
    .init("Markdown of 2019 with entities", "md") {
      var style = MarkdownStyle(escapes: true)
      style.request = { "**\($0.method)** https://host&#46;example&#46;io**\($0.path)**" }
      return style.render($0)
    },
    .init("Markdown of 2021-10", "md") {
      var style = MarkdownStyle()
      style.request = { "**\($0.method)** https://<i></i>host.example\($0.path)" }
      return style.render($0)
    },
    .init("Markdown of 2021-11", "md") {
      var style = MarkdownStyle()
      style.request = { "**\($0.method)** https://host.example**\($0.path)**" }
      return style.render($0)
    },
    .init("Markdown of 2022-01", "md") {
      var style = MarkdownStyle(escapes: true, padded: true)
      style.request = { "**\($0.method)** https://host.example<b>\($0.path)</b>" }
      return style.render($0)
    },
    .init("Markdown of 2025", "md") {
      var style = MarkdownStyle(escapes: true, padded: true)
      style.request = { "**\($0.method)** <https://host.example\($0.path)>" }
      style.appendix =
        "\n---\n\n# Agent Instructions: Asking\n\n```\nGET https://host.example/api/x\n```\n"
      return style.render($0)
    },
    .init("Markdown with HTML tables", "md") {
      var style = MarkdownStyle(rawTables: true)
      style.request = { "**\($0.method)** https://host.example<b>\($0.path)</b>" }
      return style.render($0)
    },
  ]
}

extension String {
  var withTemplateID: String { replacing(":id", with: "{{id}}") }
}

/// One way of writing Markdown.
struct MarkdownStyle {
  var escapes = false
  var padded = false
  var lowerCase = false
  var delimiter = "---"
  var rawTables = false
  var tags = ""
  var appendix = ""
  var request: (RequestLine) -> String = { "**\($0.method)** https://host.example\($0.path)" }

  func render(_ page: ParsedPage) -> String {
    var out: [String] = page.kind == .markdown ? ["---", "description: x", "---", ""] : []
    if !appendix.isEmpty { out = [] }
    var tab: String?
    for block in page.blocks {
      if block.tab != tab {
        if tab != nil { out += ["{% endtab %}", ""] }
        if tab == nil { out += ["{% tabs %}"] }
        if let next = block.tab { out += ["{% tab title=\"\(next)\" %}"] }
        if block.tab == nil { out += ["{% endtabs %}", ""] }
        tab = block.tab
      }
      out += lines(of: block)
      if case .heading(level: 1, _) = block.content, !tags.isEmpty { out += [tags, ""] }
    }
    if tab != nil { out += ["{% endtab %}", "{% endtabs %}"] }
    return out.joined(separator: "\n") + appendix
  }

  private func lines(of block: Block) -> [String] {
    switch block.content {
    case .heading(let level, let text):
      return [String(repeating: "#", count: level) + " " + inline(text), ""]
    case .paragraph(let text):
      if block.tab == nil, let line = RequestLine.read(text.text) { return [request(line), ""] }
      return [inline(text), ""]
    case .table(let table): return rawTables ? [raw(table), ""] : rows(of: table) + [""]
    case .list(let items): return items.map { "* " + inline($0.text) } + [""]
    case .code(let code): return ["```javascript", code + "```"]
    }
  }

  private func rows(of table: Table) -> [String] {
    let delimiters = Array(
      repeating: padded ? "--------------------" : delimiter, count: table.header.count)
    var out = [row(table.header.map(\.text)), row(delimiters)]
    for line in table.rows {
      out.append(row(line.cells.map { lowerCase ? inline($0).lowercasedFirst : inline($0) }))
    }
    return out
  }

  private func row(_ cells: [String]) -> String {
    let cells =
      padded ? cells.map { $0 + String(repeating: " ", count: max(0, 20 - $0.count)) } : cells
    return "| " + cells.joined(separator: " | ") + " |"
  }

  private func raw(_ table: Table) -> String {
    let head = table.header.map { "<th width=\"200\">\($0.text)</th>" }.joined()
    let rows = table.rows.map { row in
      "<tr>" + row.cells.map { "<td>\($0.html)</td>" }.joined() + "</tr>"
    }
    return "<table><thead><tr>\(head)</tr></thead><tbody>\(rows.joined())</tbody></table>"
  }

  private func inline(_ text: Inline) -> String {
    text.runs.map { run in
      if run.isCode { return "`\(run.text)`" }
      let escaped = escapes || run.isStrong && run.text.contains("__")
      let plain = escaped ? run.text.replacing("_", with: "\\_") : run.text
      return run.isStrong ? "**\(plain)**" : plain
    }.joined()
  }
}

extension String {
  fileprivate var lowercasedFirst: String {
    hasPrefix("Required") || hasPrefix("Optional") ? prefix(1).lowercased() + dropFirst() : self
  }
}

extension Inline {
  /// The text as HTML.
  var html: String {
    runs.map { run in
      var out = run.text.escapedForHTML
      if run.isCode { out = "<code>\(out)</code>" }
      if run.isStrong { out = "<strong>\(out)</strong>" }
      return out
    }.joined()
  }
}

extension String {
  var escapedForHTML: String {
    replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;").replacing("'", with: "&#x27;")
  }
}
