/// Anything that goes wrong with a call: what kind of failure it was, what the service said, and
/// what to do next.
///
/// ``Kind`` is open: new kinds may be added, so a `switch` over it needs a default.
public struct CommerceLayerError: Error, Sendable, CustomStringConvertible {
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
    /// No connection, or it broke before anything was processed.
    public static let transport = Kind(rawValue: "transport")
    /// A time limit passed.
    public static let timeout = Kind(rawValue: "timeout")
    /// The task was cancelled.
    public static let cancelled = Kind(rawValue: "cancelled")
    /// Credentials were refused.
    public static let authentication = Kind(rawValue: "authentication")
    /// The credentials are good but may not do this.
    public static let permission = Kind(rawValue: "permission")
    /// Too many requests.
    public static let rateLimited = Kind(rawValue: "rate_limited")
    /// There is no such resource.
    public static let notFound = Kind(rawValue: "not_found")
    /// The service refused the content.
    public static let validation = Kind(rawValue: "validation")
    /// The resource is locked or not unique.
    public static let conflict = Kind(rawValue: "conflict")
    /// The service failed.
    public static let server = Kind(rawValue: "server")
    /// Another refusal by the service.
    public static let request = Kind(rawValue: "request")
    /// The answer is not what the protocol allows: a redirect, HTML, a broken document.
    public static let protocolViolation = Kind(rawValue: "protocol_violation")
    /// A create or a trigger whose outcome is unknown: it may or may not have happened. Look whether
    /// it has, for a create by its `reference`, before sending it again.
    public static let ambiguousWrite = Kind(rawValue: "ambiguous_write")
  }

  /// What kind of failure it was.
  public var kind: Kind
  /// What happened, in a sentence.
  public var message: String
  /// The HTTP status, when there was an answer.
  public var status: Int?
  /// The service's own errors.
  public var errors: [APIError]
  /// Method and path of the request; no query, no host.
  public var request: String
  /// The service's id of the request.
  public var requestID: String?
  /// How often the request was sent.
  public var attempts: Int
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

  /// What to do next.
  public var advice: String? {
    switch kind {
    case .authentication:
      "check the client id and secret, and that they belong to this organization"
    case .permission: "use an application that may do this; imports need an integration"
    case .rateLimited: "wait and try again; other programs share the same limit"
    case .transport, .timeout, .server: "try again later"
    case .ambiguousWrite:
      "look whether it happened, for a create by its reference, before sending it again"
    case .notFound: "check the id and the organization"
    default: nil
    }
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
    return text
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

/// One error object of a JSON:API error document. Every member may be missing.
public struct APIError: Sendable, Hashable, CustomStringConvertible {
  /// A short summary.
  public var title: String?
  /// What happened this time.
  public var detail: String?
  /// The service's code: `VALIDATION_ERROR`.
  public var code: String?
  /// The HTTP status, as text.
  public var status: String?
  /// A JSON pointer into the request document.
  public var pointer: String?
  /// The query parameter at fault.
  public var parameter: String?
  /// Further facts.
  public var meta: JSONValue?

  /// Creates an error object.
  public init(
    title: String? = nil, detail: String? = nil, code: String? = nil, status: String? = nil,
    pointer: String? = nil, parameter: String? = nil, meta: JSONValue? = nil
  ) {
    self.title = title
    self.detail = detail
    self.code = code
    self.status = status
    self.pointer = pointer
    self.parameter = parameter
    self.meta = meta
  }

  /// Code, texts and place on one line, made fit for a terminal or a log.
  public var description: String {
    let text = [title, detail].compactMap(\.self).joined(separator: ": ")
    let place = pointer ?? parameter
    let line = [code.map { "[\($0)]" }, text.isEmpty ? nil : text, place.map { "(\($0))" }]
      .compactMap(\.self).joined(separator: " ")
    return TerminalSafe.text(line, limit: CommerceLayerError.shownCharacters)
  }
}

extension APIError {
  /// Reads the errors of an answer. The token endpoint writes `status` as a number and sometimes
  /// one object where a list belongs, so both are read.
  static func read(_ root: JSONElement) -> [APIError] {
    if let list = root["errors"] {
      if list.kind == .array { return list.elements.filter { $0.kind == .object }.map(Self.init) }
      if list.kind == .object { return [APIError(list)] }
    }
    // RFC 6749 §5.2.
    if let error = root["error"]?.string {
      return [APIError(title: error, detail: root["error_description"]?.string, code: error)]
    }
    return []
  }

  private init(_ element: JSONElement) {
    func text(_ value: JSONElement?) -> String? {
      guard let value, value.kind == .string || value.kind == .number else { return nil }
      return value.string ?? String(decoding: value.rawBytes, as: UTF8.self)
    }
    self.init(
      title: text(element["title"]), detail: text(element["detail"]), code: text(element["code"]),
      status: text(element["status"]), pointer: text(element["source"]?["pointer"]),
      parameter: text(element["source"]?["parameter"]), meta: element["meta"]?.value)
  }
}
