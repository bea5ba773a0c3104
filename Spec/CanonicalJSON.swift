/// Writes JSON in the one form the spec folder uses: keys sorted, two-space indent, trailing
/// newline, so that equal content is equal bytes and a diff shows only what changed.
extension JSONTree {
  /// The canonical text with a trailing newline.
  public var canonicalText: String {
    var out = ""
    write(to: &out, indent: 0)
    out += "\n"
    return out
  }

  /// The same value on one line without blanks, keys sorted; used for embedded tables.
  public var compactText: String {
    var out = ""
    write(to: &out, indent: nil)
    return out
  }

  private func write(to out: inout String, indent: Int?) {
    switch self {
    case .null: out += "null"
    case .bool(let value): out += value ? "true" : "false"
    case .integer(let value): out += String(value)
    case .number(let value): out += String(value)
    case .string(let value): JSONTree.quote(value, into: &out)
    case .array(let elements):
      JSONTree.writeList(elements, open: "[", close: "]", indent: indent, to: &out) {
        $0.write(to: &$1, indent: $2)
      }
    case .object(let members):
      // Byte order of UTF-8, so that the order is the same on every platform and locale.
      let sorted = members.sorted { Array($0.key.utf8).lexicographicallyPrecedes($1.key.utf8) }
      JSONTree.writeList(sorted, open: "{", close: "}", indent: indent, to: &out) {
        JSONTree.quote($0.key, into: &$1)
        $1 += $2 == nil ? ":" : ": "
        $0.value.write(to: &$1, indent: $2)
      }
    }
  }

  private static func writeList<Element>(
    _ elements: [Element], open: String, close: String, indent: Int?, to out: inout String,
    write: (Element, inout String, Int?) -> Void
  ) {
    out += open
    if elements.isEmpty {
      out += close
      return
    }
    let inner = indent.map { $0 + 1 }
    for (index, element) in elements.enumerated() {
      if index > 0 { out += "," }
      if let inner { out += "\n" + String(repeating: "  ", count: inner) }
      write(element, &out, inner)
    }
    if let indent { out += "\n" + String(repeating: "  ", count: indent) }
    out += close
  }

  private static func quote(_ text: String, into out: inout String) {
    out += "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      case "\u{8}": out += "\\b"
      case "\u{c}": out += "\\f"
      case _ where scalar.value < 0x20:
        let hex = String(scalar.value, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: out.unicodeScalars.append(scalar)
      }
    }
    out += "\""
  }
}
