import Foundation
import Spec
import Testing

@testable import GeneratorCore

/// What joins the spec renames nothing that was there, and equal specs give equal bytes.
@Suite struct StabilityTests {
  static let names = ["status", "attachment_url", "line_1", "_interrupt", "fooBar", "type_id"]

  @Test(arguments: [
    "a", "zz", "Status", "STATUS", "sta_tus", "attachmentURL", "attachmentUrl", "attachment__url",
    "line_1_", "foo_bar", "foobar", "FooBar", "typeId", "status_", "-status", "état", "line1",
    "interrupt", "__interrupt", "attachment_u_r_l",
  ]) func aNewFieldRenamesNothing(new: String) throws {
    let before = try MemberNames.forTesting(Self.names)
    let after = try MemberNames.forTesting(Self.names + [new])
    for wire in Self.names { #expect(before.member(wire) == after.member(wire)) }
  }

  @Test func aNewValueRenamesNothing() throws {
    let values = ["pending", "USD", "a-b", "in_progress"]
    func names(_ values: [String]) throws -> [String: Identifier] {
      try NameAllocator(style: .value, acronyms: acronyms, reserved: .enumValues, suffix: "Value")
        .names(for: values, file: "", pointer: "")
    }
    let before = try names(values)
    for new in ["Pending", "usd", "a_b", "a.b", "inProgress", "PENDING", ""] {
      let after = try names(values + [new])
      for value in values { #expect(before[value] == after[value]) }
    }
  }

  @Test func noResourceOfTheAPIRenamesAnother() throws {
    // What a file says without some of the other resources: the same names, and the same bytes unless
    // it leads to one of those or has one as a member of its family. Nine go at a time, since every plan is
    // made again for each time: every ninth of the alphabet and then neighbors, so that no two go
    // together both times.
    let folder = try SpecFolder.load(repositorySpec)
    let resources = folder.resources
    func plans(_ resources: [ResourceSpec]) throws -> [ResourcePlan] {
      try Generator.plans(for: resources, predicates: folder.service.predicates)
    }
    let all = try plans(resources)
    let size = 9
    let times = (resources.count + size - 1) / size
    let groups = (0..<times).flatMap { time in
      [
        resources.indices.filter { $0 % times == time },
        resources.indices.filter { $0 / size == time },
      ]
    }
    for group in groups {
      let gone = Set(group.map { resources[$0].resource })
      let rest = resources.filter { !gone.contains($0.resource) }
      let before = try plans(rest)
      #expect(before.count == rest.count && rest.count < all.count)
      for (old, new) in zip(before, all.filter { !gone.contains($0.resource) }) {
        #expect(Self.names(of: old) == Self.names(of: new), "\(new.resource) without \(gone)")
        let spec = try #require(resources.first { $0.resource == new.resource })
        let speaksOfThem =
          spec.relationships.values.contains { $0.resource.map(gone.contains) ?? false }
          || spec.members?.contains(where: gone.contains) == true
        if !speaksOfThem { #expect(old == new, "\(new.resource) without \(gone)") }
      }
    }
  }

  @Test func noAttributeOfTheAPIRenamesAnother() throws {
    let resources = try SpecFolder.load(repositorySpec).resources
    for resource in resources {
      let all = try MemberNames(resource, file: "")
      for gone in resource.attributes.keys {
        var without = resource
        without.attributes[gone] = nil
        let before = try MemberNames(without, file: "")
        for wire in without.attributes.keys {
          #expect(before.member(wire) == all.member(wire))
          #expect(before.nestedType(wire) == all.nestedType(wire))
          #expect(before.verb(wire) == all.verb(wire))
        }
      }
    }
  }

  /// Every name that a user of the resource can write.
  private static func names(of plan: ResourcePlan) -> [String] {
    let arguments = (plan.create?.arguments ?? []) + (plan.update?.arguments ?? [])
    let members = plan.members
    return [plan.typeName.name, plan.clientProperty.name.name]
      + (plan.accessors.map(\.name) + plan.enums.map(\.name) + arguments.map(\.name)
      + plan.enums.flatMap(\.values).map(\.name) + members.filters.map(\.name)
      + members.paths.map(\.name) + members.steps.map(\.name) + members.verbs.map(\.name)
      + members.related.map(\.name)
      + (members.sorts + members.sortOnly + members.fields + members.includes).map(\.name)
      + plan.traits.map(\.trait)).map(\.name)
  }

  @Test func aNewResourceChangesNoOtherFile() throws {
    let first = try resource(
      attributes: #"{"status": {"type": "string", "values": ["a"]}}"#,
      relationships: #"{"x": {"cardinality": "one", "resource": "others"}}"#)
    let before = try generate(first)
    #expect(try generate(first, resource("statuses", singular: "status")) == before)
    #expect(try generate(first, resource("others", singular: "other")) != before)
  }

  @Test func anEditLeavesTheBodyOfTheTypeAsItWas() throws {
    // The compiler recompiles what uses a type when the type's body changes; getters' bodies do not
    // count. See docs/decisions.
    func interface(_ text: String) throws -> String {
      let start = try #require(text.range(of: "public struct Thing: Resource {"))
      let end = try #require(text.range(of: "\n}\n"))
      return text[start.lowerBound..<end.lowerBound].split(separator: "\n")
        .filter { !$0.contains("#\"") }.joined(separator: "\n")
    }
    let before = try generate(
      resource(attributes: #"{"a": {"type": "string", "filter": true, "sort": true}}"#))
    let after = try generate(
      resource(
        attributes: """
          {"a": {"type": "string", "filter": true}, "b": {"type": "integer", "sort": true}}
          """))
    #expect(before != after)
    #expect(try interface(before) == interface(after))
  }

  @Test func theRuntimesTypesGetNoMembersOfTheirOwn() throws {
    let text = try generate(
      resource(
        attributes: #"{"a": {"type": "string", "filter": true, "sort": true}}"#,
        relationships: #"{"x": {"cardinality": "one", "include": true}}"#))
    for generic in ["Filter", "SortKey", "FieldName", "Include", "ResourceClient"] {
      #expect(!text.contains("extension \(generic) where"))
      let conformances = text.split(separator: "\n").filter {
        $0.hasPrefix("extension \(generic):")
      }
      #expect(conformances.count == 1)
      #expect(conformances.allSatisfy { $0.hasSuffix("where Root == Thing {}") })
    }
  }

  @Test func generationIsDeterministic() throws {
    let specs = try (0..<20).map { index in
      try resource(
        "r\(index)s", singular: "r\(index)", operations: [.create, .list],
        attributes: """
          {"a": {"type": "string", "values": ["x", "y", "z"], "create": "optional"},
           "b": {"type": "integer", "filter": true}, "c": {"type": "float", "sort": true}}
          """)
    }
    let service = try service()
    let first = try Generator.files(for: SpecFolder(resources: specs, service: service))
    for _ in 0..<5 {
      let again = try Generator.files(
        for: SpecFolder(resources: specs.shuffled(), service: service))
      #expect(again == first)
    }
  }

  @Test func resourcesThatCannotBeToldApartAreRejected() throws {
    let service = try service()
    func error(_ resources: ResourceSpec...) -> SpecError? {
      #expect(throws: SpecError.self) {
        try Generator.files(for: SpecFolder(resources: resources, service: service))
      }
    }
    let things = try resource()
    #expect(error(things, try resource("Things", singular: "thing2"))?.file == "things.json")
    #expect(error(things, try resource("stuff", singular: "thing"))?.pointer == "/singular")
    #expect(error(try resource("service", singular: "x"))?.file == "service.json")
    #expect(
      error(ResourceSpec(resource: "../../etc/x", singular: "x"))?.message
        .contains("names a file") == true)
  }
}
