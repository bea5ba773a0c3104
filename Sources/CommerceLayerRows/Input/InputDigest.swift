extension InputFile {
  /// Bytes that are read together.
  private static let window = 1 << 16

  /// A digest of the text. It guards against accidents, not against somebody who wants two inputs to have
  /// one digest.
  package func digest() throws(InputError) -> String {
    // FNV-1a, twice: from its own offset, and from another one over the bytes' complements.
    var (first, second): (UInt64, UInt64) = (0xcbf2_9ce4_8422_2325, 0x9E37_79B9_7F4A_7C15)
    var (offset, buffer): (Int, [UInt8]) = (0, [])
    repeat {
      try read(at: offset, into: &buffer, count: Self.window)
      for byte in buffer {
        first = (first ^ UInt64(byte)) &* 0x100_0000_01b3
        second = (second ^ UInt64(~byte)) &* 0x100_0000_01b3
      }
      offset += buffer.count
    } while !buffer.isEmpty
    return [first, second].map { value in
      let text = String(value, radix: 16)
      return String(repeating: "0", count: 16 - text.count) + text
    }.joined()
  }
}
