import CommerceLayer
import Foundation

/// What the generated probe of a resource offers; a resource without an operation lacks its function.
protocol ResourceProbe: SendableMetatype {
  typealias Edit = (inout RequestStorage) -> Void

  static var schema: ResourceSchema { get }
  /// Decodes a resource object, reads every accessor and encodes it again.
  static func decode(_ bytes: Data) throws -> (Seen, Data)
  /// Names everything that queries can name.
  static func queryNames() -> QueryNames
  /// Retrieves and reads every accessor; nil where the resource cannot be retrieved.
  static func retrieve(_ client: CommerceLayerClient) async throws -> Seen?
  /// Lists and reads every accessor; nil where the resource cannot be listed.
  static func list(_ client: CommerceLayerClient) async throws -> [Seen]?
  /// Lists with every filter and sort key.
  static func listEverything(_ client: CommerceLayerClient) async throws
  /// Creates with every argument set; false where the resource cannot be created.
  static func create(_ client: CommerceLayerClient, _ edit: Edit) async throws -> Bool
  /// Updates with every argument set, or with null where that clears.
  static func update(_ client: CommerceLayerClient, clear: Bool) async throws -> Bool
  /// Deletes.
  static func delete(_ client: CommerceLayerClient) async throws -> Bool
  /// Every trigger that is only pulled.
  static var triggers: [ProbedCall] { get }
  /// Every related resource or list.
  static var related: [ProbedCall] { get }
}

extension ResourceProbe {
  static func retrieve(_ client: CommerceLayerClient) async throws -> Seen? { nil }
  static func list(_ client: CommerceLayerClient) async throws -> [Seen]? { nil }
  static func listEverything(_ client: CommerceLayerClient) async throws {}
  static func create(_ client: CommerceLayerClient, _ edit: Edit) async throws -> Bool { false }
  static func update(_ client: CommerceLayerClient, clear: Bool) async throws -> Bool { false }
  static func delete(_ client: CommerceLayerClient) async throws -> Bool { false }
}

/// A call of one resource's client, by the wire name of what it calls.
struct ProbedCall: Sendable {
  let wire: String
  let call: @Sendable (CommerceLayerClient) async throws -> Void

  init(_ wire: String, _ call: @escaping @Sendable (CommerceLayerClient) async throws -> Void) {
    self.wire = wire
    self.call = call
  }
}

/// A condition made with a predicate.
struct ProbedFilter<Root: Resource> {
  let predicate: String
  let filter: Filter<Root>

  init(_ predicate: String, _ filter: Filter<Root>) {
    self.predicate = predicate
    self.filter = filter
  }
}

/// The names that the statics of a resource gave.
struct QueryNames {
  /// Names of conditions, `status_eq`.
  var filters: [String] = []
  var sorts: [String] = []
  var fields: [String] = []
  var includes: [String] = []
  /// Statics that gave another name than that of their wire name.
  var wrong: [String] = []

  fileprivate mutating func note(
    _ wire: String, _ name: String, in list: WritableKeyPath<Self, [String]>
  ) {
    self[keyPath: list].append(name)
    if wire != name { wrong.append("\(name) instead of \(wire)") }
  }
}

/// Everything that lists of a resource can be asked for, said with its statics.
struct ProbedQuery<Root: Resource>: Sendable {
  private(set) var filters: [Filter<Root>] = []
  private(set) var sorts: [SortKey<Root>] = []
  private(set) var names = QueryNames()

  mutating func filter(_ wire: String, _ filters: [ProbedFilter<Root>]) {
    for probed in filters {
      self.filters.append(probed.filter)
      let parameter = Self.parameter { $0.filter(probed.filter) }
      let name = String(parameter.name.dropFirst("filter[q][".count).dropLast())
      names.note("\(wire)_\(probed.predicate)", name, in: \.filters)
      if parameter.value.isEmpty { names.wrong.append("\(name) has no value") }
    }
  }
  mutating func sort(_ wire: String, _ key: SortKey<Root>) {
    sorts.append(key)
    names.note(wire, Self.parameter { $0.sort(key) }.value, in: \.sorts)
  }
  mutating func field(_ wire: String, _ field: FieldName<Root>) {
    names.note(wire, Self.parameter { $0.fields(field) }.value, in: \.fields)
  }
  mutating func include(_ wire: String, _ include: Include<Root>) {
    names.note(wire, Self.parameter { $0.include(include) }.value, in: \.includes)
  }

  /// The one parameter of a query that asks for one thing.
  private static func parameter(_ ask: (inout ListQuery<Root>) -> Void) -> QueryParameter {
    var query = ListQuery<Root>()
    ask(&query)
    return query.parameters.first ?? QueryParameter(name: "", value: "")
  }
}

extension ListQuery {
  /// All conditions and sort keys, the second page of 25.
  mutating func ask(for everything: ProbedQuery<Root>) {
    for filter in everything.filters { self.filter(filter) }
    for key in everything.sorts { sort(key, .descending) }
    page(2, size: 25)
  }
}

/// What the typed accessors of one resource read, as JSON.
struct Seen {
  let id: String
  let type: String
  private(set) var attributes: [String: JSONValue] = [:]
  /// Ids by relationship; nil when the accessor read nothing.
  private(set) var relationships: [String: [String]] = [:]

  init(_ resource: some Resource) {
    id = resource.storage.id
    type = resource.storage.type
  }

  mutating func string(_ wire: String, _ value: String?) { note(wire, value.map { .string($0) }) }
  mutating func integer(_ wire: String, _ value: Int?) {
    note(wire, value.map { .number(JSONNumber($0)) })
  }
  mutating func float(_ wire: String, _ value: Double?) {
    note(wire, value.flatMap { JSONNumber($0) }.map { .number($0) })
  }
  mutating func boolean(_ wire: String, _ value: Bool?) { note(wire, value.map { .bool($0) }) }
  mutating func datetime(_ wire: String, _ value: Date?) {
    note(wire, value.map { .string(ISO8601.text($0)) })
  }
  mutating func object(_ wire: String, _ value: JSONValue?) { note(wire, value) }
  mutating func array(_ wire: String, _ value: [JSONValue]?) {
    note(wire, value.map { .array($0) })
  }
  mutating func one(_ wire: String, _ value: (some Resource)?) {
    relationships[wire] = value.map { [$0.storage.id] }
  }
  mutating func many(_ wire: String, _ value: [some Resource]?) {
    relationships[wire] = value.map { $0.map(\.storage.id) }
  }

  private mutating func note(_ wire: String, _ value: JSONValue?) { attributes[wire] = value }
}
