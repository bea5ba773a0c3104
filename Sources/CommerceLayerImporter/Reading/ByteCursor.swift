/// Walks the bytes of an input once, in constant memory, and knows line and offset.
struct ByteCursor {
  /// Bytes fetched at a time.
  static let window = 1 << 17

  /// Where more bytes come from; nil when all are in memory.
  private let file: InputFile?
  private var buffer: [UInt8] = []
  private var position = 0
  private var bufferStart: Int
  /// The line of the next byte, from 1.
  private(set) var line = 1

  /// Starts behind a UTF-8 byte order mark, if there is one.
  /// - Throws: ``InputError`` of kind `encoding` when the file is UTF-16 or UTF-32.
  init(_ file: InputFile) throws(InputError) {
    self.file = file
    var head: [UInt8] = []
    try file.fetch(at: 0, into: &head, count: 4)
    try TextEncoding.check(head: head)
    bufferStart = head.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
  }

  /// Walks bytes in memory.
  init(bytes: [UInt8]) {
    file = nil
    buffer = bytes
    bufferStart = 0
  }

  /// The offset of the next byte.
  var offset: Int { bufferStart + position }

  /// The next byte, left in place; nil at the end.
  @inline(__always)
  mutating func peek() throws(InputError) -> UInt8? {
    if position == buffer.count { try fill() }
    return position < buffer.count ? buffer[position] : nil
  }

  /// The next byte; nil at the end.
  /// - Throws: ``InputError`` of kind `encoding` for a NUL, which no text has.
  @inline(__always)
  mutating func next() throws(InputError) -> UInt8? {
    if position == buffer.count { try fill() }
    guard position < buffer.count else { return nil }
    let byte = buffer[position]
    if byte == 0 { throw TextEncoding.nul(line: line, offset: offset) }
    position += 1
    if byte == UInt8(ascii: "\n") { line += 1 }
    return byte
  }

  /// Takes the bytes up to the first one that `stop` holds for, at most to the end of the window.
  /// Line feeds and NUL must be among those it holds for.
  @inline(__always)
  mutating func takeRun(
    into target: inout [UInt8], keeping: Bool, until stop: (UInt8) -> Bool
  ) throws(InputError) -> Int {
    if position == buffer.count { try fill() }
    var end = position
    while end < buffer.count, !stop(buffer[end]) { end += 1 }
    let count = end - position
    if keeping { target.append(contentsOf: buffer[position..<end]) }
    position = end
    return count
  }

  private mutating func fill() throws(InputError) {
    guard let file else { return }
    bufferStart += buffer.count
    position = 0
    try file.fetch(at: bufferStart, into: &buffer, count: Self.window)
  }
}
