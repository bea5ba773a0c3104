/// Takes a page that describes several operations apart, one part for each.
enum PageParts {
  /// The parts of a page, in its order; the page itself when it describes one operation at most.
  ///
  /// A part starts at the heading above a request line, where that heading begins with a verb, and
  /// at a heading such as `The widget object`. Other request lines belong to the part they stand in.
  static func split(_ page: ParsedPage) -> [ParsedPage] {
    var starts: Set<Int> = []
    var heading: Int?
    var last: RequestLine?
    var requests = 0
    for (index, block) in page.blocks.enumerated() {
      if case .heading(_, let text) = block.content, RequestLine.read(text.text) == nil {
        if SectionHeading.read(text.text) == nil { heading = index }
        continue
      }
      guard block.tab == nil, let request = request(of: block), request != last else { continue }
      last = request
      guard let start = heading, isOperation(page.blocks[start]) else { continue }
      if starts.insert(start).inserted { requests += 1 }
      heading = nil
    }
    guard requests > 1 else { return [page] }
    for (index, block) in page.blocks.enumerated() {
      if case .heading(_, let text) = block.content, PageTitle.read(text.text).kind == .object {
        starts.insert(index)
      }
    }
    return parts(of: page, from: starts.sorted())
  }

  private static func request(of block: Block) -> RequestLine? {
    switch block.content {
    case .heading(_, let text), .paragraph(let text): RequestLine.read(text.text)
    case .code(let code): RequestLine.read(String(code.prefix { $0 != "\n" }))
    case .list, .table: nil
    }
  }

  private static let verbs: Set<String> = [
    "create", "list", "retrieve", "fetch", "get", "update", "delete",
  ]

  private static func isOperation(_ heading: Block) -> Bool {
    guard case .heading(_, let text) = heading.content else { return false }
    if case .operation = PageTitle.read(text.text).kind { return true }
    let word = text.text.drop { !$0.isLetter }.prefix { $0.isLetter }.lowercased()
    return verbs.contains(word)
  }

  private static func parts(of page: ParsedPage, from starts: [Int]) -> [ParsedPage] {
    var parts: [ParsedPage] = []
    let ends = starts.dropFirst() + [page.blocks.count]
    var ranges = zip(starts, ends).map { $0..<$1 }
    if let first = starts.first, page.blocks[..<first].contains(where: isHeading) {
      ranges.insert(0..<first, at: 0)
    }
    for range in ranges {
      var part = page
      part.blocks = Array(page.blocks[range])
      // The diagnostics of the reader are those of the whole page.
      if !parts.isEmpty { part.diagnostics = [] }
      if range.lowerBound > 0, case .heading(_, let text)? = part.blocks.first?.content {
        part.blocks[0].content = .heading(level: 1, text)
      }
      parts.append(part)
    }
    return parts
  }

  private static func isHeading(_ block: Block) -> Bool {
    if case .heading = block.content { true } else { false }
  }
}
