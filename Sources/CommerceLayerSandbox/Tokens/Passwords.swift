import CommerceLayerRuntime
import Foundation

/// Passwords of customers: what is stored of one is a salted digest, in an attribute that no document
/// shows.
enum Passwords {
  private static let digest = "$password"
  private static let saltLength = 16

  /// Sets the password of a customer.
  static func set(_ password: String, _ attributes: inout JSONObject) {
    let salt = (0..<saltLength).map { _ in UInt8.random(in: .min ... .max) }
    attributes[digest] = .string(
      Data(salt).base64EncodedString() + ":" + hash(password, Data(salt)))
    attributes["has_password"] = true
  }

  static func isRight(_ password: String, _ attributes: JSONObject) -> Bool {
    let parts = (attributes[digest]?.string ?? "").split(separator: ":")
    guard parts.count == 2, let salt = Data(base64Encoded: String(parts[0])) else { return false }
    return isEqual(hash(password, salt), String(parts[1]))
  }

  private static func hash(_ password: String, _ salt: Data) -> String {
    Data(SHA256.authenticationCode(for: password.utf8, key: salt)).base64EncodedString()
  }

  /// In the same time whatever the first difference is.
  static func isEqual(_ left: String, _ right: String) -> Bool {
    let (left, right) = (Array(left.utf8), Array(right.utf8))
    return left.count == right.count && zip(left, right).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
  }
}
