import CommerceLayerRuntime

/// What a request's query asks for, checked against the schema.
struct ListRequest: Sendable {
  struct Sort: Sendable, Hashable {
    let name: String
    let descending: Bool
  }

  var filters: [FilterCondition] = []
  var sorts: [Sort] = []
  var page = 1
  var pageSize: Int
  var view: DocumentView

  /// The parameters without those of the page, for the links between pages.
  var unpaged: [QueryString.Parameter] = []

  /// Reads a query.
  /// - Throws: ``ErrorResponse`` for what the service does not know or does not allow.
  init(
    _ query: QueryString, schema: ResourceSchema, catalog: Catalog, isList: Bool, lenient: Bool
  ) throws(ErrorResponse) {
    pageSize = catalog.service.defaultPageSize
    view = DocumentView()
    for parameter in query.parameters {
      guard let (base, keys) = QueryString.keys(parameter.name) else {
        throw ErrorResponse(
          .paramNotAllowed, "brackets do not match", .parameter(parameter.name))
      }
      if base != "page" { unpaged.append(parameter) }
      switch base {
      case "fields":
        try view.addFields(parameter, keys, catalog)
      case "include":
        try view.addIncludes(parameter, schema, catalog)
      case "page" where isList:
        try addPage(parameter, keys, maximum: catalog.service.maximumPageSize)
      case "sort" where isList:
        try addSorts(parameter, schema)
      case "filter" where isList:
        try addFilter(parameter, keys, schema, catalog, lenient: lenient)
      default:
        throw ErrorResponse(
          .paramNotAllowed, "\(parameter.name) is not allowed", .parameter(parameter.name))
      }
    }
  }

  /// The attributes whose indexes make the list short work: those that are compared with values, and the
  /// one it is sorted by first.
  func indexed(_ schema: ResourceSchema, catalog: Catalog) -> Set<IndexedAttribute> {
    var found: Set<IndexedAttribute> = []
    func add(_ type: String, _ attribute: String) {
      guard catalog.types(of: type).count == 1,
        let indexed = IndexedAttribute(type: type, attribute: attribute)
      else { return }
      found.insert(indexed)
    }
    for filter in filters where PredicateSQL.usesOrder(filter.name.predicate.name) {
      for field in filter.name.fields {
        switch field {
        case .own(let name, _): add(schema.name, name)
        case .related(_, let type, let name, _): add(type, name)
        case .relatedID: break
        }
      }
    }
    if let first = sorts.first { add(schema.name, first.name) }
    return found
  }

  private mutating func addPage(
    _ parameter: QueryString.Parameter, _ keys: [String], maximum: Int
  ) throws(ErrorResponse) {
    guard keys.count == 1 else {
      throw ErrorResponse(
        .invalidPageObject, "a page is page[number] and page[size]", .parameter(parameter.name))
    }
    let number = Int(parameter.value).flatMap { $0 >= 1 ? $0 : nil }
    switch (keys[0], number) {
    case ("number", let number?): page = number
    case ("size", let size?) where size <= maximum: pageSize = size
    case ("number", _), ("size", _):
      throw ErrorResponse(
        .invalidPageValue,
        keys[0] == "size" ? "a page holds 1 to \(maximum) records" : "pages are counted from 1",
        .parameter(parameter.name))
    default:
      throw ErrorResponse(
        .paramNotAllowed, "\(parameter.name) is not allowed", .parameter(parameter.name))
    }
  }

  private mutating func addSorts(
    _ parameter: QueryString.Parameter, _ schema: ResourceSchema
  ) throws(ErrorResponse) {
    for item in parameter.value.split(separator: ",", omittingEmptySubsequences: false) {
      let descending = item.hasPrefix("-")
      let name = String(descending ? item.dropFirst() : item)
      let isSortable =
        name == "id" ? schema.sortsByID : schema.attribute(name)?.isSortable ?? false
      guard isSortable else {
        throw ErrorResponse(
          .invalidSortCriteria, "\(name) is not a sort criteria of \(schema.name)",
          .parameter("sort"))
      }
      sorts.append(Sort(name: name, descending: descending))
    }
  }

  private mutating func addFilter(
    _ parameter: QueryString.Parameter, _ keys: [String], _ schema: ResourceSchema,
    _ catalog: Catalog, lenient: Bool
  ) throws(ErrorResponse) {
    guard keys.count == 2, keys[0] == "q" else {
      if lenient { return }
      throw ErrorResponse(
        .invalidFiltersSyntax, "a filter is filter[q][attribute_predicate]",
        .parameter(parameter.name))
    }
    let name: FilterName
    do {
      name = try FilterName.parse(keys[1], schema: schema, catalog: catalog)
    } catch {
      switch error {
      case .unknownPredicate, .unknownField:
        if lenient { return }
      case .notFilterable, .unfit: break
      }
      throw Self.rejection(error, parameter.name)
    }
    filters.append(
      try FilterCondition(name, value: parameter.value, parameter: parameter.name))
  }

  static func rejection(_ failure: FilterName.Failure, _ parameter: String) -> ErrorResponse {
    switch failure {
    case .unknownPredicate:
      ErrorResponse(
        .invalidFiltersSyntax, "the filter does not end in a predicate such as _eq",
        .parameter(parameter))
    case .unknownField(let name):
      ErrorResponse(.filterNotAllowed, "\(name) is not a valid attribute", .parameter(parameter))
    case .notFilterable(let name):
      ErrorResponse(.filterNotAllowed, "\(name) is not filterable", .parameter(parameter))
    case .unfit(let predicate, let field):
      ErrorResponse(
        .filterNotAllowed, "\(predicate) does not fit the type of \(field)", .parameter(parameter))
    }
  }
}
