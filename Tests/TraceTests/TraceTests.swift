import CommerceLayerRuntime
import Foundation
import HTTPTypes
import Logging
import Testing

#if DEBUG
  @Suite struct TraceTests {
    private func client(_ change: (inout ClientConfiguration) -> Void = { _ in }) throws
      -> APIClient
    {
      var configuration = ClientConfiguration(
        transport: InProcessTransport { _, _ in (HTTPResponse(status: .notFound), []) })
      change(&configuration)
      return try APIClient(
        organization: "acme", credentials: .token("hushcanary-trace"), configuration: configuration)
    }

    private func trace(_ folder: String) throws -> String {
      try String(contentsOfFile: "\(folder)/\(Trace.fileName)", encoding: .utf8)
    }

    /// A run with the trace on sees clients that no test told about it, before any test has begun.
    @Test func aRunThatIsWatchedSeesEveryCall() async throws {
      guard let folder = Trace.folder else {
        #expect(CallSpy.current == nil, "nobody watches unless asked")
        return
      }
      let path = "/api/widgets/\(UUID().uuidString)"
      _ = try? await client().send(RawRequest(.get, path))
      // A thread that belongs to no test, and a client with a logger of its own.
      await Task.detached {
        let client = try? client { $0.logger = Logger(label: "own") }
        _ = try? await client?.send(RawRequest(.get, path + "-2"))
      }.value
      let lines = try trace(folder).split(separator: "\n").filter { $0.contains(path) }
      #expect(lines.contains { $0.contains("call: trace ") && $0.contains("TraceTests") })
      #expect(lines.contains { $0.contains("call: debug ") })
      #expect(lines.contains { $0.contains("event: ") && $0.contains("call.ended") })
      #expect(lines.contains { $0.contains("[-] own: ") && $0.contains("-2") })
      #expect(lines.contains { $0.contains("[-] event: ") && $0.contains("-2") })
    }
  }
#endif
