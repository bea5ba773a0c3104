import CommerceLayerRuntime
import GRDB
import Synchronization

/// Keeps the status of records that dates decide (`starts_at`, `expires_at`) true as time passes: when the
/// time of one has come, the next request finds it with its new status. Lists are filtered by it, so it
/// has to be stored.
///
/// No request pays for it but the first one after such a record was written or came due.
final class DueDates: Sendable {
  private enum Next {
    case unknown, never
    case at(String)
  }

  private let types: Set<String>
  private let next = Mutex(Next.unknown)

  init(catalog: Catalog) {
    types = Set(
      catalog.types.filter { type in
        catalog.behavior(of: type)?.settling.contains { $0.isDated } ?? false
      })
  }

  /// Has to be called within the transaction that writes a record, or deletes it.
  func didWrite(_ type: String) {
    if types.contains(type) { forget() }
  }

  /// The records are other ones now.
  func forget() { next.withLock { $0 = .unknown } }

  /// Whether a record may have come due.
  func isDue(_ time: String) -> Bool {
    next.withLock { next in
      switch next {
      case .unknown: !types.isEmpty
      case .never: false
      case .at(let moment): moment <= time
      }
    }
  }

  /// Gives records that have come due their new status. Nobody has changed them, so their time of change
  /// stays.
  func settle(_ db: Database, _ records: RecordTable, time: String) throws {
    var next: String?
    func wait(_ attributes: JSONObject, _ name: String) {
      guard let moment = attributes[name]?.string, moment > time else { return }
      next = next.map { min($0, moment) } ?? moment
    }
    let request = SQLRequest<StoredRecord>(
      literal: SQL(sql: "SELECT \(StoredRecord.columns(of: "records")) FROM records WHERE ")
        + RecordSQL.isOf(types.sorted(), in: "records"))
    var due: [(StoredRecord, JSONObject)] = []
    let cursor = try request.fetchCursor(db)
    while let record = try cursor.next() {
      let before = record.attributeObject()
      var attributes = before
      Settling.dated.settle(&attributes, time: time)
      wait(attributes, "starts_at")
      wait(attributes, "expires_at")
      if attributes[StoredAttribute.status] != before[StoredAttribute.status] {
        due.append((record, attributes))
      }
    }
    for (record, attributes) in due {
      let relationships = record.relationshipObject()
      try records.update(
        db, record, attributes: attributes, relationships: relationships,
        key: records.uniqueKey(record.type, attributes, relationships), time: record.updatedAt)
    }
    self.next.withLock { $0 = next.map(Next.at) ?? .never }
  }
}
