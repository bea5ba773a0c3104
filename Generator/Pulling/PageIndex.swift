/// A list of a site's pages, in one of the forms in which sites have one.
enum PageIndex: String, Sendable, CaseIterable {
  /// `<urlset>`: pages.
  case sitemap
  /// `<sitemapindex>`: further lists.
  case sitemapIndex
  /// Markdown links: `llms.txt` and `SUMMARY.md`.
  case links

  /// Tells what a document is, by its content; nil when it is no index.
  static func detect(_ text: some StringProtocol) -> PageIndex? {
    let head = text.prefix(1000)
    if head.contains("<sitemapindex") { return .sitemapIndex }
    if head.contains("<urlset") { return .sitemap }
    // A site that answers every address with its start page has no index.
    let start = head.drop(while: \.isWhitespace).prefix(20).lowercased()
    if start.hasPrefix("<") { return nil }
    return text.contains("](") ? .links : nil
  }

  /// The links in the document, as they stand there.
  func links(in text: String) -> [String] {
    switch self {
    case .sitemap, .sitemapIndex: Links.between("<loc>", "</loc>", in: text).map(Links.unescaped)
    case .links: Links.markdown(in: text)
    }
  }
}

/// Finds links in text without understanding the rest of it.
enum Links {
  /// The most links taken from one document.
  static let maximum = 20_000

  /// `[title](target)`, escapes of Markdown resolved.
  static func markdown(in text: String) -> [String] {
    between("](", ")", in: text).map { link in
      let target = link.prefix { $0 != " " && $0 != "\t" }
      return String(target.filter { $0 != "\\" && $0 != "<" && $0 != ">" })
    }
  }

  /// Links of a page in Markdown or HTML.
  static func all(in text: String) -> [String] {
    markdown(in: text)
      + (between("href=\"", "\"", in: text) + between("href='", "'", in: text)).map(unescaped)
  }

  /// What stands between two marks on one line.
  static func between(_ open: String, _ close: Character, in text: String) -> [String] {
    between(open, String(close), in: text)
  }

  static func between(_ open: String, _ close: String, in text: String) -> [String] {
    var found: [String] = []
    let bytes = Array(text.utf8)
    let (opening, closing) = (Array(open.utf8), Array(close.utf8))
    var index = 0
    while let start = position(of: opening, in: bytes, from: index, until: bytes.count),
      found.count < maximum
    {
      let begin = start + opening.count
      let limit = min(begin + PageAddress.maximumLength, bytes.count)
      index = begin
      guard let end = position(of: closing, in: bytes, from: begin, until: limit) else { continue }
      let inside = String(decoding: bytes[begin..<end], as: UTF8.self)
      if !inside.contains(where: \.isNewline) {
        found.append(inside.trimmingBlanks)
        index = end
      }
    }
    return found
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

  /// The five entities of XML.
  static func unescaped(_ text: String) -> String {
    guard text.contains("&") else { return text }
    return text.replacing("&lt;", with: "<").replacing("&gt;", with: ">")
      .replacing("&quot;", with: "\"").replacing("&apos;", with: "'").replacing("&amp;", with: "&")
  }
}

extension String {
  fileprivate var trimmingBlanks: String {
    String(drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
  }
}
