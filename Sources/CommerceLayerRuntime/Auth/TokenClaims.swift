import Foundation

/// What an access token says of itself. Nothing is verified: only what harms nobody when it is wrong
/// may depend on it.
enum TokenClaims {
  /// Longer tokens are not looked into.
  static let maximumBytes = 16 << 10

  /// The mode in the claim `test`; nil when the token is not a JWT or has no such claim.
  static func mode(of token: Secret) -> ServiceMode? {
    let text = token.exposed
    guard text.utf8.count <= maximumBytes else { return nil }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3 else { return nil }
    var payload = String(parts[1]).replacing("-", with: "+").replacing("_", with: "/")
    payload += String(repeating: "=", count: (4 - payload.utf8.count % 4) % 4)
    guard let bytes = Data(base64Encoded: payload),
      let test = (try? JSONDocument(parsing: Array(bytes)))?.root["test"]?.boolean
    else { return nil }
    return test ? .test : .live
  }
}
