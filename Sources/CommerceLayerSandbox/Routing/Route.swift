import CommerceLayerRuntime
import HTTPTypes

/// What a path names.
enum Route: Sendable, Hashable {
  case token
  case authorize, revoke, tokenInfo
  /// `/api/skus`, or a singleton.
  case collection(String)
  /// `/api/skus/:id`
  case member(String, id: String)
  /// `/api/skus/:id/prices`
  case related(String, id: String, relationship: String)
  /// `/api/skus/:id/relationships/prices`
  case linkage(String, id: String, relationship: String)

  /// The route of a path without query; nil when there is none. A trailing slash makes no
  /// difference.
  static func parse(_ path: Substring, catalog: Catalog) -> Route? {
    guard path.first == "/" else { return nil }
    var parts = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    if parts.count > 1, parts.last == "" { parts.removeLast() }
    let decoded = parts.compactMap { QueryString.percentDecoded($0) }
    guard decoded.count == parts.count, !decoded.contains(""),
      !decoded.contains(where: { $0.contains("/") })
    else { return nil }
    if decoded.count == 2, decoded[0] == "oauth" { return oauth(decoded[1]) }
    guard decoded.count >= 2, decoded[0] == "api", let type = catalog.type(atPath: decoded[1])
    else { return nil }
    // A singleton has no id in its paths: /api/organization/event_stores.
    if let schema = catalog.schema(type), schema.isSingleton {
      if decoded.count == 3, schema.relationship(decoded[2]) != nil {
        return .related(type, id: "", relationship: decoded[2])
      }
      if decoded.count == 4, decoded[2] == "relationships" {
        return .linkage(type, id: "", relationship: decoded[3])
      }
    }
    switch decoded.count {
    case 2: return .collection(type)
    case 3: return .member(type, id: decoded[2])
    case 4: return .related(type, id: decoded[2], relationship: decoded[3])
    case 5 where decoded[3] == "relationships":
      return .linkage(type, id: decoded[2], relationship: decoded[4])
    default: return nil
    }
  }

  private static func oauth(_ name: String) -> Route? {
    switch name {
    case "token": .token
    case "authorize": .authorize
    case "revoke": .revoke
    case "tokeninfo": .tokenInfo
    default: nil
    }
  }

  /// Whether it is one of tokens, with the method that it takes.
  var tokenMethod: HTTPRequest.Method? {
    switch self {
    case .token, .revoke: .post
    case .authorize, .tokenInfo: .get
    case .collection, .member, .related, .linkage: nil
    }
  }
}
