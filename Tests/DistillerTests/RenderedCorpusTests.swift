import Spec
import Testing

@testable import Distiller

/// The sample pages turned into the other forms here and distilled again: the same facts must come
/// out, whichever reader they go through.
@Suite(
  .enabled(
    if: SharedPages.isThere("resources-2022"), "the pages of 2022 are not beside the package"))
struct RenderedCorpusTests {
  /// Overviews have no form of their own in copied text.
  private static func pages() throws -> [SourceFile] {
    try SharedPages.files("resources-2022").filter { !$0.name.hasSuffix("README.md") }
  }

  @Test func asHTMLWithTables() throws {
    try expectSame { file, text in
      let prepared = MarkdownPreparation.prepare(text, file: file)
      let body = CommonMark.html(from: prepared.text) ?? ""
      return
        "<!DOCTYPE html>\n<html><body><nav><h1>Site</h1></nav><main>\(body)</main></body></html>"
    }
  }

  @Test func asHTMLWithRoles() throws {
    try expectSame { file, text in
      let prepared = MarkdownPreparation.prepare(text, file: file)
      var body = CommonMark.html(from: prepared.text) ?? ""
      for (tag, role) in [
        ("table", "table"), ("thead", "rowgroup"), ("tbody", "rowgroup"), ("tr", "row"),
        ("th", "columnheader"), ("td", "cell"),
      ] {
        body = body.replacing("<\(tag) ", with: "<div role=\"\(role)\" ")
          .replacing("<\(tag)>", with: "<div role=\"\(role)\">")
          .replacing("</\(tag)>", with: "</div>")
      }
      return "<!doctype html><html><body><main>\(body)</main></body></html>"
    }
  }

  @Test func asCopiedText() throws {
    try expectSame { file, text in
      Self.text(of: try MarkdownReader.read(text, file: file))
    }
  }

  private func expectSame(_ render: (String, String) throws -> String) throws {
    let pages = try Self.pages()
    let rendered = try pages.map { page in
      SourceFile(
        name: page.name, text: try render(page.name, String(decoding: page.bytes, as: UTF8.self)))
    }
    let expected = Distiller.distil(pages)
    let result = Distiller.distil(rendered)
    #expect(result.resources.map(\.resource) == expected.resources.map(\.resource))
    for (one, other) in zip(expected.resources, result.resources) {
      #expect(SpecDiff.changes(from: [one], to: [other]) == [])
      #expect(one == other)
    }
    #expect(result.diagnostics.filter { $0.severity > .note } == [])
  }

  /// What copying the rendered page gives: cells one a line, no fences, no indentation.
  private static func text(of page: Page) -> String {
    var out = ["API reference", "Search", "⌃K", "Links", ""]
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
        if !isTitled { out += ["How to do it"] }
        isTitled = true
      case .paragraph(let text): out.append(text.text)
      case .table(let table):
        out += table.header.map(\.text)
        for row in table.rows { out += row.cells.map(\.text) }
      case .list(let items): out += items.map { "  • \($0.text.text)" }
      case .code(let code):
        out += code.split(separator: "\n").map { String($0.drop { $0 == " " }) }
      }
    }
    return out.joined(separator: "\n")
  }
}
