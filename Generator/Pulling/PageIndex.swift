internal import Distiller

/// A list of a site's pages, in one of the forms in which sites have one.
enum PageIndex: String, Sendable, CaseIterable {
  /// `<urlset>`: pages.
  case sitemap
  /// `<sitemapindex>`: further lists.
  case sitemapIndex
  /// Markdown links: `llms.txt` and `SUMMARY.md`.
  case links

  /// Tells what a document is, by its content; nil when it is not an index.
  static func detect(_ text: some StringProtocol) -> PageIndex? {
    let head = text.prefix(1000)
    if head.contains("<sitemapindex") { return .sitemapIndex }
    if head.contains("<urlset") { return .sitemap }
    // A site that responds to every address with its start page has no index.
    let start = head.drop(while: \.isWhitespace).prefix(20).lowercased()
    if start.hasPrefix("<") { return nil }
    return text.contains("](") ? .links : nil
  }

  /// One page of an index.
  struct Entry: Equatable {
    /// The link as it stands there.
    var link: String
    /// The day on which the page was last changed, where the index says so.
    var modified: PageDate?
  }

  /// The links in the document, as they stand there.
  func entries(in text: String) -> [Entry] {
    switch self {
    case .sitemap: Sitemap.entries(in: text, element: "url")
    case .sitemapIndex: Sitemap.entries(in: text, element: "sitemap")
    case .links: MarkdownLinks.targets(in: text).map { Entry(link: $0) }
    }
  }
}

/// Finds the pages of a sitemap without understanding the rest of it.
private enum Sitemap {
  /// The locations of the elements of a name, each with its `lastmod`.
  static func entries(in text: String, element: String) -> [PageIndex.Entry] {
    let bytes = Array(text.utf8)
    let end = Array("</\(element)>".utf8)
    var found: [PageIndex.Entry] = []
    var index = 0
    while index < bytes.count, found.count < MarkdownLinks.maximum {
      let close = position(of: end, in: bytes, from: index, until: bytes.count) ?? bytes.count
      if let link = value(of: "loc", in: bytes, from: index, until: close), !link.isEmpty {
        let day = value(of: "lastmod", in: bytes, from: index, until: close)
        found.append(.init(link: link, modified: day.flatMap { PageDate($0) }))
      }
      index = close + end.count
    }
    return found
  }

  /// What an element holds, without the blanks and line ends that break it: no address has any.
  private static func value(
    of name: String, in bytes: [UInt8], from start: Int, until end: Int
  ) -> String? {
    let opening = Array("<\(name)".utf8)
    let closing = Array("</\(name)".utf8)
    guard let open = position(of: opening, in: bytes, from: start, until: end),
      let begin = bytes[open..<end].firstIndex(of: UInt8(ascii: ">")).map({ $0 + 1 })
    else { return nil }
    let limit = min(begin + MarkdownLinks.maximumTarget, end)
    guard let close = position(of: closing, in: bytes, from: begin, until: limit) else {
      return nil
    }
    let text = String(decoding: bytes[begin..<close], as: UTF8.self).filter { !$0.isWhitespace }
    return MarkdownLinks.unescaped(
      text.replacing("<![CDATA[", with: "").replacing("]]>", with: ""))
  }

  private static func position(
    of mark: [UInt8], in bytes: [UInt8], from start: Int, until end: Int
  ) -> Int? {
    guard let first = mark.first, end - start >= mark.count else { return nil }
    for index in start...(end - mark.count)
    where bytes[index] == first && bytes[index..<(index + mark.count)].elementsEqual(mark) {
      return index
    }
    return nil
  }
}
