public import Foundation

/// A JSON number with its exact text, so that nothing is lost between reading and sending it on.
public struct JSONNumber: Sendable, Hashable, CustomStringConvertible {
  /// The number as RFC 8259 writes it.
  public let text: String

  init(checked text: String) { self.text = text }

  /// A whole number.
  public init(_ value: Int) { text = String(value) }

  /// A floating-point number; nil for NaN and infinities, which JSON lacks.
  public init?(_ value: Double) {
    guard value.isFinite else { return nil }
    text = value.description
  }

  /// A number from its text; nil when the text is not a JSON number.
  public init?(text: String) {
    guard let document = try? JSONDocument(parsing: text), document.root.kind == .number,
      document.root.rawBytes.count == text.utf8.count
    else { return nil }
    self.text = text
  }

  /// The value when it is whole and fits.
  public var integer: Int? { Self.integer(ArraySlice(text.utf8)) }
  /// The nearest floating-point value.
  public var double: Double? { Double(text) }
  /// The exact decimal value, up to 38 digits.
  public var decimal: Decimal? { Decimal(string: text, locale: Locale(identifier: "en_US_POSIX")) }

  /// The value as text.
  public var description: String { text }

  static func integer(_ bytes: ArraySlice<UInt8>) -> Int? {
    var index = bytes.startIndex
    let negative = index < bytes.endIndex && bytes[index] == UInt8(ascii: "-")
    if negative { index += 1 }
    guard index < bytes.endIndex else { return nil }
    var value = 0
    while index < bytes.endIndex {
      let digit = bytes[index] &- UInt8(ascii: "0")
      guard digit < 10 else { return Self.wholeDecimal(bytes) }
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.subtractingReportingOverflow(Int(digit))
      guard !overflow, !carry else { return nil }
      value = sum
      index += 1
    }
    if negative { return value }
    return value == .min ? nil : -value
  }

  /// `10.0` and `1e3` are whole numbers too; decided on the digits, because a floating-point value
  /// would call 1.000000000000000005 whole.
  private static func wholeDecimal(_ bytes: ArraySlice<UInt8>) -> Int? {
    let parts = bytes.split(maxSplits: 1) { $0 | 0x20 == UInt8(ascii: "e") }
    let mantissa = parts[0].split(separator: UInt8(ascii: "."), maxSplits: 1)
    guard let whole = mantissa.first else { return nil }
    var exponent = 0
    if parts.count == 2 {
      guard let value = Int(String(decoding: parts[1], as: UTF8.self)) else { return nil }
      exponent = value
    }
    var digits = Array(whole)
    if mantissa.count == 2 {
      digits += mantissa[1]
      let (shifted, overflow) = exponent.subtractingReportingOverflow(mantissa[1].count)
      if overflow { return nil }
      exponent = shifted
    }
    while digits.last == UInt8(ascii: "0") {
      digits.removeLast()
      exponent = exponent == .max ? exponent : exponent + 1
    }
    if digits.isEmpty || digits == [UInt8(ascii: "-")] { return 0 }
    guard (0...19).contains(exponent) else { return nil }
    digits += Array(repeating: UInt8(ascii: "0"), count: exponent)
    return Int(String(decoding: digits, as: UTF8.self))
  }
}
