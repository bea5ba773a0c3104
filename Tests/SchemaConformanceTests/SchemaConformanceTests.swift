@_spi(Generated) import CommerceLayer
import Foundation
import Testing

/// A resource by its probe, with a name for the reports.
struct Probed: Sendable, CustomTestStringConvertible {
  let probe: any ResourceProbe.Type
  var schema: ResourceSchema { probe.schema }
  var testDescription: String { probe.schema.name }
  static let all = GeneratedProbes.all.map { Probed(probe: $0) }
}

/// Everything the schema says of every resource holds for the generated client: a test a claim, a
/// case a resource.
@Suite struct SchemaConformanceTests {
  @Test func everyResourceHasAProbe() {
    #expect(Probed.all.map(\.schema.name) == CommerceLayerService.schemas.map(\.name))
    #expect(!Probed.all.isEmpty)
  }

  @Test(arguments: Probed.all) func everyAttributeIsReadable(resource: Probed) throws {
    let seen = try decode(resource, SampleValue.document(resource.schema)).seen
    expectEverything(of: resource.schema, in: seen)
  }

  @Test(arguments: Probed.all) func absentAndNullReadAsNil(resource: Probed) throws {
    let bare: JSONValue = ["id": "some-id", "type": .string(resource.schema.name)]
    let seen = try decode(resource, bare).seen
    #expect(seen.attributes.isEmpty && seen.relationships.isEmpty)
    let nulls = try decode(resource, SampleValue.document(resource.schema) { _ in .null }).seen
    #expect(nulls.attributes.isEmpty)
  }

  @Test(arguments: Probed.all) func documentsSurviveUnchanged(resource: Probed) throws {
    let document = SampleValue.document(resource.schema)
    let again = try decode(resource, document).encoded
    #expect(try JSONDecoder().decode(JSONValue.self, from: again) == document)
  }

  @Test(arguments: Probed.all.filter { $0.schema.isFamily })
  func membersReadAsTheBaseTypeOfTheirFamily(resource: Probed) throws {
    let schema = resource.schema
    let known = Set(CommerceLayerService.schemas.map(\.name))
    for member in schema.members + ["members_that_join"] {
      let document = SampleValue.document(schema, type: member)
      let (seen, _) = try decode(resource, document)
      #expect(seen.type == member)
      expectEverything(of: schema, in: seen, type: member)
      let family = try #require(
        try resource.probe.readFamily(JSONEncoder().encode(document)), "\(member)")
      #expect(family.kind == member)
      #expect(family.members == (known.contains(member) ? [member] : []))
      #expect(family.kinds == Dictionary(uniqueKeysWithValues: schema.members.map { ($0, $0) }))
      if let encoded = family.encoded {
        #expect(try JSONDecoder().decode(JSONValue.self, from: encoded) == document)
      }
    }
  }

  @Test(arguments: Probed.all) func unknownEnumValuesSurvive(resource: Probed) throws {
    let document = SampleValue.document(resource.schema) {
      $0.values.isEmpty ? SampleValue.json($0) : "not_documented"
    }
    let (seen, encoded) = try decode(resource, document)
    for attribute in resource.schema.attributes where !attribute.values.isEmpty {
      guard attribute.isTypedEnum else { continue }
      #expect(seen.attributes[attribute.name] == "not_documented", "\(attribute.name)")
    }
    #expect(try JSONDecoder().decode(JSONValue.self, from: encoded) == document)
  }

  @Test(arguments: Probed.all) func everyDocumentedValueIsRead(resource: Probed) throws {
    let most = resource.schema.attributes.map(\.values.count).max() ?? 0
    for index in 0..<most {
      let document = SampleValue.document(resource.schema) {
        $0.values.isEmpty ? SampleValue.json($0) : .string($0.values[index % $0.values.count])
      }
      let seen = try decode(resource, document).seen
      for attribute in resource.schema.attributes where !attribute.values.isEmpty {
        guard attribute.isTypedEnum else { continue }
        #expect(
          seen.attributes[attribute.name] == document["attributes"]?[attribute.name],
          "\(attribute.name)")
      }
    }
  }

  /// An attribute with a value of another type reads as nil, or as it is where any JSON is a value; everything
  /// else of the resource is there.
  @Test(arguments: Probed.all) func aValueOfAnotherTypeIsNilAlone(resource: Probed) throws {
    let readable = resource.schema.attributes.filter { $0.isReadable && $0.name != "type" }
    for attribute in readable {
      guard let wrong = Self.wrong[attribute.type] else { continue }
      let document = SampleValue.document(resource.schema) {
        $0.name == attribute.name ? wrong : SampleValue.json($0)
      }
      let (seen, encoded) = try decode(resource, document)
      // An accessor of any JSON gives the value as it is.
      let isRaw = attribute.type == .object || attribute.type == .array
      let value = seen.attributes[attribute.name]
      #expect(value == nil || isRaw && value == wrong, "\(attribute.name)")
      #expect(seen.attributes.count == readable.count - (value == nil ? 1 : 0), "\(attribute.name)")
      #expect(
        try JSONDecoder().decode(JSONValue.self, from: encoded) == document, "\(attribute.name)")
    }
  }

  /// What no value of a type may look like.
  private static let wrong: [ResourceSchema.AttributeType: JSONValue] = [
    .string: [], .integer: [], .float: [], .boolean: [], .datetime: [], .object: 1, .array: 1,
  ]

  // MARK: - Helpers

  private func decode(
    _ resource: Probed, _ document: JSONValue
  ) throws -> (seen: Seen, encoded: Data) {
    try resource.probe.decode(JSONEncoder().encode(document))
  }
}

extension ResourceSchema.Attribute {
  /// Whether an accessor reads it as an open enumeration: `type` is the document's own member.
  fileprivate var isTypedEnum: Bool {
    isReadable && type == .string && name != "type" && !values.isEmpty
  }
}

/// Every readable attribute has the value of the sample document, every relationship its ids.
func expectEverything(
  of schema: ResourceSchema, in seen: Seen, type: String? = nil,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(
    seen.id == "some-id" && seen.type == type ?? schema.name, sourceLocation: sourceLocation)
  let readable = schema.attributes.filter { $0.isReadable && $0.name != "type" }
  for attribute in readable {
    #expect(
      seen.attributes[attribute.name] == SampleValue.json(attribute), "\(attribute.name)",
      sourceLocation: sourceLocation)
  }
  #expect(seen.attributes.count == readable.count, sourceLocation: sourceLocation)
  for relationship in schema.relationships {
    let ids = relationship.isToMany ? ["1", "2"] : ["1"]
    #expect(
      seen.relationships[relationship.name] == ids.map { "\(relationship.name)-\($0)" },
      "\(relationship.name)", sourceLocation: sourceLocation)
  }
  #expect(
    seen.relationships.count == schema.relationships.count, sourceLocation: sourceLocation)
}
