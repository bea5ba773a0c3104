import Comparing
import Spec
import Testing

@testable import Distiller

/// The sample pages turned into every other form here and distilled again: the same bytes must come
/// out, whichever reader they go through.
@Suite(
  .enabled(
    if: SharedPages.isThere("resources-2022") && SharedPages.isThere("api-2021"),
    "the pages of 2021 and 2022 are not beside the package"))
struct RenderedCorpusTests {
  @Test(arguments: PageForm.all)
  func pagesOf2022(form: PageForm) throws { try expectSame("resources-2022", form) }

  @Test(arguments: PageForm.all)
  func pagesOf2021(form: PageForm) throws { try expectSame("api-2021", form) }

  /// The pages of a folder as they were read, and what they give, worked out once.
  private struct Originals: Sendable {
    var pages: [ParsedPage]
    var whole: DistillResult
    /// Overviews have no form of their own in copied text.
    var withoutOverviews: DistillResult

    init(_ folder: String) throws {
      let files = try SharedPages.files(folder)
      pages = try files.map {
        try MarkdownReader.read(String(decoding: $0.bytes, as: UTF8.self), file: $0.name)
      }
      whole = Distiller.distil(files)
      withoutOverviews = Distiller.distil(files.filter { !$0.name.hasSuffix("README.md") })
    }
  }

  private static let originals = Result {
    try ["resources-2022", "api-2021"].reduce(into: [:]) { $0[$1] = try Originals($1) }
  }

  private func expectSame(_ folder: String, _ form: PageForm) throws {
    let originals = try #require(try Self.originals.get()[folder])
    let isText = form.ending == "txt"
    let rendered = originals.pages.filter { !(isText && $0.file.hasSuffix("README.md")) }
      .map { SourceFile(name: $0.file, text: form.render($0)) }
    let expected = isText ? originals.withoutOverviews : originals.whole
    let result = Distiller.distil(rendered)
    #expect(result.resources.map(\.resource) == expected.resources.map(\.resource))
    for (one, other) in zip(expected.resources, result.resources) {
      let changes = SpecDiff.changes(from: [one], to: [other])
      #expect(changes == [])
      #expect(try one.tree().canonicalText == other.tree().canonicalText)
    }
    let codes = { (result: DistillResult) in
      result.diagnostics.filter { $0.severity > .note }.map { "\($0.file) \($0.code)" }.sorted()
    }
    #expect(codes(result) == codes(expected))
  }
}
