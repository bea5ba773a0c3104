/// Reads GitBook Markdown: front matter and tags become marks, the rest goes through cmark-gfm to
/// HTML and from there the same way as saved pages.
enum MarkdownReader {
  /// - Throws: the ``PageDiagnostic`` that says why the page is rejected.
  static func read(_ text: String, file: String) throws(PageDiagnostic) -> ParsedPage {
    let isRestructured = ReStructuredText.isOne(text)
    let text = isRestructured ? ReStructuredText.markdown(text) : text
    let prepared = MarkdownPreparation.prepare(text, file: file)
    guard let html = CommonMark.html(from: prepared.text) else {
      throw PageDiagnostic(
        .error, .rejectedDocument, file: file, line: 1, "cannot be read as Markdown")
    }
    let tree = try HTMLTree.parse(html, file: file)
    var tables: [Block] = []
    for (table, line) in prepared.tables {
      tables.append(Block(content: .table(try read(table, file: file)), line: line))
    }
    var walk = HTMLWalk(
      file: file, kind: .markdown,
      origin: .markdown(fenceLines: prepared.fenceLines, tables: tables))
    walk.run(tree)
    var page = walk.page
    page.marks.formUnion(prepared.marks)
    if isRestructured { page.marks.insert(.converted) }
    page.diagnostics += prepared.diagnostics
    page.diagnostics += tree.depthDiagnostic(file: file) { $0.sourceLine }
    return LooseBlocks.gathered(page)
  }

  /// The cells of a table in columns with their marks.
  private static func read(_ table: ColumnTable, file: String) throws(PageDiagnostic) -> Table {
    let html = CommonMark.html(from: table.pipes) ?? ""
    let tree = try HTMLTree.parse(html, file: file)
    guard var read = tree.first(named: "table").flatMap({ HTMLTable.read(tag: $0) { _ in 1 } })
    else { return Table(header: [], rows: []) }
    for (index, row) in table.rows.enumerated() where index < read.rows.count {
      // Narrow columns break a type within its word.
      let cells = read.rows[index].cells.map { cell in
        let whole = TypeName.unbroken(cell.text)
        return whole == cell.text ? cell : Inline(text: whole)
      }
      read.rows[index] = Table.Row(cells: cells, line: row.line + 1)
    }
    return read
  }
}
