internal import Distiller

/// Finds out which pages a site has.
///
/// In this order: the address itself when it names a JSON file; `sitemap.xml`, `sitemap-pages.xml`,
/// `llms.txt` and `SUMMARY.md` below the address; the first two at the top of the site; and where
/// there is none of these, the links of the pages themselves, from the address on. Only what lies
/// below the address counts.
struct Discovery {
  /// The pages of a site.
  struct Listing: Sendable {
    /// Where the list came from, for people.
    var index: String
    /// The pages listed, in order; when `isOpen`, those known so far.
    var pages: [PageAddress]
    /// The days on which pages were last changed, as far as the index tells.
    var modified: [PageAddress: PageDate] = [:]
    /// Whether the pages themselves lead to further ones.
    var isOpen = false
    /// The content of the site's own table of contents, where that is the index.
    var summary: [UInt8]?
    /// Indexes that the index names and that could not be read.
    var unread: [PageAddress] = []
  }

  let source: DocumentStore
  let base: PageAddress

  private static let below = ["sitemap.xml", "sitemap-pages.xml", "llms.txt", "SUMMARY.md"]
  private static let atTop = ["sitemap.xml", "llms.txt"]

  /// Finds the pages.
  /// - Throws: ``PullFailure`` when the site is not there or does not respond.
  func listing(_ state: inout PullState) async throws -> Listing {
    if base.fileName != nil {
      return Listing(index: "the address itself", pages: [base])
    }
    for candidate in candidates {
      guard let (text, bytes) = try await index(at: candidate, &state),
        let kind = PageIndex.detect(text)
      else { continue }
      var listing = Listing(index: candidate.path, pages: [])
      try await gather(kind, text, at: candidate, into: &listing, &state)
      guard !listing.pages.isEmpty else { continue }
      if candidate.path.hasSuffix("/SUMMARY.md") { listing.summary = bytes }
      return listing
    }
    return Listing(index: "links of the pages", pages: [base], isOpen: true)
  }

  private var candidates: [PageAddress] {
    let own = base.query == nil ? Self.below.map { base.appending($0) } : []
    return own + Self.atTop.map { base.root.appending($0) }.filter { !own.contains($0) }
  }

  /// One document that may be an index; nil when there is none.
  private func index(
    at address: PageAddress, _ state: inout PullState
  ) async throws -> (String, [UInt8])? {
    let known = state.indexes[address.description]
    let (document, validators) = try await source.document(at: address, known: known)
    switch document {
    case .content(let bytes, let outcome):
      let path = "\(PullState.folder)/\(LocalPath.marked("index", address.description))"
      if outcome != .unchanged { try source.folder.write(bytes, to: path) }
      state.indexes[address.description] = PullState.Entry(
        path: path, validators: validators, sha256: source.digest(bytes), run: state.run,
        outcome: outcome)
      return (String(decoding: bytes, as: UTF8.self), bytes)
    case .missing: return nil
    case .failed(let failure):
      // A forge responds with 403 for what is not there; what is out of order may be in order tomorrow,
      // and without it every page it lists would seem gone.
      if failure.kind == .temporary { throw failure }
      return nil
    case .stop(let failure): throw failure
    }
  }

  private func gather(
    _ kind: PageIndex, _ text: String, at address: PageAddress, into listing: inout Listing,
    _ state: inout PullState
  ) async throws {
    let entries = kind.entries(in: text)
    guard kind == .sitemapIndex else {
      add(entries, on: address, to: &listing)
      return
    }
    let links = resolve(entries.map(\.link), on: address)
    for link in links.prefix(PullOptions.maximumNestedIndexes) {
      guard let (text, _) = try await index(at: link, &state),
        PageIndex.detect(text) == .sitemap
      else {
        listing.unread.append(link)
        continue
      }
      add(PageIndex.sitemap.entries(in: text), on: link, to: &listing)
    }
  }

  /// Addresses of the same origin that the links lead to.
  private func resolve(_ links: [String], on page: PageAddress) -> [PageAddress] {
    links.compactMap { link in
      let plain = String(link.prefix { $0 != "#" })
      guard !plain.isEmpty, let address = try? page.following(plain),
        address.origin == base.origin, address.query == nil
      else { return nil }
      return address
    }
  }

  private func add(
    _ entries: [PageIndex.Entry], on page: PageAddress, to listing: inout Listing
  ) {
    var seen = Set(listing.pages)
    for entry in entries {
      guard var link = resolve([entry.link], on: page).first, base.covers(link) else { continue }
      // A repository's folder stands for its overview.
      if link.path.hasSuffix("/"), listing.index.hasSuffix("/SUMMARY.md") {
        link = link.appending("README.md")
      }
      if let modified = entry.modified { listing.modified[link] = modified }
      if seen.insert(link).inserted { listing.pages.append(link) }
    }
  }

  /// Pages below the address that a page links to.
  func links(of bytes: [UInt8], on page: PageAddress) -> [PageAddress] {
    let all = MarkdownLinks.targets(in: String(decoding: bytes, as: UTF8.self))
    return resolve(all, on: page).filter {
      base.covers($0) && Self.looksLikeAPage($0)
    }
  }

  /// Pages have no ending, or one of text; everything else on a page is its furniture.
  private static func looksLikeAPage(_ address: PageAddress) -> Bool {
    guard let last = address.path.split(separator: "/").last,
      let dot = last.lastIndex(of: ".")
    else { return true }
    return ["md", "markdown", "html", "htm", "txt"].contains(
      last[last.index(after: dot)...].lowercased())
  }
}
