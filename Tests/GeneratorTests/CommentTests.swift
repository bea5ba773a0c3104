import Testing

@testable import GeneratorCore

/// Documentation comments cannot be left, reordered or read as markup.
@Suite struct CommentTests {
  @Test(arguments: hostileTexts) func textStaysInsideTheComment(text: String) {
    let comment = DocComment("Before \(code: text) after.", "\(codes: [text, text])")
    let lines = comment.lines(width: 96)
    for line in lines {
      #expect(line.hasPrefix("///"))
      #expect(!line.unicodeScalars.contains { $0.properties.isBidiControl })
      #expect(!line.unicodeScalars.contains { $0.properties.generalCategory == .control })
      #expect(!line.contains { $0.isNewline })
      #expect(line.count <= 100)
      #expect(line.filter { $0 == "`" }.count.isMultiple(of: 2))
    }
    #expect(lines.joined().utf8.count < 1_000)
  }

  @Test func phrasesBreakBetweenSpans() {
    let long = Array(repeating: "word", count: 50).joined(separator: " ")
    let lines = DocComment("Conditional: \(phrase: long).").lines(width: 60)
    #expect(lines.count > 3)
    #expect(lines.allSatisfy { $0.filter { $0 == "`" }.count.isMultiple(of: 2) })
    #expect(lines.dropFirst().allSatisfy { $0.hasPrefix("/// `") })
  }

  @Test func longListsAreCut() {
    let values = (0..<100).map { "v\($0)" }
    let text = DocComment("\(codes: values)").lines(width: 90).joined()
    #expect(text.contains("`v59`") && !text.contains("`v60`"))
    #expect(text.hasSuffix("more"))
  }

  @Test func linesWrap() {
    let comment = DocComment("One two three four.", "Five.")
    #expect(
      comment.lines(width: 16) == ["/// One two", "/// three four.", "///", "/// Five."])
  }
}
