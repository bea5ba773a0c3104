import CommerceLayer
import CommerceLayerWebhooks
import HTTPTypes
import Hummingbird
import Logging

/// The events that were handled. A signature has no time stamp, so a request that was overheard can be sent
/// again, and the service itself calls again when a response is lost: each event counts once.
///
/// In memory it holds for one process. With several, keep the ids in a database with a unique index.
actor HandledEvents {
  private var identifiers: Set<String> = []

  /// Whether nobody has begun to handle the event.
  func begin(_ id: String) -> Bool { identifiers.insert(id).inserted }

  /// Forgets an event whose handling failed: the service will call again.
  func fail(_ id: String) { identifiers.remove(id) }
}

/// Receives `orders.place`, and confirms each order by its number.
struct Receiver: Sendable {
  let client: CommerceLayerClient
  let secret: Secret
  let handled: HandledEvents
  /// What is done with an order, once per placement.
  let confirm: @Sendable (Order) async throws -> Void

  /// The largest request that is read: 1 MiB. An order with its lines is far smaller.
  static let maximumBytes = 1 << 20

  /// Responds to one request of the service. 2xx tells it not to call again, anything else that it should.
  func respond(_ request: Request, logger: Logger) async throws -> HTTPResponse.Status {
    // The signature is that of the bytes as they came: nothing may decode them before.
    let body = try await request.body.collect(upTo: Self.maximumBytes)
    let order: Order
    do {
      let event = try WebhookEvent(
        body: Array(body.readableBytesView), topic: header(WebhookEvent.topicHeader, of: request),
        signature: header(WebhookSignature.header, of: request), secret: secret)
      guard event.topic == "orders.place" else {
        logger.error("the topic is \(event.topic), which nobody handles here")
        return .badRequest
      }
      order = try event.resource()
    } catch let error where [.unexpectedBody, .unexpectedTopic].contains(error.kind) {
      // It was signed with the secret: the webhook is set up in another way than this program expects.
      logger.error("a signed request is not an event of an order: \(error)")
      return .badRequest
    } catch {
      // Whoever sent this does not know the secret, or this program has another one.
      logger.warning("rejected a request: \(error)")
      return .unauthorized
    }
    // An order is placed once, so its id is the event's.
    guard await handled.begin(order.id.rawValue) else { return .ok }
    do {
      // The payload is how the order was; what counts is how it is.
      let current = try await client.orders.retrieve(order) { $0.include(.lineItems) }
      if current.status == .cancelled {
        logger.info("order \(current.number ?? "") was cancelled in the meantime")
      } else {
        try await confirm(current)
      }
      return .ok
    } catch CommerceLayerError.Kind.notFound {
      logger.info("order \(order.id) was deleted in the meantime")
      return .ok
    } catch {
      // The service calls again, up to ten times.
      await handled.fail(order.id.rawValue)
      logger.error("order \(order.id) is not confirmed: \(error)")
      return .serviceUnavailable
    }
  }
  private func header(_ name: String, of request: Request) -> String? {
    HTTPField.Name(name).flatMap { request.headers[$0] }
  }
}
