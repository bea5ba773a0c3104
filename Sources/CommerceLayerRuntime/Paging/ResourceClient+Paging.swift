/// How a whole list is walked.
public struct PagingMode: Sendable, Hashable {
  enum Kind: Sendable, Hashable {
    case numbered
    case keyset(after: String?)
  }
  let kind: Kind

  /// By page number, in the order asked for. What is created or deleted meanwhile shifts the pages:
  /// items may be missed or come twice.
  public static let numbered = PagingMode(kind: .numbered)

  /// By id: each page begins after the last id of the one before, so nothing shifts, and late pages
  /// are as fast as early ones. The list is in the order of ids.
  public static let keyset = PagingMode(kind: .keyset(after: nil))

  /// Keyset paging that goes on where a walk was broken off: ``PagePosition/after``.
  public static func keyset(after id: String) -> PagingMode { PagingMode(kind: .keyset(after: id)) }
}

extension ResourceClient where Root: ListableResource {
  /// Every resource that meets the condition, page by page as it is read.
  ///
  ///     for try await sku in client.skus.all(where: .code.start("TSHIRT"), paging: .keyset) {
  ///       print(sku.code ?? "")
  ///     }
  /// - Parameters:
  ///   - filter: A condition that the resources must meet, beside those of `configure`.
  ///   - paging: ``PagingMode/keyset`` for large sets and for lists that change meanwhile.
  ///   - options: What the calls have different from their client.
  ///   - configure: Fields, includes and page size; with numbered pages also the sorting and the
  ///     page to begin with.
  public func all(
    where filter: Filter<Root>? = nil, paging: PagingMode = .numbered,
    options: RequestOptions = .init(),
    _ configure: @Sendable (inout ListQuery<Root>) -> Void = { _ in }
  ) -> PagedSequence<Root> {
    let start = ListQuery<Root>(filter) {
      $0.page(size: api.maximumPageSize)
      configure(&$0)
    }
    switch paging.kind {
    case .numbered:
      return PagedSequence(
        walk: PageWalk(start: PagePosition(place: .number(start.pageNumber ?? 1))) { position in
          var query = start
          query.page(position.number)
          return try await page(query, options: options)
        })
    case .keyset(let after):
      return PagedSequence(
        walk: PageWalk(start: PagePosition(place: .after(after))) { position in
          try await page(
            Self.keysetQuery(start, after: position.after), options: options)
        })
    }
  }

  /// - Throws: an error of kind `invalidInput` when the service cannot do it for this resource, or the
  ///   query asks for another order.
  private static func keysetQuery(
    _ start: ListQuery<Root>, after: String?
  ) throws(CommerceLayerError) -> ListQuery<Root> {
    let schema = Root.schema
    guard schema.filtersByID, schema.sortsByID else {
      throw CommerceLayerError(
        .invalidInput, "\(schema.name) cannot be filtered and sorted by id: use numbered pages")
    }
    guard start.sorts.isEmpty, start.pageNumber == nil else {
      throw CommerceLayerError(
        .invalidInput, "keyset paging sorts by id and counts no pages: ask for neither")
    }
    var query = start
    query.sorts = ["id"]
    if let after {
      _ = try PercentEncoding.segment(after)
      query.filter(Filter(wire: "id_gt", text: after))
    }
    return query
  }
}
