/// What can be wrong with a text.
enum JSONFailureReason: UInt8 {
  case end, noValue, noKey, noColon, noMemberEnd, noElementEnd, word, noDigit, leadingZero, control
  case escape, hexadecimal, surrogate, encoding, depth, values, trailing

  var kind: JSONError.Kind {
    switch self {
    case .end: .unexpectedEnd
    case .noValue, .noKey, .noColon, .noMemberEnd, .noElementEnd, .word: .unexpectedByte
    case .noDigit, .leadingZero: .invalidNumber
    case .control: .controlCharacter
    case .escape, .hexadecimal, .surrogate: .invalidEscape
    case .encoding: .invalidUTF8
    case .depth: .tooDeep
    case .values: .tooLarge
    case .trailing: .trailingContent
    }
  }

  func message(found: String, limits: JSONLimits) -> String {
    switch self {
    case .end: "the text ends too early"
    case .noValue: "a value was expected, not \(found)"
    case .noKey: "a quoted key was expected, not \(found)"
    case .noColon: "':' was expected, not \(found)"
    case .noMemberEnd: "',' or '}' was expected, not \(found)"
    case .noElementEnd: "',' or ']' was expected, not \(found)"
    case .word: "'true', 'false' or 'null' was expected, not \(found)"
    case .noDigit: "a digit was expected, not \(found)"
    case .leadingZero: "a number has no leading zero"
    case .control: "a control character must be escaped"
    case .escape: "there is no such escape"
    case .hexadecimal: "four hexadecimal digits were expected"
    case .surrogate: "half a surrogate pair"
    case .encoding: "not UTF-8"
    case .depth: "nested deeper than \(limits.depth)"
    case .values: "more than \(limits.values) values"
    case .trailing: "something follows the value"
    }
  }
}

extension JSONError {
  /// Adds line, column and pointer; paid only when a text fails.
  /// - Parameters:
  ///   - nodes: what was read before the failure.
  ///   - trail: the nodes of the containers that were open.
  init(
    _ failure: JSONScanner.Failure, in bytes: UnsafeBufferPointer<UInt8>, nodes: [JSONIndexNode],
    trail: [Int],
    limits: JSONLimits
  ) {
    // Whatever was expected: where there is nothing more, the text has ended.
    let isAtEnd = failure.offset >= bytes.count
    let reason = isAtEnd ? .end : failure.reason
    let offset = min(failure.offset, bytes.count)
    var line = 1
    var lineStart = 0
    for index in 0..<offset where bytes[index] == UInt8(ascii: "\n") {
      line += 1
      lineStart = index + 1
    }
    self.init(
      kind: reason.kind, offset: offset, line: line, column: offset - lineStart + 1,
      pointer: reason == .trailing ? "" : Self.pointer(in: bytes, nodes: nodes, trail: trail),
      message: reason.message(
        found: isAtEnd ? "the end" : Self.name(of: bytes[offset]), limits: limits))
  }

  private static func name(of byte: UInt8) -> String {
    if byte >= 0x20, byte < 0x7F { return "'\(Character(Unicode.Scalar(byte)))'" }
    let hex = String(byte, radix: 16, uppercase: true)
    return "byte 0x\(hex.count < 2 ? "0" + hex : hex)"
  }

  /// The pointer to the value that was being read.
  private static func pointer(
    in bytes: UnsafeBufferPointer<UInt8>, nodes: [JSONIndexNode], trail: [Int]
  ) -> String {
    var pointer = ""
    for (depth, container) in trail.enumerated() {
      let isObject = nodes[container].kind == .object
      // The child being read is the next open container, or what follows the last complete one.
      let stop = depth + 1 < trail.count ? trail[depth + 1] : nodes.count
      var child = container + 1
      var position = 0
      var key: JSONIndexNode?
      while child < stop {
        if isObject, position.isMultiple(of: 2) { key = nodes[child] }
        position += 1
        child = Int(nodes[child].next)
      }
      if isObject {
        guard !position.isMultiple(of: 2), let key else { break }
        pointer += "/" + JSONText.pointerToken(JSONText.decode(bytes, key))
      } else {
        pointer += "/\(position)"
      }
    }
    return pointer
  }
}
