import CommerceLayerRuntime
import GRDB

/// One page of the records of a type, and how many there are on all pages.
struct RecordPage: Sendable {
  let records: [StoredRecord]
  let recordCount: Int
  let pageCount: Int

  /// Reads a page. Records come in the order of their creation unless `request` sorts them.
  /// - Parameter scope: What else holds for records of the list.
  static func fetch(
    _ db: Database, _ request: ListRequest, schema: ResourceSchema, sql: RecordSQL,
    scope: SQL? = nil
  ) throws -> RecordPage {
    let types = sql.catalog.types(of: schema)
    let conditions =
      (scope.map { [$0] } ?? []) + request.filters.map { sql.condition($0, on: schema) }
    let filter = RecordSQL.joined(
      [RecordSQL.isOf(types, in: "records")] + conditions, "AND", empty: "1")
    let total =
      conditions.isEmpty
      ? try count(db, types: types)
      : try SQLRequest<Int>("SELECT COUNT(*) FROM records WHERE \(filter)").fetchOne(db) ?? 0
    let (offset, overflow) = (request.page - 1).multipliedReportingOverflow(by: request.pageSize)
    guard !overflow, offset < total else {
      return RecordPage(
        records: [], recordCount: total, pageCount: pageCount(total, request.pageSize))
    }
    let records = try SQLRequest<StoredRecord>(
      literal: SQL(sql: "SELECT \(StoredRecord.columns(of: "records")) FROM records WHERE ")
        + filter + RecordSQL.order(request.sorts)
        + " LIMIT \(request.pageSize) OFFSET \(offset)"
    ).fetchAll(db)
    return RecordPage(
      records: records, recordCount: total, pageCount: pageCount(total, request.pageSize))
  }

  /// How many records of these types there are.
  static func count(_ db: Database, types: [String]) throws -> Int {
    let statement = try db.cachedStatement(sql: "SELECT records FROM counts WHERE type = ?")
    return try types.reduce(0) { sum, type in
      sum + (try Int.fetchOne(statement, arguments: [type]) ?? 0)
    }
  }

  /// An empty list still has one page.
  static func pageCount(_ records: Int, _ size: Int) -> Int {
    max(1, (records + size - 1) / max(1, size))
  }
}
