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
    /// There is no such resource.
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

  /// Lets a `catch` name the kind alone: `catch CommerceLayerError.Kind.notFound`.
}

/// Lets a `catch` name the kind alone: `catch CommerceLayerError.Kind.notFound { … }`.
public func ~= (kind: CommerceLayerError.Kind, error: any Error) -> Bool {
  (error as? CommerceLayerError)?.kind == kind
}
