import HTTPTypes

/// What all lists have in common, those of a resource and those a relationship leads to.
extension APIClient {
  /// The page size for whole lists; nil when no service description says the maximum.
  var maximumPageSize: Int? {
    core.service.flatMap { $0.maximumPageSize > 0 ? $0.maximumPageSize : nil }
  }

  func page<Item: Resource>(
    _ query: ListQuery<Item>, at path: String, options: RequestOptions
  ) async throws -> Page<Item> {
    try query.validate(maximumSize: maximumPageSize)
    let call = APICall(
      method: .get, path: path, parameters: query.parameters, isIdempotent: true)
    return try await perform(call, options: options) { try Page($0.document(call.label)) }
  }

  func count<Item: Resource>(
    _ query: ListQuery<Item>, at path: String, options: RequestOptions
  ) async throws -> Int {
    let call = APICall(
      method: .get, path: path, parameters: query.smallest.parameters, isIdempotent: true)
    return try await perform(call, options: options) { response in
      let page = try Page<Item>(response.document(call.label))
      guard let count = page.recordCount else {
        throw CommerceLayerError.protocolViolation(
          "the number of records is missing", pointer: "/meta/record_count",
          response.context(call.label))
      }
      return count
    }
  }

  func exists<Item: Resource>(
    _ query: ListQuery<Item>, at path: String, options: RequestOptions
  ) async throws -> Bool {
    try await !page(query.smallest, at: path, options: options).items.isEmpty
  }
}

extension ListQuery {
  init(_ filter: Filter<Root>?, _ configure: (inout ListQuery<Root>) -> Void) {
    self.init()
    configure(&self)
    if let filter { self.filter(filter) }
  }

  /// The same conditions with as little in the response as possible: one resource with one field.
  var smallest: ListQuery {
    var query = ListQuery()
    query.filters = filters
    query.resource.fieldNames = Root.schema.smallestField.map { [$0] } ?? []
    query.page(size: 1)
    return query
  }
}

extension ResourceSchema {
  /// The name of an attribute that takes few bytes; nil when none is known to.
  fileprivate var smallestField: String? {
    let small: [AttributeType] = [.boolean, .integer, .datetime, .float, .string]
    return small.lazy.compactMap { type in
      attributes.first { $0.type == type && $0.isReadable && !$0.isTransient }?.name
    }.first
  }
}
