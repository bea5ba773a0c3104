/// A list, read page by page as it is walked. Every walk starts anew.
///
///     for try await sku in client.skus.all().limited(toPages: 10) { print(sku.code ?? "") }
///
/// Taken up again where a walk was broken off, in another run of the program for one:
///
///     var walk = client.skus.all(paging: .keyset).pages.makeAsyncIterator()
///     while let page = try await walk.next() {
///       print(page.items.count, "before", walk.position?.after ?? "the end")
///     }
///
/// Nothing is asked for before it is needed, and nothing after the walk ends. A service that sends a
/// page again that it sent before is noticed, instead of followed for ever.
public struct PagedSequence<Item: Resource>: AsyncSequence, Sendable {
  /// What is walked.
  public typealias Element = Item
  let walk: PageWalk<Item>

  /// The pages instead of the items.
  public var pages: Pages { Pages(walk: walk) }

  /// Asks for the next page while the last one is being read. At most one page is read for nothing.
  public func prefetching() -> PagedSequence {
    var walk = walk
    walk.prefetches = true
    return PagedSequence(walk: walk)
  }

  /// Ends after so many pages.
  public func limited(toPages count: Int) -> PagedSequence {
    var walk = walk
    walk.maximumPages = Swift.max(0, count)
    return PagedSequence(walk: walk)
  }

  /// Walks the items.
  public func makeAsyncIterator() -> Iterator { Iterator(pages: pages.makeAsyncIterator()) }

  /// Walks the items.
  public struct Iterator: AsyncIteratorProtocol {
    var pages: Pages.Iterator
    var items: [Item] = []
    var position = 0

    /// The next item, or nil at the end.
    public mutating func next() async throws -> Item? {
      while position >= items.count {
        guard let page = try await pages.next() else { return nil }
        items = page.items
        position = 0
      }
      defer { position += 1 }
      return items[position]
    }
  }

  /// The pages of a list.
  public struct Pages: AsyncSequence, Sendable {
    /// What is walked.
    public typealias Element = Page<Item>
    let walk: PageWalk<Item>

    /// Walks the pages.
    public func makeAsyncIterator() -> Iterator { Iterator(walk: walk) }

    /// Walks the pages.
    public struct Iterator: AsyncIteratorProtocol {
      private let walk: PageWalk<Item>
      /// Where the next page begins; nil at the end. A walk that was broken off is taken up again
      /// there: `$0.page(number)`, or `after:` in keyset paging.
      public private(set) var position: PagePosition?
      /// What the pages so far held, as hashes: eight bytes a page.
      private var seen: Set<Int> = []
      private var read = 0
      private var ahead: PageAhead<Item>?

      init(walk: PageWalk<Item>) {
        self.walk = walk
        position = walk.start
      }

      /// The next page, or nil at the end. After an error the same page can be asked for again.
      /// - Throws: a protocol violation when the service sends a page again that it sent before.
      public mutating func next() async throws -> Page<Item>? {
        guard let here = position, read < walk.maximumPages ?? .max else { return nil }
        try Task.checkCancellation()
        let ahead = self.ahead
        self.ahead = nil
        let page: Page<Item>
        if let ahead { page = try await ahead.value } else { page = try await walk.load(here) }
        let ids = page.items.map(\.storage.id)
        if !ids.isEmpty, !seen.insert(ids.hashValue).inserted {
          position = nil
          throw CommerceLayerError(
            .protocolViolation, "\(here) is the same as a page before it")
        }
        read += 1
        position = walk.next(here, page)
        if walk.prefetches, let next = position, read < walk.maximumPages ?? .max {
          self.ahead = PageAhead { [walk] in try await walk.load(next) }
        }
        return page
      }
    }
  }
}

/// How a list is walked.
struct PageWalk<Item: Resource>: Sendable {
  let start: PagePosition
  let load: @Sendable (PagePosition) async throws -> Page<Item>
  var prefetches = false
  var maximumPages: Int?

  /// Where the walk goes on; nil at the end. Pure.
  func next(_ here: PagePosition, _ page: Page<Item>) -> PagePosition? {
    guard page.hasNext, let last = page.items.last else { return nil }
    return here.next(lastID: last.storage.id)
  }
}

/// Where a page begins.
public struct PagePosition: Sendable, Hashable, CustomStringConvertible {
  enum Place: Sendable, Hashable {
    case number(Int)
    case after(String?)
  }
  let place: Place

  /// The page's number from 1; nil in keyset paging.
  public var number: Int? { if case .number(let number) = place { number } else { nil } }
  /// The id the page begins after; nil with numbered pages, and on the first page.
  public var after: String? { if case .after(let id) = place { id } else { nil } }

  func next(lastID: String) -> PagePosition {
    switch place {
    case .number(let number): PagePosition(place: .number(number + 1))
    case .after: PagePosition(place: .after(lastID))
    }
  }

  /// The value as text.
  public var description: String {
    switch place {
    case .number(let number): "page \(number)"
    case .after(nil): "the first page"
    case .after(let id?): "the page after id \(TerminalSafe.text(id, limit: 64))"
    }
  }
}

/// A page that is read before anybody asks. Whoever drops it ends the request.
final class PageAhead<Item: Resource>: Sendable {
  private let task: Task<Page<Item>, any Error>

  init(_ load: @escaping @Sendable () async throws -> Page<Item>) {
    task = Task { try await load() }
  }

  deinit { task.cancel() }

  var value: Page<Item> {
    get async throws {
      try await withTaskCancellationHandler {
        try await task.value
      } onCancel: {
        task.cancel()
      }
    }
  }
}
