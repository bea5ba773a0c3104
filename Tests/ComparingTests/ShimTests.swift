import Comparing
import Foundation
import Spec
import Testing

/// A shim that bridges a removal makes it compatible for whoever compiles; one that only explains does not.
@Suite struct ShimTests {
  private func folder(
    removed: [RemovedMember] = [], _ edit: (inout [ResourceSpec]) -> Void = { _ in }
  ) -> SpecFolder {
    var resources = [
      ResourceSpec(
        resource: "gadgets", singular: "gadget",
        operations: [
          .create: .init(method: "POST", path: "/api/gadgets", success: 201),
          .list: .init(method: "GET", path: "/api/gadgets", success: 200),
          .update: .init(method: "PATCH", path: "/api/gadgets/:id", success: 200),
        ],
        attributes: [
          "weight": .init(
            type: .float, create: .required, update: .optional, filter: true, sort: true),
          "state": .init(
            type: .string, create: .optional, filter: true, values: ["idle", "moving"]),
          "_stop": .init(type: .boolean, update: .optional, trigger: true),
        ],
        relationships: [
          "wheel": .init(
            cardinality: .one, resource: "wheels", create: .optional, filter: true, include: true)
        ]),
      ResourceSpec(
        resource: "wheels", singular: "wheel",
        operations: [.list: .init(method: "GET", path: "/api/wheels", success: 200)],
        attributes: ["size": .init(type: .integer, filter: true)]),
    ]
    edit(&resources)
    var folder = SpecFolder(resources: resources, service: .commerceLayer)
    folder.removed = removed
    return folder
  }

  private func changes(
    _ removed: [RemovedMember], _ edit: (inout [ResourceSpec]) -> Void
  ) -> [SpecChange] {
    SpecDiff.changes(from: folder(), to: folder(removed: removed, edit))
  }

  private static func gadgets(
    _ path: String, to name: String? = nil, type: AttributeType? = nil
  ) -> RemovedMember {
    .init(resource: "gadgets", path: path, since: "1.2.0", renamedTo: name, type: type)
  }

  private func rename(_ old: String, _ new: String, in spec: inout ResourceSpec) {
    if let attribute = spec.attributes.removeValue(forKey: old) { spec.attributes[new] = attribute }
    if let relationship = spec.relationships.removeValue(forKey: old) {
      spec.relationships[new] = relationship
    }
  }

  @Test(arguments: [
    ("/attributes/weight", "weight", "mass"), ("/attributes/_stop", "_stop", "_halt"),
    ("/relationships/wheel", "wheel", "disc"),
  ]) func aRenamedMemberIsBridged(path: String, old: String, new: String) throws {
    let bare = changes([]) { rename(old, new, in: &$0[0]) }
    #expect(bare.contains { $0.effect == .breaking }, "\(bare)")
    let all = changes([Self.gadgets(path, to: new)]) { rename(old, new, in: &$0[0]) }
    #expect(all.allSatisfy { $0.effect == .compatible }, "\(all)")
    let told = try #require(all.first { $0.pointer == path }, "\(all)")
    #expect(told.change == "renamed to `\(new)`")
    #expect(told.reason.hasPrefix("a shim bridges it"))
  }

  /// What changes besides the name is not less breaking for the shim.
  @Test func aMemberThatIsRenamedAndRetypedBreaks() {
    let all = changes([Self.gadgets("/attributes/weight", to: "mass")]) {
      rename("weight", "mass", in: &$0[0])
      $0[0].attributes["mass"]?.type = .integer
      $0[0].attributes["mass"]?.sort = nil
    }
    let breaking = Set(all.filter { $0.effect == .breaking }.map(\.pointer))
    #expect(
      breaking.isSuperset(of: ["/attributes/weight/type", "/attributes/weight/sort"]), "\(all)")
  }

  @Test func aValueThatWasRenamedIsBridgedAndOneThatIsGoneIsNot() throws {
    let edit: (inout [ResourceSpec]) -> Void = {
      $0[0].attributes["state"]?.values = ["idle", "in_motion"]
    }
    let path = "/attributes/state/values/moving"
    let bridged = changes([Self.gadgets(path, to: "in_motion")], edit)
    #expect(bridged.allSatisfy { $0.effect == .compatible }, "\(bridged)")
    #expect(bridged.contains { $0.change == "`moving` renamed to `in_motion`" }, "\(bridged)")
    let gone = try #require(changes([Self.gadgets(path)], edit).first { $0.effect == .breaking })
    #expect(gone.change == "without `moving`")
    #expect(gone.reason.hasPrefix("a deprecated shim keeps the name"))
  }

  @Test(arguments: [
    (gadgets("/attributes/weight", type: .float), "reads as nil"),
    (gadgets("/relationships/wheel"), "is unavailable"),
    (
      RemovedMember(resource: "gadgets", path: "/attributes/_stop", since: "1.2.0", trigger: true),
      "is unavailable"
    ),
  ]) func whatNothingStandsForBreaks(removed: RemovedMember, reason: String) throws {
    let all = changes([removed]) {
      $0[0].attributes[removed.wire] = nil
      $0[0].relationships[removed.wire] = nil
    }
    let told = try #require(all.first { $0.pointer == removed.path }, "\(all)")
    #expect(told.effect == .breaking && told.change == "removed")
    #expect(told.reason.contains(reason), "\(told.reason)")
  }

  @Test func aRenamedResourceIsBridged() throws {
    let edit: (inout [ResourceSpec]) -> Void = {
      $0[1].resource = "discs"
      $0[1].singular = "disc"
      $0[1].operations[.list]?.path = "/api/discs"
      $0[0].relationships["wheel"]?.resource = "discs"
    }
    let entry = RemovedMember(
      resource: "wheels", path: "", since: "1.2.0", renamedTo: "discs", singular: "wheel")
    #expect(changes([], edit).contains { $0.effect == .breaking })
    let all = changes([entry], edit)
    #expect(all.allSatisfy { $0.effect == .compatible }, "\(all)")
    #expect(
      all.contains { $0.resource == "wheels" && $0.change == "renamed to `discs`" }, "\(all)")
    // What the new one cannot do is lost all the same.
    let less = changes([entry]) {
      edit(&$0)
      $0[1].attributes["size"]?.filter = nil
    }
    #expect(
      less.contains { $0.effect == .breaking && $0.pointer == "/attributes/size/filter" }, "\(less)"
    )
    let gone = changes(
      [.init(resource: "wheels", path: "", since: "1.2.0", singular: "wheel")]
    ) {
      $0.removeLast()
    }
    let told = try #require(gone.first { $0.resource == "wheels" && $0.pointer.isEmpty })
    #expect(told.effect == .breaking && told.reason.contains("is unavailable"))
  }

  /// Rows of imports name attributes as the API does.
  @Test func rowsOfImportsAreNotBridged() throws {
    func tags(_ name: String, removed: [RemovedMember] = []) throws -> SpecFolder {
      var folder = try CommittedSpec.folder()
      folder.resources = [
        ResourceSpec(
          resource: "tags", singular: "tag",
          operations: [.create: .init(method: "POST", path: "/api/tags", success: 201)],
          attributes: [name: .init(type: .string, create: .required)])
      ]
      folder.traits = []
      folder.removed = removed
      return folder
    }
    let all = SpecDiff.changes(
      from: try tags("label"),
      to: try tags(
        "name",
        removed: [
          .init(resource: "tags", path: "/attributes/label", since: "1.2.0", renamedTo: "name")
        ]))
    let breaking = all.filter { $0.effect == .breaking }
    #expect(breaking.map(\.affected) == ["rows of imports of `tags` with `label`"], "\(all)")
  }

  @Test func aShimThatIsDeletedIsBreaking() {
    let entry = Self.gadgets("/attributes/weight", to: "mass")
    let before = folder(removed: [entry]) { rename("weight", "mass", in: &$0[0]) }
    let after = folder { rename("weight", "mass", in: &$0[0]) }
    let all = SpecDiff.changes(from: before, to: after)
    #expect(all.contains { $0.effect == .breaking && $0.change.contains("`weight`") }, "\(all)")
  }
}
