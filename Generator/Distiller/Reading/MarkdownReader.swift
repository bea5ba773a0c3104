/// Reads GitBook Markdown: front matter and tags become marks, the rest goes through cmark-gfm to
/// HTML and from there the same way as saved pages.
enum MarkdownReader {
  /// - Throws: the ``PageDiagnostic`` that says why the page is refused.
  static func read(_ text: String, file: String) throws(PageDiagnostic) -> ParsedPage {
    let prepared = MarkdownPreparation.prepare(text, file: file)
    guard let html = CommonMark.html(from: prepared.text) else {
      throw PageDiagnostic(
        .error, .refusedDocument, file: file, line: 1, "cannot be read as Markdown")
    }
    let tree = try HTMLTree.parse(html, file: file)
    var walk = HTMLWalk(
      file: file, kind: .markdown, origin: .markdown(fenceLines: prepared.fenceLines))
    walk.run(tree)
    var page = walk.page
    page.marks.formUnion(prepared.marks)
    page.diagnostics += prepared.diagnostics
    page.diagnostics += tree.remarkOnDepth(file: file) { $0.sourceLine }
    return LooseBlocks.gathered(page)
  }
}
