import CommerceLayerRuntime

/// What every resource object of one answer shares.
struct DocumentContext: Sendable {
  /// `http://127.0.0.1:8080`
  let origin: String
  let mode: String
  let organizationID: String
  let traceID: String
  let attachments: Attachments

  /// The type of the organization, whose id is the one in the `meta` of every resource.
  static let organizations = "organizations"
}

/// Writes resource objects. Attribute values go out as they are stored, byte for byte.
struct ResourceWriter: Sendable {
  let catalog: Catalog
  let context: DocumentContext
  let view: DocumentView

  /// The identifiers a relationship leads to, when they are shown.
  typealias Linkage = [String: Related]

  enum Related: Sendable {
    case one(Identity?)
    case many([Identity])
  }

  struct Identity: Sendable, Hashable {
    let type: String
    let id: String
  }

  func write(
    _ record: StoredRecord, linkage: Linkage, to writer: inout JSONWriter
  ) {
    guard let schema = catalog.schema(record.type) else { return }
    let id = schema.name == DocumentContext.organizations ? context.organizationID : record.id
    let selfLink = link(schema, id)
    writer.raw("{\"id\":")
    writer.write(id)
    writer.raw(",\"type\":")
    writer.write(record.type)
    writer.raw(",\"links\":{\"self\":")
    writer.write(selfLink)
    writer.raw("},\"attributes\":{")
    writeAttributes(record, schema, to: &writer)
    writer.raw("},\"relationships\":{")
    writeRelationships(schema, linkage, selfLink, to: &writer)
    writer.raw("},\"meta\":")
    writer.write(
      [
        "mode": .string(context.mode), "organization_id": .string(context.organizationID),
        "trace_id": .string(context.traceID),
      ] as JSONObject)
    writer.raw("}")
  }

  /// A name that no attribute can have in JSON:API, although the published schema lists one: clients
  /// that flatten resource objects would lose the resource's type to it.
  private static let reserved = "type"

  /// The link of one record; a singleton's has no id.
  func link(_ schema: ResourceSchema, _ id: String) -> String {
    context.origin + schema.path + (schema.isSingleton ? "" : "/" + id)
  }

  static func write(_ related: Related, to writer: inout JSONWriter) {
    func write(_ identity: Identity) {
      writer.write(["type": .string(identity.type), "id": .string(identity.id)] as JSONObject)
    }
    switch related {
    case .one(nil): writer.raw("null")
    case .one(let identity?): write(identity)
    case .many(let identities):
      writer.raw("[")
      for (index, identity) in identities.enumerated() {
        if index > 0 { writer.raw(",") }
        write(identity)
      }
      writer.raw("]")
    }
  }

  private func writeAttributes(
    _ record: StoredRecord, _ schema: ResourceSchema, to writer: inout JSONWriter
  ) {
    let stored = (try? JSONDocument(parsing: record.attributes))?.root
    let derived = catalog.behavior(of: schema.name)?.derived ?? [:]
    let currency = derived.isEmpty ? "" : DerivedAttribute.currency { stored?[$0]?.string }
    var isFirst = true
    func name(_ name: String) {
      if !isFirst { writer.raw(",") }
      isFirst = false
      writer.write(name)
      writer.raw(":")
    }
    for attribute in schema.attributes
    where attribute.isReadable && !attribute.isRows && attribute.name != Self.reserved {
      guard view.shows(attribute.name, of: schema.name) else { continue }
      name(attribute.name)
      switch attribute.name {
      case "created_at": writer.write(record.createdAt)
      case "updated_at": writer.write(record.updatedAt)
      default:
        if let attribute = derived[attribute.name] {
          writer.write(attribute.value(stored?[attribute.cents]?.integer, currency: currency))
        } else if let value = stored?[attribute.name] {
          if attribute.name == Attachments.attribute, value.string == Attachments.marker {
            writer.write(context.origin + context.attachments.target(record))
            continue
          }
          writer.raw(value.rawBytes)
        } else {
          writer.raw("null")
        }
      }
    }
    guard catalog.isOpen(schema.name), let stored else { return }
    for (key, value) in stored.members
    where schema.attribute(key) == nil && view.shows(key, of: schema.name) {
      name(key)
      writer.raw(value.rawBytes)
    }
  }

  private func writeRelationships(
    _ schema: ResourceSchema, _ linkage: Linkage, _ selfLink: String,
    to writer: inout JSONWriter
  ) {
    var isFirst = true
    for relationship in schema.relationships
    where view.shows(relationship.name, of: schema.name) {
      if !isFirst { writer.raw(",") }
      isFirst = false
      writer.write(relationship.name)
      writer.raw(":{\"links\":")
      writer.write(
        [
          "self": .string("\(selfLink)/relationships/\(relationship.name)"),
          "related": .string("\(selfLink)/\(relationship.name)"),
        ] as JSONObject)
      if let related = linkage[relationship.name] {
        writer.raw(",\"data\":")
        Self.write(related, to: &writer)
      }
      writer.raw("}")
    }
  }
}
