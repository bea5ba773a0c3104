import Foundation

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
