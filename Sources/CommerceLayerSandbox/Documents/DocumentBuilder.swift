import CommerceLayerRuntime
import GRDB

/// Builds whole documents: primary data, and what is included with it.
struct DocumentBuilder: Sendable {
  let catalog: Catalog
  let related: RelatedRecords
  let context: DocumentContext

  /// `{"data": …}` for one record, or null.
  func one(_ db: Database, _ record: StoredRecord?, view: DocumentView) throws -> [UInt8] {
    var writer = JSONWriter()
    writer.raw("{\"data\":")
    if let record {
      let resources = ResourceWriter(catalog: catalog, context: context, view: view)
      let collected = try collect(db, [record], view)
      write(record, collected, resources, to: &writer)
      writeIncluded(collected, resources, to: &writer)
    } else {
      writer.raw("null")
    }
    writer.raw("}")
    return writer.bytes
  }

  /// A page of a list with its counts and links.
  func list(
    _ db: Database, _ page: RecordPage, request: ListRequest, path: String
  ) throws -> [UInt8] {
    let collected = try collect(db, page.records, request.view)
    let resources = ResourceWriter(catalog: catalog, context: context, view: request.view)
    var writer = JSONWriter()
    writer.raw("{\"data\":[")
    for (index, record) in page.records.enumerated() {
      if index > 0 { writer.raw(",") }
      write(record, collected, resources, to: &writer)
    }
    writer.raw("]")
    writeIncluded(collected, resources, to: &writer)
    writer.raw(",\"meta\":")
    writer.write(
      [
        "record_count": .number(JSONNumber(page.recordCount)),
        "page_count": .number(JSONNumber(page.pageCount)),
      ] as JSONObject)
    writer.raw(",\"links\":")
    writer.write(
      PageLinks.links(
        url: context.origin + path, parameters: request.unpaged, page: request.page,
        size: request.pageSize, pageCount: page.pageCount))
    writer.raw("}")
    return writer.bytes
  }

  private typealias Identity = ResourceWriter.Identity

  /// What the primary data leads to along the includes.
  private struct Collected {
    var linkage: [Identity: ResourceWriter.Linkage] = [:]
    var included: [StoredRecord] = []
    var seen: Set<Identity> = []
  }

  private func collect(
    _ db: Database, _ primary: [StoredRecord], _ view: DocumentView
  ) throws -> Collected {
    var collected = Collected()
    collected.seen = Set(primary.map { Identity(type: $0.type, id: $0.id) })
    try follow(db, view.includes, from: primary, &collected)
    return collected
  }

  private func follow(
    _ db: Database, _ tree: DocumentView.IncludeTree, from records: [StoredRecord],
    _ collected: inout Collected
  ) throws {
    for (name, subtree) in tree.branches {
      var next: [StoredRecord] = []
      var reached: Set<Int64> = []
      for (type, owners) in Dictionary(grouping: records, by: \.type).sorted(by: { $0.key < $1.key }
      ) {
        guard let schema = catalog.schema(type), let relationship = schema.relationship(name) else {
          continue
        }
        let found = try related.all(db, relationship, of: owners, schema)
        for owner in owners {
          let records = found[owner.sequence] ?? []
          let identities = records.map { Identity(type: $0.type, id: $0.id) }
          collected.linkage[Identity(type: owner.type, id: owner.id), default: [:]][name] =
            relationship.isToMany ? .many(identities) : .one(identities.first)
          for (record, identity) in zip(records, identities) {
            // What several records lead to is followed once.
            if reached.insert(record.sequence).inserted { next.append(record) }
            if collected.seen.insert(identity).inserted { collected.included.append(record) }
          }
        }
      }
      try follow(db, subtree, from: next, &collected)
    }
  }

  private func write(
    _ record: StoredRecord, _ collected: Collected, _ resources: ResourceWriter,
    to writer: inout JSONWriter
  ) {
    let linkage = collected.linkage[Identity(type: record.type, id: record.id)] ?? [:]
    resources.write(record, linkage: linkage, to: &writer)
  }

  private func writeIncluded(
    _ collected: Collected, _ resources: ResourceWriter, to writer: inout JSONWriter
  ) {
    guard !resources.view.includes.branches.isEmpty else { return }
    writer.raw(",\"included\":[")
    for (index, record) in collected.included.enumerated() {
      if index > 0 { writer.raw(",") }
      write(record, collected, resources, to: &writer)
    }
    writer.raw("]")
  }
}
