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
    case .ambiguousWrite: write?.advice ?? UnconfirmedWrite.advice
    case .notFound: "check the id and the organization"
    case .conflict where status == 423: "try again when the other change has been made"
    case .protocolViolation where status.map { (200..<300).contains($0) } ?? false:
      "check the address, and whether a proxy or a network's sign-in page answers instead"
    default: nil
    }
  }
}

/// A create or a trigger that may or may not have been processed: what to look for before it is sent
/// again.
public struct UnconfirmedWrite: Sendable, Hashable {
  /// The HTTP method.
  public let method: String
  /// The path.
  public let path: String
  /// The JSON:API type of what was written.
  public let type: String?
  /// The id of what was changed; nil for a create.
  public let id: String?
  /// The `reference` that was sent. Looking for it is the way to find out.
  public let reference: String?
  /// The `reference_origin` that was sent.
  public let referenceOrigin: String?
  /// What else identifies the resource: the attributes that are its type's key, such as an SKU's
  /// `code`.
  public let keys: [String: String]

  static let advice =
    "look whether it happened, for a create by its reference, before sending it again"

  var advice: String {
    let place = TerminalSafe.text(type ?? path, limit: 100)
    if let id {
      return "retrieve \(place) \(TerminalSafe.text(id, limit: 100)) to see whether it happened"
    }
    let marks = (reference.map { [("reference", $0)] } ?? []) + keys.sorted { $0.key < $1.key }
    guard let mark = marks.first else {
      return "list the newest \(place) to see whether it happened; a reference would tell for sure"
    }
    let value = TerminalSafe.text(mark.1, limit: 100)
    return "list \(place) with the \(mark.0) '\(value)' to see whether it happened"
  }
}

extension UnconfirmedWrite {
  /// Reads it from what was sent.
  init(_ call: APICall, service: ServiceDescription?) {
    let data = call.body.flatMap { try? JSONDocument(parsing: $0) }?.root["data"]
    let attributes = data?["attributes"]
    let type = data?["type"]?.string
    var keys: [String: String] = [:]
    for name in type.flatMap({ service?.importables[$0]?.key }) ?? [] {
      keys[name] = attributes?[name]?.string
    }
    self.init(
      method: call.method.rawValue, path: call.path, type: type, id: data?["id"]?.string,
      reference: attributes?["reference"]?.string,
      referenceOrigin: attributes?["reference_origin"]?.string, keys: keys)
  }
}
