/// A list, read page by page as it is walked. Every walk starts anew.
public struct PagedSequence<Item: Resource>: AsyncSequence, Sendable {
  /// What is walked.
  public typealias Element = Item
  let firstPage: Int
  let load: @Sendable (Int) async throws -> Page<Item>

  /// The pages instead of the items.
  public var pages: Pages { Pages(firstPage: firstPage, load: load) }

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
    let firstPage: Int
    let load: @Sendable (Int) async throws -> Page<Item>

    /// Walks the pages.
    public func makeAsyncIterator() -> Iterator { Iterator(number: firstPage, load: load) }

    /// Walks the pages.
    public struct Iterator: AsyncIteratorProtocol {
      var number: Int
      let load: @Sendable (Int) async throws -> Page<Item>
      var isDone = false
      /// What the pages so far held, as hashes: eight bytes a page.
      var seen: Set<Int> = []

      /// The next page, or nil at the end.
      /// - Throws: a protocol violation when the service sends a page again that it sent before.
      public mutating func next() async throws -> Page<Item>? {
        if isDone { return nil }
        try Task.checkCancellation()
        let page = try await load(number)
        let ids = page.items.map(\.id)
        if !ids.isEmpty, !seen.insert(ids.hashValue).inserted {
          isDone = true
          throw CommerceLayerError(
            .protocolViolation, "page \(number) is the same as a page before it")
        }
        isDone = page.items.isEmpty || !page.hasNext
        number += 1
        return page
      }
    }
  }
}
