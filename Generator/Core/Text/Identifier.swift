/// A Swift identifier: ASCII letters, digits and `_`, not starting with a digit.
///
/// Text of the spec can become code in two ways only: as an identifier, which this type checks, or
/// as a ``SwiftStringLiteral``.
package struct Identifier: Sendable, Hashable, Comparable {
  /// The name without backticks.
  let name: String

  /// Creates an identifier; nil when `name` is none or cannot be one even in backticks.
  init?(_ name: String) {
    guard Self.isPlain(name), !Keywords.unusable.contains(name) else { return nil }
    self.name = name
  }

  /// The name as it stands in source, in backticks where it is a keyword.
  var source: String { Keywords.escaped.contains(name) ? "`\(name)`" : name }

  /// The name before the colon of an argument, where nearly every keyword may stand as it is.
  var label: String { name == "inout" ? "`\(name)`" : name }

  package static func < (left: Identifier, right: Identifier) -> Bool { left.name < right.name }

  static func isPlain(_ name: String) -> Bool {
    guard let first = name.utf8.first, !first.isASCIIDigit, name != "_" else { return false }
    return name.utf8.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || $0 == UInt8(ascii: "_") }
  }
}

extension UInt8 {
  var isASCIIDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
  var isASCIIUppercase: Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) }
  var isASCIILowercase: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) }
  var isASCIILetter: Bool { isASCIIUppercase || isASCIILowercase }
}
