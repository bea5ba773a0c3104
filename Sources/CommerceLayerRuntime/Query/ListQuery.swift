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
    fieldNames += fields.map(\.wire)
  }

  /// Related resources to send along.
  public mutating func include(_ includes: Include<Root>...) {
    self.includes += includes.map(\.wire)
  }

  /// Only these fields of the included resources of a type: `$0.fields(of: Price.self, .currencyCode)`.
  public mutating func fields<Other: Resource>(
    of type: Other.Type, _ fields: FieldName<Other>...
  ) {
    includedFields(of: type, fields)
  }

  mutating func includedFields<Other: Resource>(of type: Other.Type, _ fields: [FieldName<Other>]) {
    if Other.schema.name == Root.schema.name {
      fieldNames += fields.map(\.wire)
    } else if let place = includedFields.firstIndex(where: { $0.type == Other.schema.name }) {
      includedFields[place].names += fields.map(\.wire)
    } else {
      includedFields.append(.init(type: Other.schema.name, names: fields.map(\.wire)))
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
    sorts.append(order == .ascending ? key.wire : "-" + key.wire)
  }

  /// Only these fields; an attribute that is not named reads as nil.
  public mutating func fields(_ fields: FieldName<Root>...) {
    resource.fieldNames += fields.map(\.wire)
  }

  /// Related resources to send along.
  public mutating func include(_ includes: Include<Root>...) {
    resource.includes += includes.map(\.wire)
  }

  /// Only these fields of the included resources of a type: `$0.fields(of: Price.self, .currencyCode)`.
  public mutating func fields<Other: Resource>(
    of type: Other.Type, _ fields: FieldName<Other>...
  ) {
    resource.includedFields(of: type, fields)
  }

  /// Which page, from 1, and how many resources on it: at most ``ServiceDescription/maximumPageSize``,
  /// and ``ServiceDescription/defaultPageSize`` when not said.
  public mutating func page(_ number: Int? = nil, size: Int? = nil) {
    pageNumber = number ?? pageNumber
    pageSize = size ?? pageSize
  }

  /// The query's parameters in a stable order, not yet encoded.
  public var parameters: [QueryParameter] {
    var list = filters.map(\.parameter)
    if !sorts.isEmpty { list.append(.init(name: "sort", value: sorts.joined(separator: ","))) }
    list += resource.parameters
    if let pageNumber { list.append(.init(name: "page[number]", value: String(pageNumber))) }
    if let pageSize { list.append(.init(name: "page[size]", value: String(pageSize))) }
    return list
  }

  /// - Parameter maximumSize: what the service grants at most; nil when it is not known.
  /// - Throws: an error of kind `invalidInput` before anything is sent.
  func validate(maximumSize: Int?) throws(CommerceLayerError) {
    if let pageNumber, pageNumber < 1 {
      throw CommerceLayerError(.invalidInput, "pages are counted from 1, not \(pageNumber)")
    }
    if let pageSize, pageSize < 1 || pageSize > maximumSize ?? .max {
      let range = maximumSize.map { "1 to \($0) resources" } ?? "at least one resource"
      throw CommerceLayerError(.invalidInput, "a page holds \(range), not \(pageSize)")
    }
  }
}

/// One parameter of a query.
public struct QueryParameter: Sendable, Hashable {
  /// The name, not encoded.
  public var name: String
  /// The value, not encoded.
  public var value: String { didSet { problem = nil } }
  /// Why the service would not understand it; nil when it would.
  private(set) var problem: String?

  /// Creates a parameter.
  public init(name: String, value: String) {
    self.name = name
    self.value = value
  }

  /// A condition.
  init(filter wire: String, value: String, problem: String?) {
    name = "filter[q][\(wire)]"
    self.value = value
    self.problem = problem
  }

  /// - Throws: an error of kind `invalidInput` that names the parameter.
  func validate() throws(CommerceLayerError) {
    guard let problem else { return }
    throw CommerceLayerError(
      .invalidInput, "'\(TerminalSafe.text(name, limit: 100))' cannot be sent: \(problem)")
  }
}
