import Spec
import Testing

@testable import GeneratorCore

/// What creating takes: the order of the arguments, alternatives, conditions; and what comments say.
@Suite struct RequestPlanTests {
  private func arguments(_ spec: ResourceSpec) throws -> [String] {
    try #require(try Generator.plans(for: [spec]).first?.create).arguments.map {
      $0.isOptional ? $0.wire + "?" : $0.wire
    }
  }

  @Test func argumentsStandInTheDocumentationsOrderRequiredOnesFirst() throws {
    let attributes = """
      {"a": {"type": "string", "create": "optional"}, "b": {"type": "string", "create": "required"},
       "c": {"type": "string", "create": "required"}, "late": {"type": "string", "create": "optional"},
       "z": {"type": "object", "create": "required"}}
      """
    let relationships = #"{"r": {"cardinality": "one", "resource": "rs", "create": "required"}}"#
    let plain = try resource(
      operations: [.create], attributes: attributes, relationships: relationships)
    #expect(try arguments(plain) == ["b", "c", "z", "r", "a?", "late?"])
    var ordered = plain
    ordered.order = ["r", "z", "c", "a", "b"]
    #expect(try arguments(ordered) == ["r", "z", "c", "b", "a?", "late?"])
  }

  @Test func alternativesAreOptionalArgumentsOfWhichOneIsRequired() throws {
    let spec = try resource(
      "prices", singular: "price", operations: [.create],
      attributes: """
        {"amount_cents": {"type": "integer", "create": "required"},
         "sku_code": {"type": "string", "create": "optional"}}
        """,
      relationships: #"{"sku": {"cardinality": "one", "resource": "skus", "create": "required"}}"#,
      more: """
        {"alternatives": {"sku": {"members": ["sku", "sku_code"], "create": "required"}}}
        """)
    #expect(try arguments(spec) == ["amount_cents", "sku_code?", "sku?"])
    expect(
      try generate(spec),
      contains: """
        /// Required: `amount_cents`.
        ///
        /// Required: At least one of `sku`, `sku_code`.
        """)
  }

  @Test func commentsSayWhatTheFactsSay() throws {
    let text = try generate(
      resource(
        operations: [.create, .update],
        attributes: """
          {"count": {"type": "integer", "create": "optional", "default": 1, "example": 3,
                     "never_null": true, "prohibited": true},
           "code": {"type": "string", "create": "conditional", "id": true, "confidential": true,
                    "create_condition": {"text": "if count is 1", "when": {"count": [1]}}},
           "kind": {"type": "string", "default": "*/ `x`"}}
          """))
    expect(
      text,
      contains: """
        /// `code`: id of a resource. Required on create `if count is 1`. A secret.
        """)
    expect(
      text,
      contains: """
        /// `count`: integer. Optional on create. The default on create is `1`. Example: `3`. Never null.
        /// Sales channels cannot set it.
        """)
    expect(
      text,
      contains: """
        /// `kind`: string. The default on create is `*/ 'x'`.
        """)
    expect(text, contains: "/// Required under a condition: `code` `if count is 1`.")
    #expect(!text.contains(#""example""#), "the table has what programs act on")
    #expect(text.contains(#"\"default\":1"#) || text.contains(#""default":1"#))
  }

  @Test func triggersSayWhatTheyChange() throws {
    func comment(_ effect: String) throws -> String {
      let text = try generate(
        resource(
          operations: [.update],
          attributes: """
            {"at": {"type": "datetime"}, "by": {"type": "string"}, "status": {"type": "string"},
             "_go": {"type": "boolean", "trigger": true, "update": "optional"\(effect)}}
            """,
          relationships: #"{"tags": {"cardinality": "many", "resource": "tags"}}"#))
      let lines = text.split(separator: "\n").map { $0.drop { $0 == " " } }
      let line = try #require(lines.firstIndex { $0.hasPrefix("/// Sends the trigger") })
      return lines[line...].prefix { $0.hasPrefix("///") }.map { $0.dropFirst(4) }
        .joined(separator: " ")
    }
    let silent = "Sends the trigger `_go`. The documentation does not say what it changes."
    #expect(try comment("") == silent)
    #expect(try comment(#", "effect": {"unknown": true, "source": "s"}"#) == silent)
    #expect(
      try comment(#", "effect": {"sets": {"at": "$now"}, "source": "s"}"#)
        == "Sends the trigger `_go`. Sets `at` to the current time.")
    #expect(
      try comment(
        """
        , "idempotent": true, "effect": {"sets": {"status": "done", "by": "$value"}, "clears": ["at"],
          "adds_to": "tags", "source": "s"}
        """)
        == "Sends the trigger `_go`. Sets `by` to the value, sets `status` to `done`, clears `at` and "
        + "adds what the value names to `tags`. Sending it again changes nothing more.")
  }
}
