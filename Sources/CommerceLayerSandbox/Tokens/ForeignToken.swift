import CommerceLayerRuntime
import Foundation

/// Recognises access tokens of the real service, so that whoever sends one here by mistake is told.
enum ForeignToken {
  /// Whether a token says of itself that the service issued it. Nothing is verified.
  static func isOfTheService(_ token: String) -> Bool {
    let parts = token.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, token.utf8.count <= 16 << 10 else { return false }
    var text = parts[1].replacing("-", with: "+").replacing("_", with: "/")
    text += String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
    guard let payload = Data(base64Encoded: String(text)),
      let issuer = (try? JSONDocument(parsing: Array(payload)))?.root["iss"]?.string
    else { return false }
    return issuer.contains("commercelayer")
  }
}
