public import CommerceLayerRuntime

/// A webhook request with a valid signature: what happened, and the resource it happened to.
///
///     let event = try WebhookEvent(
///       body: bytes, topic: topicHeader, signature: signatureHeader, secret: secret)
///     if event.topic == "orders.place" {
///       let order = try event.resource(Order.self)
///       print(order.number ?? "", order.customer?.email ?? "")
///     }
///
/// The body is read as responses are: included resources are behind their relationships, numbers are
/// exact, and a value that contradicts the schema is a diagnostic and reads as nil.
///
/// The signature covers the body and nothing else. That the topic is of the resource in the body is
/// checked; which event of it, `orders.place` or `orders.cancel`, is as trustworthy as the connection.
/// Requests have no time stamp and may come more than once and in another order: what counts is the state of
/// the resource.
public struct WebhookEvent: Sendable {
  /// The header that carries the topic.
  public static let topicHeader = "X-CommerceLayer-Topic"

  /// What happened, and to which type of resource: `orders.place`.
  public struct Topic: Sendable, Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// The resource type: `orders`.
    public let resourceType: String
    /// What happened to it: `place`.
    public let event: String

    /// Creates a topic from its parts.
    public init(resourceType: String, event: String) {
      self.resourceType = resourceType
      self.event = event
    }

    /// Creates a topic of a resource type of the client: `Topic(Order.self, "place")`.
    public init<R: Resource>(_ type: R.Type, _ event: String) {
      self.init(resourceType: R.schema.name, event: event)
    }

    /// Creates a topic from its text.
    /// - Returns: nil when it is not a resource and an event with a dot in between.
    public init?(_ text: String) {
      let parts = text.split(separator: ".", omittingEmptySubsequences: false)
      guard parts.count == 2, parts.allSatisfy(Self.isName) else { return nil }
      self.init(resourceType: String(parts[0]), event: String(parts[1]))
    }

    /// Creates a topic from a literal; one without a dot equals no topic that comes.
    public init(stringLiteral text: String) {
      self = Topic(text) ?? Topic(resourceType: text, event: "")
    }

    private static func isName(_ part: Substring) -> Bool {
      !part.isEmpty && part.utf8.count <= 100
        && part.utf8.allSatisfy { byte in
          switch byte {
          case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "_"):
            true
          default: false
          }
        }
    }

    /// The topic as the header has it.
    public var description: String { "\(resourceType).\(event)" }
  }

  /// What happened, as the header says.
  public let topic: Topic
  /// The type of the resource, as the body says.
  public let resourceType: String
  /// The id of the resource.
  public let id: String
  private let document: ReceivedDocument

  /// Checks the signature, then reads the body.
  /// - Parameters:
  ///   - body: the bytes as they came. Decoding and encoding again gives other bytes.
  ///   - topic: the value of the header ``topicHeader``; nil when it is missing.
  ///   - signature: the value of the header ``WebhookSignature/header``; nil when it is missing.
  ///   - secret: the webhook's shared secret.
  ///   - schemas: the schemas of included resources; without them only the primary resource is checked.
  /// - Throws: ``WebhookError``; nothing is read before the signature is checked.
  public init(
    body: [UInt8], topic: String?, signature: String?, secret: Secret, schemas: SchemaCatalog? = nil
  ) throws(WebhookError) {
    try WebhookSignature.verify(body: body, signature: signature, secret: secret)
    guard let topic, let known = Topic(topic) else {
      throw WebhookError(
        kind: .unexpectedTopic,
        message: topic == nil
          ? "the header \(Self.topicHeader) is missing"
          : "the topic is not a resource type and an event, such as orders.place")
    }
    let resource: AnyResource
    (document, resource) = try Self.read(AnyResource.self, body, schemas)
    let isOfFamily = schemas?.schema(of: known.resourceType)?.accepts(resource.type, in: schemas)
    guard resource.type == known.resourceType || isOfFamily == true else {
      throw WebhookError(
        kind: .unexpectedTopic,
        message: "the topic is '\(known)' and the resource in the body is one of another type")
    }
    self.topic = known
    (resourceType, id) = (resource.type, resource.storage.id)
  }

  /// The resource as a type of the client.
  /// - Throws: ``WebhookError`` of kind `unexpectedBody` when it is one of another type.
  public func resource<R: Resource>(_ type: R.Type = R.self) throws(WebhookError) -> R {
    do throws(CommerceLayerError) {
      return try document.resource(type)
    } catch {
      throw Self.unexpected(error)
    }
  }

  /// What of the body contradicts JSON:API or the schema and reads as nil.
  public var diagnostics: [Diagnostic] { document.diagnostics }

  static func read<R: Resource>(
    _ type: R.Type, _ body: [UInt8], _ schemas: SchemaCatalog?
  ) throws(WebhookError) -> (ReceivedDocument, R) {
    do throws(CommerceLayerError) {
      let document = try ReceivedDocument(parsing: body, from: "webhook", schemas: schemas)
      return (document, try document.resource(type))
    } catch {
      throw unexpected(error)
    }
  }

  private static func unexpected(_ error: CommerceLayerError) -> WebhookError {
    WebhookError(
      kind: .unexpectedBody, message: "the body is not what was expected: \(error.message)")
  }
}

extension WebhookSignature {
  /// The resource in a signed request, for receivers that know what they get without its topic.
  ///
  ///     let job = try WebhookSignature.resource(
  ///       Import.self, body: bytes, signature: header, secret: secret)
  /// - Throws: ``WebhookError``; nothing is read before the signature is checked.
  public static func resource<R: Resource>(
    _ type: R.Type = R.self, body: [UInt8], signature: String?, secret: Secret
  ) throws(WebhookError) -> R {
    try verify(body: body, signature: signature, secret: secret)
    return try WebhookEvent.read(type, body, nil).1
  }
}
