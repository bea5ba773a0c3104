import Spec
import Testing

@testable import GeneratorCore

/// The reserved tables are part of the public names: a resource that collides gets a suffix.
@Suite struct ReservedNamesTests {
  @Test(arguments: [
    ("void", "VoidResource"), ("bundle", "BundleResource"), ("package", "PackageResource"),
    ("notification", "NotificationResource"), ("string", "StringResource"),
    ("process", "ProcessResource"), ("url", "URLResource"), ("data", "DataResource"),
    ("task", "TaskResource"), ("page", "PageResource"), ("filter", "FilterResource"),
    ("resource", "ResourceResource"), ("value", "ValueResource"), ("self", "SelfResource"),
    ("error", "ErrorResource"), ("update", "UpdateResource"), ("filters", "FiltersResource"),
    ("any", "AnyResource_e3d797d4"), ("foundation", "FoundationResource"),
    ("result", "ResultResource"), ("locale", "LocaleResource"),
  ]) func collidingResourcesGetASuffix(singular: String, type: String) throws {
    let spec = try resource("x\(singular)s", singular: singular)
    #expect(try Generator.plans(for: [spec]).first?.typeName.name == type)
  }

  @Test(arguments: ["tag", "link", "version", "transaction", "capture", "order", "event", "import"])
  func othersStayFree(singular: String) throws {
    let name = WireName(singular, acronyms).upperCamel
    #expect(ReservedNames.resourceTypes.reason(for: name) == nil)
  }

  @Test func everyReasonIsGivenOnce() {
    for table in [
      ReservedNames.resourceTypes, .members, .queryStatics, .enumValues, .nestedTypes,
      .clientMethods, .clientProperties, .predicates,
    ] {
      #expect(table.groups.allSatisfy { !$0.reason.isEmpty && !$0.names.isEmpty })
      #expect(Set(table.groups.map(\.reason)).count == table.groups.count)
    }
  }

  @Test func nestedTypesDoNotHideWhatAccessorsNeed() throws {
    let text = try generate(
      resource(
        attributes: """
          {"string": {"type": "string", "values": ["a"]},
           "date": {"type": "string", "values": ["a"]},
           "create": {"type": "string", "values": ["a"]},
           "filters": {"type": "string", "values": ["a"]},
           "market": {"type": "string", "values": ["a"]}}
          """, relationships: #"{"home": {"cardinality": "one", "resource": "markets"}}"#),
      resource("markets", singular: "market"))
    for name in ["StringValue", "DateValue", "CreateValue", "FiltersValue", "Market"] {
      expect(text, contains: "public struct \(name): OpenEnum {")
    }
    expect(text, contains: "public typealias Thing_Market = Market")
    expect(text, contains: "public var home: Thing_Market? {")
  }

  @Test func methodsOfTheClientAreNotHidden() throws {
    let text = try generate(
      resource(
        operations: [.update],
        attributes: """
          {"_update": {"type": "boolean", "update": "optional", "trigger": true},
           "_trigger": {"type": "boolean", "update": "optional", "trigger": true}}
          """))
    expect(text, contains: "public var updateTrigger: Trigger<Thing>")
    expect(text, contains: "public var triggerTrigger: Trigger<Thing>")
  }
}
