/// SHA-256 by FIPS 180-4 and HMAC by FIPS 198-1, for the signatures of the sandbox's webhooks and the
/// digests of its customers' passwords.
///
/// The sandbox is a test double and no security boundary: nothing here resists side channels. Code that
/// checks the signatures of real webhooks uses swift-crypto, in CommerceLayerWebhooks.
enum SHA256 {
  /// The bytes of a block.
  private static let blockLength = 64
  /// Where the length of the message, of 8 bytes, stands in the last block.
  private static let lengthOffset = blockLength - 8

  /// `H(0)`, section 5.3.3.
  private static let initialHash: [UInt32] = [
    0x6A09_E667, 0xBB67_AE85, 0x3C6E_F372, 0xA54F_F53A, 0x510E_527F, 0x9B05_688C,
    0x1F83_D9AB, 0x5BE0_CD19,
  ]

  /// `K`, section 4.2.2.
  private static let k: [UInt32] = [
    0x428A_2F98, 0x7137_4491, 0xB5C0_FBCF, 0xE9B5_DBA5, 0x3956_C25B, 0x59F1_11F1,
    0x923F_82A4, 0xAB1C_5ED5, 0xD807_AA98, 0x1283_5B01, 0x2431_85BE, 0x550C_7DC3,
    0x72BE_5D74, 0x80DE_B1FE, 0x9BDC_06A7, 0xC19B_F174, 0xE49B_69C1, 0xEFBE_4786,
    0x0FC1_9DC6, 0x240C_A1CC, 0x2DE9_2C6F, 0x4A74_84AA, 0x5CB0_A9DC, 0x76F9_88DA,
    0x983E_5152, 0xA831_C66D, 0xB003_27C8, 0xBF59_7FC7, 0xC6E0_0BF3, 0xD5A7_9147,
    0x06CA_6351, 0x1429_2967, 0x27B7_0A85, 0x2E1B_2138, 0x4D2C_6DFC, 0x5338_0D13,
    0x650A_7354, 0x766A_0ABB, 0x81C2_C92E, 0x9272_2C85, 0xA2BF_E8A1, 0xA81A_664B,
    0xC24B_8B70, 0xC76C_51A3, 0xD192_E819, 0xD699_0624, 0xF40E_3585, 0x106A_A070,
    0x19A4_C116, 0x1E37_6C08, 0x2748_774C, 0x34B0_BCB5, 0x391C_0CB3, 0x4ED8_AA4A,
    0x5B9C_CA4F, 0x682E_6FF3, 0x748F_82EE, 0x78A5_636F, 0x84C8_7814, 0x8CC7_0208,
    0x90BE_FFFA, 0xA450_6CEB, 0xBEF9_A3F7, 0xC671_78F2,
  ]

  /// Returns the digest of a message, of 32 bytes.
  static func digest(_ message: some Sequence<UInt8>) -> [UInt8] {
    var message = Array(message)
    let bits = UInt64(message.count) * 8
    message.append(0x80)
    let used = message.count % blockLength
    let padding =
      (used <= lengthOffset ? lengthOffset : lengthOffset + blockLength) - used
    message.append(contentsOf: repeatElement(0, count: padding))
    for shift in stride(from: 56, through: 0, by: -8) {
      message.append(UInt8(truncatingIfNeeded: bits >> UInt64(shift)))
    }
    var hash = initialHash
    for start in stride(from: 0, to: message.count, by: blockLength) {
      compress(message[start..<start + blockLength], into: &hash)
    }
    return hash.flatMap { word in
      [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> UInt32($0)) }
    }
  }

  /// Returns the HMAC of a message, of 32 bytes.
  static func authenticationCode(
    for message: some Sequence<UInt8>, key: some Sequence<UInt8>
  ) -> [UInt8] {
    var key = Array(key)
    if key.count > blockLength { key = digest(key) }
    key.append(contentsOf: repeatElement(0, count: blockLength - key.count))
    let inner = digest(key.map { $0 ^ 0x36 } + Array(message))
    return digest(key.map { $0 ^ 0x5C } + inner)
  }

  /// Section 6.2.2: one block changes the hash.
  private static func compress(_ block: ArraySlice<UInt8>, into hash: inout [UInt32]) {
    // The message schedule.
    var w = [UInt32](repeating: 0, count: 64)
    for (offset, byte) in block.enumerated() {
      w[offset / 4] = w[offset / 4] << 8 | UInt32(byte)
    }
    for t in 16..<64 {
      let (old, recent) = (w[t - 15], w[t - 2])
      let sigma0 = rotate(old, 7) ^ rotate(old, 18) ^ old >> 3
      let sigma1 = rotate(recent, 17) ^ rotate(recent, 19) ^ recent >> 10
      w[t] = sigma1 &+ w[t - 7] &+ sigma0 &+ w[t - 16]
    }
    var (a, b, c, d) = (hash[0], hash[1], hash[2], hash[3])
    var (e, f, g, h) = (hash[4], hash[5], hash[6], hash[7])
    for t in 0..<64 {
      let sum1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
      let choice = e & f ^ ~e & g
      let t1 = h &+ sum1 &+ choice &+ k[t] &+ w[t]
      let sum0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
      let majority = a & b ^ a & c ^ b & c
      let t2 = sum0 &+ majority
      (h, g, f, e, d, c, b, a) = (g, f, e, d &+ t1, c, b, a, t1 &+ t2)
    }
    for (index, word) in [a, b, c, d, e, f, g, h].enumerated() { hash[index] &+= word }
  }

  /// `ROTR`, section 3.2.
  private static func rotate(_ word: UInt32, _ count: UInt32) -> UInt32 {
    word >> count | word << (32 - count)
  }
}
