package import CommerceLayerRuntime

/// What the bytes of a cell are, as bits that are joined over all of them.
enum ByteClass {
  /// JSON strings write it as an escape.
  static let escaped: UInt8 = 1
  static let notDigit: UInt8 = 2
  /// Not ASCII.
  static let high: UInt8 = 4
  static let underscore: UInt8 = 8
  /// It may end a cell, which depends on the dialect.
  static let stop: UInt8 = 16
  /// Of a cell: its quotes are doubled.
  static let doubledQuote: UInt8 = 32
  /// A control character other than a tab or a line end.
  static let control: UInt8 = 64

  /// Whether an ASCII character is a control other than a tab or a line end.
  static func isControl(_ value: UInt32) -> Bool {
    value < 0x20 && value != 0x09 && value != 0x0A && value != 0x0D || value == 0x7F
  }

  static let table: [UInt8] = (0...255).map { value in
    var bits: UInt8 = 0
    if value < 0x20 || value == 0x22 || value == 0x5C { bits |= escaped }
    if !(0x30...0x39).contains(value) { bits |= notDigit }
    if value >= 0x80 { bits |= high }
    if value == 0x5F { bits |= underscore }
    if isControl(UInt32(value)) { bits |= control }
    return bits
  }
}

/// Turns the text of a CSV cell into the value its column's type asks for. Pure.
package enum CellCoercion {
  /// A cell's value.
  package enum Value: Sendable, Hashable {
    /// A string.
    case text(String)
    /// A number, `true`, `false`, an object or an array, as JSON.
    case literal(String)
    case rejected(String)
  }

  /// Strings stay as they are, leading zeros and blanks included.
  package static func value(
    of cell: String, as type: ResourceSchema.AttributeType, decimalComma: Bool = false,
    coerces: Bool = false
  ) -> Value {
    switch type {
    case .string: return .text(cell)
    case .integer:
      if let value = integer(cell, coerces: coerces) { return .literal(String(value)) }
      if let grouped = decimal(cell, decimalComma: true), grouped.integer != nil,
        grouped.text != cell
      {
        return decimalComma
          ? .literal(grouped.text) : rejected(cell, type, "; write it without separators")
      }
      return rejected(cell, type, cell.hasSuffix(".0") ? "; add --coerce to take it as one" : "")
    case .float:
      if let number = decimal(cell, decimalComma: decimalComma) {
        return isFinite(number)
          ? .literal(number.text) : rejected(cell, type, "; it is out of range")
      }
      let other = decimal(cell, decimalComma: true) != nil
      return rejected(
        cell, type, other && !decimalComma ? "; add --decimal-comma where commas are decimal" : "")
    case .boolean:
      return boolean(cell).map { .literal($0 ? "true" : "false") }
        ?? rejected(cell, type, ": write true or false, in any case, or 1 or 0")
    case .datetime: return isDate(cell) ? .text(cell) : rejected(cell, type)
    case .object, .array:
      guard let document = try? JSONDocument(parsing: cell),
        document.root.kind == (type == .object ? .object : .array)
      else { return rejected(cell, type) }
      return .literal(cell)
    }
  }

  /// `true` and `false` in any case, `1` and `0`: the spellings of the documentation, of programs and
  /// of spreadsheets in English. Other languages and `yes` are not guessed at.
  package static func boolean(_ text: String) -> Bool? {
    switch text.lowercased() {
    case "true", "1": true
    case "false", "0": false
    default: nil
    }
  }

  /// A whole number; leading zeros and a plus sign are left out, as JSON has none.
  static func integer(_ text: String, coerces: Bool) -> Int? {
    if let value = Int(text) { return value }
    guard coerces, let number = JSONNumber(text: text) else { return nil }
    return number.integer
  }

  /// A number, written with a point, or with a comma before the fraction and points between groups
  /// of three digits.
  static func decimal(_ text: String, decimalComma: Bool) -> JSONNumber? {
    guard decimalComma else { return JSONNumber(text: text) }
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    guard parts.count <= 2, let whole = parts.first else { return nil }
    let groups = whole.split(separator: ".", omittingEmptySubsequences: false)
    guard groups.count == 1 || groups.dropFirst().allSatisfy({ $0.utf8.count == 3 }) else {
      return nil
    }
    return JSONNumber(text: groups.joined() + (parts.count == 2 ? "." + parts[1] : ""))
  }

  /// Whether a number fits what services calculate with.
  static func isFinite(_ number: JSONNumber) -> Bool { number.double?.isFinite ?? false }

  /// A point in time, or a day.
  package static func isDate(_ text: String) -> Bool {
    ISO8601.date(text) != nil || ISO8601.date(text + "T00:00:00Z") != nil
  }

  /// What a value of a type is, for people.
  package static func noun(_ type: ResourceSchema.AttributeType) -> String {
    switch type {
    case .string: "a string"
    case .integer: "a whole number"
    case .float: "a number"
    case .boolean: "a boolean"
    case .datetime: "a time such as 2024-12-31T12:00:00Z"
    case .object: "an object"
    case .array: "an array"
    }
  }

  private static func rejected(
    _ cell: String, _ type: ResourceSchema.AttributeType, _ advice: String = ""
  ) -> Value {
    .rejected("'\(TerminalSafe.text(cell, limit: 40))' is not \(noun(type))\(advice)")
  }
}

/// Recognizes what spreadsheets and exports do to values. Nothing is changed for it. Pure.
enum CellDamage {
  /// What may be wrong with the text of a cell.
  static func find(_ text: String, isKey: Bool) -> [InputWarning.Kind] {
    var found: [InputWarning.Kind] = []
    if isScientific(text) { found.append(.scientificNotation) }
    if errorValues.contains(text) { found.append(.spreadsheetError) }
    if text.contains("_x000D_") { found.append(.escapedLineBreak) }
    if nullWords.contains(text.lowercased()) { found.append(.nullWord) }
    if text.unicodeScalars.contains(where: {
      (0x80...0x9F).contains($0.value) || ByteClass.isControl($0.value)
    }) {
      found.append(.controlCharacter)
    }
    if text.unicodeScalars.contains("\u{FFFD}") { found.append(.lostCharacter) }
    if isDoubleEncoded(text) { found.append(.doubleEncoded) }
    guard isKey else { return found }
    if Array(text.utf8).withUnsafeBufferPointer({
      !$0.isEmpty && isDate($0, from: 0, to: $0.count)
    }) {
      found.append(.spreadsheetDate)
    }
    let scalars = text.unicodeScalars
    if scalars.contains(where: isZeroWidth) { found.append(.zeroWidthSpace) }
    if let first = scalars.first, let last = scalars.last {
      if [first, last].contains("\u{A0}") || [first, last].contains("\u{202F}") {
        found.append(.noBreakSpace)
      } else if first.properties.isWhitespace || last.properties.isWhitespace {
        found.append(.blank)
      }
    }
    return found
  }

  /// Whether a letter is followed by what the second byte of a character in UTF-8 is in windows-1252:
  /// `Ã¶`, `Â°`, `â€™`.
  private static func isDoubleEncoded(_ text: String) -> Bool {
    let others = Set("€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ".unicodeScalars)
    var last: Unicode.Scalar = " "
    for scalar in text.unicodeScalars {
      switch last {
      case "Ã", "Â":
        if (0x80...0xBF).contains(scalar.value) || others.contains(scalar) { return true }
      case "â": if scalar == "€" || scalar.value == 0x80 { return true }
      default: break
      }
      last = scalar
    }
    return false
  }

  /// What Excel makes of `MAR1` or `1-3`: `1-Mar`, `Mar-01`, `01-Mar-24`.
  @inline(never)
  static func isDate(_ bytes: UnsafeBufferPointer<UInt8>, from first: Int, to end: Int) -> Bool {
    var index = first
    func number() -> Bool {
      let start = index
      while index < end, bytes[index] &- 0x30 <= 9 { index += 1 }
      return (1...4).contains(index - start)
    }
    func month() -> Bool {
      guard index + 3 <= end else { return false }
      defer { index += 3 }
      switch (bytes[index] | 0x20, bytes[index + 1] | 0x20, bytes[index + 2] | 0x20) {
      case (0x6A, 0x61, 0x6E), (0x66, 0x65, 0x62), (0x6D, 0x61, 0x72), (0x61, 0x70, 0x72),
        (0x6D, 0x61, 0x79), (0x6D, 0x61, 0x69), (0x6A, 0x75, 0x6E), (0x6A, 0x75, 0x6C),
        (0x61, 0x75, 0x67), (0x73, 0x65, 0x70), (0x6F, 0x63, 0x74), (0x6F, 0x6B, 0x74),
        (0x6E, 0x6F, 0x76), (0x64, 0x65, 0x63), (0x64, 0x65, 0x7A):
        return true
      default: return false
      }
    }
    func hyphen() -> Bool {
      guard index < end, bytes[index] == 0x2D else { return false }
      index += 1
      return true
    }
    guard bytes[first] &- 0x30 <= 9 else {
      return month() && hyphen() && number() && index == end
    }
    guard number(), hyphen(), month() else { return false }
    return index == end || hyphen() && number() && index == end
  }

  /// What Excel makes of a long number: `8.71E+12`.
  private static func isScientific(_ text: String) -> Bool {
    // One digit, a fraction or none, an exponent of up to three digits.
    var rest = text.utf8[...]
    func digits() -> Int {
      let found = rest.prefix { $0 &- 0x30 <= 9 }.count
      rest = rest.dropFirst(found)
      return found
    }
    guard digits() == 1 else { return false }
    if rest.first == UInt8(ascii: ".") || rest.first == UInt8(ascii: ",") {
      rest = rest.dropFirst()
      if digits() == 0 { return false }
    }
    guard let exponent = rest.first, exponent | 0x20 == UInt8(ascii: "e") else { return false }
    rest = rest.dropFirst()
    if rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
    return (1...3).contains(digits()) && rest.isEmpty
  }

  private static let errorValues: Set<String> = [
    "#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!",
    "#BEZUG!", "#NV", "#WERT!", "#ZAHL!", "#N/D", "#RIF!", "#VALORE!", "#NOMBRE?", "#¡REF!",
    "#¡VALOR!", "########",
  ]

  private static let nullWords: Set<String> = [
    "null", "\\n", "nil", "none", "n/a", "undefined", "nan", "(null)", "<null>",
  ]

  static func isZeroWidth(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x200B...0x200D, 0x2060, 0xFEFF, 0xAD: true
    default: false
    }
  }

  /// Whether the bytes of a cell could be any of the above: most cells pass after a few comparisons.
  @inline(__always)
  static func isSuspect(
    _ bytes: UnsafeBufferPointer<UInt8>, _ cell: CSVReader.Cell, isKey: Bool
  ) -> Bool {
    let count = cell.end - cell.start
    let (first, last) = (bytes[cell.start], bytes[cell.end - 1])
    if cell.bits & (ByteClass.high | ByteClass.underscore | ByteClass.control) != 0,
      isRareSuspect(bytes, cell, isKey)
    {
      return true
    }
    // The error values of spreadsheets begin with a number sign.
    if first == 0x23 { return true }
    if isKey {
      if first <= 0x20 || last <= 0x20 { return true }
      if count >= 5, count <= 11, isDate(bytes, from: cell.start, to: cell.end) {
        return true
      }
    }
    // A digit, then a point or an exponent.
    if first <= 0x39, count >= 4, count <= 24 {
      let second = bytes[cell.start + 1]
      if second == 0x2E || second | 0x20 == 0x65 || second == 0x2C { return true }
    }
    // The words for null.
    guard count <= 9 else { return false }
    switch first | 0x20 {
    case 0x6E, 0x75, 0x7C, 0x28, 0x3C: return true
    default: return false
    }
  }

  /// What only cells with an underscore, a control or another character than ASCII can hold.
  @inline(never)
  private static func isRareSuspect(
    _ bytes: UnsafeBufferPointer<UInt8>, _ cell: CSVReader.Cell, _ isKey: Bool
  ) -> Bool {
    if cell.bits & ByteClass.control != 0 { return true }
    if isKey, cell.bits & ByteClass.high != 0 { return true }
    for index in cell.start..<(cell.end - 1) {
      switch (bytes[index], bytes[index + 1]) {
      // A C1 control character; `Ã`, `Â` or `â`; U+FFFD; `_x` of `_x000D_`.
      case (0xC2, 0x80..<0xA0), (0xC3, 0x82), (0xC3, 0x83), (0xC3, 0xA2), (0xEF, 0xBF),
        (0x5F, 0x78):
        return true
      default: continue
      }
    }
    return false
  }

  /// The text without blanks, no-break and zero-width spaces at its ends.
  static func trimmed(_ text: String) -> String {
    func isBlank(_ scalar: Unicode.Scalar) -> Bool {
      scalar.properties.isWhitespace || isZeroWidth(scalar)
    }
    let scalars = text.unicodeScalars
    guard let first = scalars.firstIndex(where: { !isBlank($0) }),
      let last = scalars.lastIndex(where: { !isBlank($0) })
    else { return "" }
    return String(scalars[first...last])
  }
}

/// Writes values. A JSON writer that can also only count.
package enum RowText {
  static let hex = Array("0123456789abcdef".utf8)

  /// A JSON string.
  @inline(never)
  package static func appendJSON(
    _ bytes: ArraySlice<UInt8>, hasEscapes: Bool, into sink: inout RowBuffer
  ) {
    sink.append(UInt8(ascii: "\""))
    if hasEscapes {
      appendEscaped(bytes, into: &sink)
    } else {
      sink.append(bytes)
    }
    sink.append(UInt8(ascii: "\""))
  }

  /// The characters of a JSON string, without the quotes around it.
  package static func appendEscaped(_ bytes: ArraySlice<UInt8>, into sink: inout RowBuffer) {
    for byte in bytes {
      switch byte {
      case 0x22: sink.append(Array(#"\""#.utf8))
      case 0x5C: sink.append(Array(#"\\"#.utf8))
      case 0x0A: sink.append(Array(#"\n"#.utf8))
      case 0x0D: sink.append(Array(#"\r"#.utf8))
      case 0x09: sink.append(Array(#"\t"#.utf8))
      case 0..<0x20:
        sink.append(Array(#"\u00"#.utf8))
        sink.append(hex[Int(byte >> 4)])
        sink.append(hex[Int(byte & 15)])
      default: sink.append(byte)
      }
    }
  }

  package static func appendJSON(_ text: String, into sink: inout RowBuffer) {
    appendJSON(Array(text.utf8)[...], hasEscapes: true, into: &sink)
  }

  /// A CSV cell, in quotes where it must be.
  package static func appendCSV(
    _ bytes: ArraySlice<UInt8>, delimiter: UInt8 = UInt8(ascii: ","), into sink: inout RowBuffer
  ) {
    let needsQuotes =
      bytes.first == 0x20 || bytes.last == 0x20
      || bytes.contains { $0 == delimiter || $0 == 0x22 || $0 == 0x0A || $0 == 0x0D }
    guard needsQuotes else {
      sink.append(bytes)
      return
    }
    sink.append(UInt8(ascii: "\""))
    for byte in bytes {
      if byte == 0x22 { sink.append(0x22) }
      sink.append(byte)
    }
    sink.append(UInt8(ascii: "\""))
  }
}
