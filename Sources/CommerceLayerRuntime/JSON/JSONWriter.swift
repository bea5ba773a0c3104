/// Writes compact JSON.
public struct JSONWriter: Sendable {
  /// What has been written.
  public private(set) var bytes: [UInt8] = []

  /// An empty text.
  public init() {}

  /// Room for a text of about this size.
  public mutating func reserve(_ count: Int) { bytes.reserveCapacity(count) }

  /// Bytes that are JSON already: punctuation, or a checked value.
  public mutating func raw(_ text: some Sequence<UInt8>) { bytes.append(contentsOf: text) }

  /// Punctuation and literals.
  public mutating func raw(_ text: StaticString) {
    bytes.append(
      contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  /// Any value.
  public mutating func write(_ value: JSONValue) {
    switch value {
    case .null: raw("null")
    case .bool(let value): raw(value ? "true" : "false")
    case .number(let number): raw(number.text.utf8)
    case .string(let text): write(text)
    case .array(let elements):
      raw("[")
      for (index, element) in elements.enumerated() {
        if index > 0 { raw(",") }
        write(element)
      }
      raw("]")
    case .object(let object): write(object)
    }
  }

  /// An object.
  public mutating func write(_ object: JSONObject) {
    raw("{")
    for (index, member) in object.enumerated() {
      if index > 0 { raw(",") }
      write(member.key)
      raw(":")
      write(member.value)
    }
    raw("}")
  }

  /// A string, quoted and escaped. U+2028 and U+2029 stay as they are: JSON allows them.
  public mutating func write(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    var text = text
    text.withUTF8 { buffer in
      var start = 0
      for index in 0..<buffer.count {
        let byte = buffer[index]
        guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else {
          continue
        }
        bytes.append(contentsOf: buffer[start..<index])
        escape(byte)
        start = index + 1
      }
      bytes.append(contentsOf: buffer[start...])
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private mutating func escape(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""): raw("\\\"")
    case UInt8(ascii: "\\"): raw("\\\\")
    case 0x0A: raw("\\n")
    case 0x0D: raw("\\r")
    case 0x09: raw("\\t")
    default:
      raw("\\u00")
      raw(byte < 0x10 ? "0" : "1")
      bytes.append(Array("0123456789abcdef".utf8)[Int(byte & 0xF)])
    }
  }
}
