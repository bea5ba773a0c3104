/// What a single resource's request may ask for.
public struct ResourceQuery<Root: Resource>: Sendable, Hashable {
  var fieldNames: [String] = []
  var includes: [String] = []
  /// Fields of included resources by their type, in the order asked for.
  var includedFields: [IncludedFields] = []

  struct IncludedFields: Sendable, Hashable {
    let type: String
    var names: [String]
  }

  /// Asks for everything.
  public init() {}

  /// Only these fields; an attribute that is not named reads as nil.
  public mutating func fields(_ fields: FieldName<Root>...) {
    fieldNames += fields.map(\.name)
  }

  /// Related resources to send along.
  public mutating func include(_ includes: Include<Root>...) {
    self.includes += includes.map(\.path)
  }

  /// Only these fields of the included resources of a type: `$0.fields(of: Price.self, .currencyCode)`.
  public mutating func fields<Other: Resource>(
    of type: Other.Type, _ fields: FieldName<Other>...
  ) {
    includedFields(of: type, fields)
  }

  mutating func includedFields<Other: Resource>(of type: Other.Type, _ fields: [FieldName<Other>]) {
    if Other.schema.name == Root.schema.name {
      fieldNames += fields.map(\.name)
    } else if let place = includedFields.firstIndex(where: { $0.type == Other.schema.name }) {
      includedFields[place].names += fields.map(\.name)
    } else {
      includedFields.append(.init(type: Other.schema.name, names: fields.map(\.name)))
    }
  }

  /// The query's parameters in a stable order, not yet encoded.
  public var parameters: [QueryParameter] {
    var list: [QueryParameter] = []
    if !fieldNames.isEmpty {
      list.append(
        .init(name: "fields[\(Root.schema.name)]", value: fieldNames.joined(separator: ",")))
    }
    list += includedFields.filter { !$0.names.isEmpty }.map {
      .init(name: "fields[\($0.type)]", value: $0.names.joined(separator: ","))
    }
    if !includes.isEmpty {
      list.append(.init(name: "include", value: includes.joined(separator: ",")))
    }
    return list
  }
}

/// What a list request may ask for.
public struct ListQuery<Root: Resource>: Sendable, Hashable {
  var resource = ResourceQuery<Root>()
  var filters: [Filter<Root>] = []
  var sorts: [String] = []
  var pageNumber: Int?
  var pageSize: Int?

  /// Asks for the first page of everything.
  public init() {}

  /// A condition; several of them must all hold.
  public mutating func filter(_ filter: Filter<Root>) { filters.append(filter) }

  /// Sorts by a field; later calls break ties.
  public mutating func sort(_ key: SortKey<Root>, _ order: SortDirection = .ascending) {
    sorts.append(order == .ascending ? key.name : "-" + key.name)
  }

  /// Only these fields; an attribute that is not named reads as nil.
  public mutating func fields(_ fields: FieldName<Root>...) {
    resource.fieldNames += fields.map(\.name)
  }

  /// Related resources to send along.
  public mutating func include(_ includes: Include<Root>...) {
    resource.includes += includes.map(\.path)
  }

  /// Only these fields of the included resources of a type: `$0.fields(of: Price.self, .currencyCode)`.
  public mutating func fields<Other: Resource>(
    of type: Other.Type, _ fields: FieldName<Other>...
  ) {
    resource.includedFields(of: type, fields)
  }

  /// Which page (from 1) and how many on it (1 to 25; 10 when not said).
  public mutating func page(_ number: Int? = nil, size: Int? = nil) {
    pageNumber = number ?? pageNumber
    pageSize = size ?? pageSize
  }

  /// The query's parameters in a stable order, not yet encoded.
  public var parameters: [QueryParameter] {
    var list = filters.map { QueryParameter(name: "filter[q][\($0.name)]", value: $0.value) }
    if !sorts.isEmpty { list.append(.init(name: "sort", value: sorts.joined(separator: ","))) }
    list += resource.parameters
    if let pageNumber { list.append(.init(name: "page[number]", value: String(pageNumber))) }
    if let pageSize { list.append(.init(name: "page[size]", value: String(pageSize))) }
    return list
  }

  /// - Throws: an error of kind `invalidInput` before anything is sent.
  func validate() throws(CommerceLayerError) {
    if let pageNumber, pageNumber < 1 {
      throw CommerceLayerError(.invalidInput, "pages are counted from 1, not \(pageNumber)")
    }
    if let pageSize, !(1...Self.maximumPageSize).contains(pageSize) {
      throw CommerceLayerError(
        .invalidInput, "a page holds 1 to \(Self.maximumPageSize) resources, not \(pageSize)")
    }
  }

  /// The service grants at most 25 resources a page.
  static var maximumPageSize: Int { 25 }
}

/// One parameter of a query.
public struct QueryParameter: Sendable, Hashable {
  /// The name, not encoded.
  public var name: String
  /// The value, not encoded.
  public var value: String

  /// Creates a parameter.
  public init(name: String, value: String) {
    self.name = name
    self.value = value
  }
}
