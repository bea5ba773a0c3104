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

  public var description: String { text }

  static func integer(_ bytes: ArraySlice<UInt8>) -> Int? {
    var index = bytes.startIndex
    let negative = index < bytes.endIndex && bytes[index] == UInt8(ascii: "-")
    if negative { index += 1 }
    guard index < bytes.endIndex else { return nil }
    var value = 0
    while index < bytes.endIndex {
      let digit = bytes[index] &- UInt8(ascii: "0")
      guard digit < 10 else { return Self.wholeDouble(bytes) }
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.subtractingReportingOverflow(Int(digit))
      guard !overflow, !carry else { return nil }
      value = sum
      index += 1
    }
    if negative { return value }
    return value == .min ? nil : -value
  }

  /// `10.0` and `1e3` are whole numbers too.
  private static func wholeDouble(_ bytes: ArraySlice<UInt8>) -> Int? {
    Double(String(decoding: bytes, as: UTF8.self)).flatMap { Int(exactly: $0) }
  }
}
