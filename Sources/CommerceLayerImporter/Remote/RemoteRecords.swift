public import CommerceLayer
import CommerceLayerRows
import HTTPTypes
import NearestNames

/// One record of the service, as far as it was asked for.
struct RemoteRecord: Sendable {
  let id: String
  let attributes: JSONObject
  /// The ids of to-one relationships that the response holds; an empty text for one that leads nowhere.
  let related: [String: String]

  /// The value of an attribute as text; nil when it is absent or null.
  func text(_ attribute: String) -> String? {
    attribute == "id" ? id : attributes[attribute].flatMap(Self.text)
  }

  static func text(_ value: JSONValue) -> String? {
    switch value {
    case .string(let text): text
    case .number(let number): number.text
    case .bool(let flag): flag ? "true" : "false"
    case .null, .array, .object: nil
    }
  }
}

/// One page of records.
struct RemotePage: Sendable {
  var records: [RemoteRecord] = []
  /// How many records the whole list has; nil when the service does not say.
  var total: Int?
  var hasNext = false
}

/// Why the service's records do not settle what was asked of them.
public struct RemoteError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kind of failure.
  public enum Kind: String, Sendable, Hashable {
    /// What was asked for cannot be asked: an attribute that does not exist, for example.
    case usage
    /// No record, or several, where one is needed.
    case data
    /// The response contradicts the request.
    case violation
    /// The work did not end, or ended with an error.
    case unavailable
    /// The file cannot be written.
    case output
  }

  /// The kind of failure.
  public let kind: Kind
  /// What is wrong, in a sentence.
  public let message: String
  /// The records or names that may have been meant, one a line.
  public let candidates: [String]
  /// What to do about it.
  public let advice: String?

  /// Creates an error.
  public init(
    _ kind: Kind, _ message: String, candidates: [String] = [], advice: String? = nil
  ) {
    self.kind = kind
    self.message = message
    self.candidates = candidates
    self.advice = advice
  }

  /// What is wrong, with the candidates.
  public var description: String {
    message + (candidates.isEmpty ? "" : ": " + candidates.joined(separator: "; "))
  }
}

/// The records of an organization by the names that the schema has for types and attributes.
///
/// All calls go through the client: its rate limits, retries and time limits hold, and cancelling the
/// task ends them.
public struct RecordDirectory: Sendable {
  /// The most values that one request names. A page holds no more records.
  static let maximumBatch = 25
  /// The most bytes of values in one request, encoded: the service documents no limit of a URL's
  /// length, and common servers take 4 to 8 KiB.
  static let maximumBatchBytes = 2_000

  let client: CommerceLayerClient
  let service: ServiceDescription
  private let schemas: [String: ResourceSchema]

  /// Creates a directory.
  public init(
    client: CommerceLayerClient,
    service: ServiceDescription = CommerceLayerService.description,
    schemas: [ResourceSchema] = CommerceLayerService.schemas
  ) {
    self.client = client
    self.service = service
    self.schemas = Dictionary(
      schemas.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The schema of a type.
  /// - Throws: ``RemoteError`` when there is none, or its records cannot be listed.
  func listable(_ type: String) throws(RemoteError) -> ResourceSchema {
    guard let schema = schemas[type] else {
      let suggestion = NearestNames.suggestion(for: type, among: schemas.keys.sorted())
      throw RemoteError(
        .usage, "'\(TerminalSafe.text(type, limit: 60))' is not a resource type",
        advice: suggestion.map { "did you mean '\($0)'?" })
    }
    guard schema.operation(.list) != nil else {
      throw RemoteError(.usage, "\(type) cannot be listed")
    }
    return schema
  }

  /// What a condition on a field of a row is called in a filter, before the predicate; nil when
  /// lists cannot be filtered by it. `price_list_id` is the id of a relationship; `sku_code` can be an
  /// attribute, or the code of the related SKU, which is written the same.
  func filterName(_ field: String, of schema: ResourceSchema) -> String? {
    if field == "id" { return schema.filtersByID ? field : nil }
    if schema.attribute(field)?.isFilterable == true { return field }
    for relationship in schema.relationships
    where relationship.isFilterable && field.hasPrefix(relationship.name + "_") {
      let rest = String(field.dropFirst(relationship.name.count + 1))
      if rest == "id" { return field }
      guard let target = relationship.target.flatMap({ schemas[$0] }) else { continue }
      if target.attribute(rest)?.isFilterable == true { return field }
    }
    return nil
  }

  /// Reads one page.
  /// - Parameters:
  ///   - filters: Names with their predicate, and values. None is blank: the service would drop such
  ///     a condition and return everything.
  ///   - relationships: To-one relationships whose ids are wanted.
  func page(
    _ schema: ResourceSchema, filters: [(name: String, value: String)] = [],
    attributes: [String], relationships: [String] = [], sort: String? = nil, number: Int? = nil,
    size: Int? = nil
  ) async throws -> RemotePage {
    var query: [QueryParameter] = []
    for filter in filters {
      guard !filter.value.allSatisfy(\.isWhitespace) else {
        throw RemoteError(.usage, "the value of '\(filter.name)' is blank")
      }
      query.append(QueryParameter(name: "filter[q][\(filter.name)]", value: filter.value))
    }
    if let sort { query.append(QueryParameter(name: "sort", value: sort)) }
    var fields = attributes.filter { $0 != "id" } + relationships
    if fields.isEmpty, let small = schema.attributes.first(where: { $0.name == "created_at" }) {
      fields = [small.name]
    }
    if !fields.isEmpty {
      query.append(
        QueryParameter(name: "fields[\(schema.name)]", value: fields.joined(separator: ",")))
    }
    if !relationships.isEmpty {
      query.append(QueryParameter(name: "include", value: relationships.joined(separator: ",")))
    }
    if let number { query.append(QueryParameter(name: "page[number]", value: String(number))) }
    let size = size ?? max(1, service.maximumPageSize)
    query.append(QueryParameter(name: "page[size]", value: String(size)))
    let response = try await client.api.send(RawRequest(.get, schema.path, query: query))
    guard let document = response.value, let data = document["data"]?.array else {
      throw RemoteError(.violation, "the response to GET \(schema.path) is not a list")
    }
    var page = RemotePage()
    page.total = document["meta"]?["record_count"]?.integer
    page.hasNext =
      document["links"]?.object.map { !($0["next"] ?? .null).isNull } ?? (data.count >= size)
    page.records = data.compactMap { element in
      guard let id = element["id"]?.string, !id.isEmpty else { return nil }
      var related: [String: String] = [:]
      for name in relationships {
        guard let data = element["relationships"]?[name]?["data"] else { continue }
        related[name] = data["id"]?.string ?? ""
      }
      return RemoteRecord(
        id: id, attributes: element["attributes"]?.object ?? [:], related: related)
    }
    return page
  }

  /// Reads all records that meet the conditions, page after page by id: records that come and go
  /// meanwhile shift nothing, and no more than a page is in memory.
  /// - Throws: ``RemoteError`` when the service sends ids that are not in order, which would never end.
  func walk(
    _ schema: ResourceSchema, filters: [(name: String, value: String)] = [],
    attributes: [String], relationships: [String] = [],
    _ body: (RemotePage) throws -> Void
  ) async throws {
    guard schema.filtersByID, schema.sortsByID else {
      throw RemoteError(.usage, "\(schema.name) cannot be filtered and sorted by id")
    }
    var after: String?
    while true {
      try Task.checkCancellation()
      let condition = after.map { [(name: "id_gt", value: $0)] } ?? []
      let page = try await page(
        schema, filters: filters + condition, attributes: attributes,
        relationships: relationships, sort: "id")
      try body(page)
      guard page.hasNext, let last = page.records.last?.id else { return }
      // A service that does not know the condition would send the first page again and again.
      if let after, page.records.contains(where: { $0.id == after }) || last == after {
        throw RemoteError(
          .violation, "the list of \(schema.name) does not go on after the id \(after)")
      }
      after = last
    }
  }

  /// Cuts values into lists that one request can name each. A value with a comma stands alone, because
  /// no way is known to write it in a list. Pure.
  static func batches(
    _ values: some Sequence<String>, count: Int = maximumBatch, bytes: Int = maximumBatchBytes
  ) -> [[String]] {
    var batches: [[String]] = []
    var open: [String] = []
    var size = 0
    for value in values {
      if value.contains(",") {
        batches.append([value])
        continue
      }
      let added = encodedSize(value)
      if !open.isEmpty, open.count >= count || size + added > bytes {
        batches.append(open)
        (open, size) = ([], 0)
      }
      open.append(value)
      size += added
    }
    if !open.isEmpty { batches.append(open) }
    return batches
  }

  /// The bytes of a value in a URL, with the comma behind it.
  static func encodedSize(_ value: String) -> Int {
    value.utf8.reduce(3) { size, byte in
      let isPlain =
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
        || (0x61...0x7A).contains(byte) || byte == 0x2D || byte == 0x2E || byte == 0x5F
        || byte == 0x7E
      return size + (isPlain ? 1 : 3)
    }
  }

  /// The condition that a field has one of some values. `_eq` for a single one, commas and all.
  static func condition(_ name: String, _ values: [String]) -> (name: String, value: String) {
    values.count == 1
      ? ("\(name)_eq", values[0]) : ("\(name)_in", values.joined(separator: ","))
  }
}

extension JSONValue {
  fileprivate var isNull: Bool { if case .null = self { true } else { false } }
}
