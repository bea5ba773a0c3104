import CommerceLayerRuntime
import Foundation

/// The claims of a JSON Web Token. Nothing is verified.
struct UnverifiedClaims {
  /// Longer tokens are not looked into.
  private static let maximumBytes = 16 << 10
  let root: JSONElement

  /// Nil when a text is not a JSON Web Token.
  init?(_ token: String) {
    let parts = token.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, token.utf8.count <= Self.maximumBytes else { return nil }
    var text = parts[1].replacing("-", with: "+").replacing("_", with: "/")
    text += String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
    guard let payload = Data(base64Encoded: String(text)),
      let root = (try? JSONDocument(parsing: Array(payload)))?.root, root.kind == .object
    else { return nil }
    self.root = root
  }
}

/// Recognizes access tokens of the real service, so that whoever sends one here by mistake is told.
enum ForeignToken {
  /// Whether a token says of itself that the service issued it. Nothing is verified.
  static func isOfTheService(_ token: String) -> Bool {
    UnverifiedClaims(token)?.root["iss"]?.string?.contains("commercelayer") ?? false
  }
}
