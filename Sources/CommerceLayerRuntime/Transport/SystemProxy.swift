import HTTPTypes

/// What libcurl, which carries Foundation's requests on Linux, does about proxies by itself.
enum SystemProxy {
  /// Refuses plain HTTP that libcurl would hand to a proxy, token and all: it does so for this
  /// machine's own addresses too, and Foundation has no switch against it.
  /// - Throws: ``TransportError`` of kind `invalidRequest`; nothing was sent.
  static func checkPlainRoute(
    _ request: HTTPRequest, _ environment: [String: String]
  ) throws(TransportError) {
    // Upper case HTTP_PROXY is not read: a header of a CGI request could set it.
    let proxies = ["http_proxy", "all_proxy", "ALL_PROXY"].filter {
      environment[$0].map { !$0.isEmpty } ?? false
    }
    guard let variable = proxies.first,
      let host = request.authority.flatMap({ TransportRules.host(of: $0) })
    else { return }
    let exceptions = (environment["no_proxy"] ?? environment["NO_PROXY"] ?? "")
      .split { $0 == "," || $0 == " " }
    guard !exceptions.contains(where: { $0 == "*" || $0 == host }) else { return }
    throw TransportError(
      .invalidRequest,
      "plain HTTP to \(host) would go by the proxy that \(variable) names: add \(host) to no_proxy")
  }
}
