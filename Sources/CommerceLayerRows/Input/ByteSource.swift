import CommerceLayerRuntime
import Foundation

/// A window on the bytes of an input, which knows line and offset. Checks on the way that they are
/// UTF-8.
struct ByteSource {
  /// Bytes read at a time.
  static let window = 1 << 18

  private let file: InputFile?
  /// The window; valid up to ``limit``.
  private(set) var buffer: [UInt8]
  private(set) var limit: Int
  /// The next byte.
  var position = 0
  /// The offset of the window's first byte in the input.
  private var start = 0
  /// The line of the next byte, from 1.
  var line = 1
  private(set) var isAtEnd: Bool
  /// Bytes of the window that are known to be UTF-8.
  private var validated = 0
  /// The digests of what was read; nil when nobody asks for them.
  private(set) var blocks: InputBlocks?
  /// What an earlier pass read, and where the part ends that is read again; nil for a first pass.
  private let part: (blocks: InputBlocks, end: Int)?

  /// Starts behind a UTF-8 byte order mark, if there is one.
  /// - Parameter digests: Whether the digests of what is read are asked for.
  /// - Throws: ``InputError`` when the first bytes cannot be read or are not UTF-8.
  init(_ file: InputFile, digests: Bool = false) throws(InputError) {
    self.file = file
    part = nil
    blocks = digests ? InputBlocks() : nil
    buffer = [UInt8](repeating: 0, count: Self.window)
    limit = 0
    isAtEnd = false
    _ = try more(keeping: 0)
    skipMark()
  }

  /// Reads a part of an input again, as if there was nothing before and behind it.
  /// - Parameters:
  ///   - range: The part; not empty, of whole characters.
  ///   - line: The line it begins on.
  ///   - blocks: What an earlier pass read.
  /// - Throws: ``InputError``; of kind `changed` when it is not what it was.
  init(
    _ file: InputFile, _ range: Range<Int>, line: Int, blocks: InputBlocks
  ) throws(InputError) {
    self.file = file
    part = (blocks, range.upperBound)
    start = InputBlocks.start(range.lowerBound)
    position = range.lowerBound - start
    validated = position
    self.line = line
    buffer = [UInt8](repeating: 0, count: Self.window)
    limit = 0
    isAtEnd = false
    _ = try more(keeping: 0)
  }

  /// Reads bytes in memory.
  /// - Throws: ``InputError`` when they are not UTF-8.
  init(bytes: [UInt8]) throws(InputError) {
    file = nil
    part = nil
    buffer = bytes
    limit = bytes.count
    isAtEnd = true
    try validate()
    skipMark()
  }

  private mutating func skipMark() {
    if limit >= 3, buffer[0] == 0xEF, buffer[1] == 0xBB, buffer[2] == 0xBF { position = 3 }
  }

  /// The offset of a place in the window.
  func offset(_ index: Int) -> Int { start + index }

  /// The offset of the next byte.
  var nextOffset: Int { start + position }

  /// Takes the bytes up to the first one that `stop` holds for, at most to the end of the window.
  /// Line feeds must be among those it holds for.
  @inline(__always)
  mutating func takeRun(
    into target: inout [UInt8], keeping: Bool, until stop: (UInt8) -> Bool
  ) throws(InputError) -> Int {
    if position == limit, try !more(keeping: position) { return 0 }
    var end = position
    while end < limit, !stop(buffer[end]) { end += 1 }
    let count = end - position
    if keeping { target.append(contentsOf: buffer[position..<end]) }
    position = end
    return count
  }

  /// Reads on, so that the window begins at `first` and holds more than before.
  /// - Returns: False at the end of the input.
  mutating func more(keeping first: Int) throws(InputError) -> Bool {
    guard !isAtEnd, let file else { return false }
    if first > 0 {
      // In place: a slice of the window would be a second owner, and the window be copied.
      let rest = first..<limit
      buffer.withUnsafeMutableBytes { bytes in
        guard let base = bytes.baseAddress else { return }
        memmove(base, base + rest.lowerBound, rest.count)
      }
      start += first
      limit -= first
      position -= first
      validated -= first
    }
    if limit > buffer.count / 2 {
      buffer.append(contentsOf: repeatElement(0, count: buffer.count))
    }
    // Whole blocks, which begin where the window ends.
    let room = (buffer.count - limit) / InputBlocks.size * InputBlocks.size
    let before = limit
    if let part {
      try read(from: file, part.blocks, to: part.end, atMost: room)
    } else {
      let count = try file.fill(&buffer, from: limit, to: limit + room, at: start + limit)
      blocks?.append(buffer, limit..<(limit + count))
      limit += count
      if count < room { isAtEnd = true }
    }
    // What is as it was is UTF-8, as it was.
    if part == nil { try validate() }
    return limit > before
  }

  /// Reads what an earlier pass has read.
  private mutating func read(
    from file: InputFile, _ blocks: InputBlocks, to end: Int, atMost room: Int
  ) throws(InputError) {
    let wanted = min(room, blocks.end(end) - (start + limit))
    let count = try file.fill(&buffer, from: limit, to: limit + wanted, at: start + limit)
    let isSame = blocks.contain(buffer, limit..<(limit + count), at: start + limit)
    guard count == wanted, isSame else { throw file.changed }
    limit += count
    if start + limit >= end {
      limit = end - start
      isAtEnd = true
    }
  }

  /// Checks the bytes that were read last. What is ASCII alone, as most of it is, costs a look at
  /// the highest bits.
  private mutating func validate() throws(InputError) {
    let fresh = buffer[validated..<limit]
    var bits: UInt8 = 0
    for byte in fresh { bits |= byte }
    guard bits >= 0x80 else {
      validated = limit
      return
    }
    switch UTF8Check.scan(fresh, isComplete: isAtEnd) {
    case .valid(let end): validated = end
    case .invalid(let bad):
      let before = buffer[min(position, bad)..<bad]
      let lines = before.count { $0 == UInt8(ascii: "\n") }
      let near = buffer[max(0, bad - 2_000)..<min(limit, bad + 2_000)]
      throw EncodingGuess.error(
        near, at: bad, line: line + lines, column: nil, offset: start + bad)
    }
  }

  /// The next byte, left in place; nil at the end.
  @inline(__always)
  mutating func peek() throws(InputError) -> UInt8? {
    if position == limit {
      guard try more(keeping: position) else { return nil }
    }
    return buffer[position]
  }

  /// The next byte; nil at the end.
  @inline(__always)
  mutating func next() throws(InputError) -> UInt8? {
    guard let byte = try peek() else { return nil }
    position += 1
    if byte == UInt8(ascii: "\n") { line += 1 }
    return byte
  }
}

/// Checks that bytes are UTF-8.
package enum UTF8Check {
  package enum Outcome: Equatable {
    /// Well-formed up to this index; what follows may be the start of a character.
    case valid(Int)
    /// The index of the first byte that does not belong to a character.
    case invalid(Int)
  }

  /// - Parameter isComplete: Whether nothing follows, so that half a character is an error.
  package static func scan(_ bytes: ArraySlice<UInt8>, isComplete: Bool) -> Outcome {
    let first = bytes.startIndex
    return bytes.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return .valid(first) }
      var index = 0
      while index < buffer.count {
        if base[index] < 0x80 {
          index += 1
          // Most text is ASCII for the most part: eight bytes are looked at together.
          while index + 8 <= buffer.count,
            UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self) & 0x8080_8080_8080_8080
              == 0
          {
            index += 8
          }
          continue
        }
        switch UTF8Sequence(base, index, buffer.count) {
        case .whole(let length): index += length
        case .cutOff: return isComplete ? .invalid(first + index) : .valid(first + index)
        case .malformed: return .invalid(first + index)
        }
      }
      return .valid(first + index)
    }
  }
}
