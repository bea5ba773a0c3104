import CommerceLayerRuntime
import Foundation
import GRDB
import Logging
import Synchronization

/// What webhooks are still to be told, in the database: it is written with the change that it tells, so
/// that neither is there without the other, and sent afterwards by ``WebhookSender``.
final class WebhookOutbox: Sendable {
  /// Where links of payloads lead before any request has come in.
  private static let firstOrigin = "http://localhost"

  /// One webhook that is to be told of one event.
  struct Delivery: Sendable {
    let number: Int64
    let webhookID: String
    let eventID: String
    let topic: String
    let body: [UInt8]
    /// Attempts that have failed.
    let failures: Int
  }

  private let sql: RecordSQL
  private let configuration: SandboxConfiguration
  /// Where the last request came in.
  private let origin = Mutex(WebhookOutbox.firstOrigin)
  private let hasWork: Mutex<Bool>

  /// - Parameter hasWork: Whether something is to be sent from the start.
  init(sql: RecordSQL, configuration: SandboxConfiguration, hasWork: Bool) {
    self.hasWork = Mutex(hasWork)
    self.sql = sql
    self.configuration = configuration
  }

  // MARK: - Writing

  /// The enabled webhooks of a topic.
  func webhooks(_ db: Database, topic: String) throws -> [StoredRecord] {
    let types = sql.catalog.schema(Self.webhooks).map(sql.catalog.types(of:)) ?? []
    guard !types.isEmpty, try RecordPage.count(db, types: types) > 0 else { return [] }
    return try StoredRecord.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT \(StoredRecord.columns(of: "records")) FROM records
          WHERE type = '\(Self.webhooks)' AND json_extract(attributes, '$.topic') = ?
          AND json_extract(attributes, '$.disabled_at') IS NULL ORDER BY sequence
          """), arguments: [topic])
  }

  static let webhooks = "webhooks"

  /// Adds a delivery, unless nobody is to be called: the address is not of this machine, or the circuit
  /// is open.
  func add(
    _ db: Database, _ webhook: StoredRecord, event: StoredRecord, topic: String,
    record: StoredRecord, origin: String?
  ) throws {
    let attributes = webhook.attributeObject()
    guard CallbackAddress(attributes["callback_url"]?.string ?? "") != nil else {
      return Self.warn(configuration, webhook.id)
    }
    guard attributes["circuit_state"] != "open" else { return }
    let body = try payload(db, attributes, record: record, origin: origin)
    try db.cachedStatement(
      sql: """
        INSERT INTO deliveries(webhook_id, event_id, topic, body, failures)
        VALUES (?, ?, ?, ?, 0)
        """
    ).execute(arguments: [webhook.id, event.id, topic, Data(body)])
    hasWork.withLock { $0 = true }
  }

  /// Says what of a webhook that was made or changed has no effect here.
  func review(_ webhook: StoredRecord) {
    let attributes = webhook.attributeObject()
    let topic = attributes["topic"]?.string ?? ""
    if CallbackAddress(attributes["callback_url"]?.string ?? "") == nil {
      Self.warn(configuration, webhook.id)
    }
    guard let schema = topic.split(separator: ".").first.flatMap({ sql.catalog.schema(String($0)) })
    else { return }
    if schema.relationship(HistoryType.events.rawValue) == nil {
      configuration.logger?.warning(
        "webhook \(webhook.id) is never called: \(schema.name) have no events")
    }
    for path in (attributes["include_resources"]?.array ?? []).compactMap(\.string) {
      var view = DocumentView()
      do {
        try view.addIncludes(.init(name: "include_resources", value: path), schema, sql.catalog)
      } catch {
        let why = error.problems.first?.detail ?? "it is not a relationship"
        configuration.logger?.warning("webhook \(webhook.id) leaves out an include: \(why)")
      }
    }
  }

  /// Says that a webhook is not called.
  static func warn(_ configuration: SandboxConfiguration, _ id: String) {
    configuration.logger?.warning(
      """
      webhook \(id) is kept and not called: the sandbox calls only addresses of this machine, such as \
      http://localhost:3000/callback
      """)
  }

  /// The document that retrieving the record with the webhook's includes gives at this moment.
  private func payload(
    _ db: Database, _ webhook: JSONObject, record: StoredRecord, origin: String?
  ) throws -> [UInt8] {
    let catalog = sql.catalog
    var view = DocumentView()
    var includes = (webhook["include_resources"]?.array ?? []).compactMap(\.string)
    // "The related tag(s) are automatically included": https://docs.commercelayer.io/core/real-time-webhooks
    let hasTags = record.relationshipObject()["tags"]?.array?.isEmpty == false
    if hasTags, webhook["topic"]?.string?.hasSuffix(".tagged") == true { includes.append("tags") }
    if let schema = catalog.schema(record.type) {
      for path in includes {
        // A path that leads nowhere was told of when the webhook was made.
        try? view.addIncludes(.init(name: "include_resources", value: path), schema, catalog)
      }
    }
    let context = DocumentContext(
      origin: origin ?? self.origin.withLock { $0 }, mode: configuration.mode,
      organizationID: configuration.organizationID, traceID: record.id,
      attachments: Attachments(now: configuration.now))
    if let origin { self.origin.withLock { $0 = origin } }
    return try DocumentBuilder(catalog: catalog, related: RelatedRecords(sql), context: context)
      .one(db, record, view: view)
  }

  // MARK: - Reading

  /// Whether something may have been added since the last call.
  func takeWork() -> Bool {
    hasWork.withLock { hasWork in
      defer { hasWork = false }
      return hasWork
    }
  }

  /// The webhooks that are to be told something.
  func waiting(_ db: Database) throws -> [String] {
    try String.fetchAll(db, sql: "SELECT DISTINCT webhook_id FROM deliveries ORDER BY number")
  }

  /// The first delivery of a webhook that is not one of `except`.
  func next(_ db: Database, webhook: String, except: Set<Int64>) throws -> Delivery? {
    let rows = try Row.fetchCursor(
      db,
      sql: """
        SELECT number, event_id, topic, body, failures FROM deliveries
        WHERE webhook_id = ? ORDER BY number
        """, arguments: [webhook])
    while let row = try rows.next() {
      let number: Int64 = row[0]
      guard !except.contains(number) else { continue }
      let body: Data = row[3]
      return Delivery(
        number: number, webhookID: webhook, eventID: row[1], topic: row[2], body: Array(body),
        failures: row[4])
    }
    return nil
  }

  func remove(_ db: Database, _ delivery: Delivery) throws {
    try db.execute(
      sql: "DELETE FROM deliveries WHERE number = ?", arguments: [delivery.number])
  }

  func removeAll(_ db: Database, webhook: String) throws {
    try db.execute(sql: "DELETE FROM deliveries WHERE webhook_id = ?", arguments: [webhook])
  }

  func keep(_ db: Database, _ delivery: Delivery, failures: Int) throws {
    try db.execute(
      sql: "UPDATE deliveries SET failures = ? WHERE number = ?",
      arguments: [failures, delivery.number])
  }
}

/// An address of this machine that a webhook can be delivered to.
struct CallbackAddress: Sendable, Hashable {
  let scheme: String
  let authority: String
  /// With the query.
  let path: String

  /// Nil for every other address: the sandbox calls nobody else.
  init?(_ text: String) {
    for scheme in ["http", "https"] where text.lowercased().hasPrefix(scheme + "://") {
      let rest = text.dropFirst(scheme.count + 3)
      let end = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
      let authority = String(rest[..<end])
      guard LoopbackGuard.isLoopback(authority: authority) else { return nil }
      self.scheme = scheme
      self.authority = authority.lowercased()
      let path = rest[end...].prefix { $0 != "#" }
      self.path = path.hasPrefix("/") ? String(path) : "/" + path
      return
    }
    return nil
  }
}
