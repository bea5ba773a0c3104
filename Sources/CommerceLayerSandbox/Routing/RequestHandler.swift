import CommerceLayerRuntime
import GRDB
import HTTPTypes

/// Responds to one request to `/api`.
struct RequestHandler: Sendable {
  let configuration: SandboxConfiguration
  let catalog: Catalog
  let store: Store
  let operations: RecordOperations
  let runner: ImportRunner?
  let sender: WebhookSender

  private var records: RecordTable { operations.records }
  private var sql: RecordSQL { RecordSQL(catalog: catalog, links: store.links) }

  /// One request, as far as it is read.
  struct Call: Sendable {
    let method: HTTPRequest.Method
    let path: String
    let query: QueryString
    let body: [UInt8]
    let context: DocumentContext
    let caller: Caller

    /// What operations have to know of it.
    var request: RecordOperations.Request {
      .init(
        author: caller.author, origin: context.origin, orderDefaults: caller.orderDefaults)
    }
  }

  /// - Throws: ``ErrorResponse`` or a database error.
  func respond(_ call: Call, route: Route) async throws -> SandboxResponse {
    switch route {
    case .token, .authorize, .revoke, .tokenInfo: throw ErrorResponse.notFound("the endpoint")
    case .collection(let type): try await collection(call, try schema(type))
    case .member(let type, let id): try await member(call, try schema(type), id)
    case .related(let type, let id, let name):
      try await related(call, try schema(type), id, name)
    case .linkage(let type, let id, let name):
      try await linkage(call, try schema(type), id, name)
    }
  }

  /// The methods a route knows; empty when the route is none.
  func methods(_ route: Route) -> [HTTPRequest.Method] {
    func methods(_ schema: ResourceSchema?, member: Bool) -> [HTTPRequest.Method] {
      guard let schema else { return [] }
      return schema.operations.filter { operation in
        let isMember = operation.path.contains(":id")
        return isMember == member
      }.compactMap { HTTPRequest.Method($0.method) }
    }
    return switch route {
    case .token, .authorize, .revoke, .tokenInfo: route.tokenMethod.map { [$0] } ?? []
    case .collection(let type): methods(catalog.schema(type), member: false)
    case .member(let type, _): methods(catalog.schema(type), member: true)
    case .related(let type, _, let name), .linkage(let type, _, let name):
      catalog.schema(type)?.relationship(name) == nil ? [] : [.get]
    }
  }

  private func schema(_ type: String) throws(ErrorResponse) -> ResourceSchema {
    guard let schema = catalog.schema(type) else { throw .notFound(type) }
    return schema
  }

  private func request(
    _ call: Call, _ schema: ResourceSchema, isList: Bool
  ) throws(ErrorResponse) -> ListRequest {
    try ListRequest(
      call.query, schema: schema, catalog: catalog, isList: isList,
      lenient: configuration.lenientFilters)
  }

  private func builder(_ call: Call) -> DocumentBuilder {
    DocumentBuilder(
      catalog: catalog, related: RelatedRecords(sql), context: call.context)
  }

  private func collection(_ call: Call, _ schema: ResourceSchema) async throws -> SandboxResponse {
    switch call.method {
    case .post: return try await create(call, schema)
    case .get where schema.isSingleton, .patch where schema.isSingleton:
      let id = try await store.write { db in
        try operations.singleton(db, schema)
      }.id
      return try await member(call, schema, id)
    default:
      let rights = rights(call)
      try rights.checkListing(schema)
      let request = try request(call, schema, isList: true)
      return try await list(
        call, request, schema, scope: rights.listed(schema, links: store.links))
    }
  }

  /// A page of the records that `request` asks for.
  /// - Parameter scope: What else holds for them.
  private func list(
    _ call: Call, _ request: ListRequest, _ schema: ResourceSchema,
    scope: @escaping @Sendable (Database) throws -> SQL?
  ) async throws -> SandboxResponse {
    try await store.index(request.indexed(schema, catalog: catalog))
    let builder = builder(call)
    return try await TimeLimit(configuration).run(call.query) {
      try await store.read { db in
        let page = try RecordPage.fetch(
          db, request, schema: schema, sql: sql, scope: try scope(db))
        return .document(200, try builder.list(db, page, request: request, path: call.path))
      }
    }
  }

  private func create(_ call: Call, _ schema: ResourceSchema) async throws -> SandboxResponse {
    let rights = rights(call)
    try rights.checkCreating(schema)
    let view = try request(call, schema, isList: false).view
    let document = try document(call, schema, id: nil)
    try rights.check(document, schema)
    let insert = try operations.serving(call.request).create(document, schema)
    let builder = builder(call)
    let body = try await store.write { db in
      try builder.one(db, try insert(db), view: view)
    }
    sender.wake()
    if schema.name == catalog.imports || operations.jobs.types.contains(schema.name) {
      runner?.wake()
    }
    return .document(schema.operation(.create)?.success ?? 201, body)
  }

  private func rights(_ call: Call) -> AccessRights {
    AccessRights(caller: call.caller, catalog: catalog)
  }

  private func document(
    _ call: Call, _ schema: ResourceSchema, id: String?
  ) throws(ErrorResponse) -> RequestDocument {
    try RequestDocument(
      call.body, type: schema.name, id: id, limits: configuration.jsonLimits)
  }

  private func member(_ call: Call, _ schema: ResourceSchema, _ id: String) async throws
    -> SandboxResponse
  {
    let view = try request(call, schema, isList: false).view
    let builder = builder(call)
    let rights = rights(call)
    let action = call.method == .get ? AccessRights.Action.read : .change
    let find: @Sendable (Database) throws -> StoredRecord = { db in
      guard let record = try records.find(db, type: schema.name, id: id) else {
        throw ErrorResponse.notFound("the \(schema.singular) of this id")
      }
      try rights.check(db, action, record, behavior: operations.behavior)
      return record
    }
    switch call.method {
    case .patch:
      // What does not exist is not found, however wrong the body is.
      _ = try await store.read { db in try find(db).sequence }
      let document = try document(call, schema, id: id)
      try rights.check(document, schema)
      let update = try operations.serving(call.request).update(document, schema)
      let body = try await store.write { db in
        try builder.one(db, try update(db, try find(db)), view: view)
      }
      sender.wake()
      if operations.jobs.types.contains(schema.name) { runner?.wake() }
      return .document(schema.operation(.update)?.success ?? 200, body)
    case .delete:
      let serving = operations.serving(call.request)
      try await store.write { db in try serving.delete(db, try find(db)) }
      sender.wake()
      return .noContent
    default:
      return .document(
        200, try await store.read { db in try builder.one(db, try find(db), view: view) })
    }
  }

  private func related(
    _ call: Call, _ schema: ResourceSchema, _ id: String, _ name: String
  ) async throws -> SandboxResponse {
    guard let relationship = schema.relationship(name) else { throw ErrorResponse.notFound(name) }
    // A target outside the schemas has no records to list, but the endpoint exists.
    let target =
      relationship.target.flatMap(catalog.schema)
      ?? ResourceSchema(
        table: JSONValue.object(["resource": .string(relationship.target ?? name)]).text)
    let request = try request(call, target, isList: relationship.isToMany)
    let find: @Sendable (Database) throws -> StoredRecord = { db in try owner(db, schema, id) }
    let related = RelatedRecords(sql)
    guard relationship.isToMany else {
      let builder = builder(call)
      return try await store.read { db in
        let record = try related.all(db, relationship, of: try find(db), schema).first
        return .document(200, try builder.one(db, record, view: request.view))
      }
    }
    return try await list(call, request, target) { db in
      related.scope(relationship, of: try find(db), schema)
    }
  }

  /// The record that a path names; of a singleton there is one, whatever the path says.
  private func owner(
    _ db: Database, _ schema: ResourceSchema, _ id: String
  ) throws -> StoredRecord {
    let found =
      try schema.isSingleton
      ? records.first(db, type: schema.name) : records.find(db, type: schema.name, id: id)
    guard let found else { throw ErrorResponse.notFound("the \(schema.singular) of this id") }
    return found
  }

  private func linkage(
    _ call: Call, _ schema: ResourceSchema, _ id: String, _ name: String
  ) async throws -> SandboxResponse {
    guard let relationship = schema.relationship(name) else { throw ErrorResponse.notFound(name) }
    return try await store.read { db in
      let owner = try owner(db, schema, id)
      let identities = try RelatedRecords(sql)
        .all(db, relationship, of: owner, schema)
        .map { ResourceWriter.Identity(type: $0.type, id: $0.id) }
      var writer = JSONWriter()
      writer.raw("{\"data\":")
      ResourceWriter.write(
        relationship.isToMany ? .many(identities) : .one(identities.first), to: &writer)
      writer.raw("}")
      return .document(200, writer.bytes)
    }
  }
}

extension SandboxConfiguration {
  /// Bounds for request bodies.
  var jsonLimits: JSONLimits {
    JSONLimits(depth: 64, bytes: maximumBodyBytes, values: 16 << 20)
  }
}
