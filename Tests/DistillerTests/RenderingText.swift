@testable import Distiller

extension PageForm {
  static let text: [PageForm] = [
    .init("text of the seeds", "txt") { TextStyle().render($0) },
    .init("text with blank lines", "txt") { TextStyle(isSpaced: true).render($0) },
    .init("text with glued headers", "txt") {
      TextStyle(gluesHeader: true, hasBullets: false).render($0)
    },
    .init("text with line numbers", "txt") { TextStyle(isNumbered: true).render($0) },
    .init("text with the footer first", "txt") { TextStyle(hasFooterFirst: true).render($0) },
    .init("text broken at code", "txt") { TextStyle(isBroken: true).render($0) },
    .init("text with glued code", "txt") { TextStyle(gluesCode: true).render($0) },
    .init("text with cells between tabs", "txt") { TextStyle(isTabbed: true).render($0) },
  ]
}

/// One way that copying the rendered page writes text.
struct TextStyle {
  var isSpaced = false
  var gluesHeader = false
  var hasBullets = true
  var isNumbered = false
  var hasFooterFirst = false
  var isBroken = false
  var gluesCode = false
  var isTabbed = false

  func render(_ page: ParsedPage) -> String {
    var out = ["API reference", "Search", "⌃K", "Links", ""]
    if hasFooterFirst {
      out += [
        "Previous", "List all gadgets", "Next", "Create a gadget", "Last updated 3 months ago", "",
      ]
    }
    var isTitled = false
    var sawTab = false
    for block in page.blocks {
      if block.tab != nil, !sawTab {
        sawTab = true
        out += ["Request", "Response"]
      }
      switch block.content {
      case .heading(_, let text):
        out += ["", text.text, ""]
        if !isTitled { out += ["How to do it via API"] }
        isTitled = true
      case .paragraph(let text): out += lines(of: text)
      case .table(let table): out += lines(of: table)
      case .list(let items): out += items.map { hasBullets ? "  • \($0.text.text)" : $0.text.text }
      case .code(let code):
        let lines = code.split(separator: "\n").map { String($0.drop { $0 == " " }) }
        if gluesCode, let last = out.popLast(), let first = lines.first {
          out += [last + first] + lines.dropFirst()
        } else if isNumbered {
          out += lines.enumerated().flatMap { [String($0.offset + 1), $0.element] } + ["Copied!"]
        } else {
          out += lines
        }
      }
      if isSpaced { out.append("") }
    }
    var text = out.joined(separator: "\n")
    if gluesCode {
      text = text.replacing("}\nOn ", with: "}On ").replacing("}'\nOn ", with: "}'On ")
    }
    return text + "\nLast updated 3 months ago"
  }

  private func lines(of text: Inline) -> [String] {
    guard isBroken else { return [text.text] }
    var out: [String] = []
    for run in text.runs {
      let part = run.text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
      if !part.isEmpty { out.append(String(part)) }
    }
    return out
  }

  private func lines(of table: Table) -> [String] {
    if isTabbed {
      return [table.header.map(\.text).joined(separator: "\t")]
        + table.rows.map { $0.cells.map(\.text).joined(separator: "\t") }
    }
    let header = table.header.map(\.text)
    let rows = table.rows.flatMap { $0.cells.map(\.text) }
    let lines = (gluesHeader ? [header.joined()] : header) + rows
    return isSpaced ? lines.flatMap { [$0, ""] } : lines
  }
}
