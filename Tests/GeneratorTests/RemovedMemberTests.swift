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

  // MARK: - What the compiler says of code of before

  /// A client of gadgets and gears, with what was removed.
  private func module(_ removed: [RemovedMember]) throws -> GeneratedModule {
    var folder = SpecFolder(
      resources: [
        try resource(
          "gadgets", singular: "gadget", operations: OperationKind.allCases,
          attributes: """
            {"name": {"type": "string", "create": "required", "update": "optional"},
             "mass": {"type": "float", "create": "optional", "update": "optional"},
             "reference": {"type": "string", "create": "optional"},
             "state": {"type": "string", "create": "optional", "filter": true,
                       "values": ["idle", "in_motion"]},
             "_halt": {"type": "boolean", "update": "optional", "trigger": true}}
            """,
          relationships: """
            {"gear": {"cardinality": "one", "resource": "gears", "create": "optional",
                      "include": true}}
            """,
          more: #"{"order": ["name", "mass", "reference", "state", "gear"]}"#),
        try resource("gears", singular: "gear", operations: [.list, .retrieve]),
      ], service: try SpecFolder.load(repositorySpec).service)
    folder.removed = removed
    return GeneratedModule(
      try Generator.files(for: folder.selfContained, withClient: true).map {
        .init(name: $0.name, text: $0.text)
      })
  }

  /// What the compiler says of a program's statements; the client itself compiles without warnings.
  private func diagnostics(
    of statements: String, in module: GeneratedModule
  ) async throws -> [String] {
    try await module.adding(
      """
      import CommerceLayerRuntime
      func use(_ client: CommerceLayerClient, _ gadget: Gadget) async throws {
        \(statements)
      }
      """, name: "User.swift"
    ).diagnostics()
  }

  private static let compiles = GeneratedModule.runtime != nil

  /// Old code, what was removed, and what each line of it is told.
  struct Shim: Sendable, CustomTestStringConvertible {
    var old: String
    var removed: [RemovedMember]
    var warnings: [String]
    var testDescription: String { old }
  }

  @Test(
    .enabled(if: compiles, "the modules lie beside the tests when SwiftPM builds"),
    arguments: [
      Shim(
        old: #"_ = Gadget.Create(name: "a", weight: 2, state: .idle)"#,
        removed: [gadgets("/attributes/weight", to: "mass")], warnings: ["'weight' is now 'mass'"]),
      Shim(
        old: #"""
          _ = Gadget.Create(title: "a", weight: 2)
          _ = Gadget.Create(name: "a", weight: 2)
          _ = Gadget.Create(title: "a", mass: 2)
          _ = Gadget.Update(weight: 2, null: [.weight])
          """#,
        removed: [
          gadgets("/attributes/weight", to: "mass"), gadgets("/attributes/title", to: "name"),
        ],
        warnings: [
          "'weight' is now 'mass', 'title' is now 'name'", "'weight' is now 'mass'",
          "'title' is now 'name'", "'weight' is now 'mass'", "renamed to 'mass'",
        ]),
      Shim(
        old: #"_ = Gadget.Create(name: "a", state: .idle, weight: 2)"#,
        removed: [gadgets("/attributes/weight", to: "mass", after: "state")],
        warnings: ["'weight' is now 'mass'"]),
      Shim(
        old: "_ = try await client.gadgets.stop(gadget)",
        removed: [gadgets("/attributes/_stop", to: "_halt")], warnings: ["renamed to 'halt'"]),
      Shim(
        old: "_ = client.gadgets.wheel",
        removed: [gadgets("/relationships/wheel", to: "gear")], warnings: ["renamed to 'gear'"]),
      Shim(
        old: #"_ = Gadget.Create(name: "a", state: .moving, wheel: "w")"#,
        removed: [
          gadgets("/attributes/state/values/moving", to: "in_motion"),
          gadgets("/relationships/wheel", to: "gear"),
        ], warnings: ["renamed to 'inMotion'", "'wheel' is now 'gear'"]),
      Shim(
        old: "_ = gadget.state == .lost", removed: [gadgets("/attributes/state/values/lost")],
        warnings: ["no longer has this value since 1.2.0; it is sent as it is"]),
      Shim(
        old: """
          let wheel: Wheel? = gadget.gear
          _ = try await client.wheels.list()
          _ = wheel
          """,
        removed: [
          .init(
            resource: "wheels", path: "", since: "1.2.0", renamedTo: "gears", singular: "wheel")
        ], warnings: ["'Wheel' is deprecated: renamed to 'Gear'", "renamed to 'gears'"]),
    ]) func oldCodeCompilesWithAWarning(shim: Shim) async throws
  {
    let module = try module(shim.removed)
    let found = try await diagnostics(of: shim.old, in: module)
    #expect(found.count == shim.warnings.count, "\(found)")
    #expect(found.allSatisfy { $0.contains(" warning: ") }, "\(found)")
    for warning in shim.warnings {
      #expect(found.contains { $0.contains(warning) }, "\(warning): \(found)")
    }
  }

  /// What nothing stands for is never left out silently: the compiler rejects it and says why.
  @Test(
    .enabled(if: compiles, "the modules lie beside the tests when SwiftPM builds"),
    arguments: [
      Shim(
        old: #"_ = Gadget.Create(name: "a", mass: 2, color: "red")"#,
        removed: [gadgets("/attributes/color", type: .string, after: "mass")],
        warnings: ["'color' (since 1.2.0): leave it out"]),
      Shim(
        old: #"_ = Gadget.Create(name: "a", gear: "g", vendor: Gear.ID("v"))"#,
        removed: [gadgets("/relationships/vendor")],
        warnings: ["'vendor' (since 1.2.0): leave it out"]),
      Shim(
        old: "_ = gadget.vendor", removed: [gadgets("/relationships/vendor")],
        warnings: ["The API no longer has it since 1.2.0"]),
      Shim(
        old: "_ = try await client.gadgets.polish(gadget)",
        removed: [gadgets("/attributes/_polish", trigger: true)],
        warnings: ["The API no longer has it since 1.2.0"]),
      Shim(
        old: "_ = Gadget.Update(_polish: true)",
        removed: [gadgets("/attributes/_polish", trigger: true)],
        warnings: ["'_polish' (since 1.2.0): leave it out"]),
      Shim(
        old: "let wheel: Wheel? = nil",
        removed: [.init(resource: "wheels", path: "", since: "1.2.0", singular: "wheel")],
        warnings: ["'Wheel' is unavailable: The API no longer has it since 1.2.0"]),
      Shim(
        old: "_ = client.wheels",
        removed: [.init(resource: "wheels", path: "", since: "1.2.0", singular: "wheel")],
        warnings: ["The API no longer has it since 1.2.0"]),
    ]) func whatNothingStandsForSaysSo(shim: Shim) async throws
  {
    let found = try await diagnostics(of: shim.old, in: try module(shim.removed))
    for warning in shim.warnings {
      #expect(found.contains { $0.contains(" error: ") && $0.contains(warning) }, "\(found)")
    }
  }

  @Test(.enabled(if: compiles, "the modules lie beside the tests when SwiftPM builds"))
  func newCodeIsNotWarned() async throws {
    let module = try module([
      Self.gadgets("/attributes/weight", to: "mass"), Self.gadgets("/attributes/title", to: "name"),
      Self.gadgets("/attributes/color", type: .string), Self.gadgets("/relationships/vendor"),
      Self.gadgets("/attributes/_polish", trigger: true),
    ])
    let found = try await diagnostics(
      of: """
        _ = Gadget.Create(name: "a")
        _ = Gadget.Create(name: "a", mass: 2, reference: "r", state: .idle, gear: "g", null: [.mass])
        _ = Gadget.Update()
        _ = try await client.gadgets.update(gadget, .init(mass: 2))
        """, in: module)
    #expect(found.isEmpty, "\(found)")
  }

  @Test func anOldNameThatSomethingElseHasIsAnError() throws {
    let error = #expect(throws: SpecError.self) {
      _ = try module([.init(resource: "wheels", path: "", since: "1.2.0", singular: "gear")])
    }
    #expect(error?.description.contains("another resource") == true, "\(String(describing: error))")
  }

  // MARK: - Deprecated members

  @Test(.enabled(if: compiles, "the modules lie beside the tests when SwiftPM builds"))
  func aReplacementIsNamed() async throws {
    let folder = SpecFolder(
      resources: [
        try resource(
          "gadgets", singular: "gadget", operations: OperationKind.allCases,
          attributes: """
            {"mass": {"type": "float", "filter": true},
             "weight": {"type": "float", "filter": true, "deprecated": true, "replaced_by": "mass"},
             "heft": {"type": "float", "sort": true, "deprecated": true, "replaced_by": "mass"},
             "grams": {"type": "integer", "deprecated": true, "replaced_by": "mass"},
             "parts": {"type": "array", "deprecated": true, "replaced_by": "gears"},
             "_halt": {"type": "boolean", "update": "optional", "trigger": true},
             "_stop": {"type": "boolean", "update": "optional", "trigger": true,
                       "deprecated": true, "replaced_by": "_halt"}}
            """),
        try resource("gears", singular: "gear", operations: [.list]),
        try resource(
          "wheels", singular: "wheel", operations: [.list],
          more: #"{"deprecated": true, "replaced_by": "gears"}"#),
      ], service: try SpecFolder.load(repositorySpec).service)
    let module = GeneratedModule(
      try Generator.files(for: folder.selfContained, withClient: true).map {
        .init(name: $0.name, text: $0.text)
      })
    let found = try await diagnostics(
      of: """
        _ = gadget.weight
        _ = gadget.heft
        _ = gadget.grams
        _ = gadget.parts
        _ = try await client.gadgets.stop(gadget)
        _ = client.wheels
        """, in: module)
    let expected = [
      "'weight' is deprecated: renamed to 'mass'",
      // It could be sorted by, which its replacement cannot.
      "'heft' is deprecated: Use 'mass' instead.", "'grams' is deprecated: Use 'mass' instead.",
      "'parts' is deprecated: Use the resource 'gears' instead.",
      "'stop' is deprecated: renamed to 'halt'",
      "'wheels' is deprecated: Use the resource 'gears' instead.",
    ]
    #expect(found.count == expected.count, "\(found)")
    for text in expected { #expect(found.contains { $0.contains(text) }, "\(text): \(found)") }
  }

  private static func gadgets(
    _ path: String, to name: String? = nil, type: AttributeType? = nil, trigger: Bool? = nil,
    after: String? = nil
  ) -> RemovedMember {
    .init(
      resource: "gadgets", path: path, since: "1.2.0", renamedTo: name, type: type,
      trigger: trigger, after: after)
  }
}
