import CompilerProofs
import Foundation
import Spec
import Testing

@testable import GeneratorCore

/// What the documentation no longer has stays one minor version, deprecated.
@Suite struct RemovedMemberTests {
  private func folder(_ removed: RemovedMember...) throws -> SpecFolder {
    var folder = SpecFolder(
      resources: [
        try resource(
          "gadgets", singular: "gadget", operations: OperationKind.allCases,
          attributes: """
            {"mass": {"type": "float", "create": "optional", "filter": true, "sort": true},
             "reference": {"type": "string", "create": "optional", "update": "optional",
                           "filter": true, "sort": true}}
            """,
          relationships: """
            {"maker": {"cardinality": "one", "resource": "gadgets", "filter": true, "include": true}}
            """)
      ], service: try SpecFolder.load(repositorySpec).service)
    folder.removed = removed
    return folder
  }

  private func text(_ removed: RemovedMember...) throws -> String {
    var folder = try folder()
    folder.removed = removed
    return try #require(try Generator.files(for: folder).first).text
  }

  @Test func anAttributeThatWasRenamedLeadsToItsNewName() throws {
    let text = try text(
      .init(
        resource: "gadgets", path: "/attributes/weight", since: "1.2.0", renamedTo: "mass"))
    expect(
      text,
      contains: """
        /// `weight`: now `mass`.
        @available(*, deprecated, renamed: "mass")
        public var weight: Double? { storage.double("mass") }
        """)
    expect(
      text,
      contains: """
        @available(*, deprecated, renamed: "mass")
        public static var weight: FilterField<Gadget, Double> { .init(wire: "mass") }
        """)
    expect(
      text,
      contains: """
        @available(*, deprecated, renamed: "mass")
        public static var weight: Self { .init(wire: "mass") }
        """)
  }

  @Test func anAttributeThatIsGoneReadsAsNil() throws {
    let text = try text(
      .init(resource: "gadgets", path: "/attributes/class", since: "1.2.0", type: .boolean))
    expect(
      text,
      contains: """
        @available(*, deprecated, message: "The API no longer has it: nil since 1.2.0.")
        public var `class`: Bool? { storage.boolean("class") }
        """)
    #expect(!text.contains("static var `class`"))
  }

  @Test func otherResourcesAreAsTheyWere() throws {
    let before = try text()
    #expect(
      try text(.init(resource: "others", path: "/attributes/x", since: "1.0.0", type: .string))
        == before)
  }

  @Test(
    .enabled(
      if: GeneratedModule.runtime != nil, "the modules lie beside the tests when SwiftPM builds"))
  func whatIsKeptCompilesWithoutWarnings() async throws {
    let folder = try folder(
      .init(resource: "gadgets", path: "/attributes/weight", since: "1.2.0", renamedTo: "mass"),
      .init(
        resource: "gadgets", path: "/attributes/ref", since: "1.2.0", renamedTo: "reference"),
      .init(
        resource: "gadgets", path: "/relationships/vendor", since: "1.2.0", renamedTo: "maker"),
      .init(resource: "gadgets", path: "/attributes/self", since: "1.2.0", type: .object))
    let module = GeneratedModule(
      try Generator.files(for: folder.selfContained, withClient: true).map {
        .init(name: $0.name, text: $0.text)
      })
    #expect(try await module.diagnostics() == [])
    let user = try await module.adding(
      """
      import CommerceLayerRuntime
      func use(_ client: CommerceLayerClient, _ gadget: Gadget) async throws {
        _ = gadget.selfAttribute
        _ = try await client.gadgets.list {
          $0.filter(.weight.gt(2))
          $0.sort(.ref)
          $0.include(.vendor)
        }
      }
      """, name: "User.swift"
    ).diagnostics()
    #expect(
      user.count == 4 && user.allSatisfy { $0.contains("warning: ") && $0.contains("deprecated") },
      "\(user)")
  }
}
