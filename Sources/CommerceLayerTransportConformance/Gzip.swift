/// Just enough of gzip (RFC 1952) and deflate (RFC 1951) to write responses with.
enum Gzip {
  private static let header: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF]

  /// A complete member, its body stored as it is.
  static func member(_ body: [UInt8]) -> [UInt8] {
    precondition(body.count < 1 << 16)
    let count = UInt16(body.count)
    return header + [1] + little(count) + little(~count) + body + little(crc32(body))
      + little(UInt32(body.count))
  }

  /// The same as zlib's format (RFC 1950), which HTTP calls deflate.
  static func zlib(_ body: [UInt8]) -> [UInt8] {
    let count = UInt16(body.count)
    var (a, b): (UInt32, UInt32) = (1, 0)
    for byte in body {
      a = (a + UInt32(byte)) % 65_521
      b = (b + a) % 65_521
    }
    return [0x78, 0x01, 1] + little(count) + little(~count) + body
      + little((b << 16 | a).byteSwapped)
  }

  /// The beginning of a member that grows to nothing but blanks, 158 times as many as it is long:
  /// `header`, then `blanks` as often as one likes.
  static let bomb: (header: [UInt8], blanks: [UInt8]) = {
    var bits = Bits()
    // A block of fixed codes that is not the last one, and one blank: literal 0x20 is 8 bits, 0x50.
    bits.add(0b0, 1)
    bits.add(0b01, 2)
    bits.addCode(0x30 + 0x20, 8)
    // Then 258 bytes from one byte back: length symbol 285 is 8 bits, 0xC5; distance 0 is 5 zeros.
    // Eight of them are 13 bytes; the three bits before stay where they are.
    let first = bits
    for _ in 0..<8 { bits.addRun() }
    let whole = bits.bytes
    let start = first.bytes.count
    for _ in 0..<8 { bits.addRun() }
    // From the second round on the bytes repeat.
    return (header + Array(whole), Array(bits.bytes[whole.count...].prefix(whole.count - start)))
  }()

  private struct Bits {
    var bytes: [UInt8] = []
    var pending: UInt32 = 0
    var count = 0

    mutating func add(_ value: UInt32, _ width: Int) {
      for index in 0..<width {
        pending |= (value >> index & 1) << count
        count += 1
        if count == 8 {
          bytes.append(UInt8(pending))
          (pending, count) = (0, 0)
        }
      }
    }

    /// Codes are written from their most significant bit on.
    mutating func addCode(_ code: UInt32, _ width: Int) {
      for index in (0..<width).reversed() { add(code >> index & 1, 1) }
    }

    mutating func addRun() {
      addCode(0xC5, 8)
      addCode(0, 5)
    }
  }

  private static func little<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    withUnsafeBytes(of: number.littleEndian) { Array($0) }
  }

  private static func crc32(_ body: [UInt8]) -> UInt32 {
    var crc = UInt32.max
    for byte in body {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }
    return ~crc
  }
}
