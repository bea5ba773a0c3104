import CommerceLayerRows
import CommerceLayerRuntime
import Foundation
import GRDB
import Synchronization

/// The records of one import, in order.
///
/// They are read as the importer reads a file: what it sends is taken, what it rejects is rejected.
/// Blank lines, empty objects and repeated headers are not among them. Several lines of CSV that stand
/// for one record are one of them, so `inputs_size` and the counts are of records, not of lines.
struct ImportRows: Sendable {
  let outcomes: [RecordOutcome]
  /// What is said of the import as a whole, with its first record.
  let notes: [String]

  var count: Int { outcomes.count }

  /// Why `inputs` cannot be read.
  struct Failure: Error, Sendable, Hashable {
    /// The rule that was broken, for `meta.error`.
    let rule: String
    let message: String
  }

  /// Reads the `inputs` of a request.
  /// - Parameter parentID: The import's `parent_resource_id`.
  init(
    _ inputs: JSONElement, format: ImportFormat, type: String, parentID: String?, catalog: Catalog
  ) throws(Failure) {
    var notes: [String] = []
    if parentID != nil, catalog.service.importables[type]?.parent == nil {
      notes.append("'\(ImportField.parent)' has no effect: \(type) have no parent")
    }
    self.notes = notes
    let rules: RowRules
    do {
      rules = try catalog.rowRules(type, parentID: notes.isEmpty ? parentID : nil)
    } catch {
      throw Failure(rule: "invalid", message: error.description)
    }
    switch format {
    case .json:
      guard inputs.kind == .array, inputs.elements.allSatisfy({ $0.kind == .object }) else {
        throw Failure(rule: "invalid", message: "must be an array of objects")
      }
      outcomes = try Self.read { () throws(InputError) in
        try RecordOutcome.read(elements: inputs, rules: rules)
      }
    case .csv:
      guard let text = inputs.string else {
        throw Failure(rule: "invalid", message: "must be CSV text")
      }
      guard !text.isEmpty else { throw Failure(rule: "blank", message: "can't be blank") }
      outcomes = try Self.read { () throws(InputError) in
        try RecordOutcome.read(csv: Array(text.utf8), rules: rules)
      }
    }
  }

  private static func read(
    _ body: () throws(InputError) -> [RecordOutcome]
  ) throws(Failure) -> [RecordOutcome] {
    do {
      return try body()
    } catch {
      throw Failure(rule: "invalid", message: error.description)
    }
  }
}

/// The inputs of imports: in the database, and while they are processed also read in memory.
final class ImportInputs: Sendable {
  private let cache = Mutex<[String: ImportRows]>([:])
  private let limits: JSONLimits
  private let catalog: Catalog

  init(limits: JSONLimits, catalog: Catalog) {
    self.limits = limits
    self.catalog = catalog
  }

  /// Keeps the inputs of an import, as they came.
  func keep(
    _ db: Database, id: String, format: ImportFormat, element: JSONElement, rows: ImportRows
  ) throws {
    try db.execute(
      sql: "INSERT INTO inputs(import_id, format, content) VALUES (?, ?, ?)",
      arguments: [id, format.rawValue, Data(element.rawBytes)])
    cache.withLock { $0[id] = rows }
  }

  /// The rows of an import; nil when they are gone.
  func rows(
    _ db: Database, id: String, type: String, parentID: String?
  ) throws -> ImportRows? {
    if let rows = cache.withLock({ $0[id] }) { return rows }
    guard
      let row = try GRDB.Row.fetchOne(
        db, sql: "SELECT format, content FROM inputs WHERE import_id = ?", arguments: [id]),
      let format = ImportFormat(rawValue: row[0])
    else { return nil }
    let content: Data = row[1]
    let rows = try ImportRows(
      JSONDocument(parsing: Array(content), limits: limits).root, format: format, type: type,
      parentID: parentID, catalog: catalog)
    cache.withLock { $0[id] = rows }
    return rows
  }

  /// Ends the processing of an import. What it was given stays for `attachment_url`; of many imports,
  /// that of the latest.
  func finish(_ db: Database, id: String) throws {
    let kept = Attachments.keptImports + catalog.service.maximumRunningImports
    try db.execute(
      sql: """
        DELETE FROM inputs WHERE rowid NOT IN (SELECT rowid FROM inputs ORDER BY rowid DESC LIMIT ?)
        """, arguments: [kept])
    cache.withLock { $0[id] = nil }
  }

  /// Drops what was read, when everything was deleted.
  func forget() { cache.withLock { $0 = [:] } }

  /// Drops the inputs of an import that is deleted.
  func drop(_ db: Database, id: String) throws {
    try db.execute(sql: "DELETE FROM inputs WHERE import_id = ?", arguments: [id])
    cache.withLock { $0[id] = nil }
  }
}
