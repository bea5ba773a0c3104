public import HTTPTypes

/// Anything that goes wrong with a call: what kind of failure it was, what the service said, and
/// what to do next.
///
/// ``Kind`` is open: new kinds may be added, so a `switch` over it needs a default. Cancellation is
/// not among them: a cancelled call throws `CancellationError`, as Swift's own functions do.
///
///     do {
///       _ = try await client.skus.retrieve(skuID)
///     } catch CommerceLayerError.Kind.notFound {
///       print("there is no SKU", skuID)
///     } catch let error as CommerceLayerError {
///       print(error.message, error.advice ?? "", error.requestID ?? "")
///       for problem in error.errors { print(problem.pointer ?? "", problem.detail ?? "") }
///     }
public struct CommerceLayerError: Error, Sendable, CustomStringConvertible {
  /// What kind of failure it was.
  public var kind: Kind
  /// What happened, in a sentence.
  public var message: String
  /// The HTTP status, when there was a response.
  public var status: Int?
  /// The service's own errors.
  public var errors: [APIError]
  /// Method and path of the request; no query, no host.
  public var request: String
  /// The service's id of the request.
  public var requestID: String?
  /// The client's own id of the call, the same in all its attempts and in its logs.
  public var callID: String?
  /// How often the request was sent.
  public var attempts: Int
  /// Headers of the response, as far as they may be shown: limits, ids, types, no cookies.
  public var headers = HTTPFields()
  /// What was being written, for an error of kind `ambiguousWrite`: what to look for.
  public var write: UnconfirmedWrite?
  /// How long the service asks to wait.
  public var retryAfter: Duration?
  /// A JSON pointer into the offending document.
  public var pointer: String?
  /// What caused it, in the words of the layer below.
  public var underlying: String?

  /// Creates an error.
  public init(
    _ kind: Kind, _ message: String, status: Int? = nil, errors: [APIError] = [],
    request: String = "", requestID: String? = nil, attempts: Int = 0,
    retryAfter: Duration? = nil, pointer: String? = nil, underlying: String? = nil
  ) {
    self.kind = kind
    self.message = message
    self.status = status
    self.errors = errors
    self.request = request
    self.requestID = requestID
    self.attempts = attempts
    self.retryAfter = retryAfter
    self.pointer = pointer
    self.underlying = underlying
  }

  /// How many of the service's errors the description shows.
  static let shownErrors = 20
  /// How many characters of one text of the service a description shows.
  static let shownCharacters = 1000

  /// All of it on several lines, made fit for a terminal or a log: control characters of the
  /// service's texts are shown as `\u{…}`, long ones are cut. The properties hold the texts as they
  /// came.
  public var description: String {
    func safe(_ text: String) -> String { TerminalSafe.text(text, limit: Self.shownCharacters) }
    var text = safe(message)
    if !request.isEmpty { text += " (\(request)" + (status.map { ", HTTP \($0)" } ?? "") + ")" }
    for error in errors.prefix(Self.shownErrors) { text += "\n  \(error)" }
    if errors.count > Self.shownErrors {
      text += "\n  and \(errors.count - Self.shownErrors) more"
    }
    if let underlying { text += "\n  because: \(safe(underlying))" }
    if let advice { text += "\n  try: \(advice)" }
    if let requestID { text += "\n  request id: \(safe(requestID))" }
    if attempts > 1 { text += "\n  attempts: \(attempts)" }
    return text
  }

  /// This error without secrets that a server may have repeated.
  func hiding(_ secrets: [Secret]) -> CommerceLayerError {
    var error = self
    error.message = message.hiding(secrets)
    error.underlying = underlying?.hiding(secrets)
    error.requestID = requestID?.hiding(secrets)
    error.pointer = pointer?.hiding(secrets)
    error.errors = errors.map { $0.hiding(secrets) }
    error.headers = HTTPFields(
      headers.map { HTTPField(name: $0.name, value: $0.value.hiding(secrets)) })
    return error
  }

  static func protocolViolation(
    _ message: String, pointer: String? = nil, _ context: Document.Context
  ) -> CommerceLayerError {
    let place = pointer.map { $0.isEmpty ? "the document: " : "\($0): " }
    return CommerceLayerError(
      .protocolViolation, (place ?? "") + message,
      status: context.status, request: context.request, requestID: context.requestID,
      pointer: pointer)
  }
}

extension CommerceLayerError {
  /// What kind of failure it was.
  public struct Kind: RawRepresentable, Sendable, Hashable {
    /// A stable name.
    public let rawValue: String
    /// Creates a kind from its name.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The client was set up wrongly: a slug, an id, an option.
    public static let configuration = Kind(rawValue: "configuration")
    /// The input broke a rule of the schema; nothing was sent.
    public static let invalidInput = Kind(rawValue: "invalid_input")
    /// No connection, or it broke; the request may be sent again without harm.
    public static let transport = Kind(rawValue: "transport")
    /// A time limit passed.
    public static let timeout = Kind(rawValue: "timeout")
    /// Credentials were rejected.
    public static let authentication = Kind(rawValue: "authentication")
    /// The credentials are good but may not do this.
    public static let permission = Kind(rawValue: "permission")
    /// Too many requests.
    public static let rateLimited = Kind(rawValue: "rate_limited")
    /// The resource does not exist.
    public static let notFound = Kind(rawValue: "not_found")
    /// The service rejected the request body.
    public static let validation = Kind(rawValue: "validation")
    /// The resource is locked or not unique.
    public static let conflict = Kind(rawValue: "conflict")
    /// The service failed.
    public static let server = Kind(rawValue: "server")
    /// The service rejected the request for another reason.
    public static let request = Kind(rawValue: "request")
    /// The response is not what the protocol allows: a redirect, HTML, a broken document. For a write
    /// that was confirmed with a 2xx status it is ``ambiguousWrite`` instead.
    public static let protocolViolation = Kind(rawValue: "protocol_violation")
    /// A write whose outcome is unknown: it may or may not have been processed, because there was no
    /// response or the response cannot be read. Find out whether it has, for a create by its `reference`,
    /// before sending it again; ``CommerceLayerError/write`` says what to look for.
    public static let ambiguousWrite = Kind(rawValue: "ambiguous_write")
  }

}

/// Lets a `catch` name the kind alone: `catch CommerceLayerError.Kind.notFound { … }`.
public func ~= (kind: CommerceLayerError.Kind, error: any Error) -> Bool {
  (error as? CommerceLayerError)?.kind == kind
}

extension CommerceLayerError {
  /// What to do next; nil when the message says it all.
  public var advice: String? {
    switch kind {
    case .authentication:
      "check the client id and secret, and that they belong to this organization"
    case .permission: "use an application that may do this; imports need an integration"
    case .rateLimited:
      retryAfter.map { "wait \(ClientEvent.text($0)) and try again" }
        ?? "wait and try again; other programs share the same limit"
    case .transport where status == 407: "give the transport the proxy's credentials"
    case .transport where status == 511: "sign in to the network, then try again"
    case .transport, .timeout, .server:
      retryAfter.map { "try again in \(ClientEvent.text($0))" } ?? "try again later"
    case .ambiguousWrite: write?.advice ?? UnconfirmedWrite.generalAdvice
    case .notFound: "check the id and the organization"
    case .conflict where status == 423: "try again when the other change has been made"
    case .protocolViolation where status.map { (200..<300).contains($0) } ?? false:
      "check the address, and whether a proxy or a network's sign-in page responds instead"
    default: nil
    }
  }
}

/// Tells what kind of failure a rejected request is. Pure.
enum ErrorClassifier {
  static func kind(status: Int, codes: [String]) -> CommerceLayerError.Kind {
    switch status {
    case 401: codes.contains("UNAUTHORIZED") ? .permission : .authentication
    case 403: .permission
    case 404: .notFound
    // Somebody on the way wants to be signed in to: the service has seen nothing.
    case 407, 511: .transport
    case 408: .timeout
    case 409, 423: .conflict
    case 422: .validation
    case 429: .rateLimited
    case 500...599: .server
    case 300...399: .protocolViolation
    default: .request
    }
  }

  static func message(_ kind: CommerceLayerError.Kind, status: Int) -> String {
    switch kind {
    case .authentication: "the credentials were rejected"
    case .permission: "not permitted"
    case .notFound: "the resource does not exist"
    case .conflict: status == 423 ? "the resource is locked" : "the resource is not unique"
    case .validation: "the service rejected the request body"
    case .rateLimited: "too many requests"
    case .server: status == 501 ? "the service does not implement this" : "the service failed"
    case .timeout: "the service gave up waiting"
    case .transport:
      status == 407
        ? "a proxy on the way asks for credentials" : "the network asks for a sign-in first"
    case .protocolViolation: "the service responded with a redirect, which is never followed"
    default:
      status == 413 ? "the request is too large" : "the service rejected the request"
    }
  }
}
