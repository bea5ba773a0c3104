import Foundation
import Testing

@testable import Spec

/// The published schema, which lies beside the repository and is no part of it.
private enum PublishedDocs {
  static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  static let docs = root.deletingLastPathComponent().appending(path: "shared/docs")
  static let schema = docs.appending(path: "published-schema/resources.json")
  static let areThere = FileManager.default.fileExists(atPath: schema.path)
}

/// The committed spec against the published schema, counted without the distiller: whatever differs
/// must have a correction. Skipped where the schema is absent.
@Suite(.enabled(if: PublishedDocs.areThere, "../shared/docs is not here: nothing to count"))
struct PublishedCountTests {
  /// The spec as users see it, and the paths its corrections have.
  private struct Committed {
    var trees: [String: JSONTree] = [:]
    var corrected: [String: [String]] = [:]
    var singulars: [String: String] = [:]

    init() throws {
      let folder = PublishedDocs.root.appending(path: "Spec")
      for resource in try SpecFolder.load(folder).resources {
        trees[resource.resource] = try resource.tree()
        singulars[resource.singular] = resource.resource
      }
      let book = try CorrectionBook(
        SpecFolder.jsonFiles(in: folder.appending(path: "corrections"))
          .filter { $0.lastPathComponent != SpecFolder.serviceFile }
          .map { url in
            (
              url.lastPathComponent,
              try JSONDecoder().decode(Corrections.self, from: Data(contentsOf: url))
            )
          })
      for (name, tree) in trees {
        corrected[name] = try book.entries(of: name, tree).map(\.correction.path)
      }
    }

    func value(_ pointer: String, of resource: String) -> JSONTree? {
      var node = trees[resource]
      for step in pointer.split(separator: "/") { node = node?[String(step)] }
      return node
    }

    func isCorrected(_ pointer: String, of resource: String) -> Bool {
      (corrected[resource] ?? []).contains { pointer == $0 || pointer.hasPrefix($0 + "/") }
    }
  }

  private static func schema() throws -> [JSONTree] {
    try #require(try JSONTree.parse(Data(contentsOf: PublishedDocs.schema), file: "resources.json").array)
  }

  private static func className(_ id: String) -> String {
    id.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }

  /// What the schema says of one field, by member of the spec; nil for a member it must not have.
  private static func expected(field: JSONTree) -> [String: JSONTree?] {
    func flag(_ name: String) -> JSONTree? { field[name]?.bool == true ? .bool(true) : nil }
    var expected: [String: JSONTree?] = [
      "type": field["type"], "filter": flag("filterable"), "sort": flag("sortable"),
      "values": field["enum"], "predicates": field["filter_operators"],
      "prohibited": flag("prohibited"), "confidential": flag("confidential"),
      "monetizable": flag("monetizable"), "transient": flag("transient"),
      "deprecated": flag("deprecated"), "idempotent": flag("idempotent"),
      "exportable": field["exportable"], "id": field["format"]?.string == "id" ? .bool(true) : nil,
    ]
    if let value = field["default"] { expected["default"] = value }
    if field["trigger"]?.bool == true { expected["trigger"] = .bool(true) }
    if field["type"]?.string == "array", let first = field["example"]?.array?.first {
      expected["items"] = .string(first.object == nil ? "string" : "object")
    }
    return expected
  }

  private static func expected(relationship: JSONTree, classes: [String: String])
    -> [String: JSONTree?]
  {
    func flag(_ name: String) -> JSONTree? { relationship[name]?.bool == true ? .bool(true) : nil }
    let one = relationship["class_name"]?.string.flatMap { classes[$0] }
    let listed = relationship["enum"]?.array?.compactMap(\.string).sorted() ?? []
    return [
      "cardinality": .string(relationship["type"]?.string == "has_many" ? "many" : "one"),
      "resource": one.map(JSONTree.string),
      "targets": one == nil ? .array(listed.map(JSONTree.string)) : nil,
      "polymorphic": one == nil ? .bool(true) : nil,
      "filter": flag("filterable"), "sort": flag("sortable"), "prohibited": flag("prohibited"),
      "include": relationship["includable"]?.bool == false ? nil : .bool(true),
      "deprecated": flag("deprecated"), "exportable": relationship["exportable"],
    ]
  }

  @Test func everyFactOfTheSchemaIsInTheSpecOrCorrected() throws {
    let spec = try Committed()
    let schema = try Self.schema()
    var classes: [String: String] = [:]
    for resource in schema {
      let id = try #require(resource["id"]?.string)
      classes[Self.className(id)] = try #require(spec.singulars[id], "\(id) is not in the spec")
    }
    var differences: [String] = []
    var compared = 0
    func compare(_ pointer: String, _ expected: JSONTree?, of name: String) {
      compared += 1
      let found = spec.value(pointer, of: name)
      guard found != expected, !spec.isCorrected(pointer, of: name) else { return }
      differences.append(
        "\(name)\(pointer): \(found?.compactText ?? "-"), the schema says "
          + (expected?.compactText ?? "-"))
    }
    for resource in schema {
      let id = try #require(resource["id"]?.string)
      let name = try #require(spec.singulars[id])
      let facts = try #require(resource["attributes"])
      for (field, said) in facts["fields"]?.object ?? [:] {
        let pointer = "/attributes/\(field)"
        let isReachable = ["fetchable", "creatable", "updatable", "filterable", "sortable"]
          .contains { said[$0]?.bool == true }
        guard isReachable else {
          compare(pointer, nil, of: name)
          continue
        }
        for (member, value) in Self.expected(field: said) {
          compare("\(pointer)/\(member)", value, of: name)
        }
        compareRequirements(said, at: pointer, of: name, spec, &differences)
      }
      for (relationship, said) in facts["relationships"]?.object ?? [:] {
        let pointer = "/relationships/\(relationship)"
        for (member, value) in Self.expected(relationship: said, classes: classes) {
          compare("\(pointer)/\(member)", value, of: name)
        }
        compareRequirements(said, at: pointer, of: name, spec, &differences)
      }
      let types = facts["fields"]?["type"]?["enum"]?.array?.compactMap(\.string) ?? []
      let isBase = !types.isEmpty && !types.contains(name)
      compare(
        "/members", isBase ? .array(types.sorted().map(JSONTree.string)) : nil, of: name)
      let scopes = Set(facts["filter_scopes"]?.array?.compactMap(\.string) ?? [])
      #expect(Set(spec.value("/scopes", of: name)?.object?.keys.map(\.self) ?? []) == scopes)
    }
    #expect(differences.sorted() == [])
    #expect(compared > 30_000)
  }

  /// Whether something can be set, and whether it must be where the schema says so plainly.
  private func compareRequirements(
    _ said: JSONTree, at pointer: String, of name: String, _ spec: Committed,
    _ differences: inout [String]
  ) {
    for (flag, member) in [("creatable", "create"), ("updatable", "update")] {
      let found = spec.value("\(pointer)/\(member)", of: name)?.string
      var expected: [String?] =
        said[flag]?.bool == true ? ["optional", "required", "conditional"] : [nil]
      if flag == "updatable", said[flag]?.bool == true { expected = ["optional"] }
      if flag == "creatable", said[flag]?.bool == true, let phrase = said["required"]?.string,
        ["required", "optional"].contains(phrase)
      {
        expected = [phrase]
      }
      if !expected.contains(found), !spec.isCorrected("\(pointer)/\(member)", of: name) {
        differences.append("\(name)\(pointer)/\(member): \(found ?? "-"), the schema says otherwise")
      }
    }
  }

  @Test func whatIsNeverNullIsThatOfTheSDK() throws {
    let spec = try Committed()
    let file = PublishedDocs.docs.appending(path: "non-null.json")
    let said = try JSONTree.parse(Data(contentsOf: file), file: "non-null.json")["resources"]
    for (name, tree) in spec.trees.sorted(by: { $0.key < $1.key }) {
      let members =
        (tree["attributes"]?.object ?? [:]).map { ("/attributes/" + $0.key, $0.value) }
        + (tree["relationships"]?.object ?? [:]).map { ("/relationships/" + $0.key, $0.value) }
      let found = Set(
        members.filter { $0.1["never_null"]?.bool == true }.map { $0.0.split(separator: "/")[1] })
      let expected = Set(
        (said?[name]?["attributes"]?.array ?? []).compactMap(\.string).map { $0[...] })
      // The service's own template imports tax categories without a code.
      let corrected: Set<Substring> = name == "tax_categories" ? ["code"] : []
      let unexplained = found.symmetricDifference(expected).subtracting(corrected)
      #expect(unexplained == [], "\(name)")
    }
  }
}
