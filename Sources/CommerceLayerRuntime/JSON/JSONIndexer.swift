/// The strict RFC 8259 reader: one pass, no recursion, one index node a value.
struct JSONIndexer: ~Copyable {
  private let base: UnsafePointer<UInt8>
  private let count: Int
  private let limits: JSONLimits
  private var position = 0
  private var nodes: [JSONIndexNode] = []
  /// Indices of the open containers.
  private var open: [Int] = []

  /// Checks `bytes` and returns the index of their values.
  static func index(_ bytes: [UInt8], limits: JSONLimits) throws(JSONError) -> [JSONIndexNode] {
    guard bytes.count <= min(limits.bytes, Int(UInt32.max)) else {
      throw JSONError(
        kind: .tooLarge, offset: 0, line: 1, column: 1, pointer: "",
        message: "\(bytes.count) bytes; at most \(limits.bytes) are read")
    }
    var failure: Failure?
    let nodes: [JSONIndexNode] = bytes.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else {
        failure = Failure(kind: .unexpectedEnd, offset: 0, message: "the text is empty", trail: [])
        return []
      }
      var indexer = JSONIndexer(base: base, count: buffer.count, limits: limits)
      do throws(Failure) {
        try indexer.run()
        return indexer.nodes
      } catch {
        failure = error
        failure?.trail = indexer.open
        return indexer.nodes
      }
    }
    if let failure { throw failure.located(in: bytes, nodes: nodes) }
    return nodes
  }

  private init(base: UnsafePointer<UInt8>, count: Int, limits: JSONLimits) {
    self.base = base
    self.count = count
    self.limits = limits
    nodes.reserveCapacity(count / 16 + 1)
  }

  struct Failure: Error {
    let kind: JSONError.Kind
    let offset: Int
    let message: String
    var trail: [Int] = []
  }

  private func fail(
    _ kind: JSONError.Kind, at offset: Int, _ message: @autoclosure () -> String
  ) -> Failure {
    if offset >= count {
      return Failure(kind: .unexpectedEnd, offset: count, message: "the text ends too early")
    }
    return Failure(kind: kind, offset: offset, message: message())
  }

  private mutating func run() throws(Failure) {
    // RFC 8259 §8.1 lets a reader ignore a byte order mark.
    if count >= 3, base[0] == 0xEF, base[1] == 0xBB, base[2] == 0xBF { position = 3 }
    skipBlanks()
    try value()
    while let container = open.last {
      if nodes[container].kind == .object {
        try nextMember(of: container)
      } else {
        try nextElement(of: container)
      }
    }
    skipBlanks()
    if position < count {
      throw fail(.trailingContent, at: position, "something follows the value")
    }
  }

  @inline(__always)
  private mutating func skipBlanks() {
    while position < count {
      switch base[position] {
      case 0x20, 0x0A, 0x0D, 0x09: position += 1
      default: return
      }
    }
  }

  /// Reads a scalar, or opens a container whose content ``run()`` reads.
  @inline(__always)
  private mutating func value() throws(Failure) {
    guard position < count else { throw fail(.unexpectedEnd, at: position, "") }
    let start = position
    switch base[position] {
    case UInt8(ascii: "\""):
      try string(start)
    case UInt8(ascii: "{"):
      try openContainer(.object)
    case UInt8(ascii: "["):
      try openContainer(.array)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      try number(start)
    case UInt8(ascii: "t"):
      try word("true", .true)
    case UInt8(ascii: "f"):
      try word("false", .false)
    case UInt8(ascii: "n"):
      try word("null", .null)
    default:
      throw fail(.unexpectedByte, at: position, "a value was expected, not \(found(position))")
    }
  }

  @inline(__always)
  private mutating func append(_ kind: JSONIndexNode.Kind, from start: Int) throws(Failure) {
    guard nodes.count < limits.values else {
      throw Failure(
        kind: .tooLarge, offset: start, message: "more than \(limits.values) values")
    }
    nodes.append(
      JSONIndexNode(
        start: UInt32(truncatingIfNeeded: start), end: UInt32(truncatingIfNeeded: position),
        next: UInt32(truncatingIfNeeded: nodes.count + 1), kind: kind))
  }

  private mutating func openContainer(_ kind: JSONIndexNode.Kind) throws(Failure) {
    guard open.count < limits.depth else {
      throw fail(.tooDeep, at: position, "nested deeper than \(limits.depth)")
    }
    let start = position
    position += 1
    open.append(nodes.count)
    try append(kind, from: start)
  }

  @inline(__always)
  private mutating func closeContainer(_ container: Int) {
    position += 1
    nodes[container].end = UInt32(truncatingIfNeeded: position)
    nodes[container].next = UInt32(truncatingIfNeeded: nodes.count)
    open.removeLast()
  }

  /// Moves to the next member or element.
  /// - Returns: false when the container has ended instead.
  @inline(__always)
  private mutating func nextItem(
    of container: Int, closing bracket: Unicode.Scalar
  ) throws(Failure) -> Bool {
    skipBlanks()
    guard position < count else { throw fail(.unexpectedEnd, at: position, "") }
    if base[position] == UInt8(ascii: bracket) {
      closeContainer(container)
      return false
    }
    if container + 1 < nodes.count {
      guard base[position] == UInt8(ascii: ",") else {
        throw fail(
          .unexpectedByte, at: position, "',' or '\(bracket)' was expected, not \(found(position))")
      }
      position += 1
      skipBlanks()
    }
    return true
  }

  @inline(__always)
  private mutating func nextMember(of container: Int) throws(Failure) {
    guard try nextItem(of: container, closing: "}") else { return }
    guard position < count, base[position] == UInt8(ascii: "\"") else {
      throw fail(.unexpectedByte, at: position, "a quoted key was expected, not \(found(position))")
    }
    try string(position)
    skipBlanks()
    guard position < count, base[position] == UInt8(ascii: ":") else {
      throw fail(.unexpectedByte, at: position, "':' was expected, not \(found(position))")
    }
    position += 1
    skipBlanks()
    try value()
  }

  @inline(__always)
  private mutating func nextElement(of container: Int) throws(Failure) {
    guard try nextItem(of: container, closing: "]") else { return }
    try value()
  }

  private mutating func word(
    _ text: StaticString, _ kind: JSONIndexNode.Kind
  ) throws(Failure) {
    let start = position
    for offset in 0..<text.utf8CodeUnitCount {
      guard position < count, base[position] == text.utf8Start[offset] else {
        throw fail(.unexpectedByte, at: position, "'\(text)' was expected")
      }
      position += 1
    }
    try append(kind, from: start)
  }

  @inline(__always)
  private mutating func digits() throws(Failure) {
    let start = position
    while position < count, base[position] &- UInt8(ascii: "0") < 10 { position += 1 }
    if position == start {
      throw fail(.invalidNumber, at: position, "a digit was expected, not \(found(position))")
    }
  }

  @inline(__always)
  private mutating func number(_ start: Int) throws(Failure) {
    if base[position] == UInt8(ascii: "-") { position += 1 }
    if position < count, base[position] == UInt8(ascii: "0") {
      position += 1
      if position < count, base[position] &- UInt8(ascii: "0") < 10 {
        throw fail(.invalidNumber, at: position, "a number has no leading zero")
      }
    } else {
      try digits()
    }
    if position < count, base[position] == UInt8(ascii: ".") {
      position += 1
      try digits()
    }
    if position < count, base[position] | 0x20 == UInt8(ascii: "e") {
      position += 1
      if position < count,
        base[position] == UInt8(ascii: "+") || base[position] == UInt8(ascii: "-")
      {
        position += 1
      }
      try digits()
    }
    try append(.number, from: start)
  }

  @inline(__always)
  private mutating func string(_ start: Int) throws(Failure) {
    position += 1
    var escaped = false
    while true {
      // Eight plain ASCII bytes at a time.
      while position + 8 <= count {
        let word = UnsafeRawPointer(base + position).loadUnaligned(as: UInt64.self)
        if Self.needsCare(word) { break }
        position += 8
      }
      guard position < count else { throw fail(.unexpectedEnd, at: position, "") }
      let byte = base[position]
      if byte == UInt8(ascii: "\"") {
        position += 1
        try append(escaped ? .escapedString : .string, from: start)
        return
      } else if byte == UInt8(ascii: "\\") {
        escaped = true
        try escape()
      } else if byte < 0x20 {
        throw fail(.controlCharacter, at: position, "a control character must be escaped")
      } else if byte < 0x80 {
        position += 1
      } else {
        try multibyte()
      }
    }
  }

  /// Whether any of eight bytes is a quote, a backslash, a control character or not ASCII.
  @inline(__always)
  private static func needsCare(_ word: UInt64) -> Bool {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let highs: UInt64 = 0x8080_8080_8080_8080
    let quotes = word ^ (ones &* 0x22)
    let slashes = word ^ (ones &* 0x5C)
    let hits =
      (word &- ones &* 0x20) | word | ((quotes &- ones) & ~quotes)
      | ((slashes &- ones) & ~slashes)
    return hits & highs != 0
  }

  private mutating func escape() throws(Failure) {
    let start = position
    position += 1
    guard position < count else { throw fail(.unexpectedEnd, at: position, "") }
    switch base[position] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
      UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      position += 1
    case UInt8(ascii: "u"):
      position += 1
      let unit = try hexadecimal()
      if unit & 0xFC00 == 0xDC00 {
        throw fail(.invalidEscape, at: start, "half a surrogate pair")
      }
      if unit & 0xFC00 == 0xD800 {
        guard position + 1 < count, base[position] == UInt8(ascii: "\\"),
          base[position + 1] == UInt8(ascii: "u")
        else { throw fail(.invalidEscape, at: start, "half a surrogate pair") }
        position += 2
        guard try hexadecimal() & 0xFC00 == 0xDC00 else {
          throw fail(.invalidEscape, at: start, "half a surrogate pair")
        }
      }
    default:
      throw fail(.invalidEscape, at: position, "there is no such escape")
    }
  }

  private mutating func hexadecimal() throws(Failure) -> UInt16 {
    var unit: UInt16 = 0
    for _ in 0..<4 {
      guard position < count else { throw fail(.unexpectedEnd, at: position, "") }
      guard let digit = JSONText.hexDigit(base[position]) else {
        throw fail(.invalidEscape, at: position, "four hexadecimal digits were expected")
      }
      unit = unit << 4 | UInt16(digit)
      position += 1
    }
    return unit
  }

  /// One multi-byte UTF-8 sequence, by the table of well-formed sequences in Unicode §3.9.
  private mutating func multibyte() throws(Failure) {
    let lead = base[position]
    let length: Int
    var low: UInt8 = 0x80
    var high: UInt8 = 0xBF
    switch lead {
    case 0xC2...0xDF: length = 2
    case 0xE0: (length, low) = (3, 0xA0)
    case 0xED: (length, high) = (3, 0x9F)
    case 0xE1...0xEF: length = 3
    case 0xF0: (length, low) = (4, 0x90)
    case 0xF4: (length, high) = (4, 0x8F)
    case 0xF1...0xF3: length = 4
    default: throw fail(.invalidUTF8, at: position, "not UTF-8")
    }
    guard position + length <= count else { throw fail(.unexpectedEnd, at: count, "") }
    guard (low...high).contains(base[position + 1]) else {
      throw fail(.invalidUTF8, at: position, "not UTF-8")
    }
    for offset in 2..<max(length, 2) where base[position + offset] & 0xC0 != 0x80 {
      throw fail(.invalidUTF8, at: position, "not UTF-8")
    }
    position += length
  }

  private func found(_ offset: Int) -> String {
    guard offset < count else { return "the end" }
    let byte = base[offset]
    if byte >= 0x20, byte < 0x7F { return "'\(Character(Unicode.Scalar(byte)))'" }
    let hex = String(byte, radix: 16, uppercase: true)
    return "byte 0x\(hex.count < 2 ? "0" + hex : hex)"
  }
}

extension JSONIndexer.Failure {
  /// Adds line, column and pointer; paid only when a text fails.
  func located(in bytes: [UInt8], nodes: [JSONIndexNode]) -> JSONError {
    var line = 1
    var lineStart = 0
    for index in 0..<min(offset, bytes.count) where bytes[index] == UInt8(ascii: "\n") {
      line += 1
      lineStart = index + 1
    }
    return JSONError(
      kind: kind, offset: offset, line: line, column: offset - lineStart + 1,
      pointer: pointer(bytes: bytes, nodes: nodes), message: message)
  }

  private func pointer(bytes: [UInt8], nodes: [JSONIndexNode]) -> String {
    var pointer = ""
    for (depth, container) in trail.enumerated() {
      // The child being read is the next open container, or what follows the last complete one.
      let stop = depth + 1 < trail.count ? trail[depth + 1] : nodes.count
      var child = container + 1
      var position = 0
      var key: JSONIndexNode?
      while child < stop {
        if nodes[container].kind == .object {
          key = position.isMultiple(of: 2) ? nodes[child] : key
        }
        position += 1
        child = Int(nodes[child].next)
      }
      if nodes[container].kind == .object {
        guard !position.isMultiple(of: 2), let key else { break }
        pointer += "/" + JSONText.pointerToken(JSONText.decode(bytes, key))
      } else {
        pointer += "/\(position)"
      }
    }
    return pointer
  }
}
