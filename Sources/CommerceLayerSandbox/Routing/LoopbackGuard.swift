package import HTTPTypes

/// Tells requests of programs on this machine from those a web page makes a browser send
/// (DNS rebinding): the names in `Host` and `Origin` must be loopback names.
enum LoopbackGuard {
  /// Whether an authority, `host` or `host:port`, names this machine's loopback interface.
  static func isLoopback(authority: String) -> Bool {
    let host: Substring
    if authority.hasPrefix("[") {
      guard let close = authority.firstIndex(of: "]") else { return false }
      let rest = authority[authority.index(after: close)...]
      guard rest.isEmpty || isPort(rest) else { return false }
      host = authority[...close]
    } else {
      let colon = authority.firstIndex(of: ":") ?? authority.endIndex
      guard colon == authority.endIndex || isPort(authority[colon...]) else { return false }
      host = authority[..<colon]
    }
    switch host.lowercased() {
    case "localhost", "127.0.0.1", "[::1]": return true
    default: return false
    }
  }

  /// Whether an `Origin` header is a page of this machine.
  static func isLoopback(origin: String) -> Bool {
    for scheme in ["http://", "https://"] where origin.hasPrefix(scheme) {
      return isLoopback(authority: String(origin.dropFirst(scheme.count)))
    }
    return false
  }

  private static func isPort(_ text: Substring) -> Bool {
    text.first == ":" && text.dropFirst().allSatisfy { ("0"..."9").contains($0) }
  }
}

extension Sandbox {
  /// Why a server rejects a request before it has read its body.
  package enum Rejection: Sendable, Hashable {
    /// `Host` is not a loopback name.
    case host(String)
    /// A web page of another host has sent it.
    case origin
    /// The body is longer than ``SandboxConfiguration/maximumBodyBytes``.
    case bodyTooLarge

    /// Checks the head of a request that came over a socket; nil when nothing speaks against it.
    package init?(_ head: HTTPRequest) {
      guard let authority = head.authority, LoopbackGuard.isLoopback(authority: authority) else {
        self = .host(head.authority ?? "")
        return
      }
      guard let origin = head.headerFields[.origin], !LoopbackGuard.isLoopback(origin: origin)
      else {
        return nil
      }
      self = .origin
    }

    func errorResponse(maximumBodyBytes: Int) -> ErrorResponse {
      switch self {
      case .host(let name):
        ErrorResponse(
          .forbidden,
          "'\(name)' is not a loopback name: connect to localhost, 127.0.0.1 or [::1]")
      case .origin: ErrorResponse(.forbidden, "the sandbox does not serve web pages of other hosts")
      case .bodyTooLarge:
        ErrorResponse(.contentTooLarge, "a body holds at most \(maximumBodyBytes) bytes")
      }
    }
  }
}
