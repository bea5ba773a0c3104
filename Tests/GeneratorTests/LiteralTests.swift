import Testing

@testable import GeneratorCore

/// String literals hold exactly the text they are made of, on one line of printable ASCII.
@Suite struct LiteralTests {
  @Test(arguments: hostileTexts) func valueEqualsInput(text: String) throws {
    let source = SwiftStringLiteral(text).source
    #expect(source.utf8.allSatisfy { (0x20...0x7E).contains($0) })
    #expect(try evaluate(source).unicodeScalars.elementsEqual(text.unicodeScalars))
  }

  @Test func quotesMakeItRaw() {
    #expect(SwiftStringLiteral("plain").source == #""plain""#)
    #expect(SwiftStringLiteral(#"a"b"#).source == ##"#"a"b"#"##)
    #expect(SwiftStringLiteral("a\"#b").source == "##\"a\"#b\"##")
    #expect(SwiftStringLiteral("a\"\u{2028}").source == ##"#"a"\#u{2028}"#"##)
  }

  /// Reads a literal as the language defines it, independently of how it was written.
  private func evaluate(_ source: String) throws -> String {
    let pounds = String(source.prefix { $0 == "#" })
    let open = pounds + "\""
    let close = "\"" + pounds
    try #require(source.hasPrefix(open) && source.hasSuffix(close))
    var rest = source.dropFirst(open.count)
    var out = String.UnicodeScalarView()
    while !rest.hasPrefix(close) {
      if rest.hasPrefix("\\" + pounds) {
        rest = rest.dropFirst(1 + pounds.count)
        try #require(rest.hasPrefix("u{"), "the only escape that is used")
        let hex = rest.dropFirst(2).prefix { $0 != "}" }
        out.append(try #require(UInt32(hex, radix: 16).flatMap(Unicode.Scalar.init)))
        rest = rest.dropFirst(3 + hex.count)
      } else {
        out.append(try #require(rest.unicodeScalars.first))
        rest = Substring(rest.unicodeScalars.dropFirst())
      }
    }
    #expect(rest.count == close.count, "the literal ends where it seems to")
    return String(out)
  }
}
