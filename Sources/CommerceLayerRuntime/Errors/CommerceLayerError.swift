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
