import CommerceLayerRuntime
import GRDB

/// One page of the records of a type, and how many there are on all pages.
struct RecordPage: Sendable {
  let records: [StoredRecord]
  let recordCount: Int
  let pageCount: Int

  /// Reads a page. Records come in the order of their creation unless `request` sorts them; that
  /// order breaks ties, so that pages never overlap.
  static func fetch(
    _ db: Database, _ request: ListRequest, schema: ResourceSchema, catalog: Catalog,
    scope: SQLFragment? = nil
  ) throws -> RecordPage {
    let sql = FilterSQL(catalog: catalog)
    let conditions =
      [SQLFragment("records.type = ?", [schema.name])] + (scope.map { [$0] } ?? [])
      + request.filters.map { sql.condition($0, on: schema) }
    let filter = " WHERE " + SQLFragment.joined(conditions, "AND", empty: "1")
    let count = "SELECT COUNT(*) FROM records" + filter
    let total =
      try Int.fetchOne(db, sql: count.text, arguments: count.statementArguments) ?? 0
    let (offset, overflow) = (request.page - 1).multipliedReportingOverflow(by: request.pageSize)
    let select =
      "SELECT \(StoredRecord.columns(of: "records")) FROM records" + filter + order(request, schema)
      + SQLFragment(" LIMIT ? OFFSET ?", [request.pageSize, overflow ? Int.max : offset])
    let rows = try Row.fetchAll(db, sql: select.text, arguments: select.statementArguments)
    return RecordPage(
      records: rows.map(StoredRecord.init(row:)), recordCount: total,
      pageCount: pageCount(total, request.pageSize))
  }

  /// An empty list still has one page.
  static func pageCount(_ records: Int, _ size: Int) -> Int {
    max(1, (records + size - 1) / max(1, size))
  }

  private static func order(_ request: ListRequest, _ schema: ResourceSchema) -> SQLFragment {
    let parts = request.sorts.map { sort in
      FilterSQL.value(sort.name, schema.attribute(sort.name)?.type, in: "records")
        + (sort.descending ? " DESC, " : " ASC, ")
    }
    return parts.reduce(SQLFragment(" ORDER BY "), +) + "records.sequence"
  }
}
