import HTTPTypes

/// Which web pages may use the control endpoints: the sandbox's own, which holds a token of this start.
///
/// Programs send neither `Origin` nor `Sec-Fetch-Site` and are let in: they run on this machine anyway. The
/// pages of other origins can neither send the token nor read the page that holds it, and the server takes
/// requests with loopback names in `Host` alone, so that no other name leads a browser here.
struct PageAccess: Sendable {
  /// The header that the page sends its token in.
  static let header = "X-Sandbox-Page"
  let token: String

  init() {
    token = (0..<4).map { _ in String(UInt64.random(in: 0 ... .max), radix: 36) }.joined()
  }

  /// Whether a browser asks for the page: other clients that send a GET to `/` do not accept HTML.
  static func isForPage(_ request: HTTPRequest) -> Bool {
    guard request.method == .get || request.method == .head,
      (request.path ?? "/").prefix(while: { $0 != "?" }) == "/"
    else { return false }
    return (request.headerFields[.accept] ?? "").split(separator: ",").contains { range in
      range.prefix { $0 != ";" }.filter { $0 != " " }.lowercased() == "text/html"
    }
  }

  /// - Throws: ``ErrorResponse`` for a request that a page of another origin makes a browser send.
  func check(_ request: HTTPRequest) throws(ErrorResponse) {
    let site = HTTPField.Name("Sec-Fetch-Site").flatMap { request.headerFields[$0] }
    let isForeign = site.map { !["same-origin", "none"].contains($0) } ?? false
    if !isForeign {
      guard let origin = request.headerFields[.origin] else { return }
      let sent = HTTPField.Name(Self.header).flatMap { request.headerFields[$0] }
      let own = "\(request.scheme ?? "http")://\(request.authority ?? "")"
      if origin == own, sent == token { return }
    }
    throw ErrorResponse(
      .forbidden,
      "the sandbox is controlled by programs of this machine and by its own page, not by other web pages"
    )
  }
}
