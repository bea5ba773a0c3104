import CommerceLayerRows
import CommerceLayerRuntime
import Foundation
import GRDB

/// Processes imports, exports and cleanups in the order they were created, a batch of rows in each transaction. All state
/// is in the database, so several callers, and a later process, can go on at any point.
struct ImportProcessor: Sendable {
  let rules: ImportRules
  let store: Store
  let catalog: Catalog
  let behavior: RecordBehavior
  let inputs: ImportInputs
  let jobs: RecordJobs
  let history: History
  /// Who rows are written for.
  let author: ChangeAuthor
  let sender: WebhookSender
  let batchSize: Int
  let now: @Sendable () -> Date

  private var records: RecordTable { behavior.records }

  /// What one transaction did.
  struct Step: Sendable {
    /// Rows consumed.
    let rows: Int
    /// False when nothing was to be done.
    let didWork: Bool
  }

  /// Starts the next import, or consumes up to `limit` rows of the running one.
  func step(limit: Int) async throws -> Step {
    defer { sender.wake() }
    return try await store.write { db in
      let log = ChangeLog()
      let orders = ChangeLog()
      let done = try step(db, limit: min(limit, batchSize), log, orders)
      try history.writeOrders(db, orders)
      try history.write(db, log, by: author, origin: nil)
      return done
    }
  }

  private func step(
    _ db: Database, limit: Int, _ log: ChangeLog, _ orders: ChangeLog
  ) throws -> Step {
    let first = try head(db)
    if let job = try jobs.head(db), job.sequence < first?.sequence ?? .max {
      let status = job.attributeObject()[ImportField.status]?.string
      guard limit > 0 || status == ImportStatus.pending.rawValue else {
        return Step(rows: 0, didWork: false)
      }
      let rows = try jobs.work(db, job, limit: limit)
      let worked = try records.find(db, type: job.type, id: job.id)
      if worked?.attributeObject()[ImportField.status]?.string != status { log.note(job, worked) }
      return Step(rows: rows, didWork: true)
    }
    guard let record = first else { return Step(rows: 0, didWork: false) }
    let attributes = record.attributeObject()
    var progress = ImportState(
      attributes, thresholdPercent: catalog.service.errorThresholdPercent)
    // Started in a transaction of its own, so that clients can see it in progress at 0.
    if progress.status == .pending {
      progress.start()
      log.note(record, try save(db, record, attributes, progress))
      return Step(rows: 0, didWork: true)
    }
    guard limit > 0 else { return Step(rows: 0, didWork: false) }
    let before = progress.consumed
    try consume(db, record, attributes, limit: limit, orders, &progress)
    let saved = try save(db, record, attributes, progress)
    if progress.status.isTerminal { log.note(record, saved) }
    return Step(rows: progress.consumed - before, didWork: true)
  }

  private func consume(
    _ db: Database, _ record: StoredRecord, _ attributes: JSONObject, limit: Int,
    _ orders: ChangeLog, _ progress: inout ImportState
  ) throws {
    let type = attributes[ImportField.resourceType]?.string ?? ""
    let parentID = ImportRules.parentID(attributes)
    guard let schema = catalog.schema(type),
      let rows = try inputs.rows(db, id: record.id, type: type, parentID: parentID)
    else {
      throw DatabaseError(message: "the inputs of import \(record.id) are gone")
    }
    var behavior = behavior
    behavior.records.tally = RowTally()
    var store = RecordStore(
      schema: schema, catalog: catalog, behavior: behavior, parentID: parentID,
      time: ISO8601.text(now()))
    store.orders = schema.name == "orders" ? orders : nil
    let end = min(progress.consumed + limit, rows.count)
    while progress.consumed < end, progress.status == .inProgress {
      let notes = progress.consumed == 0 ? rows.notes : []
      switch rows.outcomes[progress.consumed] {
      case .rejected(let row): progress.fail(RowErrors(row), key: row.identity.logKey)
      case .record(let record):
        switch try store.store(db, record) {
        case .stored(let warnings):
          progress.succeed(
            warnings: notes + record.warnings + warnings, key: record.identity.logKey)
        case .failed(let errors): progress.fail(errors, key: record.identity.logKey)
        }
      }
    }
    try behavior.records.settle(db)
    progress.finishIfDone()
  }

  private func save(
    _ db: Database, _ record: StoredRecord, _ attributes: JSONObject, _ progress: ImportState
  ) throws -> StoredRecord {
    let saved = try records.update(
      db, record, attributes: progress.attributes(over: attributes, time: ISO8601.text(now())),
      relationships: record.relationshipObject())
    if progress.status.isTerminal { try inputs.finish(db, id: record.id) }
    return saved
  }

  /// The oldest import that is not done.
  private func head(_ db: Database) throws -> StoredRecord? {
    try SQLRequest<StoredRecord>(
      literal: SQL(sql: "SELECT \(StoredRecord.columns(of: "records")) FROM records WHERE ")
        + ImportStatus.isRunning(rules.type) + " ORDER BY sequence LIMIT 1", cached: true
    ).fetchOne(db)
  }
}
