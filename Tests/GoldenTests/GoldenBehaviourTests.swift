import Foundation
import GoldenClient
import HTTPTypes
import Synchronization
import Testing

/// The golden files are compiled as a module of their own; this is what the code in them does.
@Suite struct GoldenBehaviourTests {
  @Test func hostileNamesAndValuesAreOrdinary() throws {
    let gadget = try gadget(
      """
      "init": "a", "self": "b", "class": "c", "in": "d", "Type": "e", "inout": 7, "actor": "f",
      "hash": "g", "storage": "h", "attachment_url": "i", "attachmentUrl": "j", "halt": "k",
      "on": true, "weight": 2.5, "count": 3, "built_at": "2026-01-02T03:04:05.000Z",
      "motor": {"kind": "x"}, "parts": [1, "two"]
      """)
    #expect(gadget.initAttribute == "a")
    #expect(gadget.selfAttribute == "b")
    #expect(gadget.`class` == "c")
    #expect(gadget.`in` == "d")
    #expect(gadget["Type"] == "e")
    #expect(gadget.`inout` == 7)
    #expect(gadget.`actor` == "f")
    #expect(gadget.hashAttribute == "g")
    #expect(gadget.storageAttribute == "h")
    #expect(gadget.attachmentURL == "i")
    #expect(gadget["attachmentUrl"] == "j")
    #expect(gadget.halt == "k")
    #expect(gadget.on == true)
    #expect(gadget.weight == 2.5)
    #expect(gadget.count == 3)
    #expect(gadget.builtAt == Date(timeIntervalSince1970: 1_767_323_045))
    #expect(gadget["motor"] == ["kind": "x"])
    #expect(gadget.parts == [1, "two"])
  }

  @Test func enumValuesAreTheSpecs() throws {
    let values = try #require(Gadget.schema.attribute("state")?.values)
    #expect(values.count == 16)
    for value in values {
      let text = String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
      let gadget = try gadget(#""state": \#(text)"#)
      #expect(gadget.state?.rawValue == value)
      #expect(gadget.isTerminal == (value == "idle"))
    }
    #expect(Gadget.State.idle.rawValue == "idle")
    #expect(Gadget.State.inMotion.rawValue == "in_motion")
    #expect(Gadget.State.`in`.rawValue == "in")
    #expect(Gadget.State.USD.rawValue == "USD")
    let unknown = try gadget(#""state": "new to us""#)
    #expect(unknown.state?.rawValue == "new to us")
  }

  @Test func createSendsEveryMember() async throws {
    let service = Service(response: try gadgetJSON(""))
    _ = try await service.client().gadgets.create(
      .init(
        weight: 2.5, depot: "d1", builtAt: Date(timeIntervalSince1970: 0), class: "c", in: "i",
        initAttribute: "x", secret: "hushcanary", state: .inMotion,
        owner: AnyResourceReference(type: "depots", id: "d2"), spares: ["g1", "g2"]))
    let request = try #require(service.requests.first)
    #expect(request.method == "POST" && request.path == "/api/gadgets")
    let data = try #require(try JSONValue(parsing: request.body)["data"])
    #expect(
      data["attributes"] == [
        "weight": 2.5, "built_at": "1970-01-01T00:00:00.000Z", "class": "c", "in": "i", "init": "x",
        "secret": "hushcanary", "state": "in_motion",
      ])
    #expect(
      data["relationships"] == [
        "depot": ["data": ["type": "depots", "id": "d1"]],
        "owner": ["data": ["type": "depots", "id": "d2"]],
        "spares": ["data": [["type": "gadgets", "id": "g1"], ["type": "gadgets", "id": "g2"]]],
      ])
  }

  @Test func queriesAreNamedAsTheSpecNamesThem() async throws {
    let service = Service(response: "{\"data\": []}")
    _ = try await service.client().gadgets.list {
      $0.filter(.state.in([.idle, .inMotion]))
      $0.filter(.`class`.cont("x"))
      $0.filter(.initAttribute.eq("y"))
      $0.filter(.depot.id.eq("d1"))
      $0.sort(.`actor`, .descending)
      $0.sort(.id)
      $0.include(.depot, .spares)
      $0.fields(.state, .hashAttribute)
    }
    let query = try #require(service.requests.first?.query)
    #expect(query["filter[q][state_in]"] == "idle,in_motion")
    #expect(query["filter[q][class_cont]"] == "x")
    #expect(query["filter[q][init_eq]"] == "y")
    #expect(query["filter[q][depot_id_eq]"] == "d1")
    #expect(query["sort"] == "-actor,id")
    #expect(query["include"] == "depot,spares")
    #expect(query["fields[gadgets]"] == "state,hash")
  }

  @Test func triggersAndSingletons() async throws {
    let service = Service(response: try gadgetJSON(""))
    _ = try await service.client().gadgets.halt("g1")
    let request = try #require(service.requests.first)
    #expect(request.method == "PATCH" && request.path == "/api/gadgets/g1")
    let sent = try JSONValue(parsing: request.body)
    #expect(sent["data"]?["attributes"] == ["_halt": true])
    let depots = Service(
      response: #"{"data": {"type": "depots", "id": "d", "attributes": {"name": "North"}}}"#)
    let depot = try await depots.client().depot.retrieve()
    #expect(depot.name == "North")
    #expect(depots.requests.map(\.path) == ["/api/depot"])
  }

  @Test func codeWithOldNamesSendsTheNewOnes() async throws {
    let service = Service(response: try gadgetJSON(#""weight": 2.5, "state": "in_motion""#))
    let client = try service.client()
    let old: any CodeOfBefore = OldNames()
    try await old.run(client)
    let requests = service.requests
    let bodies = try requests.map {
      try JSONValue(parsing: $0.body.isEmpty ? "{}" : $0.body)["data"]
    }
    let depot: JSONValue = ["data": ["type": "depots", "id": "d1"]]
    try #require(requests.map(\.method) == ["POST", "POST", "POST", "PATCH", "PATCH", "GET"])
    for body in bodies.prefix(3) {
      #expect(body?["attributes"]?["weight"] == 2.5 && body?["attributes"]?["mass"] == nil)
      #expect(body?["relationships"] == ["depot": depot])
    }
    #expect(bodies[0]?["attributes"]?["state"] == "in_motion")
    #expect(bodies[1]?["attributes"]?["state"] == "lost")
    #expect(bodies[3]?["attributes"] == ["weight": 3.0])
    #expect(bodies[4]?["attributes"] == ["_halt": true])
    #expect(requests[5].path == "/api/gadgets")
    #expect(requests[5].query["filter[q][state_eq]"] == "in_motion")
    #expect(requests[5].query["include"] == "depot")
    #expect(requests[5].query["fields[gadgets]"] == "weight")
    let gadget = try gadget(#""weight": 2.5, "state": "in_motion""#)
    #expect(old.read(gadget) == [2.5, nil] && old.isMoving(gadget))
  }

  @Test func relationshipsAreTypedWhereTheSpecKnowsTheTarget() throws {
    let gadget = try gadget(
      "",
      relationships: """
        {"depot": {"data": {"type": "depots", "id": "d"}},
         "owner": {"data": {"type": "gadgets", "id": "o"}},
         "spares": {"data": [{"type": "gadgets", "id": "s"}]}}
        """)
    let depot: Depot? = gadget.depot
    let spares: [Gadget]? = gadget.spares
    let owner: AnyResource? = gadget.owner
    #expect(depot?.id == "d" && spares?.map(\.id) == ["s"])
    #expect(owner?.type == "gadgets" && owner?.as(Gadget.self)?.id == "o")
    #expect(owner?.as(Depot.self) == nil)
  }

  @Test func importsAndAttachmentsAreThere() throws {
    #expect(
      CommerceLayerService.schemas.map(\.name) == ["attachments", "depots", "gadgets", "imports"])
    #expect(Import.schema.lifecycle?.attribute == "status")
    #expect(!Attachment.schema.relationships.filter(\.isPolymorphic).isEmpty)
  }

  // MARK: - Helpers

  private func gadgetJSON(_ attributes: String, relationships: String = "{}") throws -> String {
    """
    {"data": {"type": "gadgets", "id": "g", "attributes": {\(attributes)},
              "relationships": \(relationships)}}
    """
  }

  private func gadget(_ attributes: String, relationships: String = "{}") throws -> Gadget {
    let json = try gadgetJSON(attributes, relationships: relationships)
    let data = try #require(try JSONValue(parsing: json)["data"])
    return try JSONDecoder().decode(Gadget.self, from: Data(data.bytes))
  }
}

/// What a program of the version before does.
private protocol CodeOfBefore {
  func run(_ client: CommerceLayerClient) async throws
  func read(_ gadget: Gadget) -> [Double?]
  func isMoving(_ gadget: Gadget) -> Bool
}

/// Deprecated itself, so that the compiler is silent; called by the protocol, so that nobody else is.
private struct OldNames: CodeOfBefore {
  @available(*, deprecated)
  func run(_ client: CommerceLayerClient) async throws {
    _ = try await client.gizmos.create(.init(mass: 2.5, warehouse: "d1", state: .moving))
    _ = try await client.gadgets.create(.init(mass: 2.5, depot: "d1", state: .lost))
    _ = try await client.gadgets.create(.init(weight: 2.5, warehouse: "d1"))
    _ = try await client.gadgets.update("g1", .init(mass: 3))
    _ = try await client.gadgets.stop("g1")
    // The response is that of one; the request is what matters.
    _ = try? await client.gizmos.list {
      $0.filter(.state.eq(.moving))
      $0.include(.warehouse)
      $0.fields(.mass)
    }
  }

  @available(*, deprecated)
  func read(_ gadget: Gadget) -> [Double?] {
    let gizmo: Gizmo = gadget
    return [gizmo.mass, gizmo.color.map { _ in 0 }]
  }

  @available(*, deprecated)
  func isMoving(_ gadget: Gadget) -> Bool { gadget.state == .moving }
}

/// Responds to every request alike and remembers it.
private final class Service: Sendable {
  struct Request: Sendable {
    let method: String
    let path: String
    let query: [String: String]
    let body: String
  }

  private let seen = Mutex<[Request]>([])
  private let response: String

  init(response: String) { self.response = response }

  var requests: [Request] { seen.withLock { $0 } }

  func client() throws -> CommerceLayerClient {
    try CommerceLayerClient(
      organization: "acme", credentials: .token("hushcanary"),
      configuration: ClientConfiguration(
        transport: InProcessTransport { [self] request, body in
          let parts = URLComponents(string: request.path ?? "")
          let items = (parts?.queryItems ?? []).map { ($0.name, $0.value ?? "") }
          seen.withLock {
            $0.append(
              Request(
                method: request.method.rawValue, path: parts?.path ?? "",
                query: Dictionary(items, uniquingKeysWith: { first, _ in first }),
                body: String(decoding: body, as: UTF8.self)))
          }
          var head = HTTPResponse(status: .ok)
          head.headerFields[.contentType] = "application/vnd.api+json"
          return (head, Array(response.utf8))
        }))
  }
}
