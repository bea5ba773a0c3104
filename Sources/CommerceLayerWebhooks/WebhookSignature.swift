public import CommerceLayerRuntime
import Crypto
import Foundation

/// The signature the service puts on webhook requests: `X-CommerceLayer-Signature` is the base64 of the
/// HMAC-SHA256 of the raw body with the webhook's shared secret.
///
/// It has no time stamp, so a request that was overheard can be sent again: handle each event by its id
/// once.
///
///     do {
///       try WebhookSignature.verify(body: bytes, signature: header, secret: secret)
///     } catch {
///       print("respond with 401:", error)
///     }
public enum WebhookSignature {
  /// The header that carries it.
  public static let header = "X-CommerceLayer-Signature"

  /// Checks that a body was signed with the secret, in the same time whatever the difference is.
  /// - Parameters:
  ///   - body: The bytes as they came. Decoding and encoding again gives other bytes.
  ///   - signature: The header's value; nil when it is missing.
  ///   - secret: The webhook's shared secret.
  /// - Throws: ``WebhookError``.
  public static func verify(
    body: some Sequence<UInt8>, signature: String?, secret: Secret
  ) throws(WebhookError) {
    let key = try key(secret)
    guard let signature else { throw .missingSignature }
    // Base64 of 32 bytes has one form: 44 characters, no blanks, the unused bits zero.
    guard signature.utf8.count == 44, let code = Data(base64Encoded: signature), code.count == 32,
      code.base64EncodedString() == signature
    else { throw .malformedSignature }
    guard
      HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: Data(body), using: key)
    else { throw .wrongSignature }
  }

  /// Signs a body as the service does, for tests of a receiver.
  /// - Throws: ``WebhookError/Kind/emptySecret``.
  public static func sign(
    body: some Sequence<UInt8>, secret: Secret
  ) throws(WebhookError) -> String {
    let code = HMAC<SHA256>.authenticationCode(for: Data(body), using: try key(secret))
    return Data(code).base64EncodedString()
  }

  private static func key(_ secret: Secret) throws(WebhookError) -> SymmetricKey {
    guard !secret.exposed.isEmpty else { throw .emptySecret }
    return SymmetricKey(data: Data(secret.exposed.utf8))
  }
}

/// Why a webhook request is not trusted, or cannot be read.
public struct WebhookError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What kind of error it is.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// The secret is empty: anybody could sign with it. The receiver is set up wrongly.
    case emptySecret
    /// There is no signature.
    case missingSignature
    /// The signature is not the base64 of 32 bytes.
    case malformedSignature
    /// The body, or the secret, is another one.
    case wrongSignature
    /// The topic is missing, is not a resource and an event, or is not of the resource in the body.
    case unexpectedTopic
    /// The body was signed, but is not the document that was expected.
    case unexpectedBody
  }

  /// What kind of error it is. Requests with one of the first four deserve a 401, the others a 400.
  public let kind: Kind
  /// What is wrong, without anything of the secret.
  public let message: String

  /// The value as text.
  public var description: String { message }

  static let emptySecret = WebhookError(
    kind: .emptySecret, message: "the webhook's shared secret is empty")
  static let missingSignature = WebhookError(
    kind: .missingSignature, message: "the request is not signed")
  static let malformedSignature = WebhookError(
    kind: .malformedSignature, message: "the signature is not the base64 of 32 bytes")
  static let wrongSignature = WebhookError(
    kind: .wrongSignature, message: "the signature does not fit the body and the secret")
}
