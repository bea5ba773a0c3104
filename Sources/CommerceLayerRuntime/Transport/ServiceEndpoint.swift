/// Where the service is: the base of its API and its token endpoint.
public struct ServiceEndpoint: Sendable, Hashable {
  let scheme: String
  /// Host and port of the API.
  public let authority: String
  let tokenScheme: String
  let tokenAuthority: String
  /// The path below which the API lies; nothing else gets credentials, and no link elsewhere is
  /// followed.
  var basePath = ServiceDescription.commonBasePath

  /// The service itself: `https://<organization>.commercelayer.io/api`, with tokens from
  /// `https://auth.commercelayer.io/oauth/token`.
  /// - Throws: an error of kind `configuration` unless `organization` is a DNS label: lower-case
  ///   letters, digits and inner hyphens, at most 63.
  public static func production(organization: String) throws(CommerceLayerError) -> ServiceEndpoint
  {
    try service(organization: organization)
  }

  /// A server on this machine, the sandbox for one: plain HTTP, loopback only.
  /// - Throws: an error of kind `configuration` unless `port` is 1 to 65535.
  public static func loopback(port: Int) throws(CommerceLayerError) -> ServiceEndpoint {
    guard (1...65_535).contains(port) else {
      throw CommerceLayerError(.configuration, "\(port) is not a valid port: 1 to 65535")
    }
    let authority = "127.0.0.1:\(port)"
    return ServiceEndpoint(
      scheme: "http", authority: authority, tokenScheme: "http", tokenAuthority: authority)
  }

  static func isSlug(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    func isAlphanumeric(_ byte: UInt8) -> Bool {
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
    guard let first = bytes.first, let last = bytes.last, bytes.count <= 63 else { return false }
    return isAlphanumeric(first) && isAlphanumeric(last)
      && bytes.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
  }
}
