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
  private let document: Document

  /// Walks the items.
  public func makeIterator() -> IndexingIterator<[Item]> { items.makeIterator() }

  /// The resources that were sent along, in the order of the document: also those of unknown types,
  /// and those no relationship leads to because fields were left out.
  public var included: [AnyResource] { document.includedResources }

  /// What in the page contradicts JSON:API or the schema, each with its JSON pointer.
  public var diagnostics: [Diagnostic] { document.diagnostics }

  /// A link of the page: `first`, `prev`, `next`, `last`, `self`; nil when it is absent or null.
  public func link(_ name: String) -> Link? { Link(document.root["links"]?[name]) }

  init(_ document: Document) throws(CommerceLayerError) {
    self.document = document
    items = try document.many(Item.self)
    recordCount = document.root["meta"]?["record_count"]?.integer
    pageCount = document.root["meta"]?["page_count"]?.integer
    hasNext = Link(document.root["links"]?["next"]) != nil
  }
}
