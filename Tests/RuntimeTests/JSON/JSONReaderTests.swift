import Foundation
import Testing

@testable import CommerceLayerJSON

@Suite struct JSONReaderTests {
  private func error(_ text: String, limits: JSONLimits = .init()) -> JSONError? {
    do throws(JSONError) {
      _ = try JSONDocument(parsing: text, limits: limits)
      return nil
    } catch {
      return error
    }
  }

  @Test func readsEveryKindOfValue() throws {
    let root = try JSONDocument(
      parsing: #" {"a":[1,-2.50e+3,true,false,null],"b":{"c":"x\n\u00e9\ud83d\ude00"},"":{} } "#
    ).root
    #expect(root["a"]?.elements.map(\.kind) == [.number, .number, .boolean, .boolean, .null])
    #expect(root["a"]?.elements.compactMap(\.number?.text) == ["1", "-2.50e+3"])
    #expect(root["b"]?["c"]?.string == "x\né😀")
    #expect(root[""]?.count == 0)
    #expect(root.members.map(\.key) == ["a", "b", ""])
  }

  @Test func keepsNumbersExact() throws {
    let text = "[123456789012345678901234567890,1.000000000000000005,-0,1E400]"
    let root = try JSONDocument(parsing: text).root
    #expect(root.value.text == text)
    #expect(root.elements.map { $0.integer } == [nil, nil, 0, nil])
  }

  @Test(arguments: [
    ("9223372036854775807", Int.max), ("-9223372036854775808", Int.min), ("10.0", 10),
    ("1e3", 1000),
    ("-1.50e1", -15), ("0.0e99", 0), ("1200e-2", 12),
  ])
  func readsWholeNumbers(text: String, value: Int) throws {
    #expect(try JSONDocument(parsing: text).root.integer == value)
  }

  @Test(arguments: [
    "9223372036854775808", "-9223372036854775809", "0.5", "1e300", "1e-1", "1e19",
    "1e99999999999999999999",
  ])
  func rejectsNumbersThatAreNotWholeOrDoNotFit(text: String) throws {
    #expect(try JSONDocument(parsing: text).root.integer == nil)
  }

  @Test func ofEqualKeysTheLastOneCounts() throws {
    let root = try JSONDocument(parsing: #"{"a":1,"\u0061":2}"#).root
    #expect(root["a"]?.integer == 2)
    #expect(root.value["a"]?.integer == 2)
  }

  @Test(arguments: [
    ("[1,]", JSONError.Kind.unexpectedByte, 1, 4, "/1"),
    ("{\"a\":1,}", .unexpectedByte, 1, 8, ""),
    ("{\"a\":{\"b\":[1,\n  tru]}}", .unexpectedByte, 2, 6, "/a/b/1"),
    ("[\"\\ud800\"]", .invalidEscape, 1, 3, "/0"),
    ("[\"a\tb\"]", .controlCharacter, 1, 4, "/0"),
    ("[01]", .invalidNumber, 1, 3, "/0"),
    ("[1] 2", .trailingContent, 1, 5, ""),
    ("[1", .unexpectedEnd, 1, 3, "/1"),
    ("", .unexpectedEnd, 1, 1, ""),
    ("{\"a/b~\":x}", .unexpectedByte, 1, 9, "/a~1b~0"),
    ("{\"/\u{301}\":x}", .unexpectedByte, 1, 8, "/~1\u{301}"),
  ])
  func saysWhereAndWhat(
    text: String, kind: JSONError.Kind, line: Int, column: Int, pointer: String
  ) throws {
    let found = try #require(error(text))
    #expect(found.kind == kind)
    #expect(found.line == line)
    #expect(found.column == column)
    if kind != .unexpectedEnd, kind != .trailingContent {
      #expect(found.pointer.utf8.elementsEqual(pointer.utf8))
    }
  }

  @Test func rejectsBytesThatAreNotUTF8() {
    for bytes: [UInt8] in [
      [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
      [0x22, 0xF5, 0x80, 0x80, 0x80, 0x22],
      [0x22, 0xE2, 0x82, 0x22], [0x22, 0xFF, 0x22], [0xFF, 0xFE, 0x5B, 0x00],
    ] {
      #expect(throws: JSONError.self) { try JSONDocument(parsing: bytes) }
    }
  }

  @Test func skipsAByteOrderMark() throws {
    #expect(try JSONDocument(parsing: [0xEF, 0xBB, 0xBF] + Array("[1]".utf8)).root.count == 1)
  }

  @Test func boundsDepthSizeAndValues() {
    let deep = String(repeating: "[", count: 100_000)
    #expect(error(deep)?.kind == .tooDeep)
    let limits = JSONLimits(depth: 2, bytes: 100, values: 3)
    #expect(error("[[1]]", limits: limits) == nil)
    #expect(error("[[[]]]", limits: limits)?.kind == .tooDeep)
    #expect(error("[1,2,3]", limits: limits)?.kind == .tooLarge)
    #expect(error(String(repeating: " ", count: 101), limits: limits)?.kind == .tooLarge)
  }

  @Test(arguments: [
    "[}", "{]", "[1}", #"{"a":1]"#, #"{"a":[}"#, #"[{"a":1]]"#, #"{"attributes":{"a":[1}}}"#,
    #"{"attributes":{"a":{"b":1]}}"#, "[1 2]", #"{"a" 1}"#, #"{"a":1 "b":2}"#, #"["a":1]"#,
    #"{1:2}"#,
  ])
  func rejectsWhatDoesNotFitTogether(text: String) {
    #expect(error(text)?.kind == .unexpectedByte)
    #expect(throws: JSONError.self) { try JSONDocument(parsingResources: Array(text.utf8)) }
  }

  /// Every character that must be escaped, at every place of the writer's eight-byte step.
  @Test func escapesEveryControlCharacterAtEveryOffset() throws {
    for code in UInt8(0)..<0x80 {
      for place in 0..<9 {
        let text = String(repeating: "x", count: place) + String(Unicode.Scalar(code)) + "yyyyyyyy"
        let long = text + String(repeating: "é", count: 20_000)
        for text in place == 0 ? [text, long] : [text] {
          let written = JSONValue.array([.string(text)]).bytes
          #expect(written.allSatisfy { $0 >= 0x20 })
          #expect(try JSONDocument(parsing: written).root.elements.map(\.string) == [text])
          var writer = JSONWriter()
          writer.write(text)
          #expect(writer.bytes == Array(written.dropFirst().dropLast()))
        }
      }
    }
  }

  @Test func writesWhatItReads() throws {
    let text = #"{"a":"\"\\\n\t\r\u0001é\#u{2028}","b":[{},[],null,true,1.50]}"#
    let value = try JSONValue(parsing: text)
    #expect(try JSONValue(parsing: value.text) == value)
    #expect(value["a"]?.string == "\"\\\n\t\r\u{1}é\u{2028}")
    #expect(value.text == text)
  }

  /// Strings of every length around the reader's eight-byte step, with each kind of awkward byte at
  /// each place.
  @Test func findsAwkwardBytesAtEveryOffset() throws {
    for length in 0..<20 {
      for place in 0...length {
        for piece in ["\\\"", "é", "\\u0041", "😀", "\u{7f}"] {
          let left = String(repeating: "x", count: place)
          let right = String(repeating: "y", count: length - place)
          let decoded = ["\\\"": "\"", "\\u0041": "A"][piece] ?? piece
          let root = try JSONDocument(parsing: "[\"\(left)\(piece)\(right)\"]").root
          #expect(root.elements.map(\.string) == [left + decoded + right])
        }
        let left = String(repeating: "x", count: place)
        #expect(error("[\"\(left)\u{1}abcdefgh\"]")?.offset == 2 + place)
      }
    }
  }
}
