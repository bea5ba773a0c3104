import Foundation
import Testing

@_spi(Generated) @testable import CommerceLayerRuntime

/// A family in the shape that the generator emits: gateways, of which there are two kinds.
private struct Gateway: FamilyResource, ListableResource, RetrievableResource {
  let storage: ResourceStorage
  init(storage: ResourceStorage) { self.storage = storage }
  static let schema = ResourceSchema(
    table: """
      {"resource":"gateways","singular":"gateway","members":["fast_gateways","slow_gateways"],
       "operations":{"list":{"method":"GET","path":"/api/gateways","success":200}},
       "attributes":{"name":{"type":"string"}},"relationships":{}}
      """)
  var name: String? { storage.string("name") }

  struct MemberKind: OpenEnum {
    let rawValue: String
    init(rawValue: String) { self.rawValue = rawValue }
    static let fastGateways = Self(rawValue: "fast_gateways")
    static let slowGateways = Self(rawValue: "slow_gateways")
  }
}

private struct FastGateway: FamilyMember {
  typealias Family = Gateway
  let storage: ResourceStorage
  init(storage: ResourceStorage) { self.storage = storage }
  static let schema = ResourceSchema(
    table: """
      {"resource":"fast_gateways","singular":"fast_gateway",
       "attributes":{"name":{"type":"string"},"speed":{"type":"integer"}},"relationships":{}}
      """)
  var speed: Int? { storage.integer("speed") }
}

private struct SlowGateway: FamilyMember {
  typealias Family = Gateway
  let storage: ResourceStorage
  init(storage: ResourceStorage) { self.storage = storage }
  static let schema = ResourceSchema(
    table: #"{"resource":"slow_gateways","singular":"slow_gateway","attributes":{}}"#)
}

private struct Method: Resource {
  let storage: ResourceStorage
  init(storage: ResourceStorage) { self.storage = storage }
  static let schema = ResourceSchema(
    table: """
      {"resource":"methods","singular":"method","attributes":{},
       "relationships":{"gateway":{"cardinality":"one","resource":"gateways","create":"required"},
         "gateways":{"cardinality":"many","resource":"gateways"}}}
      """)
  var gateway: Gateway? { storage.resource("gateway", as: Gateway.self) }
  var gateways: [Gateway]? { storage.resources("gateways", as: Gateway.self) }
}

@Suite struct FamilyTests {
  private func document(
    _ text: String,
    schemas: [ResourceSchema]? = [
      Gateway.schema, FastGateway.schema, SlowGateway.schema, Method.schema,
    ], reading: ResponseReading = .lenient
  ) throws -> Document {
    var context = Document.Context(reading: reading)
    context.schemas = schemas.map { schemas in SchemaCatalog { schemas } }
    return try Document(parsing: Array(text.utf8), context: context)
  }

  private func method(gateway type: String, attributes: String = "{}") -> String {
    """
    {"data":{"type":"methods","id":"m","relationships":{"gateway":{"data":{"type":"\(type)","id":"g"}}}},
     "included":[{"type":"\(type)","id":"g","attributes":\(attributes)}]}
    """
  }

  @Test func anIncludedMemberReadsAsTheBaseTypeAndAsItself() throws {
    let text = method(gateway: "fast_gateways", attributes: #"{"name":"a","speed":3}"#)
    let method = try #require(try document(text).one(Method.self))
    let gateway = try #require(method.gateway)
    #expect(gateway.name == "a" && gateway.storage.id == "g")
    #expect(gateway.kind == .fastGateways)
    #expect(gateway.as(FastGateway.self)?.speed == 3)
    #expect(gateway.as(SlowGateway.self) == nil)
    #expect(method.storage.diagnostics.isEmpty)
    let kind =
      switch gateway.kind {
      case .fastGateways: "fast"
      case .slowGateways: "slow"
      default: "another"
      }
    #expect(kind == "fast")
  }

  @Test func aMemberThatJoinsReadsAsTheBaseType() throws {
    let text = method(gateway: "warp_gateways", attributes: #"{"name":"w","speed":"any"}"#)
    let gateway = try #require(try document(text).one(Method.self)?.gateway)
    #expect(gateway.name == "w" && gateway.kind.rawValue == "warp_gateways")
    #expect(gateway.as(FastGateway.self) == nil && gateway.as(SlowGateway.self) == nil)
  }

  @Test func aResourceOfAnotherKnownTypeIsNotAMember() throws {
    let method = try #require(try document(method(gateway: "methods")).one(Method.self))
    #expect(method.gateway == nil)
    #expect(method.storage.diagnostics.map(\.kind) == [.unexpectedType])
    let error = #expect(throws: CommerceLayerError.self) {
      try document(#"{"data":[{"type":"methods","id":"1"}]}"#).many(Gateway.self)
    }
    #expect(error?.pointer == "/data/0/type")
  }

  @Test func listsOfTheBaseTypeHoldMembersCheckedBySchemasOfTheirOwn() throws {
    let list = """
      {"data":[{"type":"fast_gateways","id":"1","attributes":{"speed":1}},
               {"type":"slow_gateways","id":"2"},{"type":"gateways","id":"3"},
               {"type":"warp_gateways","id":"4","attributes":{"name":"w"}},
               {"type":"fast_gateways","id":"5","attributes":{"speed":"fast"}}]}
      """
    let error = #expect(throws: CommerceLayerError.self) {
      try document(list, reading: .strict).many(Gateway.self)
    }
    #expect(error?.pointer == "/data/4/attributes/speed")
    let readable = list.replacing(#""speed":"fast""#, with: #""speed":5"#)
    let gateways = try document(readable).many(Gateway.self)
    #expect(gateways.map(\.kind.rawValue).last == "fast_gateways")
    #expect(gateways.compactMap { $0.as(FastGateway.self)?.speed } == [1, 5])
    #expect(gateways.compactMap { $0.as(SlowGateway.self) }.count == 1)
    // What the base type knows holds for a member of which nothing else is known.
    let wrong = list.replacing(#""name":"w""#, with: #""name":[]"#)
    let unreadable = #expect(throws: CommerceLayerError.self) {
      try document(wrong, reading: .strict).many(Gateway.self)
    }
    #expect(unreadable?.pointer == "/data/3/attributes/name")
  }

  @Test func aToManyRelationshipHoldsSeveralKinds() throws {
    let text = """
      {"data":{"type":"methods","id":"m","relationships":{"gateways":{"data":[
        {"type":"fast_gateways","id":"1"},{"type":"slow_gateways","id":"1"}]}}}}
      """
    let gateways = try #require(try document(text).one(Method.self)?.gateways)
    #expect(gateways.map(\.kind) == [.fastGateways, .slowGateways])
    #expect(gateways.map(\.storage.isIdentifier) == [true, true])
  }

  @Test func membersSurviveEncodingWithoutACatalog() throws {
    let text = method(gateway: "fast_gateways", attributes: #"{"name":"a","speed":3}"#)
    let gateway = try #require(try document(text, schemas: nil).one(Method.self)?.gateway)
    let again = try JSONDecoder().decode(Gateway.self, from: JSONEncoder().encode(gateway))
    #expect(again.kind == .fastGateways && again.as(FastGateway.self)?.speed == 3)
  }

  @Test func anyResourceHasItsKindAndReadsAsAFamily() throws {
    let text = #"{"data":[{"type":"fast_gateways","id":"1"},{"type":"methods","id":"2"}]}"#
    let resources = try document(text).many(AnyResource.self)
    #expect(resources.map(\.kind) == ["fast_gateways", .of(Method.self)])
    let found = resources.map { resource in
      switch resource.kind {
      case FastGateway.self: "fast"
      case "methods": "method"
      default: "another"
      }
    }
    #expect(found == ["fast", "method"])
    #expect(resources[0].as(Gateway.self)?.kind == .fastGateways)
    #expect(resources[0].as(SlowGateway.self) == nil)
    #expect(resources[1].as(Gateway.self) == nil && resources[1].as(Method.self) != nil)
  }

  @Test func aReferenceToAMemberNamesTheMembersType() throws {
    let text = #"{"data":[{"type":"fast_gateways","id":"1"},{"type":"warp_gateways","id":"2"}]}"#
    let gateways = try document(text).many(Gateway.self)
    let fast = try #require(gateways[0].as(FastGateway.self))
    var storage = RequestStorage(type: "methods")
    func sent(_ reference: MemberReference<Gateway>?) -> JSONValue? {
      storage.relate("gateway", reference)
      return storage.relationships["gateway"]
    }
    #expect(sent(nil) == nil && storage.relationships.isEmpty)
    #expect(sent(.init(fast)) == ["type": "fast_gateways", "id": "1"])
    #expect(sent(.init(gateways[1])) == ["type": "warp_gateways", "id": "2"])
    #expect(sent(.init(.slowGateways, id: "3")) == ["type": "slow_gateways", "id": "3"])
    #expect(sent(.init(FastGateway.ID("4"))) == ["type": "fast_gateways", "id": "4"])
    #expect(Gateway.ID(fast.id) == gateways[0].id)
    #expect(Gateway(fast).kind == .fastGateways)
  }

  @Test func arraysWithElementsOfAnotherTypeStayReadableByName() throws {
    func storage(_ list: String) throws -> ResourceStorage {
      try #require(
        try document(#"{"data":{"type":"slow_gateways","id":"1","attributes":{"list":\#(list)}}}"#)
          .one(AnyResource.self)
      ).storage
    }
    #expect(try storage(#"["a","b"]"#).strings("list") == ["a", "b"])
    #expect(try storage(#"["a",1]"#).strings("list") == nil)
    #expect(try storage(#"["a",null]"#).strings("list") == nil)
    #expect(try storage("[]").integers("list") == [])
    #expect(try storage("[1,2.5]").integers("list") == nil)
    #expect(try storage("[1,2.5]").doubles("list") == [1, 2.5])
    #expect(try storage("[true]").booleans("list") == [true])
    #expect(try storage(#"[{"k":1}]"#).objects("list") == [["k": 1]])
    #expect(try storage(#"{"k":1}"#).objects("list") == nil)
    #expect(try storage("null").strings("list") == nil)
    #expect(try storage(#"["a",1]"#).array("list") == ["a", 1])
  }
}
