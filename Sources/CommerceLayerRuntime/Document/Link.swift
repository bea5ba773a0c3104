/// A link of a document. It may be relative, and it may lead anywhere: nothing in this package
/// follows one without ``ServiceEndpoint/target(of:)``.
public struct Link: Sendable, Hashable {
  /// The URI reference as it came.
  public let href: String
  /// The link object's `meta`.
  public let meta: JSONValue?

  /// A link to a URI reference.
  public init(href: String, meta: JSONValue? = nil) {
    self.href = href
    self.meta = meta
  }

  /// A string, or an object with an `href`; nil for null and what is neither.
  init?(_ element: JSONElement?) {
    guard let element else { return nil }
    if let href = element.string {
      self.init(href: href)
    } else if let href = element["href"]?.string {
      self.init(href: href, meta: element["meta"]?.value)
    } else {
      return nil
    }
  }
}

extension ServiceEndpoint {
  /// Path and query of a link, when it leads into the API of this organization; a token is sent
  /// there, so nothing else may be followed.
  ///
  /// Taken are absolute links with this scheme, host and port, and absolute paths. Rejected are other
  /// hosts, schemes and ports, user names, `//host`, relative paths, dot segments, however encoded,
  /// backslashes, and characters a URI does not have (RFC 3986 §2).
  /// - Throws: an error of kind `protocolViolation`.
  public func target(of link: Link) throws(CommerceLayerError) -> String {
    func rejection(_ why: String) -> CommerceLayerError {
      CommerceLayerError(
        .protocolViolation,
        "the link '\(TerminalSafe.text(link.href, limit: 200))' is not followed: \(why)")
    }
    guard link.href.utf8.allSatisfy(Self.isURIByte) else {
      throw rejection("it holds characters that no URI has")
    }
    var rest = link.href[...]
    if !rest.hasPrefix("/") {
      let base = "\(scheme)://\(authority)"
      // Scheme and host ignore case; the path does not.
      guard rest.prefix(base.count).lowercased() == base.lowercased() else {
        throw rejection("it does not lead to \(base)")
      }
      rest = rest.dropFirst(base.count)
    }
    if let fragment = rest.firstIndex(of: "#") { rest = rest[..<fragment] }
    let path = rest.prefix { $0 != "?" }
    guard path.hasPrefix(basePath) else {
      throw rejection("its path does not start with \(basePath)")
    }
    let segments = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
    for segment in segments {
      let plain = segment.lowercased().replacing("%2e", with: ".")
      guard !plain.isEmpty || segment.endIndex == path.endIndex, plain != ".", plain != "..",
        !plain.contains("%2f"), !plain.contains("%5c")
      else { throw rejection("its path has empty or dot segments") }
    }
    return String(rest)
  }

  /// The characters of a URI but for the square brackets, which the service sends in queries all the
  /// same, and which do no harm there.
  private static func isURIByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "-._~:/?#[]@!$&'()*+,;=%".utf8.contains(byte)
    }
  }
}
