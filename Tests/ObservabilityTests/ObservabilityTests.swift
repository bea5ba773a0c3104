import CommerceLayerObservability
import CommerceLayerRuntime
import CoreMetrics
import HTTPTypes
import InMemoryTracing
import MetricsTestKit
import Synchronization
import Testing
import Tracing

@Suite struct ObservabilityTests {
  private let tracer = InMemoryTracer()
  private let metrics = TestMetrics()

  /// A client whose calls get these responses, one after another.
  private func client(
    _ statuses: Int..., seen: SeenHeaders = SeenHeaders()
  ) throws -> APIClient {
    let rest = Rest(statuses)
    var configuration = ClientConfiguration(
      transport: InProcessTransport { request, _ in
        seen.add(request.headerFields)
        let status = rest.next()
        var head = HTTPResponse(status: .init(code: status))
        head.headerFields[.contentType] = "application/vnd.api+json"
        return (
          head, Array((status < 300 ? #"{"data":null}"# : #"{"errors":[{"title":"canary"}]}"#).utf8)
        )
      })
    configuration.time = TimeSource(now: { .zero }) { nap in
      if nap >= .seconds(60) { try await Task.sleep(for: .seconds(3600)) }
    }
    configuration.observe(
      tracing: TracingMiddleware(tracer: tracer), metrics: ClientMetrics(factory: metrics))
    return try APIClient(
      organization: "acme", credentials: .token("hushcanary-token"), configuration: configuration)
  }

  private final class Rest: Sendable {
    private let rest: Mutex<[Int]>
    init(_ statuses: [Int]) { rest = Mutex(statuses) }
    func next() -> Int { rest.withLock { $0.isEmpty ? 500 : $0.removeFirst() } }
  }
  final class SeenHeaders: Sendable {
    private let seen = Mutex<[HTTPFields]>([])
    var all: [HTTPFields] { seen.withLock { $0 } }
    func add(_ fields: HTTPFields) { seen.withLock { $0.append(fields) } }
  }

  @Test func aCallIsASpanAroundItsAttempts() async throws {
    let seen = SeenHeaders()
    let client = try client(502, 200, seen: seen).with { $0.tags["job"] = "nightly" }
    _ = try await client.send(RawRequest(.get, "/api/widgets/canary-free"))
    let spans = tracer.finishedSpans
    #expect(spans.map(\.operationName) == ["GET widgets", "GET widgets", "GET widgets"])
    #expect(spans.map(\.kind) == [.client, .client, .internal])
    let (first, second, call) = (spans[0].attributes, spans[1].attributes, spans[2].attributes)
    #expect(first.get("http.response.status_code") == .int64(502))
    #expect(first.get("error.type") == .string("502"))
    #expect(first.get("http.request.method") == .string("GET"))
    #expect(first.get("server.address") == .string("acme.commercelayer.io"))
    #expect(first.get("server.port") == .int64(443))
    #expect(first.get("url.path") == .string("/api/widgets/canary-free"))
    #expect(first.get("http.request.resend_count") == nil)
    #expect(second.get("http.request.resend_count") == .int64(1))
    #expect(second.get("http.response.status_code") == .int64(200))
    #expect(call.get("commercelayer.tag.job") == .string("nightly"))
    #expect(
      Set(spans.compactMap { $0.attributes.get("commercelayer.call_id") }.map { "\($0)" }).count
        == 1)
    #expect(tracer.performedContextInjections.count == 2)
    #expect(seen.all.allSatisfy { $0[.authorization] != nil })
  }

  @Test func whatFailsIsMarked() async throws {
    let client = try client(404)
    await #expect(throws: CommerceLayerError.self) {
      try await client.send(RawRequest(.get, "/api/widgets/x"))
    }
    let spans = tracer.finishedSpans
    #expect(spans.allSatisfy { $0.status?.code == .error })
    #expect(spans.allSatisfy { $0.attributes.get("error.type") == .string("404") })
    #expect(!"\(spans)".contains("canary"))
  }

  @Test func callsAndAttemptsAreCountedAndTimed() async throws {
    let client = try client(502, 200, 404)
    _ = try await client.send(RawRequest(.get, "/api/widgets/x"))
    _ = try? await client.send(RawRequest(.get, "/api/widgets/x"))
    func dimensions(_ extra: (String, String)...) -> [(String, String)] {
      [("http.request.method", "GET"), ("commercelayer.resource", "widgets")] + extra
    }
    for (label, outcome) in [
      ("http.client.request.duration", ("http.response.status_code", "502")),
      ("http.client.request.duration", ("http.response.status_code", "200")),
      ("http.client.request.duration", ("http.response.status_code", "404")),
      ("commercelayer.client.call.duration", ("http.response.status_code", "200")),
      ("commercelayer.client.call.duration", ("error.type", "not_found")),
    ] {
      #expect(try metrics.expectTimer(label, dimensions(outcome)).values.count == 1)
    }
    #expect(try metrics.expectCounter("commercelayer.client.retries", dimensions()).totalValue == 1)
    #expect(
      try metrics.expectCounter("commercelayer.client.token_renewals", [("outcome", "success")])
        .totalValue == 1)
  }

  @Test func whatWatchedBeforeStillDoes() async throws {
    let seen = Kinds()
    var configuration = ClientConfiguration(
      transport: InProcessTransport { _, _ in
        throw TransportError(.invalidRequest, "no")
      })
    configuration.onEvent = { seen.add($0.kind.rawValue) }
    configuration.observe(
      tracing: TracingMiddleware(tracer: tracer), metrics: ClientMetrics(factory: metrics))
    let client = try APIClient(
      organization: "acme", credentials: .token("hushcanary"), configuration: configuration)
    _ = try? await client.send(RawRequest(.get, "/api/widgets/x"))
    #expect(seen.all.contains("call.ended"))
    #expect(tracer.finishedSpans.first?.attributes.get("error.type") == .string("invalidRequest"))
  }

  final class Kinds: Sendable {
    private let kinds = Mutex<[String]>([])
    var all: [String] { kinds.withLock { $0 } }
    func add(_ kind: String) { kinds.withLock { $0.append(kind) } }
  }
}
