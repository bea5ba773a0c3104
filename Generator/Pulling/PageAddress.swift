internal import Foundation

/// Where a page is: an absolute address of the web whose parts have been checked.
///
/// Only `https` is spoken, and `http` to this machine itself, so that nobody on the way can put
/// words into the documentation.
public struct PageAddress: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// Scheme, host and port: what a redirect may never leave.
  public struct Origin: Sendable, Hashable {
    let scheme: String
    let host: String
    let port: Int
  }

  /// Why an address is not spoken to.
  public struct Rejection: Error, Sendable, Hashable, CustomStringConvertible {
    /// The reason.
    public let description: String
    init(_ description: String) { self.description = description }
  }

  /// Scheme, host and port.
  public let origin: Origin
  /// The path, percent-encoded, with a slash in front and no dot segments.
  public let path: String
  /// The query without its question mark; nil for nearly all pages.
  public let query: String?

  /// The longest address that is taken, in bytes.
  static let maximumLength = 2048

  /// Checks an address.
  /// - Throws: ``Rejection`` for anything but `https`, or `http` to a loopback address.
  public init(_ text: String) throws(Rejection) {
    guard text.utf8.count <= Self.maximumLength, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
      let url = URL(string: text)
    else { throw Rejection("it is not an address") }
    try self.init(url)
  }

  private init(_ url: URL) throws(Rejection) {
    guard
      let parts = URLComponents(url: url.absoluteURL.standardized, resolvingAgainstBaseURL: true),
      let scheme = parts.scheme?.lowercased(), let host = parts.host?.lowercased(), !host.isEmpty
    else { throw Rejection("it is not an address with a host") }
    guard parts.user == nil, parts.password == nil else {
      throw Rejection("an address with a user or a password is not spoken to")
    }
    switch scheme {
    case "https": break
    case "http" where Self.isLoopback(host): break
    case "http": throw Rejection("plain http is spoken to this machine only; use https")
    default: throw Rejection("'\(scheme)' is not spoken, https is")
    }
    origin = Origin(scheme: scheme, host: host, port: parts.port ?? (scheme == "https" ? 443 : 80))
    let path = parts.percentEncodedPath
    // Dot segments are resolved above; one that is left could only climb.
    guard !path.split(separator: "/").contains(where: { $0 == ".." || $0 == "." }) else {
      throw Rejection("its path climbs out of the site")
    }
    self.path = path.isEmpty ? "/" : path
    query = parts.percentEncodedQuery
  }

  private init(_ origin: Origin, path: String) {
    self.origin = origin
    self.path = path
    query = nil
  }

  private static func isLoopback(_ host: String) -> Bool {
    host == "localhost" || host == "127.0.0.1" || host == "::1" || host == "[::1]"
  }

  /// The address a link on this page leads to.
  /// - Throws: ``Rejection`` when it leads nowhere that is spoken to.
  public func following(_ link: String) throws(Rejection) -> PageAddress {
    guard link.utf8.count <= Self.maximumLength, link.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
      let base = URL(string: description), let url = URL(string: link, relativeTo: base)
    else { throw Rejection("it is not an address") }
    return try PageAddress(url)
  }

  /// The address of a file beside or below, its name taken as it is.
  func appending(_ name: String) -> PageAddress {
    PageAddress(origin, path: path.hasSuffix("/") ? path + name : "\(path)/\(name)")
  }

  /// The Markdown that a site may serve beside its page; nil for what has an ending, or is a folder.
  var markdownVariant: PageAddress? {
    guard query == nil,
      let last = path.split(separator: "/", omittingEmptySubsequences: false).last,
      !last.isEmpty, !last.contains(".")
    else { return nil }
    return PageAddress(origin, path: path + ".md")
  }

  /// The name of the JSON file that the address is; nil for everything else.
  var fileName: String? {
    guard path.lowercased().hasSuffix(".json") else { return nil }
    return path.split(separator: "/").last.map(String.init)
  }

  /// The top of the same origin.
  var root: PageAddress { PageAddress(origin, path: "/") }

  /// Whether it is this address or lies below it.
  func covers(_ other: PageAddress) -> Bool {
    guard origin == other.origin else { return false }
    let folder = path.hasSuffix("/") ? path : path + "/"
    return other.path == path || other.path + "/" == folder || other.path.hasPrefix(folder)
  }

  /// What goes into a request: path and query.
  var target: String { path + (query.map { "?\($0)" } ?? "") }

  /// Host and port, the port where it is not the scheme's own.
  var authority: String {
    let host =
      origin.host.contains(":") && !origin.host.hasPrefix("[")
      ? "[\(origin.host)]" : origin.host
    let isUsual = origin.port == (origin.scheme == "https" ? 443 : 80)
    return isUsual ? host : "\(host):\(origin.port)"
  }

  var scheme: String { origin.scheme }

  /// The address without a slash at its end: a folder is the same with and without.
  var name: String {
    path.hasSuffix("/") && query == nil ? String(description.dropLast()) : description
  }

  /// The address in full.
  public var description: String { "\(scheme)://\(authority)\(target)" }

  /// By path, then by the rest.
  public static func < (left: PageAddress, right: PageAddress) -> Bool {
    (left.path, left.description) < (right.path, right.description)
  }
}
