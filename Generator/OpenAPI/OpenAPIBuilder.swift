internal import Spec

/// Gathers the parts of the document, resource by resource.
struct OpenAPIBuilder {
  let service: ServiceSpec
  let profile: Profile
  /// The resources by name.
  let resources: [String: ResourceSpec]
  var tags: [Node] = []
  var paths: [String: [String: Node]] = [:]
  var schemas: [String: Node] = [:]
  var parameters: [String: Node] = [:]
  var responses: [String: Node] = [:]

  init(_ spec: SpecFolder) {
    service = spec.service
    profile = spec.profile
    resources = Dictionary(spec.resources.map { ($0.resource, $0) }) { first, _ in first }
    addShared()
  }

  /// Adds the components of a resource, to which the operations of others may refer.
  mutating func addComponents(of resource: ResourceSpec) {
    tags.append(["name": .text(resource.resource)])
    addSchemas(of: resource)
    addParameters(of: resource)
    addResponses(of: resource)
  }

  /// Adds the operations of a resource, once all components are there.
  mutating func addOperations(of resource: ResourceSpec) {
    for (kind, operation) in resource.operations { add(kind, operation, of: resource) }
    addRelated(of: resource)
  }

  /// The content of a body of this schema.
  func content(_ schema: Node) -> Node { .object([service.mediaType: ["schema": schema]]) }

  // MARK: - What all resources share

  private mutating func addShared() {
    parameters["id"] = [
      "name": "id", "in": "path", "required": true, "schema": ["type": "string"],
    ]
    parameters["page.number"] = [
      "name": "page[number]", "in": "query",
      "schema": ["type": "integer", "minimum": 1, "default": 1],
    ]
    parameters["page.size"] = [
      "name": "page[size]", "in": "query",
      "schema": [
        "type": "integer", "minimum": 1, "maximum": .number(service.page.maximumSize),
        "default": .number(service.page.defaultSize),
      ],
    ]
    let codes = service.errorCodes
    schemas["jsonapi.errors"] = JSONAPISchemas.errors(
      codes: Set(codes.values.joined()).sorted())
    for (name, what, status) in Self.errorClasses {
      let known = codes.filter { $0.key.hasPrefix(status) }.values.joined().sorted()
      responses[name] = [
        "description": .text(known.isEmpty ? what : "\(what): \(known.joined(separator: ", "))."),
        "content": content(.reference("schemas/jsonapi.errors")),
      ]
    }
    responses["error.throttled"] = [
      "description": "Too many requests.",
      "headers": [
        "Retry-After": [
          "description": "How long to wait; not promised.", "schema": ["type": "string"],
        ]
      ],
    ]
    responses["none"] = ["description": "Done; there is no content."]
    responses["any.document"] = [
      "description": "The resource.",
      "content": content(.reference("schemas/jsonapi.any_document")),
    ]
    responses["any.list"] = [
      "description": "A page of the list.",
      "content": content(.reference("schemas/jsonapi.any_list")),
    ]
  }

  /// What an error means, by how its status begins.
  private static let errorClasses: [(name: String, what: String, status: String)] = [
    ("error.unauthorized", "The token is not valid, or does not allow this", "401"),
    ("error.not_found", "There is no such resource", "404"),
    ("error.invalid", "The resource cannot be so", "422"),
    (
      "error.not_implemented",
      "The server does not implement this and did nothing: a sandbox that does not simulate a trigger",
      "501"
    ),
    ("error.client", "The request is at fault", "4"),
    ("error.server", "The service is at fault", "5"),
  ]

  // MARK: - Operations

  private mutating func add(
    _ kind: OperationKind, _ operation: OperationSpec, of resource: ResourceSpec
  ) {
    let own = resource.singular
    var references: [String] = []
    if kind == .list { references += Self.listParameters(of: resource) }
    if kind != .delete { references += viewParameters(of: resource) }
    let response =
      kind == .delete ? "none" : kind == .list ? "\(own).list" : "\(own).document"
    let takesID = operation.path.contains(":id")
    var node: Node = [
      "operationId": .text("\(resource.resource).\(kind.rawValue)"),
      "summary": .text(Self.summary(kind, of: resource)),
      "tags": [.text(resource.resource)],
      "responses": statuses(
        operation.success, .reference("responses/\(response)"), takesID: takesID,
        isWrite: kind == .create || kind == .update),
    ]
    references = references.filter { parameters[$0] != nil }
    if !references.isEmpty {
      node = node.adding([
        "parameters": .list(references.map { .reference("parameters/\($0)") })
      ])
    }
    if kind == .create || kind == .update {
      node = node.adding([
        "requestBody": [
          "required": true,
          "content": content(.reference("schemas/\(own).\(kind.rawValue)")),
        ]
      ])
    }
    if resource.deprecated == true { node = node.adding(["deprecated": true]) }
    put(node, operation.method, operation.path)
  }

  private static func summary(_ kind: OperationKind, of resource: ResourceSpec) -> String {
    let one =
      resource.singleton == true ? "the \(resource.singular)" : "one of the \(resource.resource)"
    return switch kind {
    case .create: "Create \(one)"
    case .list: "List the \(resource.resource)"
    case .retrieve: "Retrieve \(one)"
    case .update: "Update \(one)"
    case .delete: "Delete \(one)"
    }
  }

  /// What may come back: the status of success, and the errors.
  private func statuses(
    _ success: Int, _ response: Node, takesID: Bool, isWrite: Bool
  ) -> Node {
    var statuses: [String: Node] = [
      String(success): response,
      "401": .reference("responses/error.unauthorized"),
      "429": .reference("responses/error.throttled"),
      "4XX": .reference("responses/error.client"),
      "5XX": .reference("responses/error.server"),
    ]
    if takesID { statuses["404"] = .reference("responses/error.not_found") }
    if isWrite {
      statuses["422"] = .reference("responses/error.invalid")
      statuses["501"] = .reference("responses/error.not_implemented")
    }
    return .object(statuses)
  }

  /// What a list can be asked for beside its members.
  private static func listParameters(of resource: ResourceSpec) -> [String] {
    ["page.number", "page.size", "\(resource.singular).sort", "\(resource.singular).filter"]
  }

  /// What the members of a response can be asked for: its own fields, what is included, and the fields
  /// of that.
  private func viewParameters(of resource: ResourceSpec) -> [String] {
    let included = Set(
      resource.relationships.values.filter { $0.include == true }.flatMap(targets(of:))
        .compactMap { resources[$0]?.singular })
    return ["\(resource.singular).fields", "\(resource.singular).include"]
      + included.subtracting([resource.singular]).sorted().map { "\($0).fields" }
  }

  /// Following a relationship: `/api/skus/{id}/prices`, `/api/organization/event_stores`.
  private mutating func addRelated(of resource: ResourceSpec) {
    let isSingleton = resource.singleton == true
    // A singleton stands at the path it is retrieved from.
    guard
      let base = isSingleton
        ? resource.operations[.retrieve]?.path : "\(profile.basePath)\(resource.resource)/:id"
    else { return }
    for (name, relationship) in resource.relationships {
      let target =
        relationship.polymorphic == true ? nil : relationship.resource.flatMap { resources[$0] }
      let many = relationship.cardinality == .many
      let own = target?.singular ?? "any"
      // A to-one that leads nowhere is a document with null.
      let response = many ? "\(own).list" : target == nil ? "any.document" : "\(own).nullable"
      var references = many && target == nil ? ["page.number", "page.size"] : []
      if let target {
        if many { references += Self.listParameters(of: target) }
        references += viewParameters(of: target)
      }
      var node: Node = [
        "operationId": .text("\(resource.resource).related.\(name)"),
        "summary": .text(
          "Follow \(name) of \(isSingleton ? "the \(resource.singular)" : "one of the \(resource.resource)")"
        ),
        "tags": [.text(resource.resource)],
        "x-related": .text(name),
        "responses": statuses(
          200, .reference("responses/\(response)"), takesID: true, isWrite: false),
      ]
      references = references.filter { parameters[$0] != nil }
      if !references.isEmpty {
        node = node.adding([
          "parameters": .list(references.map { .reference("parameters/\($0)") })
        ])
      }
      if resource.deprecated == true || relationship.deprecated == true {
        node = node.adding(["deprecated": true])
      }
      put(node, "GET", "\(base)/\(name)")
    }
  }

  /// The types a relationship may lead to: of a family, its members.
  func targets(of relationship: RelationshipSpec) -> [String] {
    guard let name = relationship.resource else { return relationship.targets ?? [] }
    return resources[name]?.members ?? [name]
  }

  private mutating func put(_ operation: Node, _ method: String, _ path: String) {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    let template = parts.map { $0 == ":id" ? "{id}" : String($0) }.joined(separator: "/")
    if parts.contains(":id") {
      paths[template, default: [:]]["parameters"] = [.reference("parameters/id")]
    }
    paths[template, default: [:]][method.lowercased()] = operation
  }
}
