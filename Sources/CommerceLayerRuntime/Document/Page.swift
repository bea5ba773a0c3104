/// One page of a list.
public struct Page<Item: Resource>: Sendable, Sequence {
  /// The resources on this page.
  public let items: [Item]
  /// How many resources the whole list has; nil when the service does not say.
  public let recordCount: Int?
  /// How many pages the whole list has; nil when the service does not say.
  public let pageCount: Int?
  /// Whether the service names a next page.
  public let hasNext: Bool

  /// Walks the items.
  public func makeIterator() -> IndexingIterator<[Item]> { items.makeIterator() }

  init(_ document: Document) throws(CommerceLayerError) {
    items = try document.many(Item.self)
    recordCount = document.root["meta"]?["record_count"]?.integer
    pageCount = document.root["meta"]?["page_count"]?.integer
    let next = document.root["links"]?["next"]
    hasNext = next.map { !$0.isNull } ?? false
  }
}
