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
///       print("answer 401:", error)
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
  /// - Throws: ``WebhookError/emptySecret``.
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

/// Why a webhook request is not trusted.
public struct WebhookError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The value as text.
  public let description: String

  /// The secret is empty: anybody could sign with it. The receiver is set up wrongly.
  public static let emptySecret = WebhookError(description: "the webhook's shared secret is empty")
  /// There is no signature.
  public static let missingSignature = WebhookError(description: "the request is not signed")
  /// The signature is no base64 of 32 bytes.
  public static let malformedSignature = WebhookError(description: "this is no signature")
  /// The body, or the secret, is another one.
  public static let wrongSignature = WebhookError(
    description: "the signature does not fit the body")
  /// The body was signed, but is not the document that was expected.
  public static let unexpectedBody = WebhookError(description: "the body is not what was expected")
}

extension WebhookSignature {
  /// The resource in a signed request.
  ///
  ///     let job = try WebhookSignature.resource(
  ///       Import.self, body: bytes, signature: header, secret: secret)
  /// - Throws: ``WebhookError``; nothing is read before the signature is checked.
  public static func resource<R: Resource>(
    _ type: R.Type = R.self, body: [UInt8], signature: String?, secret: Secret
  ) throws(WebhookError) -> R {
    try verify(body: body, signature: signature, secret: secret)
    guard let data = (try? JSONDocument(parsing: body))?.root["data"],
      let resource = try? JSONDecoder().decode(R.self, from: Data(data.rawBytes))
    else { throw .unexpectedBody }
    return resource
  }
}
