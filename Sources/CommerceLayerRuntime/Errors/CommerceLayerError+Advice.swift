import HTTPTypes

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
