import CommerceLayerRuntime

/// What every resource object of one response shares.
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
  /// The `meta` of every resource of the document.
  private let meta: [UInt8]

  init(catalog: Catalog, context: DocumentContext, view: DocumentView) {
    self.catalog = catalog
    self.context = context
    self.view = view
    let meta: JSONObject = [
      "mode": .string(context.mode), "organization_id": .string(context.organizationID),
      "trace_id": .string(context.traceID),
    ]
    self.meta = JSONValue.object(meta).bytes
  }

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
    guard let layout = catalog.behavior(of: record.type)?.layout else { return }
    let schema = layout.schema
    let id = schema.name == DocumentContext.organizations ? context.organizationID : record.id
    let selfLink = DocumentLayout.escaped(link(schema, id))
    writer.raw("{\"id\":")
    writer.write(id)
    writer.raw(",\"type\":")
    writer.write(record.type)
    writer.raw(",\"links\":{\"self\":\"")
    writer.raw(selfLink)
    writer.raw("\"},\"attributes\":{")
    writeAttributes(record, layout, to: &writer)
    writer.raw("},\"relationships\":{")
    writeRelationships(layout, linkage, selfLink, to: &writer)
    writer.raw("},\"meta\":")
    writer.raw(meta)
    writer.raw("}")
  }

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
    _ record: StoredRecord, _ layout: DocumentLayout, to writer: inout JSONWriter
  ) {
    let stored = (try? JSONDocument(parsing: record.attributes))?.root
    let schema = layout.schema
    let shown = view.fields[schema.name]
    var values = [JSONElement?](repeating: nil, count: layout.attributes.count)
    var others: [(key: String, value: JSONElement)] = []
    if let stored {
      let isOpen = catalog.isOpen(schema.name)
      for (key, value) in stored.members {
        if let place = layout.places[key] {
          values[place] = value
        } else if isOpen, schema.attribute(key) == nil, shown?.contains(key) ?? true {
          others.append((key, value))
        }
      }
    }
    var format: Money.Format?
    var isFirst = true
    for (place, attribute) in layout.attributes.enumerated() {
      guard shown?.contains(attribute.name) ?? true else { continue }
      if !isFirst { writer.raw(",") }
      isFirst = false
      writer.raw(attribute.key)
      switch attribute.source {
      case .createdAt: writer.write(record.createdAt)
      case .updatedAt: writer.write(record.updatedAt)
      case .status: writer.write(status(stored))
      case .active: writer.write(.bool(status(stored) == DerivedAttribute.Dates.active))
      case .amount(let amount, let cents):
        let found = format ?? Money.Format(DerivedAttribute.currency { stored?[$0]?.string })
        format = found
        writer.raw(amount.json(cents.flatMap { values[$0]?.integer }, in: found))
      case .stored:
        guard let value = values[place] else {
          writer.raw("null")
          continue
        }
        if attribute.name == Attachments.attribute, value.string == Attachments.marker {
          writer.write(context.origin + context.attachments.target(record))
        } else {
          writer.raw(value.rawBytes)
        }
      }
    }
    for (key, value) in others {
      if !isFirst { writer.raw(",") }
      isFirst = false
      writer.write(key)
      writer.raw(":")
      writer.raw(value.rawBytes)
    }
  }

  /// What the dates of a record make of it by now.
  private func status(_ stored: JSONElement?) -> String {
    DerivedAttribute.status(
      { stored?[$0]?.string }, time: ISO8601.text(context.attachments.now()))
  }

  private func writeRelationships(
    _ layout: DocumentLayout, _ linkage: Linkage, _ selfLink: [UInt8],
    to writer: inout JSONWriter
  ) {
    let shown = view.fields[layout.schema.name]
    var isFirst = true
    for relationship in layout.relationships where shown?.contains(relationship.name) ?? true {
      if !isFirst { writer.raw(",") }
      isFirst = false
      writer.raw(relationship.key)
      writer.raw("{\"links\":{\"self\":\"")
      writer.raw(selfLink)
      writer.raw(relationship.linkageTail)
      writer.raw(selfLink)
      writer.raw(relationship.relatedTail)
      if let related = linkage[relationship.name] {
        writer.raw(",\"data\":")
        Self.write(related, to: &writer)
      }
      writer.raw("}")
    }
  }
}

/// How documents show records of one type: the parts that are the same in each, made once.
final class DocumentLayout: Sendable {
  struct Attribute: Sendable {
    let name: String
    /// `"code":`
    let key: [UInt8]
    let source: Source
  }

  enum Source: Sendable {
    case stored, createdAt, updatedAt, status, active
    /// With the place of the amount in cents among the attributes.
    case amount(DerivedAttribute.Amount, cents: Int?)
  }

  struct Relationship: Sendable {
    let name: String
    /// `"prices":`
    let key: [UInt8]
    /// What follows the record's link: `/relationships/prices","related":"`
    let linkageTail: [UInt8]
    /// `/prices"}`
    let relatedTail: [UInt8]
  }

  let schema: ResourceSchema
  let attributes: [Attribute]
  let relationships: [Relationship]
  /// Where an attribute is among ``attributes``.
  let places: [String: Int]

  /// A name that no attribute can have in JSON:API, although the published schema lists one: clients
  /// that flatten resource objects would lose the resource's type to it.
  private static let reserved = "type"

  init(_ schema: ResourceSchema, derived: [String: DerivedAttribute]) {
    self.schema = schema
    let shown = schema.attributes.filter {
      $0.isReadable && !$0.isRows && $0.name != Self.reserved
    }
    let places = Dictionary(
      shown.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    self.places = places
    attributes = shown.map { attribute in
      let source: Source =
        switch attribute.name {
        case "created_at": .createdAt
        case "updated_at": .updatedAt
        default:
          switch derived[attribute.name] {
          case .amount(let amount, let cents): .amount(amount, cents: places[cents])
          case .status: .status
          case .active: .active
          case nil: .stored
          }
        }
      return Attribute(name: attribute.name, key: Self.key(attribute.name), source: source)
    }
    relationships = schema.relationships.map { relationship in
      let name = Self.escaped(relationship.name)
      return Relationship(
        name: relationship.name, key: Self.key(relationship.name),
        linkageTail: Array("/relationships/".utf8) + name + Array("\",\"related\":\"".utf8),
        relatedTail: Array("/".utf8) + name + Array("\"}".utf8))
    }
  }

  private static func key(_ name: String) -> [UInt8] {
    JSONValue.string(name).bytes + [UInt8(ascii: ":")]
  }

  /// A text as it stands between the quotes of a JSON string.
  static func escaped(_ text: String) -> [UInt8] {
    Array(JSONValue.string(text).bytes.dropFirst().dropLast())
  }
}
