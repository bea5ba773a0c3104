import HTTPTypes
import Testing

@_spi(Generated) @testable import CommerceLayerRuntime

@Suite struct MiddlewareTests {
  /// Does what a test says.
  private struct Middleware: ClientMiddleware {
    typealias Work =
      @Sendable (HTTPRequest, RequestBody?, CallContext, Next) async throws -> TransportResponse
    let work: Work
    init(_ work: @escaping Work) { self.work = work }
    func intercept(
      _ request: HTTPRequest, body: RequestBody?, context: CallContext, next: Next
    ) async throws -> TransportResponse { try await work(request, body, context, next) }
  }
  private struct OwnError: Error {}

  private func noting(_ name: String, _ notes: Notes<String>) -> Middleware {
    Middleware { request, body, context, next in
      notes.add("\(name) \(context.attempt) \(request.headerFields[.authorization] ?? "-")")
      let response = try await next(request, body)
      notes.add("\(name) \(response.head.status.code)")
      return response
    }
  }

  @Test func seesCallsOnceAndAttemptsEachWithoutTheToken() async throws {
    let notes = Notes<String>()
    let stage = Stage([.respond(502, ""), .respond(200, widget())])
    _ = try await stage.widgets {
      $0.callMiddleware = [noting("outer", notes), noting("inner", notes)]
      $0.attemptMiddleware = [noting("attempt", notes)]
    }.retrieve("w1")
    #expect(
      notes.all == [
        "outer 0 -", "inner 0 -", "attempt 1 -", "attempt 502", "attempt 2 -", "attempt 200",
        "inner 200", "outer 200",
      ])
    #expect(stage.exchanges.allSatisfy { $0.request.headerFields[.authorization] != nil })
  }

  @Test func mayRespondByItself() async throws {
    let stage = Stage()
    let widgets = try stage.widgets {
      $0.callMiddleware = [
        Middleware { _, _, _, _ in
          TransportResponse(
            head: HTTPResponse(
              status: .ok, headerFields: [.contentType: "application/vnd.api+json"]),
            body: ResponseBody(Array(widget(id: "cached").utf8)))
        }
      ]
    }
    #expect(try await widgets.retrieve("w1").id == "cached")
    #expect(stage.exchanges.isEmpty && stage.tokenRequests == 0)
  }

  @Test func mayChangeRequestsAndResponses() async throws {
    let stage = Stage([.respond(500, widget())])
    let widgets = try stage.widgets {
      $0.attemptMiddleware = [
        Middleware { request, body, _, next in
          var request = request
          request.headerFields[.cacheControl] = "no-store"
          let response = try await next(request, body)
          var head = response.head
          head.status = .ok
          return TransportResponse(head: head, body: response.body)
        }
      ]
    }
    _ = try await widgets.retrieve("w1")
    #expect(stage.exchanges.first?.request.headerFields[.cacheControl] == "no-store")
  }

  @Test func itsOwnErrorEndsTheCallAndATransportErrorIsRepeated() async throws {
    let stage = Stage([.respond(200, widget())])
    let own = try stage.widgets {
      $0.attemptMiddleware = [Middleware { _, _, _, _ in throw OwnError() }]
    }
    await #expect(throws: OwnError.self) { try await own.retrieve("w1") }
    let attempts = Notes<Int>()
    let flaky = try stage.widgets {
      $0.attemptMiddleware = [
        Middleware { request, body, context, next in
          attempts.add(context.attempt)
          if context.attempt == 1 { throw TransportError(.broken, "flaky") }
          return try await next(request, body)
        }
      ]
    }
    _ = try await flaky.retrieve("w1")
    #expect(attempts.all == [1, 2])
  }

  @Test(arguments: [
    "https://evil.example/api/widgets/w1", "http://acme.commercelayer.io/api/w",
    "https://acme.commercelayer.io/oauth/token", "https://acme.commercelayer.io.evil/api/w",
  ])
  func credentialsGoNowhereElse(url: String) async throws {
    let stage = Stage([.respond(200, widget())])
    let widgets = try stage.widgets {
      $0.attemptMiddleware = [
        Middleware { request, body, _, next in
          var request = request
          let parts = url.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: true)
          request.scheme = String(parts[0].dropLast())
          request.authority = String(parts[1])
          request.path = "/" + String(parts[2])
          return try await next(request, body)
        }
      ]
    }
    let error = await failure { _ = try await widgets.retrieve("w1") }
    #expect(error?.kind == .configuration && stage.exchanges.isEmpty)
  }

  @Test func aCallMiddlewareKeepsWhatIsKnownOfTheOutcome() async throws {
    let stage = Stage([.respond(502, ""), .respond(502, ""), .respond(404, "{}")])
    let notes = Notes<String>()
    let widgets = try stage.widgets { $0.callMiddleware = [noting("call", notes)] }
    let error = await failure { _ = try await widgets.create(.init(name: "a")) }
    #expect(error?.kind == .ambiguousWrite)
    try await widgets.delete("w1")
    #expect(stage.exchanges.count == 3)
  }
}
