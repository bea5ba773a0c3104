import HTTPTypes

/// What libcurl, which carries Foundation's requests on Linux, does about proxies by itself.
enum SystemProxy {
  /// Rejects what libcurl would hand to a proxy. It gives plain HTTP to one, token and all, also for
  /// this machine's own addresses; and of HTTPS through a tunnel Foundation takes the proxy's
  /// `200 Connection established` for the response. Foundation has no switch against either.
  /// - Throws: ``TransportError`` of kind `invalidRequest`; nothing was sent.
  static func check(
    _ request: HTTPRequest, _ environment: [String: String]
  ) throws(TransportError) {
    // Upper case HTTP_PROXY is not read: a header of a CGI request could set it.
    let own = request.scheme == "http" ? ["http_proxy"] : ["https_proxy", "HTTPS_PROXY"]
    let variables = (own + ["all_proxy", "ALL_PROXY"]).filter {
      environment[$0].map { !$0.isEmpty } ?? false
    }
    guard let variable = variables.first,
      let host = request.authority.flatMap({ TransportRules.host(of: $0) })?.lowercased()
    else { return }
    let exceptions = (environment["no_proxy"] ?? environment["NO_PROXY"] ?? "").lowercased()
      .split { $0 == "," || $0 == " " }
    let isExcepted = exceptions.contains { exception in
      let name = exception.hasPrefix(".") ? exception.dropFirst() : exception
      return name == "*" || !name.isEmpty && (host == name || host.hasSuffix(".\(name)"))
    }
    guard !isExcepted else { return }
    throw TransportError(
      .invalidRequest,
      "\(host) would be asked by the proxy that \(variable) names, which URLSession on Linux does "
        + "wrongly: add it to no_proxy, or use the transport over AsyncHTTPClient")
  }
}
