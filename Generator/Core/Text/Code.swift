/// A piece of source that cannot hold unchecked text.
///
/// It is made of literals of the generator's own source and of values that have been checked:
/// identifiers, string literals, types, other code. There is no way from a `String` to `Code`, so
/// that a name or a value of the spec cannot become code by an oversight.
package struct Code: Sendable, Hashable, ExpressibleByStringInterpolation {
  /// The source.
  let source: String

  package init(stringLiteral value: StaticString) { source = value.description }
  package init(stringInterpolation: StringInterpolation) { source = stringInterpolation.source }

  package struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var source = ""

    package init(literalCapacity: Int, interpolationCount: Int) {
      source.reserveCapacity(literalCapacity)
    }

    package mutating func appendLiteral(_ literal: StaticString) { source += literal.description }
    package mutating func appendInterpolation(_ identifier: Identifier) {
      source += identifier.source
    }
    package mutating func appendInterpolation(label identifier: Identifier) {
      source += identifier.label
    }
    mutating func appendInterpolation(_ literal: SwiftStringLiteral) { source += literal.source }
    package mutating func appendInterpolation(_ code: Code) { source += code.source }

    /// A wire name or another text of the spec, as a string literal.
    package mutating func appendInterpolation(literal text: String) {
      source += SwiftStringLiteral(text).source
    }
  }

  /// The pieces with `separator` between them.
  package static func joined(_ pieces: [Code], by separator: StaticString) -> Code {
    pieces.dropFirst().reduce(pieces.first ?? "") { "\($0)\(Code(stringLiteral: separator))\($1)" }
  }
}
