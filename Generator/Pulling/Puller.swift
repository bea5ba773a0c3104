public import CommerceLayerRuntime
internal import Distiller

/// Pulls the pages of a documentation site into a folder that can be distilled.
///
/// Run again, it asks only for what has changed. Killed at any point, it goes on where it was.
/// Pages that are listed no more stay, are marked in the state and left out of `SUMMARY.md`, which
/// makes the distiller take their operations for removed.
public struct Puller: Sendable {
  /// What a run tells while it works.
  public enum Event: Sendable {
    /// The list of pages is known; more may come where the pages themselves are followed.
    case listed(index: String, pages: Int, resumed: Int)
    /// A page is done.
    case page(PullSummary.Page, number: Int, of: Int)
    /// Something takes longer than usual.
    case waiting(String)
  }

  let base: PageAddress
  let options: PullOptions
  private let folder: PullFolder
  private let lock: PullLock
  private let source: DocumentStore
  private let discovery: Discovery
  private let now: @Sendable () -> Int
  private let report: @Sendable (Event) -> Void

  private var state: PullState
  private var summary = PullSummary()
  private var paths: PathAllocator
  private var markdown = MarkdownServed.unknown(misses: 0)
  private var failuresInARow = 0
  /// The days on which pages were last changed, as the index says.
  private var listedDates: [PageAddress: PageDate] = [:]
  private var firstFailure: PullFailure?

  /// Whether the site serves Markdown beside its pages, as far as is known.
  private enum MarkdownServed {
    case unknown(misses: Int), yes, no
    /// How many pages without it are proof enough.
    static let enoughMisses = 2
  }

  /// Prepares a run.
  /// - Parameters:
  ///   - base: where the pages are; everything below it counts.
  ///   - output: the folder, made when it is not there.
  ///   - time: pauses and time limits; `now` is the time in seconds since 1970.
  ///   - random: 0..<1, for the length of pauses after failures.
  ///   - digest: SHA-256 in hexadecimal.
  /// - Throws: ``PullFailure`` of kind `output` when the folder cannot be used, or holds the pages
  ///   of another address; of kind `temporary` when another pull into it is under way.
  public init(
    base: PageAddress, output: String, options: PullOptions, transport: any ClientTransport,
    time: TimeSource, now: @escaping @Sendable () -> Int,
    random: @escaping @Sendable () -> Double,
    digest: @escaping @Sendable ([UInt8]) -> String,
    report: @escaping @Sendable (Event) -> Void
  ) throws(PullFailure) {
    self.base = base
    self.options = options
    self.now = now
    self.report = report
    folder = try PullFolder(path: output)
    lock = try PullLock(folder: output)
    state = try folder.state() ?? PullState(base: base.name)
    guard state.base == base.name else {
      throw PullFailure(
        .output, "\(output) holds the pages of \(state.base); pull \(base) into another folder")
    }
    source = DocumentStore(
      fetcher: PageFetcher(
        transport: transport, time: time, options: options, random: random,
        onWait: { report(.waiting($0)) }),
      folder: folder, digest: digest)
    discovery = Discovery(source: source, base: base)
    // The table of contents is written by this tool.
    paths = PathAllocator(taken: state.pages.values.map(\.path) + ["SUMMARY.md"])
  }

  /// Pulls.
  /// - Throws: `CancellationError`; every other failure is part of the summary.
  public mutating func run() async throws -> PullSummary {
    let isResumed = state.begin(now: now())
    do {
      try folder.write(state)
      let listing = try await discovery.listing(&state)
      summary.index = listing.index
      try await pull(listing, isResumed: isResumed)
    } catch let failure as PullFailure {
      summary.stopped = failure
      try? folder.write(state)
    }
    summary.pages.sort { $0.page < $1.page }
    return summary
  }

  private mutating func pull(_ listing: Discovery.Listing, isResumed: Bool) async throws {
    var queue = listing.pages.filter { isWanted($0) || (listing.isOpen && $0 == base) }
    var known = Set(queue)
    listedDates = listing.modified
    summary.resumed = isResumed ? queue.count(where: state.isDone) : 0
    report(.listed(index: listing.index, pages: queue.count, resumed: summary.resumed))
    var next = 0
    while next < queue.count {
      let address = queue[next]
      next += 1
      guard next <= options.maximumPages else {
        throw PullFailure(
          .protocolViolation, "the site has more than \(options.maximumPages) pages")
      }
      let bytes: [UInt8]?
      if isResumed, state.isDone(address), let entry = state.pages[address.description],
        let kept = folder.read(entry.path)
      {
        note(.init(page: entry.path, outcome: entry.outcome), next, queue.count)
        bytes = kept
      } else {
        bytes = try await pull(address, next, queue.count)
      }
      guard listing.isOpen, let bytes else { continue }
      for link in discovery.links(of: bytes, on: address)
      where isWanted(link) && known.insert(link).inserted {
        queue.append(link)
      }
    }
    if listing.isOpen, summary.pages.allSatisfy({ $0.outcome == .failed }) {
      throw PullFailure(
        firstFailure?.kind ?? .unavailable,
        "found no page at \(base): neither an index nor a page"
          + (firstFailure.map { " (\($0))" } ?? ""))
    }
    for address in listing.unread {
      fail(address, .init(.unavailable, "is an index that could not be read"), next, queue.count)
    }
    // What could not be read may list or link whatever seems to be gone.
    let isWhole =
      listing.unread.isEmpty && !(listing.isOpen && summary.count(.failed) > 0)
    if isWhole { markGone(notIn: known) }
    reportMissingResources(queue)
    try finish(listing, queue)
  }

  /// A name that no page has is a mistake.
  private mutating func reportMissingResources(_ queue: [PageAddress]) {
    guard !isSingleFile else { return }
    let found = queue.reduce(into: Set<String>()) { $0.formUnion(Self.names(in: $1)) }
    for name in options.resources.subtracting(found).sorted() {
      summary.pages.append(
        .init(page: name, outcome: .failed, reason: "no page is about a resource of this name"))
    }
  }

  // MARK: - One page

  /// Pulls one page.
  /// - Returns: its content, for the links on it.
  private mutating func pull(
    _ address: PageAddress, _ number: Int, _ count: Int
  ) async throws -> [UInt8]? {
    let entry = state.pages[address.description]
    // A hostile name is rejected before anything is asked for.
    do throws(PageAddress.Rejection) {
      _ = try LocalPath.path(of: address, below: base, kind: .markdown)
    } catch {
      fail(address, .init(.unfit, error.description), number, count)
      return nil
    }
    let (place, document, validators) = try await document(for: address, entry)
    switch document {
    case .content(let bytes, let outcome):
      failuresInARow = 0
      switch DocumentStore.kind(of: bytes) {
      case .failure(let failure):
        fail(address, failure, number, count)
        return nil
      case .success(let kind):
        try keep(bytes, kind, outcome, at: address, from: place, validators)
        note(
          .init(page: state.pages[address.description]?.path ?? "", outcome: outcome), number, count
        )
        return bytes
      }
    case .missing(let status):
      failuresInARow = 0
      if entry == nil {
        fail(address, .init(.unavailable, "is listed, but HTTP \(status)"), number, count)
      } else {
        markGone(address.description, reason: "HTTP \(status)")
        try folder.write(state)
      }
      return nil
    case .failed(let failure):
      fail(address, failure, number, count)
      if failure.kind == .temporary {
        failuresInARow += 1
        if failuresInARow >= PullOptions.maximumFailuresInARow {
          throw PullFailure(.temporary, "\(failuresInARow) pages failed one after another")
        }
      }
      return nil
    case .stop(let failure): throw failure
    }
  }

  /// The page itself, as Markdown where the site serves that.
  private mutating func document(
    for address: PageAddress, _ entry: PullState.Entry?
  ) async throws -> (PageAddress, DocumentStore.Document, PageFetcher.Validators) {
    var withoutMarkdown: PullFailure?
    if let place = entry?.source.flatMap({ try? PageAddress($0) }), place.origin == base.origin {
      let (document, validators) = try await source.document(at: place, known: entry)
      if case .missing = document {} else { return (place, document, validators) }
    } else if let variant = address.markdownVariant, address != base, tryMarkdown(entry) {
      let (document, validators) = try await source.document(
        at: variant, known: entry, isSamePlace: false)
      switch document {
      case .content(let bytes, _):
        if case .success(.markdown) = DocumentStore.kind(of: bytes) {
          markdown = .yes
          return (variant, document, validators)
        }
        missMarkdown()
      case .missing: missMarkdown()
      case .failed(let failure):
        withoutMarkdown = failure
        missMarkdown()
      case .stop: return (variant, document, validators)
      }
    }
    let (document, validators) = try await source.document(
      at: address, known: entry, isSamePlace: entry?.source == nil)
    // Where there is no page beside it, what is wrong with the Markdown is the reason.
    if case .missing = document, let withoutMarkdown {
      return (address, .failed(withoutMarkdown), validators)
    }
    return (address, document, validators)
  }

  /// A page that was had without Markdown before is asked for as it was.
  private func tryMarkdown(_ entry: PullState.Entry?) -> Bool {
    if case .no = markdown { return false }
    return entry == nil || entry?.outcome == .gone
  }

  private mutating func missMarkdown() {
    guard case .unknown(let misses) = markdown else { return }
    markdown = misses + 1 >= MarkdownServed.enoughMisses ? .no : .unknown(misses: misses + 1)
  }

  private mutating func keep(
    _ bytes: [UInt8], _ kind: ContentKind, _ outcome: PullSummary.Outcome,
    at address: PageAddress, from place: PageAddress, _ validators: PageFetcher.Validators
  ) throws {
    let path: String
    if let known = state.pages[address.description]?.path {
      path = known
    } else {
      path = paths.allocate(
        try LocalPath.path(of: address, below: base, kind: kind), for: address)
    }
    let sha256 = source.digest(bytes)
    if folder.read(path).map(source.digest) != sha256 { try folder.write(bytes, to: path) }
    var entry = PullState.Entry(
      path: path, source: place == address ? nil : place.description, validators: validators,
      sha256: sha256, run: state.run, outcome: outcome)
    entry.dates = dates(of: address, validators)
    state.pages[address.description] = entry
    try folder.write(state)
  }

  /// When a page was last changed, as its response says, or else the index; and that it was seen now.
  private func dates(
    of address: PageAddress, _ validators: PageFetcher.Validators
  ) -> PageDates {
    let verified = PageDate(secondsSince1970: now())
    if let modified = validators.lastModified.flatMap({ PageDate(http: $0) }) {
      return PageDates(modified: modified, source: .lastModified, verified: verified)
    }
    return PageDates(modified: listedDates[address], source: .sitemap, verified: verified)
  }

  private mutating func fail(
    _ address: PageAddress, _ failure: PullFailure, _ number: Int, _ count: Int
  ) {
    if firstFailure == nil { firstFailure = failure }
    note(
      .init(page: address.description, outcome: .failed, reason: failure.message), number, count)
  }

  private mutating func note(_ page: PullSummary.Page, _ number: Int, _ count: Int) {
    summary.pages.append(page)
    report(.page(page, number: number, of: count))
  }

  // MARK: - The end

  /// Pages that were there and are not listed now. Of a run for some resources only theirs count.
  private mutating func markGone(notIn listed: Set<PageAddress>) {
    let names = Set(listed.map(\.description))
    for (name, _) in state.pages.sorted(by: { $0.key < $1.key }) where !names.contains(name) {
      guard let address = try? PageAddress(name), isWanted(address) else { continue }
      markGone(name, reason: "is listed no more")
    }
  }

  private mutating func markGone(_ name: String, reason: String) {
    guard var entry = state.pages[name] else { return }
    entry.outcome = .gone
    entry.run = state.run
    state.pages[name] = entry
    summary.pages.append(.init(page: entry.path, outcome: .gone, reason: reason))
  }

  /// Writes the table of contents and ends the run.
  private mutating func finish(_ listing: Discovery.Listing, _ queue: [PageAddress]) throws {
    if !isSingleFile {
      // The site's own table of contents may still link a page that it does not serve any more.
      let linksGone = listing.pages.contains {
        state.pages[$0.description]?.outcome == .gone
      }
      let contents =
        listing.summary.flatMap { linksGone ? nil : $0 } ?? Array(tableOfContents().utf8)
      if folder.read("SUMMARY.md") != contents { try folder.write(contents, to: "SUMMARY.md") }
    }
    state.started = nil
    try folder.write(state)
    withExtendedLifetime(lock) {}
  }

  /// Links to every page that is there, for the distiller: what is not linked is removed.
  private func tableOfContents() -> String {
    let paths = state.pages.values.filter { $0.outcome != .gone }.map(\.path).sorted()
    return "# Pages\n\n" + paths.map { "* [\($0)](\($0))\n" }.joined()
  }
}
