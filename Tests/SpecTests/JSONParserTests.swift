import Foundation
import Spec
import Testing

/// What is not JSON is an error with its place; nothing is guessed.
@Suite struct JSONParserTests {
  private func problem(_ bytes: [UInt8]) -> String? {
    do throws(SpecError) {
      _ = try JSONTree.parse(Data(bytes), file: "f.json")
      return nil
    } catch {
      return error.message
    }
  }

  @Test(arguments: [
    ("", "the text ends where a value was expected, at line 1, column 1"),
    ("{\n  \"a\": 1,\n  \"b\" 2\n}", "':' was expected, at line 3, column 7"),
    ("{\r\n  \"a\": 1,\r\n  b: 2\r\n}", "a key was expected, at line 3, column 3"),
    ("[\r1,\r,]", "a value was expected, at line 3, column 1"),
    ("[1\n 2]", "',' or ']' was expected, at line 2, column 2"),
    ("{\"a\": \"b\n\"}", "a string is not closed on its line, at line 1, column 9"),
    ("[\"\u{1}\"]", "a control character stands in a string, at line 1, column 3"),
    ("[\"a\\x\"]", "a backslash begins an escape that JSON does not have, at line 1, column 5"),
    ("[\"\\u12g4\"]", "an escape needs four hexadecimal digits, at line 1, column 7"),
    ("[\"\\ud83d\"]", "half of a surrogate pair, at line 1, column 9"),
    ("[\"\\ud83d\\u0041\"]", "half of a surrogate pair, at line 1, column 9"),
    ("[\"\\udc00\"]", "half of a surrogate pair, at line 1, column 9"),
    ("[01]", "a number does not begin with 0, at line 1, column 4"),
    ("[-]", "a digit was expected, at line 1, column 3"),
    ("[1e999]", "the number is too large, at line 1, column 7"),
    ("[tru]", "'true' was expected, at line 1, column 5"),
    ("\u{FEFF}[,]", "a value was expected, at line 1, column 2"),
    ("1 2", "text follows the value, at line 1, column 3"),
  ])
  func errorsSayWhatIsWrongAndWhere(text: String, message: String) {
    #expect(problem(Array(text.utf8)) == "is not valid JSON: \(message)")
  }

  /// The place is that of the second key, which is what must go.
  @Test func aKeyThatIsThereTwiceIsAnError() {
    let message = problem(Array("{\"a\": {},\n \"b\": 1,\n \"\\u0061\": [1,\n2]}".utf8))
    #expect(message == "is not valid JSON: the key 'a' is there twice, at line 3, column 2")
    let long = String(repeating: "k", count: 100_000)
    #expect((problem(Array("{\"\(long)\":1,\"\(long)\":1}".utf8))?.count ?? .max) < 200)
  }

  @Test func nestingIsBounded() {
    func nested(_ depth: Int) -> [UInt8] {
      Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
    }
    #expect(problem(nested(65)) == nil)
    #expect(
      problem(nested(66)) == "is not valid JSON: is nested too deeply, at line 1, column 66")
    #expect(problem(Array(String(repeating: "{\"a\":", count: 1_000_000).utf8)) != nil)
  }

  @Test func whatIsNotUTF8IsAnError() {
    #expect(problem([0x22, 0xC3, 0x22])?.contains("a string is not UTF-8") == true)
    #expect(problem([0x22, 0x5C, 0x6E, 0xFF, 0x22])?.contains("a string is not UTF-8") == true)
    #expect(problem([0xFF]) == "is not valid JSON: a value was expected, at line 1, column 1")
  }

  @Test func aByteOrderMarkIsPassedOver() throws {
    let tree = try JSONTree.parse(Data("\u{FEFF} {\"a\": \"é😀\\ud83d\\ude00\"}".utf8), file: "f")
    #expect(tree == .object(["a": .string("é😀😀")]))
  }

  /// JSONTestSuite: `y_` must be read, `n_` must not.
  @Test func theTestSuiteOfRFC8259IsKept() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fixtures/json-test-suite/test_parsing")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(files.count > 300)
    // Equal keys are valid JSON; in a file of the spec one of them is a mistake.
    let twice: Set<String> = [
      "y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json",
    ]
    for file in files {
      let problem = problem(Array(try Data(contentsOf: folder.appending(path: file))))
      switch file.prefix(2) {
      case "y_": #expect((problem == nil) != twice.contains(file), "\(file): \(problem ?? "read")")
      case "n_": #expect(problem != nil, "\(file) was read")
      default: break
      }
    }
  }
}
