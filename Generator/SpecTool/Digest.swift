internal import Crypto
internal import Distiller
internal import Foundation

/// SHA-256 as provenance writes it.
enum Digest {
  /// Lower-case hexadecimal.
  static func sha256(_ bytes: [UInt8]) -> String {
    SHA256.hash(data: Data(bytes)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
