import CommerceLayerRuntime
import Foundation
import GRDB
import HTTPTypes
import Logging
import Synchronization

/// Calls webhooks: one call at a time to each, in the order of the events, while requests go on.
///
/// A call has 5 s for a response with a status of 2xx; it is tried again up to 10 times, and after 30
/// failures in a row, retries included, the circuit opens and nobody is called until it is reset:
/// https://docs.commercelayer.io/core/real-time-webhooks. How long the service waits between two attempts
/// is not told.
final class WebhookSender: Sendable {
  /// How long a call may take.
  static let timeLimit: Duration = .seconds(5)
  /// How often a call that failed is tried again.
  static let retries = 10
  /// Failures in a row that open the circuit.
  static let threshold = 30
  /// The wait before the first retry; it doubles with each one.
  static let firstWait: Duration = .seconds(1)
  /// What is kept of a response's body is nothing; so much is read of it at most.
  private static let maximumResponse = 1 << 20

  private struct State {
    /// The webhooks that are being called.
    var busy: [String: Task<Void, Never>] = [:]
    /// Webhooks that got something to tell while they were called.
    var wanted: Set<String> = []
    /// Deliveries that wait for their next attempt.
    var waiting: Set<Int64> = []
    var timers: [Int64: Task<Void, Never>] = [:]
    var isStopped = false
  }

  private let outbox: WebhookOutbox
  private let store: Store
  private let records: RecordTable
  private let configuration: SandboxConfiguration
  private let transport: any ClientTransport
  private let state = Mutex(State())

  init(
    outbox: WebhookOutbox, store: Store, records: RecordTable, configuration: SandboxConfiguration
  ) {
    self.outbox = outbox
    self.store = store
    self.records = records
    self.configuration = configuration
    transport = configuration.webhookTransport ?? URLSessionTransport()
  }

  /// Tells that a transaction that may have added deliveries is over.
  func wake() {
    guard outbox.takeWork() else { return }
    Task { await self.start() }
  }

  /// Ends all calls; what was not delivered stays in the database.
  func stop() {
    let tasks = state.withLock { state in
      state.isStopped = true
      return Array(state.busy.values) + Array(state.timers.values)
    }
    for task in tasks { task.cancel() }
  }

  /// Forgets what waits, when everything was deleted.
  func forget() {
    state.withLock { state in
      for task in state.timers.values { task.cancel() }
      state.timers = [:]
      state.waiting = []
    }
  }

  /// Waits until every delivery was made or given up.
  func drain() async {
    await start()
    while true {
      let tasks = state.withLock { Array($0.busy.values) + Array($0.timers.values) }
      guard !tasks.isEmpty else { return }
      for task in tasks { await task.value }
    }
  }

  private func start() async {
    do {
      for webhook in try await store.read({ [outbox] db in try outbox.waiting(db) }) {
        call(webhook)
      }
    } catch {
      configuration.logger?.error("webhooks cannot be read", metadata: ["error": "\(error)"])
    }
  }

  private func call(_ webhook: String) {
    state.withLock { state in
      guard !state.isStopped else { return }
      guard state.busy[webhook] == nil else {
        state.wanted.insert(webhook)
        return
      }
      state.busy[webhook] = Task { await self.work(webhook) }
    }
  }

  private func work(_ webhook: String) async {
    repeat {
      do {
        while try await deliverNext(webhook) {}
      } catch is CancellationError {
      } catch {
        configuration.logger?.error(
          "a webhook cannot be called", metadata: ["webhook": "\(webhook)", "error": "\(error)"])
      }
    } while isWantedAgain(webhook)
  }

  private func isWantedAgain(_ webhook: String) -> Bool {
    state.withLock { state in
      if !state.isStopped, state.wanted.remove(webhook) != nil { return true }
      state.busy[webhook] = nil
      return false
    }
  }

  /// What came back of a call.
  private struct Result: Sendable {
    var code: Int?
    let message: String
    var isSuccess: Bool { code.map { (200..<300).contains($0) } ?? false }
  }

  /// - Returns: Whether there was something to deliver.
  private func deliverNext(_ id: String) async throws -> Bool {
    try Task.checkCancellation()
    let waiting = state.withLock { $0.waiting }
    let found = try await store.read { [outbox, records] db in
      (
        try outbox.next(db, webhook: id, except: waiting),
        try records.find(db, type: WebhookOutbox.webhooks, id: id)
      )
    }
    guard let delivery = found.0 else { return false }
    let attributes = found.1?.attributeObject() ?? [:]
    guard let webhook = found.1, attributes["circuit_state"] != "open",
      (attributes["disabled_at"] ?? .null) == .null,
      let address = CallbackAddress(attributes["callback_url"]?.string ?? "")
    else {
      try await store.write { [outbox] db in try outbox.removeAll(db, webhook: id) }
      return true
    }
    let result = await send(
      delivery, to: address, secret: attributes["shared_secret"]?.string ?? "")
    try Task.checkCancellation()
    let failures = result.isSuccess ? 0 : delivery.failures + 1
    let isOver = result.isSuccess || failures > Self.retries
    if !isOver { _ = state.withLock { $0.waiting.insert(delivery.number) } }
    try await store.write { [self] db in
      try note(db, delivery, webhook, result)
      if isOver {
        try outbox.remove(db, delivery)
      } else {
        try outbox.keep(db, delivery, failures: failures)
      }
    }
    if !isOver { retry(delivery, after: Self.firstWait * (1 << (failures - 1))) }
    return true
  }

  private func retry(_ delivery: WebhookOutbox.Delivery, after wait: Duration) {
    state.withLock { state in
      guard !state.isStopped else { return }
      state.timers[delivery.number] = Task { [configuration] in
        try? await configuration.time.sleep(wait)
        let isWanted = self.state.withLock { state in
          state.waiting.remove(delivery.number) != nil && !state.isStopped
        }
        if isWanted { self.call(delivery.webhookID) }
        self.state.withLock { $0.timers[delivery.number] = nil }
      }
    }
  }

  private func send(
    _ delivery: WebhookOutbox.Delivery, to address: CallbackAddress, secret: String
  ) async -> Result {
    var request = HTTPRequest(
      method: .post, scheme: address.scheme, authority: address.authority, path: address.path)
    request.headerFields[.contentType] = SandboxResponse.jsonAPI
    request.headerFields[.userAgent] = "CommerceLayerSandbox"
    if let name = HTTPField.Name("X-CommerceLayer-Topic") {
      request.headerFields[name] = delivery.topic
    }
    if let name = HTTPField.Name("X-CommerceLayer-Signature") {
      request.headerFields[name] = Self.signature(delivery.body, secret: secret)
    }
    var timeouts = Timeouts()
    timeouts.total = configuration.webhookTimeLimit
    timeouts.bulk = configuration.webhookTimeLimit
    timeouts.idle = configuration.webhookTimeLimit
    do {
      let response = try await transport.send(
        request, body: RequestBody(delivery.body), timeouts: timeouts)
      _ = try? await response.body.collect(upTo: Self.maximumResponse)
      return Result(
        code: response.head.status.code, message: response.head.status.reasonPhrase)
    } catch {
      return Result(message: "\(error)")
    }
  }

  /// The base64 of the HMAC-SHA256 of a body.
  private static func signature(_ body: [UInt8], secret: String) -> String {
    Data(SHA256.authenticationCode(for: body, key: secret.utf8)).base64EncodedString()
  }

  /// Writes down what came back: a callback for the attempt, and the state of the circuit.
  private func note(
    _ db: Database, _ delivery: WebhookOutbox.Delivery, _ webhook: StoredRecord, _ result: Result
  ) throws {
    let time = ISO8601.text(configuration.now())
    try records.insertHistory(
      db, .eventCallbacks,
      [
        "callback_url": webhook.attributeObject()["callback_url"] ?? .null,
        "payload": (try? JSONDocument(parsing: delivery.body))?.root.value ?? .null,
        "response_code": result.code.map { .string(String($0)) } ?? .null,
        "response_message": .string(result.message),
      ],
      [
        "webhook": RecordFields.identifier(webhook.type, webhook.id),
        HistoryType.event: RecordFields.identifier(
          HistoryType.events.rawValue, delivery.eventID),
      ], time: time)
    // It may have changed, or gone, since it was read.
    guard let current = try records.find(db, type: webhook.type, id: webhook.id) else { return }
    var attributes = current.attributeObject()
    let failures =
      result.isSuccess ? 0 : (attributes["circuit_failure_count"]?.integer ?? 0) + 1
    let isOpen = failures >= Self.threshold
    attributes["circuit_failure_count"] = JSONValue(cents: failures)
    attributes["circuit_state"] = isOpen ? "open" : "closed"
    guard attributes != current.attributeObject() else { return }
    try records.update(
      db, current, attributes: attributes, relationships: current.relationshipObject(), key: nil,
      time: current.updatedAt)
    if isOpen {
      configuration.logger?.warning(
        "webhook \(webhook.id) failed \(failures) times in a row and is not called until its circuit is reset"
      )
      try outbox.removeAll(db, webhook: webhook.id)
    }
  }
}
