import Foundation
import Spec
import Testing

/// A profile is data that somebody writes by hand: what is wrong in it is said, never ignored.
@Suite struct ProfileFileTests {
  private func profile(_ text: String) throws -> Profile {
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).json")
    try Data(text.utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    return try Profile.load(file)
  }

  private func error(_ text: String) -> String {
    do {
      return "no error; \(try profile(text))"
    } catch {
      return "\(error)"
    }
  }

  @Test func anEmptyProfileIsAPlainJSONAPI() throws {
    let plain = try profile("{}")
    #expect(plain == Profile())
    #expect(plain.basePath == "/")
    #expect(plain.code.vocabulary == nil)
    #expect(!plain.isTrigger("_cancel"))
    #expect(!plain.pages.hasPrefixedArguments)
  }

  @Test func theProfileThatIsCompiledInIsTheOneOfTheRepository() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Spec")
    #expect(try Profile.load(in: folder) == .commerceLayer)
    #expect(
      try SpecFolder.load(service: folder.appending(path: "service.json")) == .commerceLayer)
    #expect(Profile.commerceLayer.isTrigger("_cancel"))
    #expect(!Profile.commerceLayer.isTrigger("_"))
  }

  @Test(arguments: [
    "", "/", "api", "/api", "api/", "//", "/a//b/", "/../", "/./", "/A/", "/a b/", "/%2e/", "/a?/",
    "/\u{202E}/", "https://x/",
  ]) func takesOnlyPathsAsTheBasePath(path: String) throws {
    let text = #"{"base_path": "\#(path)"}"#
    if path == "/" {
      #expect(try profile(text).basePath == "/")
    } else {
      #expect(error(text).contains("is not a valid base path"))
    }
  }

  @Test func suggestsWhatAMisspelledKeyMayMean() {
    #expect(error(#"{"base_paht": "/v2/"}"#).contains("did you mean 'base_path'?"))
    #expect(error(#"{"code": {"clients": "A"}}"#).contains("did you mean 'client'?"))
    #expect(error(#"{"pages": {"requires": []}}"#).contains("did you mean 'required'?"))
    #expect(error(#"{"zzzzzz": 1}"#).contains("'zzzzzz' is not a part of a profile"))
  }

  @Test func rejectsAnEmptyTriggerPrefix() {
    // Every attribute would be a trigger.
    #expect(error(#"{"trigger_prefix": ""}"#).contains("leave 'trigger_prefix' out"))
  }

  @Test func aFolderWithoutAProfileIsCommerceLayers() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    #expect(try Profile.load(in: folder) == .commerceLayer)
  }

  @Test func pathsOutsideTheBasePathAreErrors() throws {
    var other = Profile()
    other.basePath = "/v2/"
    func tree(_ path: String) -> JSONTree {
      .object([
        "resource": .string("books"), "singular": .string("book"), "attributes": .object([:]),
        "relationships": .object([:]),
        "operations": .object([
          "list": .object([
            "method": .string("GET"), "path": .string(path), "success": .integer(200),
          ])
        ]),
      ])
    }
    _ = try ResourceSpec(validating: tree("/v2/books"), file: "books.json", profile: other)
    for path in ["/api/books", "/v2", "/v2/", "/v2//books", "/v2/../api", "books", "/v22/books"] {
      let error = #expect(throws: SpecError.self) {
        try ResourceSpec(validating: tree(path), file: "books.json", profile: other)
      }
      #expect(error?.pointer == "/operations/list/path")
    }
  }
}

/// Traits are derived once and frozen: only somebody's decision changes them.
@Suite struct TraitSpecTests {
  private let stamp = AttributeSpec(type: .datetime, filter: true)

  private func resources(_ count: Int) -> [ResourceSpec] {
    (0..<count).map { index in
      ResourceSpec(
        resource: "r\(index)", singular: "r\(index)one",
        operations: index == 0
          ? [:] : [.update: OperationSpec(method: "PATCH", path: "/api/r/:id", success: 200)],
        attributes: [
          "made_at": stamp, "changed_at": stamp,
          "own_\(index)": AttributeSpec(type: .string),
          "_cancel": AttributeSpec(type: .boolean, update: .optional, trigger: true),
        ],
        relationships: ["tags": RelationshipSpec(cardinality: .many, resource: "tags")])
    }
  }

  @Test func membersOfTheSameResourcesAreOneTrait() {
    let derived = TraitSpec.derived(from: resources(3), fewest: 2)
    // The first resource cannot be updated, so it has no use for the trigger.
    #expect(derived.map(\.members) == [["_cancel"], ["changed_at", "made_at", "tags"]])
    #expect(TraitSpec.derived(from: resources(3), fewest: 4).isEmpty)
  }

  @Test func defaultsAndExamplesTellNoResourcesApart() throws {
    var all = resources(3)
    all[1].attributes["made_at"]?.example = .string("2024-01-01")
    all[2].attributes["made_at"]?.defaultValue = .null
    all[2].relationships["tags"]?.prohibited = true
    #expect(
      TraitSpec.derived(from: all, fewest: 3).map(\.members) == [["changed_at", "made_at", "tags"]])
    let trait = try #require(TraitSpec.derived(from: all, fewest: 3).first)
    #expect(all.allSatisfy { $0.has(trait) })
    #expect(trait.attributes["made_at"] == stamp)
  }

  @Test func aFactThatChangesADeclarationTellsThemApart() {
    var all = resources(3)
    all[1].attributes["made_at"]?.sort = true
    let derived = TraitSpec.derived(from: all, fewest: 3)
    #expect(derived.map(\.members) == [["changed_at", "tags"]])
  }

  @Test func aFrozenTraitStaysWhileEnoughResourcesHaveIt() throws {
    let frozen = TraitSpec.derived(from: resources(5), fewest: 3)
    var all = resources(5)
    all[4].attributes["made_at"] = nil
    #expect(TraitSpec.derived(from: all, keeping: frozen, fewest: 3) == frozen)
    #expect(TraitSpec.derived(from: all, fewest: 3) != frozen)
    all[3].attributes["made_at"] = nil
    all[2].attributes["made_at"] = nil
    let split = TraitSpec.derived(from: all, keeping: frozen, fewest: 3)
    #expect(split.map(\.members) == [["_cancel"], ["changed_at", "tags"]])
    #expect(split.map(\.name) == frozen.map(\.name))
  }

  @Test func aFrozenTraitFollowsTheFactsThatMostResourcesHave() {
    let frozen = TraitSpec.derived(from: resources(5), fewest: 3)
    var all = resources(5)
    for index in 1..<5 { all[index].attributes["made_at"]?.sort = true }
    let derived = TraitSpec.derived(from: all, keeping: frozen, fewest: 3)
    #expect(derived.map(\.members) == frozen.map(\.members))
    #expect(derived.last?.attributes["made_at"]?.sort == true)
    #expect(
      TraitSpec.differences(from: frozen, to: derived).contains {
        $0.hasSuffix("has other facts of 'made_at' than most resources")
      })
  }

  @Test func namesStayWhereMostMembersStay() {
    let frozen = [
      TraitSpec(name: "Dated", attributes: ["made_at": stamp, "changed_at": stamp]),
      TraitSpec(name: "Gone", attributes: ["gone_at": stamp]),
    ]
    let derived = TraitSpec.derived(from: resources(3), keeping: frozen, fewest: 2)
    #expect(derived.map(\.name) == ["Dated", "WithCancel", "WithTags"])
    #expect(
      TraitSpec.differences(from: frozen, to: derived) == [
        "Gone would be removed", "WithCancel would be added: _cancel",
        "WithTags would be added: tags",
      ])
    #expect(TraitSpec.differences(from: derived, to: derived).isEmpty)
  }

  @Test func theOrderOfTheResourcesDoesNotMatter() {
    let all = resources(9)
    #expect(
      TraitSpec.derived(from: all, fewest: 2) == TraitSpec.derived(from: all.reversed(), fewest: 2))
  }

  @Test func aFileIsReadAsItWasWritten() throws {
    try withFile(TraitSpec.text(of: TraitSpec.derived(from: resources(3), fewest: 2))) { file in
      let read = try TraitSpec.load(file)
      #expect(read == TraitSpec.derived(from: resources(3), fewest: 2))
    }
  }

  @Test(arguments: [
    (#"{"traits": [{"name": "A b", "attributes": {"x": {"type": "string"}}}]}"#, "valid name"),
    (#"{"traits": [{"name": "A"}]}"#, "has no members"),
    (
      """
      {"traits": [{"name": "A", "attributes": {"x": {"type": "string"}}},
                  {"name": "A", "attributes": {"y": {"type": "string"}}}]}
      """, "each name once"
    ),
    (
      """
      {"traits": [{"name": "A", "attributes": {"x": {"type": "string"}}},
                  {"name": "B", "attributes": {"x": {"type": "string"}}}]}
      """, "leave it in one of them"
    ),
  ]) func aFileThatIsWrongIsNotRead(text: String, message: String) throws {
    try withFile(text) { file in
      let error = #expect(throws: SpecError.self) { try TraitSpec.load(file) }
      #expect(error?.message.contains(message) == true)
    }
  }

  private func withFile(_ text: String, _ body: (URL) throws -> Void) throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).json")
    try Data(text.utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    try body(file)
  }
}
