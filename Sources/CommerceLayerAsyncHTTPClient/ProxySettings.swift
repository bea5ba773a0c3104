import AsyncHTTPClient
import Foundation

/// Which proxy requests go by.
///
/// Read from the variables of the environment that other programs know too, lower case before upper:
/// `https_proxy`, else `all_proxy`, names the proxy; `no_proxy` lists hosts that are reached
/// directly. Every request by a proxy is HTTPS in a tunnel, so the proxy sees the name of the host and
/// nothing else: no path, no token. Plain HTTP goes to this machine only, which no proxy is asked for;
/// `http_proxy` is not read.
///
/// A proxy is `http://[user:password@]host[:port]`, port 80 unless said otherwise, or
/// `socks5://host[:port]`, port 1080. One that cannot be used fails every request that needs it:
/// going around it in silence would send traffic where it is not wanted.
public struct ProxySettings: Sendable {
  /// No proxy, whatever the environment says.
  public static let none = ProxySettings(environment: [:])

  enum Choice: Sendable, Equatable {
    case direct
    case proxy(Proxy)
    case unusable(String)
  }

  struct Proxy: Sendable, Equatable {
    enum Kind: Sendable { case http, socks }
    var kind: Kind
    var host: String
    var port: Int
    var user: String?
    var password: String?

    var clientProxy: HTTPClient.Configuration.Proxy {
      switch kind {
      case .socks: return .socksServer(host: host, port: port)
      case .http:
        guard let user else { return .server(host: host, port: port) }
        return .server(
          host: host, port: port,
          authorization: .basic(username: user, password: password ?? ""))
      }
    }
  }

  let https: Choice
  private let exceptions: [Exception]

  /// What the environment of this process says.
  public static func fromEnvironment() -> ProxySettings {
    ProxySettings(environment: ProcessInfo.processInfo.environment)
  }

  /// What an environment says.
  public init(environment: [String: String]) {
    func value(_ name: String) -> String? {
      [name, name.uppercased()].lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
    }
    let named = ["https_proxy", "all_proxy"].lazy.compactMap { name in
      value(name).map { (name, $0) }
    }.first
    https = named.map { Self.read($0.1, from: $0.0) } ?? .direct
    exceptions = (value("no_proxy") ?? "").split { $0 == "," || $0 == " " }.map {
      Exception(String($0))
    }
  }

  /// How a request to `host[:port]` goes.
  func route(to authority: String) -> Choice {
    let (host, port) = Self.split(authority.lowercased())
    if Self.isLoopback(host) || exceptions.contains(where: { $0.covers(host, port: port ?? 443) }) {
      return .direct
    }
    return https
  }

  private static func isLoopback(_ host: String) -> Bool {
    host == "localhost" || host == "::1" || host.hasPrefix("127.")
  }

  /// What is said of a proxy that cannot be used names the variable, never its value: that may hold a
  /// password.
  private static func read(_ text: String, from variable: String) -> Choice {
    let full = text.contains("://") ? text : "http://" + text
    guard let url = URLComponents(string: full), let host = url.host, !host.isEmpty,
      url.port.map({ (1...65_535).contains($0) }) ?? true
    else { return .unusable("the proxy in \(variable) is not a valid URL") }
    let bare = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
    switch url.scheme?.lowercased() {
    case "http":
      return .proxy(
        Proxy(
          kind: .http, host: bare, port: url.port ?? 80, user: url.user, password: url.password))
    case "socks5", "socks5h":
      guard url.user == nil else {
        return .unusable(
          "the proxy in \(variable) needs a password, which SOCKS here does not give")
      }
      return .proxy(Proxy(kind: .socks, host: bare, port: url.port ?? 1080))
    default:
      return .unusable("the proxy in \(variable) is neither http:// nor socks5://")
    }
  }

  static func split(_ authority: String) -> (host: String, port: Int?) {
    if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
      let rest = authority[authority.index(after: end)...]
      return (
        String(authority[authority.index(after: authority.startIndex)..<end]), Int(rest.dropFirst())
      )
    }
    let parts = authority.split(separator: ":", omittingEmptySubsequences: false)
    // More than one colon and no brackets: an IPv6 address alone.
    guard parts.count == 2 else { return (authority, nil) }
    return (String(parts[0]), Int(parts[1]))
  }

  /// One entry of `no_proxy`: `*`, a host with all names under it, with or without a leading dot, an
  /// address, each with or without a port.
  private struct Exception: Sendable {
    let name: String
    let port: Int?

    init(_ text: String) {
      let (host, port) = ProxySettings.split(text.lowercased())
      name = host.hasPrefix(".") ? String(host.dropFirst()) : host
      self.port = port
    }

    func covers(_ host: String, port: Int) -> Bool {
      if name == "*" { return true }
      guard !name.isEmpty, self.port ?? port == port else { return false }
      return host == name || host.hasSuffix("." + name)
    }
  }
}
