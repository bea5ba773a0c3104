/// 128 bits that tell bytes from other bytes, the same on every machine and in every process.
///
/// They guard against accidents: a file that was edited, cut off or replaced. Whoever wants two inputs
/// with one digest can make them; against that a cryptographic hash would be needed, which costs more
/// than checking the rows does.
package struct InputDigest: Sendable, Hashable {
  private var low: UInt64
  private var high: UInt64

  // Odd numbers without a pattern: the fractions of the square roots of primes.
  private static let keys: [UInt64] = [
    0x6A09_E667_F3BC_C909, 0xBB67_AE85_84CA_A73B, 0x3C6E_F372_FE94_F82B, 0xA54F_F53A_5F1D_36F1,
    0x510E_527F_ADE6_82D1, 0x9B05_688C_2B3E_6C1F, 0x1F83_D9AB_FB41_BD6B, 0x5BE0_CD19_137E_2179,
  ]

  @inline(__always)
  private init(key index: Int) {
    low = Self.keys[2 * index]
    high = Self.keys[2 * index + 1]
  }

  /// Takes 16 bytes in. Both halves depend on all of them and on all before.
  @inline(__always)
  private mutating func mix(_ first: UInt64, _ second: UInt64) {
    let product = (first ^ low).multipliedFullWidth(by: second ^ high)
    low = product.low &+ second
    high = product.high ^ first
  }

  @inline(__always)
  private mutating func mix(_ bytes: UnsafeRawPointer) {
    mix(
      UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self)),
      UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
  }

  /// The digest of bytes in memory.
  package init(_ bytes: UnsafeRawBufferPointer) {
    // Four at once: a processor multiplies one while it waits for the others.
    var (a, b, c, d) = (Self(key: 0), Self(key: 1), Self(key: 2), Self(key: 3))
    var offset = 0
    if let base = bytes.baseAddress {
      while offset + 64 <= bytes.count {
        a.mix(base + offset)
        b.mix(base + offset + 16)
        c.mix(base + offset + 32)
        d.mix(base + offset + 48)
        offset += 64
      }
    }
    while offset < bytes.count {
      // What is left, filled up with zeros; the count at the end tells them from zeros of the bytes.
      var words: (UInt64, UInt64) = (0, 0)
      for place in 0..<min(16, bytes.count - offset) {
        let byte = UInt64(bytes[offset + place]) << UInt64(place % 8 * 8)
        if place < 8 { words.0 |= byte } else { words.1 |= byte }
      }
      a.mix(words.0, words.1)
      offset += 16
    }
    a.mix(b.low, b.high)
    a.mix(c.low, c.high)
    a.mix(d.low, d.high)
    a.mix(UInt64(bytes.count), 0)
    // Once more, so that the last ones reach all bits of both halves.
    a.mix(0, 0)
    self = a
  }

  /// The digest of bytes in memory.
  package init(_ bytes: [UInt8]) {
    self = bytes.withUnsafeBytes { InputDigest($0) }
  }

  /// The bytes of the digest.
  package var bytes: [UInt8] {
    [low, high].flatMap { half in (0..<8).map { UInt8(truncatingIfNeeded: half >> ($0 * 8)) } }
  }

  /// 32 hexadecimal digits.
  package var text: String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}

/// The digests of an input's bytes, block by block, as one pass saw them: what is read again later, from
/// wherever, is compared before it is used.
package struct InputBlocks: Sendable, Hashable {
  /// The bytes of a block: 64 KiB. The digests of a gigabyte take 256 KiB.
  package static let size = 1 << 16

  private var digests: [InputDigest] = []
  /// How many bytes there are.
  package private(set) var count = 0

  package init() {}

  /// Takes in the next bytes, a part of a buffer: whole blocks, except at the end of the input.
  mutating func append(_ buffer: [UInt8], _ part: Range<Int>) {
    Self.forEachBlock(buffer, part) { digests.append($0) }
    count += part.count
  }

  /// Whether these bytes, a part of a buffer, are those that were there.
  /// - Parameter offset: Where they are: at the start of a block, up to the end of one or of the input.
  func contain(_ buffer: [UInt8], _ part: Range<Int>, at offset: Int) -> Bool {
    guard part.count <= count - offset else { return false }
    var index = offset / Self.size
    var isSame = true
    Self.forEachBlock(buffer, part) { digest in
      isSame = isSame && digests[index] == digest
      index += 1
    }
    return isSame
  }

  private static func forEachBlock(
    _ buffer: [UInt8], _ part: Range<Int>, _ body: (InputDigest) -> Void
  ) {
    buffer.withUnsafeBytes { bytes in
      var start = part.lowerBound
      while start < part.upperBound {
        let end = min(start + size, part.upperBound)
        body(InputDigest(UnsafeRawBufferPointer(rebasing: bytes[start..<end])))
        start = end
      }
    }
  }

  /// The start of the block that an offset is in.
  static func start(_ offset: Int) -> Int { offset / size * size }

  /// The end of the block that an offset is the end of, or is in.
  func end(_ offset: Int) -> Int {
    min(count, (offset + Self.size - 1) / Self.size * Self.size)
  }

  /// The digest of all bytes.
  package var digest: InputDigest {
    InputDigest(digests.flatMap(\.bytes) + Array("\(count)".utf8))
  }

  /// The digest of a part of the text of an input, of exactly its bytes. Of what is not a whole block the bytes
  /// are read again.
  package func digest(of range: Range<Int>, in file: InputFile) throws(InputError) -> InputDigest {
    let first = (range.lowerBound + Self.size - 1) / Self.size
    let last = range.upperBound / Self.size
    let edges =
      first < last
      ? [range.lowerBound..<(first * Self.size), (last * Self.size)..<range.upperBound] : [range]
    var all: [UInt8] = first < last ? digests[first..<last].flatMap(\.bytes) : []
    var bytes: [UInt8] = []
    for edge in edges {
      try file.read(at: edge.lowerBound, into: &bytes, count: edge.count)
      all += InputDigest(bytes).bytes
    }
    return InputDigest(all)
  }
}
