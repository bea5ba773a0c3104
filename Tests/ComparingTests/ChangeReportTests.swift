import Comparing
import Foundation
import Spec
import Testing

/// Changes as text, as Markdown and as JSON.
extension ChangeTests {
  @Test func theTextIsGroupedByResource() throws {
    let all = changes {
      $0.attributes["code"]?.sort = nil
      $0.deprecated = true
    }
    #expect(
      try ChangeReport(all).text(.text) == """
        gadgets: 1 breaking, 1 compatible
          breaking: /attributes/code/sort: no longer sortable
              affects: queries that sort by `code` of `gadgets`
              because: they stop compiling
          compatible: /deprecated: now deprecated
              affects: code that uses `gadgets`
              because: it works as before, compiles with a warning, and may be removed in a later version

        1 breaking, 1 compatible, 0 docs-only; the next version is a major one
        """)
  }

  @Test func theMarkdownGoesIntoAChangelog() throws {
    let all = changes {
      $0.attributes["code"]?.sort = nil
      $0.attributes["extra"] = .init(type: .string)
    }
    #expect(
      try ChangeReport(all).text(.markdown) == """
        ### Breaking

        - **gadgets**
          - `code` no longer sortable. Affects queries that sort by `code` of `gadgets`: they stop compiling.

        ### Compatible

        - **gadgets**
          - `extra` added.
        """)
  }

  @Test func hostileTextStaysOnItsLine() throws {
    let all = changes { $0.attributes["state"]?.values = ["new", "used", "a\n# b\r\n`c`"] }
    for format in [ChangeReport.Format.text, .markdown] {
      let lines = try ChangeReport(all).text(format).split(whereSeparator: \.isNewline)
      #expect(!lines.contains { $0.hasPrefix("#") && $0.contains("b") && !$0.hasPrefix("###") })
    }
  }

  @Test func theJSONHasEveryPart() throws {
    let all = changes { $0.attributes["code"]?.sort = nil }
    let tree = try JSONTree.parse(
      Data(try ChangeReport(all).text(.json).utf8), file: "changes")
    #expect(
      Set(tree.array?.first?.object?.keys.map { $0 } ?? [])
        == ["effect", "resource", "pointer", "change", "affected", "reason"])
  }

  @Test func nothingIsNoChange() throws {
    #expect(try ChangeReport([]).text(.text) == "no changes")
    #expect(ChangeReport.nextVersion(after: []) == nil)
  }
}
