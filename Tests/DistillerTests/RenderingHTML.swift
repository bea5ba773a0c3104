@testable import Distiller

extension PageForm {
  static let html: [PageForm] = [
    .init("HTML of 2019 to 2021", "html") { HTMLStyle(era: .keyedSpans).render($0) },
    .init("HTML of 2021 to 2023", "html") { HTMLStyle(era: .contentEditor).render($0) },
    .init("HTML of 2023-10", "html") { HTMLStyle(era: .tables).render($0) },
    .init("HTML of 2024-12", "html") { HTMLStyle(era: .roles).render($0) },
    .init("HTML of 2026", "html") { HTMLStyle(era: .notes).render($0) },
    .init("HTML with hidden headers", "html") {
      HTMLStyle(era: .roles, hidesHeaders: true).render($0)
    },
    .init("HTML with two main elements", "html") {
      HTMLStyle(era: .roles, splitsMain: true).render($0)
    },
    .init("HTML with lists of terms", "html") { HTMLStyle(era: .terms).render($0) },
    .init("HTML with tables in list items", "html") { HTMLStyle(era: .tablesInItems).render($0) },
  ]
}

/// One way the site has written HTML.
struct HTMLStyle {
  enum Era { case keyedSpans, contentEditor, tables, roles, notes, terms, tablesInItems }

  var era: Era
  var hidesHeaders = false
  var splitsMain = false

  func render(_ page: ParsedPage) -> String {
    var title = ""
    var body = ""
    var tabs: [(title: String, html: String)] = []
    func closeTabs() {
      if !tabs.isEmpty { body += self.tabs(tabs) }
      tabs = []
    }
    for block in page.blocks {
      if case .heading(level: 1, let text) = block.content, title.isEmpty {
        title = text.html
        continue
      }
      let html = self.html(block)
      guard let tab = block.tab else {
        closeTabs()
        body += html + "\n"
        continue
      }
      if tabs.last?.title == tab, let last = tabs.indices.last {
        tabs[last].html += "\n" + html
      } else {
        tabs.append((tab, html))
      }
    }
    closeTabs()
    return frame(title: title, body: body)
  }

  private func frame(title: String, body: String) -> String {
    let script = "<script>self.push(\"<table><tr><td>attributes.fake</td></tr></table>\")</script>"
    let head = "<!DOCTYPE html>\n<html><head><title>x</title>\(script)</head><body>"
    let site =
      "<header><h1>The site</h1><a href=\"/\">Create an import</a></header>"
      + "<nav><a>Create a gadget</a></nav><aside><h2>On this page</h2><ul><li>Arguments</li></ul></aside>"
    let foot = "<div><a>Previous</a><a>Next</a></div><p>Last updated 3 months ago</p>"
    let end = "<footer>Sortable fields</footer>\(script)</body></html>"
    switch era {
    case .keyedSpans:
      return head + site
        + "<div><h1><span data-key=\"0\"><span data-offset-key=\"0:0\">\(title)</span></span></h1>\(body)</div>\(foot)\(end)"
    case .contentEditor:
      return head + site + "<div data-testid=\"page.title\">\(title)</div>"
        + "<div data-testid=\"page.contentEditor\">\(body)</div>\(foot)\(end)"
    case .tables: return head + site + "<main><h1>\(title)</h1><p>x</p>\(body)</main>\(foot)\(end)"
    default:
      let header = "<header><h1>\(title)</h1><p>x</p></header>"
      return splitsMain
        ? head + site + "<main>\(header)</main><main>\(body)\(foot)</main>\(end)"
        : head + site + "<main>\(header)\(body)\(foot)</main>\(end)"
    }
  }

  private func html(_ block: Block) -> String {
    switch block.content {
    case .heading(let level, let text):
      let id = text.text.lowercased()
      return
        "<h\(level) id=\"\(id)\"><div><a href=\"#\(id)\" aria-label=\"Direct link to heading\">"
        + "<svg></svg></a></div><div>\(text.html)</div></h\(level)>"
    case .paragraph(let text): return paragraph(text)
    case .table(let table): return self.table(table)
    case .list(let items): return list(items)
    case .code(let text): return code(text)
    }
  }

  private func paragraph(_ text: Inline) -> String {
    switch era {
    case .keyedSpans:
      return "<p>"
        + text.runs.map {
          "<span data-key=\"1\"><span data-offset-key=\"1:0\">\(Inline([$0]).html)</span></span>"
        }.joined() + "</p>"
    case .contentEditor: return "<div dir=\"auto\">\(text.html)</div>"
    default: return "<p>\(text.html)</p>"
    }
  }

  private func list(_ items: [ListItem]) -> String {
    switch era {
    case .keyedSpans:
      return "<ul>" + items.map { "<li><span>\($0.text.html)</span></li>" }.joined() + "</ul>"
    case .contentEditor: return items.map { "<div>\($0.text.html)</div>" }.joined(separator: "\n")
    case .tables:
      return "<ul>" + items.map { "<li><div><p>\($0.text.html)</p></div></li>" }.joined() + "</ul>"
    default:
      return "<ul>\n"
        + items.map {
          "<li><div><div style=\"--pseudoBefore--content:'•'\"></div></div><div><p>\($0.text.html)</p></div></li>"
        }.joined(separator: "\n") + "</ul>"
    }
  }

  private func table(_ table: Table) -> String {
    let header = hidesHeaders ? [] : table.header
    switch era {
    case .terms:
      return "<dl>"
        + table.rows.map { row in
          "<dt>\(row.cells[0].html)</dt>"
            + row.cells.dropFirst().map { "<dd>\($0.html)</dd>" }.joined()
        }.joined(separator: "\n") + "</dl>"
    case .keyedSpans, .contentEditor, .tables, .tablesInItems:
      let html =
        "<table><thead><tr>" + header.map { "<th>\($0.html)</th>" }.joined()
        + "</tr></thead><tbody>\n"
        + table.rows.map { row in
          "<tr>" + row.cells.map { "<td><div><div><p>\($0.html)</p></div></div></td>" }.joined()
            + "</tr>"
        }.joined(separator: "\n") + "</tbody></table>"
      return era == .tablesInItems ? "<ol><li><p>These are they:</p>\(html)</li></ol>" : html
    case .roles, .notes:
      let head =
        header.isEmpty
        ? ""
        : "<div role=\"rowgroup\"><div role=\"row\">"
          + header.map { "<div role=\"columnheader\" title=\"\($0.text)\">\($0.html)</div>" }
          .joined()
          + "</div></div>"
      let rows = table.rows.map { row in
        "<div role=\"row\">"
          + row.cells.map { "<div role=\"cell\"><div><p>\($0.html)</p></div></div>" }.joined()
          + "</div>"
      }
      return
        "<div role=\"table\">\(head)<div role=\"rowgroup\">\(rows.joined(separator: "\n"))</div></div>"
    }
  }

  private func code(_ code: String) -> String {
    let lines = code.split(separator: "\n", omittingEmptySubsequences: false)
      .map { String($0).escapedForHTML }
    switch era {
    case .keyedSpans: return "<pre><code>\(lines.joined(separator: "\n"))</code></pre>"
    case .contentEditor:
      return "<div><pre>"
        + lines.enumerated().map {
          "<div><span aria-hidden=\"true\"></span>\($0.offset + 1)\($0.element)</div>"
        }
        .joined() + "</pre><div>Copied!</div></div>"
    default:
      let spans = lines.map {
        "<span class=\"highlight-line\"><span class=\"highlight-line-content\">"
          + $0.replacing("data", with: "<span style=\"color:red\">data</span>") + "\n</span></span>"
      }
      return
        "<div><button aria-label=\"Copy\">Copy</button><pre><code>\(spans.joined())</code></pre></div>"
    }
  }

  private func tabs(_ tabs: [(title: String, html: String)]) -> String {
    switch era {
    case .keyedSpans, .contentEditor:
      return tabs.map { "<div>\($0.title)</div>" }.joined() + tabs.map(\.html).joined()
    default: break
    }
    let buttons = tabs.enumerated().map {
      "<button role=\"tab\" id=\"tab-\($0.offset)\" aria-controls=\"p\($0.offset)\">\($0.element.title)</button>"
    }
    let panels = tabs.enumerated().map { tab in
      let content =
        era == .notes && tab.offset > 0 ? "<div hidden>\(tab.element.html)</div>" : tab.element.html
      return
        "<div role=\"tabpanel\" id=\"p\(tab.offset)\" class=\"\(tab.offset > 0 ? "hidden" : "")\">\(content)</div>"
    }
    return "<div role=\"tablist\">\(buttons.joined())</div>\(panels.joined())"
  }
}
