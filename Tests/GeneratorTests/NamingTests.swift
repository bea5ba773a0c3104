import Spec
import Testing

@testable import GeneratorCore

@Suite struct NamingTests {
  @Test(arguments: [
    ("attachment_url", "attachmentURL"), ("sku_code", "skuCode"), ("url_x", "urlX"),
    ("parent_resource_id", "parentResourceID"), ("sku_ids", "skuIDs"), ("skus", "skus"),
    ("_interrupt", "interrupt"), ("line_1", "line1"), ("buy_x_pay_y", "buyXPayY"), ("id", "id"),
    ("iso_3_code", "iso3Code"), ("html_body", "htmlBody"), ("raw_html", "rawHTML"),
  ]) func members(wire: String, name: String) {
    #expect(WireName(wire, acronyms).lowerCamel == name)
    #expect(WireName(wire, acronyms).isUsual)
  }

  @Test(arguments: [
    ("sku", "SKU"), ("sku_option", "SKUOption"), ("import", "Import"),
    ("price_list", "PriceList"), ("paypal_gateway", "PaypalGateway"),
  ]) func types(wire: String, name: String) {
    #expect(WireName(wire, acronyms).upperCamel == name)
  }

  @Test func keywordsAreEscapedOrChanged() throws {
    let names = try members("in", "default", "self", "init", "return", "await")
    #expect(names["in"]?.source == "`in`")
    #expect(names["default"]?.source == "`default`")
    #expect(names["return"]?.source == "`return`")
    #expect(names["await"]?.source == "`await`")
    #expect(names["self"]?.source == "selfAttribute")
    #expect(names["init"]?.source == "initAttribute")
  }

  @Test func membersOfEveryResourceAreNotHidden() throws {
    let reserved = [
      "storage", "schema", "meta", "hash_value", "hash", "encode", "json_text", "is_terminal",
    ]
    let names = try MemberNames.forTesting(reserved + ["description", "links", "name", "status"])
    for wire in reserved {
      #expect(names.member(wire)?.name == WireName(wire, acronyms).lowerCamel + "Attribute")
    }
    for wire in ["description", "links", "name", "status"] {
      #expect(names.member(wire)?.name == wire)
    }
  }

  @Test func unusualSpellingsAlwaysCarryAHash() throws {
    let alone = try members("fooBar", "foo__baz", "qux_", "Ünï", "__x")
    #expect(alone["fooBar"]?.name == "fooBar_" + StableHash.digits(of: "fooBar"))
    #expect(Set(alone.values).count == 5)
    #expect(alone.values.allSatisfy { $0.name.contains("_") })
  }

  @Test func aTriggerAmongMembersKeepsItsUnderscore() throws {
    let names = try members("_capture", "capture")
    #expect(names["capture"]?.name == "capture")
    #expect(names["_capture"]?.name == "_capture")
  }

  @Test(arguments: [
    "line1", "u_r_l", "a_i_d", "sku_i_ds", "x_1_2", "3d_secure", "1_a", "type_attribute",
  ]) func whatCouldBeTakenForAnotherNameCarriesAHash(wire: String) throws {
    let name = try #require(try members(wire)[wire])
    #expect(name.name.hasSuffix("_" + StableHash.digits(of: wire)))
  }

  @Test func noTwoNamesOfTheWholeAPIAreTheSame() throws {
    // Every wire name the API has, all in one scope, and what differs from one by an underscore.
    var wires: Set<String> = []
    for resource in try SpecFolder.load(repositorySpec).resources {
      wires.formUnion(resource.attributes.keys)
      wires.formUnion(resource.relationships.keys)
    }
    for wire in wires {
      wires.insert(wire.replacing("_", with: ""))
      wires.insert("_" + wire)
      for index in wire.indices.dropFirst() {
        wires.insert(wire[..<index] + "_" + wire[index...])
      }
    }
    #expect(wires.count > 10_000)
    for style in [NameAllocator.Style.member, .verb, .type, .value] {
      let names = try NameAllocator(
        style: style, acronyms: acronyms, reserved: .members, suffix: "Attribute"
      )
      .names(for: wires, file: "", pointer: "")
      #expect(Set(names.values).count == wires.count)
    }
  }

  @Test func capitalsStayCapitalsInEnumerations() throws {
    let names = try NameAllocator(
      style: .value, acronyms: acronyms, reserved: .enumValues, suffix: "Value"
    )
    .names(for: ["USD", "usd", "MATCH_CODE", "match_code", "raw_value"], file: "", pointer: "")
    #expect(names["USD"]?.name == "USD")
    #expect(names["usd"]?.name == "usd")
    #expect(names["MATCH_CODE"]?.name == "MATCH_CODE")
    #expect(names["match_code"]?.name == "matchCode")
    #expect(names["raw_value"]?.name == "rawValueValue")
  }

  @Test(arguments: hostileTexts) func anyTextGivesAnIdentifier(text: String) throws {
    for style in [NameAllocator.Style.member, .verb, .type, .value] {
      let names = try NameAllocator(
        style: style, acronyms: acronyms, reserved: .members, suffix: "X"
      )
      .names(for: [text, "other"], file: "", pointer: "")
      let name = try #require(names[text])
      #expect(Identifier.isPlain(name.name))
      #expect(name.name.utf8.count < 160)
    }
  }

  @Test func hashesAreStable() {
    #expect(StableHash.digits(of: "fooBar") == StableHash.digits(of: "fooBar"))
    #expect(StableHash.digits(of: "") == "4fd0bfc1")
  }

  private func members(_ wires: String...) throws -> [String: Identifier] {
    try NameAllocator(style: .member, acronyms: acronyms, reserved: .members, suffix: "Attribute")
      .names(for: wires, file: "test", pointer: "")
  }
}

extension MemberNames {
  static func forTesting(_ wires: [String]) throws -> MemberNames {
    let spec = ResourceSpec(
      resource: "things", singular: "thing",
      attributes: Dictionary(
        uniqueKeysWithValues: wires.map { ($0, AttributeSpec(type: .string)) }))
    return try MemberNames(spec, file: "things.json")
  }
}
