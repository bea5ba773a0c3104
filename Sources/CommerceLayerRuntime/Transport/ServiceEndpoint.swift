import Foundation

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

extension ServiceEndpoint {
  /// The service's own domains. Credentials go to hosts below these, and to no others unless somebody
  /// allows one by name.
  public static let domains = ["commercelayer.io", "commercelayer.co"]

  /// The service below one of its ``domains``, or below a domain of your own:
  /// `https://<organization>.<domain>/api`, with tokens from `https://auth.<domain>/oauth/token`.
  ///
  ///     let staging = try ServiceEndpoint.service(
  ///       organization: "acme", domain: "commercelayer.co")
  ///     let gateway = try ServiceEndpoint.service(
  ///       organization: "acme", domain: setting, allowingHost: "commerce.acme.example")
  ///
  /// - Parameters:
  ///   - organization: the organization's slug: a DNS label of lower-case letters, digits and inner
  ///     hyphens, at most 63.
  ///   - domain: where its host is, in lower case, without scheme, port, path or a dot at the end.
  ///   - allowingHost: a domain besides ``domains`` that may get credentials. It is compared with
  ///     `domain` as a whole. Write it down in the program: taken from where `domain` is from, it
  ///     allows everything.
  /// - Throws: an error of kind `configuration` when `organization` is not a slug, `domain` is not a domain,
  ///   or it is neither one of ``domains`` nor `allowingHost`.
  public static func service(
    organization: String, domain: String = domains[0], allowingHost: String? = nil
  ) throws(CommerceLayerError) -> ServiceEndpoint {
    guard isSlug(organization) else {
      throw CommerceLayerError(
        .configuration,
        "'\(TerminalSafe.text(organization, limit: 80))' is not a valid organization slug: "
          + "lower-case letters, digits and inner hyphens, at most 63")
    }
    let shown = TerminalSafe.text(domain, limit: 80)
    guard isDomain(domain) else {
      throw CommerceLayerError(
        .configuration,
        "'\(shown)' is not a valid domain: lower-case labels and dots, without scheme, port or path, as in "
          + "'\(domains[0])'; a server on this machine is ServiceEndpoint.loopback(port:)")
    }
    guard domains.contains(domain) || domain == allowingHost else {
      throw CommerceLayerError(
        .configuration,
        "'\(shown)' is not a domain of the service (\(domains.joined(separator: ", "))), so the "
          + "credentials are not sent there; if it is meant, allow it: "
          + "ServiceEndpoint.service(organization:domain:allowingHost:)")
    }
    let endpoint = ServiceEndpoint(
      scheme: "https", authority: "\(organization).\(domain)", tokenScheme: "https",
      tokenAuthority: "auth.\(domain)")
    for authority in [endpoint.authority, endpoint.tokenAuthority] {
      guard isHostAlone(authority) else {
        throw CommerceLayerError(
          .configuration, "'\(TerminalSafe.text(authority, limit: 80))' is not a valid host name")
      }
    }
    return endpoint
  }

  /// The longest host name of DNS.
  static let longestHost = 253

  /// Whether it is a DNS name of two labels or more whose last one starts with a letter: IPv4
  /// addresses end in a number, which `0x7f` is one of as well.
  static func isDomain(_ text: String) -> Bool {
    let labels = text.split(separator: ".", omittingEmptySubsequences: false)
    guard labels.count >= 2, labels.allSatisfy({ isSlug(String($0)) }), let last = labels.last
    else { return false }
    return last.utf8.first.map { $0 >= UInt8(ascii: "a") } ?? false
  }

  /// Whether Foundation, which transports make URLs with, reads an authority as this host and nothing
  /// else: no user, no port, no path.
  static func isHostAlone(_ authority: String) -> Bool {
    let parts = URLComponents(string: "https://\(authority)/api/")
    // The encoded host: the other one has `xn--` labels as the letters they stand for.
    return (1...longestHost).contains(authority.utf8.count) && parts?.encodedHost == authority
      && parts?.user == nil
      && parts?.password == nil && parts?.port == nil && parts?.path == "/api/"
      && parts?.query == nil && parts?.fragment == nil
  }
}
