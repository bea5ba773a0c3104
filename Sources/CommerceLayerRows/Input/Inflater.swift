/// Decompresses gzip (RFC 1952, RFC 1951) in pieces, in memory that does not depend on the sizes.
///
/// Foundation has no decompression outside Apple's systems, and a system library would have to be
/// installed by everyone who imports the importer.
package struct GzipReader {
  /// The most bytes a file may decompress to: more than any import, less than a disk.
  static let maximumSize = 64 << 30

  private enum Failure: Error { case truncated, damaged(String) }

  private let read: (Int, inout [UInt8]) throws(InputError) -> Void
  private let write: (ArraySlice<UInt8>) throws(InputError) -> Void
  private let name: String
  private var input: [UInt8] = []
  private var position = 0
  private var inputStart = 0
  private var bits: UInt32 = 0
  private var bitCount: UInt32 = 0
  /// The last 32 KiB written, and what waits to be.
  private var output: [UInt8] = []
  private var checksum = CRC32()
  private var size = 0
  private var total = 0

  private static let window = 32 << 10
  private static let flushed = 256 << 10

  /// - Parameters:
  ///   - read: Reads bytes at an offset; none at the end.
  ///   - write: Takes the decompressed bytes.
  package init(
    name: String, read: @escaping (Int, inout [UInt8]) throws(InputError) -> Void,
    write: @escaping (ArraySlice<UInt8>) throws(InputError) -> Void
  ) {
    self.name = name
    self.read = read
    self.write = write
  }

  /// Decompresses all members.
  /// - Throws: ``InputError`` when the file is truncated or damaged.
  package mutating func run() throws(InputError) {
    do {
      repeat { try member() } while try peek() != nil
    } catch let error as InputError {
      throw error
    } catch Failure.damaged(let what) {
      throw InputError(
        .malformed, "'\(name)' is compressed with gzip and damaged: \(what)",
        offset: inputStart + position, advice: "get the file again")
    } catch {
      throw InputError(
        .malformed, "'\(name)' is compressed with gzip and ends too early: it was cut off",
        offset: inputStart + position, advice: "get the whole file and run again")
    }
  }

  // MARK: - Bytes and bits

  private mutating func peek() throws -> UInt8? {
    if position == input.count {
      inputStart += input.count
      position = 0
      try read(inputStart, &input)
    }
    return position < input.count ? input[position] : nil
  }

  private mutating func byte() throws -> UInt8 {
    guard let byte = try peek() else { throw Failure.truncated }
    position += 1
    return byte
  }

  private mutating func take(_ count: UInt32) throws -> UInt32 {
    while bitCount < count {
      bits |= UInt32(try byte()) << bitCount
      bitCount += 8
    }
    let value = bits & ((1 << count) - 1)
    bits >>= count
    bitCount -= count
    return value
  }

  private mutating func little(_ count: Int) throws -> UInt32 {
    var value: UInt32 = 0
    for index in 0..<count { value |= UInt32(try byte()) << (8 * UInt32(index)) }
    return value
  }

  // MARK: - Members

  private mutating func member() throws {
    guard try byte() == 0x1F, try byte() == 0x8B else {
      throw Failure.damaged("something follows the compressed data")
    }
    guard try byte() == 8 else { throw Failure.damaged("the method is not deflate") }
    let flags = try byte()
    for _ in 0..<6 { _ = try byte() }
    if flags & 4 != 0 { for _ in 0..<(try little(2)) { _ = try byte() } }
    if flags & 8 != 0 { while try byte() != 0 {} }
    if flags & 16 != 0 { while try byte() != 0 {} }
    if flags & 2 != 0 { _ = try little(2) }
    checksum = CRC32()
    (size, bits, bitCount) = (0, 0, 0)
    var isLast = false
    while !isLast {
      isLast = try take(1) == 1
      switch try take(2) {
      case 0: try stored()
      case 1: try compressed(Self.fixedLiterals, Self.fixedDistances)
      case 2:
        let (literals, distances) = try tables()
        try compressed(literals, distances)
      default: throw Failure.damaged("a block of an unknown kind")
      }
    }
    // Whole bytes that were read ahead belong to what follows.
    position -= Int(bitCount / 8)
    (bits, bitCount) = (0, 0)
    try flush(keeping: 0)
    guard try little(4) == checksum.value else {
      throw Failure.damaged("the checksum does not match")
    }
    guard try little(4) == UInt32(truncatingIfNeeded: size) else {
      throw Failure.damaged("the length does not match")
    }
  }

  private mutating func stored() throws {
    (bits, bitCount) = (bits >> (bitCount % 8), bitCount - bitCount % 8)
    let length = try take(16)
    guard try take(16) == ~length & 0xFFFF else {
      throw Failure.damaged("the length of a block does not match")
    }
    for _ in 0..<length { try put(UInt8(try take(8))) }
  }

  private static let lengthBases: [(base: Int, extra: UInt32)] =
    (0..<28).map { code in
      if code < 8 { return (3 + code, 0) }
      let extra = UInt32(code / 4 - 1)
      return (3 + ((4 + code % 4) << extra), extra)
    } + [(258, 0)]
  private static let distanceBases: [(base: Int, extra: UInt32)] = (0..<30).map { code in
    if code < 4 { return (1 + code, 0) }
    let extra = UInt32(code / 2 - 1)
    return (1 + ((2 + code % 2) << extra), extra)
  }

  private mutating func compressed(_ literals: Huffman, _ distances: Huffman) throws {
    while true {
      let symbol = try self.symbol(literals)
      if symbol < 256 {
        try put(UInt8(symbol))
        continue
      }
      if symbol == 256 { return }
      guard symbol - 257 < Self.lengthBases.count else { throw Failure.damaged("a length") }
      let length = Self.lengthBases[symbol - 257]
      let count = length.base + Int(try take(length.extra))
      let code = try self.symbol(distances)
      guard code < Self.distanceBases.count else { throw Failure.damaged("a distance") }
      let distance = Self.distanceBases[code]
      let back = distance.base + Int(try take(distance.extra))
      guard back <= output.count, back <= size else {
        throw Failure.damaged("a reference to before the beginning")
      }
      for _ in 0..<count { try put(output[output.count - back]) }
    }
  }

  private mutating func put(_ byte: UInt8) throws {
    output.append(byte)
    size += 1
    if output.count >= Self.flushed { try flush(keeping: Self.window) }
  }

  /// Bytes at the start of the output that were written before.
  private var written = 0

  private mutating func flush(keeping count: Int) throws {
    let fresh = output[written...]
    checksum.update(fresh)
    total += fresh.count
    guard total <= Self.maximumSize else {
      throw InputError(
        .malformed, "'\(name)' decompresses to more than \(Self.maximumSize >> 30) GiB",
        advice: "decompress it and import the parts")
    }
    try write(fresh)
    output.removeFirst(max(0, output.count - count))
    written = output.count
  }

  // MARK: - Huffman codes

  /// A canonical code: how many codes there are of each length, and the symbols in their order.
  private struct Huffman {
    var counts = [Int](repeating: 0, count: 16)
    var symbols: [Int] = []

    init(lengths: [Int]) {
      for length in lengths where length > 0 { counts[length] += 1 }
      symbols = lengths.indices.filter { lengths[$0] > 0 }
        .sorted { (lengths[$0], $0) < (lengths[$1], $1) }
    }

    /// Whether no code is the start of another.
    var isValid: Bool {
      var left = 1
      for length in 1...15 {
        left = left << 1 - counts[length]
        if left < 0 { return false }
      }
      return true
    }
  }

  private static let fixedLiterals = Huffman(
    lengths: [Int](repeating: 8, count: 144) + [Int](repeating: 9, count: 112)
      + [Int](repeating: 7, count: 24) + [Int](repeating: 8, count: 8))
  private static let fixedDistances = Huffman(lengths: [Int](repeating: 5, count: 30))

  private mutating func symbol(_ code: Huffman) throws -> Int {
    var (value, first, index) = (0, 0, 0)
    for length in 1...15 {
      value |= Int(try take(1))
      let count = code.counts[length]
      if value - first < count { return code.symbols[index + value - first] }
      index += count
      first = (first + count) << 1
      value <<= 1
    }
    throw Failure.damaged("an unknown code")
  }

  private static let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

  private mutating func tables() throws -> (Huffman, Huffman) {
    let literalCount = Int(try take(5)) + 257
    let distanceCount = Int(try take(5)) + 1
    let lengthCount = Int(try take(4)) + 4
    var lengths = [Int](repeating: 0, count: 19)
    for index in 0..<lengthCount { lengths[Self.order[index]] = Int(try take(3)) }
    let code = Huffman(lengths: lengths)
    var all: [Int] = []
    while all.count < literalCount + distanceCount {
      let symbol = try self.symbol(code)
      switch symbol {
      case 0..<16: all.append(symbol)
      case 16:
        guard let last = all.last else { throw Failure.damaged("a code table") }
        all += [Int](repeating: last, count: 3 + Int(try take(2)))
      case 17: all += [Int](repeating: 0, count: 3 + Int(try take(3)))
      default: all += [Int](repeating: 0, count: 11 + Int(try take(7)))
      }
    }
    guard all.count == literalCount + distanceCount else { throw Failure.damaged("a code table") }
    let literals = Huffman(lengths: Array(all[..<literalCount]))
    let distances = Huffman(lengths: Array(all[literalCount...]))
    guard literals.isValid, distances.isValid else { throw Failure.damaged("a code table") }
    return (literals, distances)
  }
}

/// The checksum of gzip (ISO 3309).
package struct CRC32 {
  private static let table: [UInt32] = (0..<256).map { value in
    (0..<8).reduce(UInt32(value)) { crc, _ in
      crc & 1 == 1 ? 0xEDB8_8320 ^ (crc >> 1) : crc >> 1
    }
  }

  private var state: UInt32 = 0xFFFF_FFFF
  package var value: UInt32 { ~state }

  package init() {}

  package mutating func update(_ bytes: ArraySlice<UInt8>) {
    var crc = state
    for byte in bytes { crc = Self.table[Int((crc ^ UInt32(byte)) & 0xFF)] ^ (crc >> 8) }
    state = crc
  }
}
