import CommerceLayerRuntime
import Foundation
import GRDB

/// Exports and cleanups: work over the records of a type that filters choose, in batches, one after the
/// other and in turn with imports.
struct RecordJobs: Sendable {
  /// What a job does with the records.
  private enum Kind: String, CaseIterable {
    case exports, cleanups
  }

  private enum Field {
    static let resourceType = "resource_type"
    static let format = "format"
    static let filters = "filters"
    static let includes = "includes"
    static let fields = "fields"
    static let recordsCount = "records_count"
    static let processedCount = "processed_count"
    static let errorsCount = "errors_count"
    static let errorsLog = "errors_log"
    static let progress = "progress"
  }

  let catalog: Catalog
  let behavior: RecordBehavior
  let sql: RecordSQL
  let now: @Sendable () -> Date

  private var records: RecordTable { behavior.records }

  /// The types of jobs that the schemas have.
  var types: [String] {
    Kind.allCases.map(\.rawValue).filter {
      catalog.schema($0)?.attribute(Field.filters) != nil
    }
  }

  // MARK: - Creating

  /// The attributes of a new job.
  /// - Throws: ``ErrorResponse`` with `VALIDATION_ERROR` for a type, format, filter, include or field that
  ///   does not exist: a filter that is passed over would export, or delete, everything.
  func draft(_ changes: RecordChanges, _ schema: ResourceSchema) throws(ErrorResponse) -> JSONObject
  {
    let pointer = "/data/attributes/"
    var problems: [ErrorObject] = []
    let type = changes.attributes[Field.resourceType]?.string ?? ""
    guard let target = catalog.schema(type), !types.contains(type), type != catalog.imports,
      schema.name != Kind.cleanups.rawValue || isCleaned(target)
    else {
      throw ErrorResponse([
        .validation(
          pointer + Field.resourceType, "inclusion", "is not included in the list",
          value: .string(type))
      ])
    }
    if let format = changes.attributes[Field.format]?.string,
      ImportFormat(rawValue: format) == nil
    {
      problems.append(
        .validation(
          pointer + Field.format, "inclusion", "is not included in the list",
          value: .string(format)))
    }
    do {
      _ = try conditions(changes.attributes[Field.filters], target)
    } catch {
      problems += error.problems.map {
        .validation(pointer + Field.filters, "invalid", $0.detail)
      }
    }
    for path in changes.attributes[Field.includes]?.array ?? [] {
      var view = DocumentView()
      do {
        try view.addIncludes(
          .init(name: Field.includes, value: path.string ?? ""), target, catalog)
      } catch {
        problems += error.problems.map {
          .validation(pointer + Field.includes, "invalid", $0.detail)
        }
      }
    }
    for field in changes.attributes[Field.fields]?.array ?? [] {
      let name = field.string ?? ""
      guard isField(name, of: target) else {
        problems.append(
          .validation(pointer + Field.fields, "inclusion", "\(name) is not a field of \(type)"))
        continue
      }
    }
    if !problems.isEmpty { throw ErrorResponse(problems) }
    let zero = JSONValue.number(JSONNumber(0))
    var attributes: JSONObject = [
      ImportField.status: .string(ImportStatus.pending.rawValue),
      Field.recordsCount: zero, Field.processedCount: zero,
    ]
    for (name, value) in [
      (Field.errorsCount, zero), (Field.progress, zero), (Field.errorsLog, JSONValue.object([:])),
      (Field.format, .string(ImportFormat.json.rawValue)),
    ] where schema.attribute(name) != nil {
      attributes[name] = value
    }
    return attributes.merging(changes.attributes)
  }

  /// The types that cleanups are for; members of a family count, too. Data.
  ///
  /// Orders are not among them, placed or not: the page lists what is supported
  /// (https://docs.commercelayer.io/core/cleaning-resources).
  private static let cleaned: Set<String> = [
    "bundles", "gift_cards", "prices", "promotions", "sku_lists", "sku_options", "skus",
    "stock_items",
  ]

  private func isCleaned(_ schema: ResourceSchema) -> Bool {
    Self.cleaned.contains { type in catalog.types(of: type).contains(schema.name) }
      && (schema.operation(.delete) != nil || !schema.members.isEmpty)
  }

  /// Whether a name, or a path through relationships such as `prices.amount_cents` or `prices.*`, leads to
  /// something that an export can show.
  private func isField(_ path: String, of schema: ResourceSchema) -> Bool {
    var schema = schema
    let names = path.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    for name in names.dropLast() {
      guard let target = schema.relationship(name)?.target.flatMap(catalog.schema) else {
        return false
      }
      schema = target
    }
    let last = names.last ?? ""
    let isID = last.hasSuffix("_id") && schema.relationship(String(last.dropLast(3))) != nil
    return ["*", "id", "type"].contains(last) || isID
      || schema.attribute(last)?.isReadable == true
  }

  /// The filters as conditions. Lists may be arrays or texts with commas.
  private func conditions(
    _ filters: JSONValue?, _ schema: ResourceSchema
  ) throws(ErrorResponse) -> [FilterCondition] {
    var conditions: [FilterCondition] = []
    for (key, value) in filters?.object ?? [:] {
      let text =
        value.array.map { $0.map { $0.string ?? $0.text }.joined(separator: ",") }
        ?? value.string ?? value.text
      let name: FilterName
      do {
        name = try FilterName.parse(key, schema: schema, catalog: catalog)
      } catch {
        throw ListRequest.rejection(error, key)
      }
      conditions.append(try FilterCondition(name, value: text, parameter: key))
    }
    return conditions
  }

  // MARK: - Working

  /// The oldest job that is not done.
  func head(_ db: Database) throws -> StoredRecord? {
    try types.compactMap { type in
      try SQLRequest<StoredRecord>(
        literal: SQL(sql: "SELECT \(StoredRecord.columns(of: "records")) FROM records WHERE ")
          + ImportStatus.isRunning(type) + " ORDER BY sequence LIMIT 1", cached: true
      ).fetchOne(db)
    }.min { $0.sequence < $1.sequence }
  }

  /// Does the next step of a job; one that cannot be done is interrupted, so that others are not held up.
  func work(_ db: Database, _ job: StoredRecord, limit: Int) throws -> Int {
    do {
      return try step(db, job, limit: limit)
    } catch let error as DatabaseError where error.resultCode == .SQLITE_ERROR {
      var attributes = job.attributeObject()
      attributes[ImportField.status] = .string(ImportStatus.interrupted.rawValue)
      attributes[ImportField.interruptedAt] = .string(ISO8601.text(now()))
      attributes[Field.errorsLog] = ["base": [.string(error.message ?? "cannot be read")]]
      try save(db, job, attributes)
      return 0
    }
  }

  /// Starts a job, or works on up to `limit` more of its records.
  /// - Returns: How many it worked on.
  private func step(_ db: Database, _ job: StoredRecord, limit: Int) throws -> Int {
    var attributes = job.attributeObject()
    guard let kind = Kind(rawValue: job.type),
      let schema = catalog.schema(attributes[Field.resourceType]?.string ?? "")
    else { return try end(db, job, attributes) }
    let time = JSONValue.string(ISO8601.text(now()))
    let filters = try conditions(attributes[Field.filters], schema)
    let chosen = RecordSQL.joined(
      [RecordSQL.isOf(catalog.types(of: schema), in: "records")]
        + filters.map { sql.condition($0, on: schema) }, "AND", empty: "1")
    if attributes[ImportField.status]?.string == ImportStatus.pending.rawValue {
      let count =
        try SQLRequest<Int>("SELECT COUNT(*) FROM records WHERE \(chosen)").fetchOne(db) ?? 0
      attributes[ImportField.status] = .string(ImportStatus.inProgress.rawValue)
      attributes[ImportField.startedAt] = time
      attributes[Field.recordsCount] = .number(JSONNumber(count))
      try save(db, job, attributes)
      return 0
    }
    guard limit > 0 else { return 0 }
    let previous = try Int64.fetchOne(
      db, sql: "SELECT MAX(last) FROM job_parts WHERE job_id = ?", arguments: [job.id])
    // Records of the history have numbers below zero.
    let cursor = previous ?? .min
    let found = try SQLRequest<StoredRecord>(
      literal: SQL(sql: "SELECT \(StoredRecord.columns(of: "records")) FROM records WHERE ")
        + chosen + " AND records.sequence > \(cursor) ORDER BY records.sequence LIMIT \(limit)"
    ).fetchAll(db)
    var content: [UInt8] = []
    let isFirst = previous == nil
    let isLast = found.count < limit
    switch kind {
    case .exports:
      let writer = ExportWriter(
        schema: schema, catalog: catalog, related: RelatedRecords(sql), attributes: attributes,
        time: ISO8601.text(now()))
      content = try writer.part(db, found, isFirst: isFirst, isLast: isLast)
    case .cleanups:
      for record in found { try behavior.delete(db, record, time: ISO8601.text(now())) }
    }
    let last = found.last?.sequence ?? cursor
    try db.execute(
      sql: """
        INSERT INTO job_parts(job_id, number, last, content)
        SELECT ?1, COUNT(*), ?2, ?3 FROM job_parts WHERE job_id = ?1
        """, arguments: [job.id, last, Data(content)])
    let processed = (attributes[Field.processedCount]?.number?.integer ?? 0) + found.count
    attributes[Field.processedCount] = .number(JSONNumber(processed))
    let count = max(1, attributes[Field.recordsCount]?.number?.integer ?? 1)
    if attributes[Field.progress] != nil {
      attributes[Field.progress] = .number(
        JSONNumber(isLast ? 100 : min(99, processed * 100 / count)))
    }
    guard isLast else {
      try save(db, job, attributes)
      return found.count
    }
    if kind == .exports { attributes[Attachments.attribute] = .string(Attachments.marker) }
    _ = try end(db, job, attributes)
    return found.count
  }

  private func end(
    _ db: Database, _ job: StoredRecord, _ attributes: JSONObject
  ) throws -> Int {
    var attributes = attributes
    attributes[ImportField.status] = .string(ImportStatus.completed.rawValue)
    attributes[ImportField.completedAt] = .string(ISO8601.text(now()))
    try save(db, job, attributes)
    return 0
  }

  private func save(_ db: Database, _ job: StoredRecord, _ attributes: JSONObject) throws {
    try records.update(
      db, job, attributes: attributes, relationships: job.relationshipObject())
  }
}
