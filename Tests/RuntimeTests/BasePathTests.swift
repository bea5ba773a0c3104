import HTTPTypes
import Testing

@testable import CommerceLayerRuntime

/// A service whose API lies below another path than `/api/`: what decides by paths follows the
/// description of the service.
@Suite struct BasePathTests {
  private let service = ServiceDescription(
    table: """
      {"base_path": "/v2/", "cacheable": ["books"], "stand_ins": ["parties"],
       "page": {"default_size": 20, "maximum_size": 50}}
      """)

  private var endpoint: ServiceEndpoint {
    get throws {
      var endpoint = try ServiceEndpoint.loopback(port: 8080)
      endpoint.basePath = service.basePath
      return endpoint
    }
  }

  @Test func countsRequestsByTheResourceBelowTheBasePath() {
    let books = RateLimitRequest.classify(
      .get, path: "/v2/books/1?x=/api/", service: service, mode: nil)
    #expect(books.endpoint == "books")
    #expect(books.class == .cacheable)
    // A resource may be called as the base path of another service.
    let api = RateLimitRequest.classify(.get, path: "/v2/api/1", service: service, mode: nil)
    #expect(api.endpoint == "api")
  }

  @Test func followsLinksBelowTheBasePathOnly() throws {
    let endpoint = try endpoint
    #expect(
      try endpoint.target(of: Link(href: "http://127.0.0.1:8080/v2/books?page=2"))
        == "/v2/books?page=2")
    for href in ["/api/books", "/v2", "/v22/books", "/v2/../api/books"] {
      #expect(throws: CommerceLayerError.self) { try endpoint.target(of: Link(href: href)) }
    }
  }

  @Test func withoutADescriptionThePathIsCommerceLayers() {
    #expect(ServiceDescription(table: "{}").basePath == "/api/")
    #expect(
      RateLimitRequest.classify(.get, path: "/api/skus/1", service: nil, mode: nil).endpoint
        == "skus")
  }

  @Test func namesTheResourceOfACall() {
    var call = CallContext(id: "1", method: .get, path: "/v2/books/1/loans", isIdempotent: true)
    call.basePath = service.basePath
    #expect(call.resource == "books")
    #expect(
      CallContext(id: "1", method: .get, path: "/api/skus", isIdempotent: true).resource == "skus")
  }

  @Test func aResourceThatIsOnlyRetrievedLiesBelowItsCollection() {
    let schema = ResourceSchema(
      table: """
        {"resource": "loans", "operations": {
          "retrieve": {"method": "GET", "path": "/v2/loans/:id", "success": 200}}}
        """)
    #expect(schema.path == "/v2/loans")
  }

  @Test func aStandInAmongTheTargetsAllowsEveryType() throws {
    let schema = ResourceSchema(
      table: """
        {"resource": "loans", "relationships": {
          "holder": {"cardinality": "one", "polymorphic": true, "targets": ["parties", "shops"]}}}
        """)
    let holder = try #require(schema.relationship("holder"))
    let linkage: JSONValue = ["type": "people", "id": "1"]
    #expect(holder.rejectedType(in: linkage, standIns: service.standIns) == nil)
    #expect(holder.rejectedType(in: linkage, standIns: []) == "people")
  }
}
