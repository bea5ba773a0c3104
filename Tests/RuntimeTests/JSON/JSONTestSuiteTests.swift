import Foundation
import Testing

@testable import CommerceLayerJSON

/// JSONTestSuite: what a reader of RFC 8259 must accept and reject, and what we do where it may
/// choose.
@Suite struct JSONTestSuiteTests {
  /// What we do with the files whose outcome the RFC leaves open, and why.
  private static let policy: [(reads: Bool, why: String, files: [String])] = [
    (
      true,
      "numbers of any size and precision keep their exact text; converting them is a later step",
      [
        "number_double_huge_neg_exp", "number_huge_exp", "number_neg_int_huge_exp",
        "number_pos_double_huge_exp", "number_real_neg_overflow", "number_real_pos_overflow",
        "number_real_underflow", "number_too_big_neg_int", "number_too_big_pos_int",
        "number_very_big_negative_int",
      ]
    ),
    (
      true, "RFC 8259 §8.1 lets a reader skip a byte order mark, and some producers write one",
      ["structure_UTF-8_BOM_empty_object"]
    ),
    (
      false,
      "half a surrogate pair names no character: a String cannot hold it, so it cannot be sent on",
      [
        "object_key_lone_2nd_surrogate", "string_1st_surrogate_but_2nd_missing",
        "string_1st_valid_surrogate_2nd_invalid", "string_incomplete_surrogate_and_escape_valid",
        "string_incomplete_surrogate_pair", "string_incomplete_surrogates_escape_valid",
        "string_invalid_lonely_surrogate", "string_invalid_surrogate",
        "string_inverted_surrogates_U+1D11E", "string_lone_second_surrogate",
      ]
    ),
    (
      false, "RFC 8259 §8.1: text between systems is UTF-8; replacing bad bytes would change data",
      [
        "string_UTF-8_invalid_sequence", "string_UTF8_surrogate_U+D800", "string_invalid_utf-8",
        "string_iso_latin_1", "string_lone_utf8_continuation_byte", "string_not_in_unicode_range",
        "string_overlong_sequence_2_bytes", "string_overlong_sequence_6_bytes",
        "string_overlong_sequence_6_bytes_null", "string_truncated-utf-8",
      ]
    ),
    (
      false, "RFC 8259 §8.1: UTF-16 is not for interchange; the message says at which byte",
      ["string_UTF-16LE_with_BOM", "string_utf16BE_no_BOM", "string_utf16LE_no_BOM"]
    ),
    (
      false, "deeper than JSONLimits.depth, 64; 500 levels are a caller's choice of limits",
      ["structure_500_nested_arrays"]
    ),
  ]

  private static let folder = "json-test-suite/test_parsing"

  private func read(_ name: String, limits: JSONLimits = .init()) throws -> JSONError? {
    let bytes = try FixtureFiles.bytes("\(Self.folder)/\(name)")
    do throws(JSONError) {
      _ = try JSONDocument(parsing: bytes, limits: limits)
      return nil
    } catch {
      return error
    }
  }

  @Test func theSuiteIsWhole() {
    let files = FixtureFiles.files(in: Self.folder)
    let counts = Dictionary(grouping: files) { $0.prefix(2) }.mapValues(\.count)
    #expect(counts == ["y_": 95, "n_": 188, "i_": 35])
  }

  @Test(arguments: FixtureFiles.files(in: folder).filter { $0.hasPrefix("y_") })
  func acceptsWhatMustBeAccepted(name: String) throws {
    #expect(try read(name) == nil)
  }

  @Test(arguments: FixtureFiles.files(in: folder).filter { $0.hasPrefix("n_") })
  func rejectsWhatMustBeRejected(name: String) throws {
    let error = try #require(try read(name))
    #expect(error.line >= 1 && error.column >= 1 && !error.message.isEmpty)
  }

  @Test func everyOpenCaseHasAPolicyAndFollowsIt() throws {
    var open = Set(FixtureFiles.files(in: Self.folder).filter { $0.hasPrefix("i_") })
    for rule in Self.policy {
      for file in rule.files {
        let name = "i_\(file).json"
        #expect(open.remove(name) != nil, "\(name) is missing or named twice")
        #expect((try read(name) == nil) == rule.reads, "\(name): \(rule.why)")
      }
    }
    #expect(open.isEmpty, "without a policy: \(open.sorted())")
  }

  @Test func deepNestingIsAChoiceOfLimits() throws {
    var limits = JSONLimits()
    limits.depth = 500
    #expect(try read("i_structure_500_nested_arrays.json", limits: limits) == nil)
    limits.depth = .max
    let error = try #require(try read("n_structure_100000_opening_arrays.json", limits: limits))
    #expect(error.kind == .tooDeep && error.offset == JSONLimits.maximumDepth)
  }

  /// What reading and writing again makes of texts that other readers change.
  @Test(arguments: [
    ("number_-9223372036854775808", "[-9223372036854775808]"),
    ("number_-9223372036854775809", "[-9223372036854775809]"),
    ("number_1.0", "[1.0]"), ("number_1.000000000000000005", "[1.000000000000000005]"),
    ("number_1000000000000000", "[1000000000000000]"),
    ("number_10000000000000000999", "[10000000000000000999]"), ("number_1e-999", "[1E-999]"),
    ("number_1e6", "[1E6]"), ("number_9223372036854775807", "[9223372036854775807]"),
    ("number_9223372036854775808", "[9223372036854775808]"),
    ("object_key_nfc_nfd", "{\"\u{e9}\":\"NFC\",\"e\u{301}\":\"NFD\"}"),
    ("object_key_nfd_nfc", "{\"e\u{301}\":\"NFD\",\"\u{e9}\":\"NFC\"}"),
    ("object_same_key_different_values", #"{"a":1,"a":2}"#),
    ("object_same_key_same_value", #"{"a":1,"a":1}"#),
    ("object_same_key_unclear_values", #"{"a":0,"a":-0}"#),
    ("string_1_escaped_invalid_codepoint", nil), ("string_1_invalid_codepoint", nil),
    ("string_2_escaped_invalid_codepoints", nil), ("string_2_invalid_codepoints", nil),
    ("string_3_escaped_invalid_codepoints", nil), ("string_3_invalid_codepoints", nil),
    ("string_with_escaped_NULL", #"["A\u0000B"]"#),
  ])
  func nothingIsChangedOnTheWayThrough(name: String, written: String?) throws {
    let bytes = try FixtureFiles.bytes("json-test-suite/test_transform/\(name).json")
    let value = try? JSONDocument(parsing: bytes).root.value
    #expect(value.map { Array($0.text.utf8) } == written.map { Array($0.utf8) })
  }

  @Test func keysThatOnlyLookAlikeAreTwoKeys() throws {
    let bytes = try FixtureFiles.bytes("json-test-suite/test_transform/object_key_nfc_nfd.json")
    let root = try JSONDocument(parsing: bytes).root
    for object in [root["\u{e9}"]?.string, root.value["\u{e9}"]?.string] {
      #expect(object == "NFC")
    }
    for object in [root["e\u{301}"]?.string, root.value["e\u{301}"]?.string] {
      #expect(object == "NFD")
    }
    #expect(root.value != ["\u{e9}": "NFC"])
  }
}
