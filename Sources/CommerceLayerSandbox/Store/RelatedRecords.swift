import CommerceLayerRuntime
import GRDB

/// Finds the records a relationship leads to.
struct RelatedRecords: Sendable {
  let catalog: Catalog

  /// The condition that a record in `records` is at the other end of `owner`'s relationship.
  func scope(
    _ relationship: ResourceSchema.Relationship, of owner: StoredRecord, _ schema: ResourceSchema
  ) -> SQLFragment {
    "EXISTS (SELECT 1 FROM records AS owner WHERE "
      + SQLFragment("owner.sequence = ? AND ", [owner.sequence])
      + FilterSQL(catalog: catalog).link(
        relationship, of: schema, owner: "owner", related: "records") + ")"
  }

  /// All of them, in the order of their creation.
  func all(
    _ db: Database, _ relationship: ResourceSchema.Relationship, of owner: StoredRecord,
    _ schema: ResourceSchema
  ) throws -> [StoredRecord] {
    let sql =
      "SELECT \(StoredRecord.columns(of: "records")) FROM records WHERE "
      + scope(relationship, of: owner, schema) + " ORDER BY records.sequence"
    return try Row.fetchAll(db, sql: sql.text, arguments: sql.statementArguments)
      .map(StoredRecord.init(row:))
  }
}
