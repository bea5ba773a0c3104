import Foundation
import OpenAPIExport
import Spec
import Testing

/// The exported document holds together and says what the spec says.
@Suite struct OpenAPITests {
  private let spec: SpecFolder
  private let document: JSONTree

  private static let exported = Result {
    OpenAPIDocument.tree(of: try Repository.spec(), version: "test")
  }

  init() throws {
    spec = try Repository.spec()
    document = try Self.exported.get()
  }

  private var operations: [(path: String, method: String, node: JSONTree)] {
    (document["paths"]?.object ?? [:]).flatMap { path, item in
      (item.object ?? [:]).filter { $0.key != "parameters" }.map { (path, $0.key, $0.value) }
    }
  }

  private func schema(_ name: String) throws -> JSONTree {
    try #require(document["components"]?["schemas"]?[name])
  }

  private func walk(_ node: JSONTree, _ visit: (JSONTree) -> Void) {
    visit(node)
    node.object?.values.forEach { walk($0, visit) }
    node.array?.forEach { walk($0, visit) }
  }

  @Test func everyReferenceLeadsSomewhere() {
    var count = 0
    var lost: Set<String> = []
    walk(document) { node in
      guard let target = node["$ref"]?.string else { return }
      count += 1
      var place: JSONTree? = document
      for part in target.dropFirst(2).split(separator: "/") { place = place?[String(part)] }
      if !target.hasPrefix("#/") || place == nil { lost.insert(target) }
    }
    #expect(count > 1000)
    #expect(lost.isEmpty, "\(lost.sorted())")
  }

  @Test func everyOperationHasAnIDOfItsOwn() {
    let ids = operations.compactMap { $0.node["operationId"]?.string }
    #expect(ids.count == operations.count)
    #expect(Set(ids).count == ids.count)
  }

  @Test func thereAreAsManyOperationsAsInTheSpec() {
    let own = operations.filter { $0.node["x-related"] == nil }
    #expect(own.count == spec.resources.map(\.operations.count).reduce(0, +))
    let followed = spec.resources.map(\.relationships.count)
    #expect(operations.count - own.count == followed.reduce(0, +))
  }

  @Test func everyOperationOfTheSpecStandsAtItsAddress() throws {
    for resource in spec.resources {
      for (kind, operation) in resource.operations {
        let path = operation.path.replacing(":id", with: "{id}")
        let node = document["paths"]?[path]?[operation.method.lowercased()]
        #expect(node?["operationId"]?.string == "\(resource.resource).\(kind.rawValue)")
        #expect(node?["responses"]?[String(operation.success)] != nil)
      }
    }
  }

  @Test func everyPlaceholderIsDeclared() {
    for (path, item) in document["paths"]?.object ?? [:] where path.contains("{id}") {
      #expect(
        item["parameters"]?.array?.first?["$ref"]?.string == "#/components/parameters/id", "\(path)"
      )
    }
  }

  @Test func componentNamesAreWhatOpenAPIAllows() {
    for kind in (document["components"]?.object ?? [:]).values {
      for name in kind.object?.keys.map({ $0 }) ?? [] {
        #expect(
          name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) })
      }
    }
  }

  @Test func whatIsRequiredOnCreateIsRequired() throws {
    for resource in spec.resources where resource.operations[.create] != nil {
      let data = try schema("\(resource.singular).create")["properties"]?["data"]
      let required = { (node: JSONTree?) in
        Set(node?["required"]?.array?.compactMap(\.string) ?? [])
      }
      #expect(
        required(data?["properties"]?["attributes"])
          == Set(
            resource.attributes.filter { $0.value.create == .required && $0.key != "type" }.keys))
      #expect(
        required(data?["properties"]?["relationships"])
          == Set(resource.relationships.filter { $0.value.create == .required }.keys))
    }
  }

  @Test func whatIsReadMayBeMoreThanListedAndWhatIsWrittenMayNot() throws {
    let read = try schema("import")["properties"]?["attributes"]?["properties"]?["resource_type"]
    #expect(read?["x-extensible-enum"]?.array?.contains(.string("skus")) == true)
    #expect(read?["enum"] == nil)
    let attributes = try schema("import.create")["properties"]?["data"]?["properties"]?[
      "attributes"]
    #expect(
      attributes?["properties"]?["resource_type"]?["enum"]?.array?.contains(.string("skus")) == true
    )
  }

  @Test func flagsAreTold() throws {
    let order = try schema("order.update")["properties"]?["data"]?["properties"]?["attributes"]
    let place = order?["properties"]?["_place"]
    #expect(place?["x-trigger"]?.bool == true && place?["writeOnly"]?.bool == true)
    let read = try schema("order")["properties"]?["attributes"]?["properties"]
    #expect(read?["_place"] == nil)
    #expect(read?["approved_at"]?["readOnly"]?.bool == true)
    #expect(read?["approved_at"]?["format"]?.string == "date-time")
    let job = try schema("import")["properties"]?["attributes"]?["properties"]
    #expect(job?["cleanup_records"]?["deprecated"]?.bool == true)
  }

  @Test func listsCanBeAskedForWhatTheSpecAllows() throws {
    let parameters = try #require(document["components"]?["parameters"])
    let sort = parameters["sku.sort"]?["schema"]?["items"]?["enum"]?.array?.compactMap(\.string)
    #expect(sort?.contains("-code") == true && sort?.contains("code") == true)
    let filter = parameters["sku.filter"]
    #expect(filter?["name"]?.string == "filter[q]" && filter?["style"]?.string == "deepObject")
    let patterns = filter?["schema"]?["patternProperties"]?.object ?? [:]
    func fits(_ name: String) throws -> [JSONTree] {
      try patterns.filter { try Regex($0.key).firstMatch(in: name) != nil }.map(\.value)
    }
    #expect(try fits("code_matches") == [.object(["type": .string("string")])])
    #expect(try fits("created_at_gt").count == 1)
    #expect(try fits("created_at_matches").isEmpty)
  }

  /// A spec that has one of everything that is told beside names and types.
  private static func kites() throws -> SpecFolder {
    func operations(_ name: String) -> [OperationKind: OperationSpec] {
      [
        .create: .init(method: "POST", path: "/api/\(name)", success: 201),
        .list: .init(method: "GET", path: "/api/\(name)", success: 200),
        .retrieve: .init(method: "GET", path: "/api/\(name)/:id", success: 200),
      ]
    }
    return SpecFolder(
      resources: [
        ResourceSpec(
          resource: "kites", singular: "kite", operations: operations("kites"),
          attributes: [
            "code": .init(
              type: .string, create: .optional, defaultValue: .string("K1"),
              example: .string("K7"), neverNull: true, filter: true, predicates: ["eq"],
              sort: true, prohibited: true),
            "maker_code": .init(type: .string, create: .optional),
            "tails": .init(type: .array, items: .string),
            "state": .init(type: .string, values: ["up", "down"]),
          ],
          relationships: [
            "maker": .init(
              cardinality: .one, resource: "makers", create: .optional, sort: true, include: true),
            "strings": .init(cardinality: .many, resource: "strings"),
          ],
          scopes: ["with_state": .init(argument: .value, attribute: "state")],
          alternatives: ["maker": .init(members: ["maker", "maker_code"], create: .required)]),
        ResourceSpec(
          resource: "makers", singular: "maker", operations: operations("makers"),
          members: ["firms", "people"]),
        ResourceSpec(
          resource: "strings", singular: "string", operations: operations("strings"),
          attributes: ["length": .init(type: .integer, filter: true, sort: true)]),
        ResourceSpec(
          resource: "skies", singular: "sky", singleton: true,
          operations: [.retrieve: .init(method: "GET", path: "/api/sky", success: 200)],
          relationships: ["kites": .init(cardinality: .many, resource: "kites")]),
      ], service: try Repository.spec().service)
  }

  @Test func whatBelongsToAnAttributeIsTold() throws {
    let document = OpenAPIDocument.tree(of: try Self.kites(), version: "test")
    let schemas = document["components"]?["schemas"]
    let read = schemas?["kite"]?["properties"]?["attributes"]?["properties"]
    #expect(read?["code"]?["type"] == .string("string"), "never null")
    #expect(read?["code"]?["examples"] == .array([.string("K7")]))
    #expect(read?["tails"]?["items"] == .object(["type": .string("string")]))
    #expect(read?["tails"]?["type"] == .array([.string("array"), .string("null")]))
    let create = schemas?["kite.create"]?["properties"]?["data"]
    let code = create?["properties"]?["attributes"]?["properties"]?["code"]
    #expect(code?["default"] == .string("K1"))
    #expect(code?["x-prohibited"] == .bool(true))
    let either = create?["allOf"]?.array?.first?["anyOf"]?.array ?? []
    #expect(
      either.map { $0["required"] }
        == [.array([.string("relationships")]), .array([.string("attributes")])])
  }

  @Test func aFamilyHasTheTypesOfItsMembers() throws {
    let document = OpenAPIDocument.tree(of: try Self.kites(), version: "test")
    let schemas = document["components"]?["schemas"]
    let type = schemas?["maker"]?["properties"]?["type"]
    #expect(type?["const"] == nil)
    #expect(type?["x-extensible-enum"] == .array([.string("firms"), .string("people")]))
    let link = schemas?["kite"]?["properties"]?["relationships"]?["properties"]?["maker"]
    #expect(link?["x-targets"] == .array([.string("firms"), .string("people")]))
  }

  @Test func listsBehindARelationshipTakeWhatListsTake() throws {
    let document = OpenAPIDocument.tree(of: try Self.kites(), version: "test")
    func parameters(_ path: String) -> [String] {
      (document["paths"]?[path]?["get"]?["parameters"]?.array ?? []).compactMap {
        $0["$ref"]?.string?.replacing("#/components/parameters/", with: "")
      }
    }
    #expect(
      parameters("/api/kites/{id}/strings")
        == ["page.number", "page.size", "string.sort", "string.filter", "string.fields"])
    #expect(parameters("/api/sky/kites").contains("kite.filter"), "a singleton's list")
    #expect(document["paths"]?["/api/sky/kites"]?["parameters"] == nil, "it takes no id")
    let one = document["paths"]?["/api/kites/{id}/maker"]?["get"]?["responses"]?["200"]
    #expect(one?["$ref"] == .string("#/components/responses/maker.nullable"))
    let sort = document["components"]?["parameters"]?["kite.sort"]?["schema"]?["items"]?["enum"]
    #expect(sort?.array?.contains(.string("-maker")) == true)
    let filter = document["components"]?["parameters"]?["kite.filter"]?["schema"]?[
      "patternProperties"]
    #expect(filter?["^with_state$"]?["enum"] == .array([.string("up"), .string("down")]))
    #expect(filter?["^code_(?:eq)$"] != nil, "only the predicate it allows")
    #expect(filter?.object?.keys.contains { $0.contains("start") } == false)
  }

  @Test func theSameSpecGivesTheSameBytes() throws {
    var shuffled = spec
    shuffled.resources.reverse()
    #expect(
      OpenAPIDocument.tree(of: shuffled, version: "test").canonicalText == document.canonicalText)
  }
}
