import Benchmark
import CommerceLayer
import Foundation
import HTTPTypes

/// Each measurement stands beside its baseline in the same run; the ratio is what counts.
let benchmarks: @Sendable () -> Void = {
  Benchmark.defaultConfiguration = .init(
    metrics: [.wallClock, .throughput], maxDuration: .seconds(5), maxIterations: 200)
  let page = Fixtures.listPage
  let data = Data(page)
  print("list page: \(page.count) bytes")

  Benchmark("decode list page: JSONDecoder, typed") { _ in
    blackHole(try Fixtures.decoder.decode(Fixtures.Conventional.self, from: data))
  }

  Benchmark("decode list page: JSONSerialization") { _ in
    blackHole(try JSONSerialization.jsonObject(with: data))
  }

  Benchmark("decode list page: JSONDocument, index only") { _ in
    blackHole(try JSONDocument(parsing: page).root.kind)
  }

  Benchmark("decode list page: JSONDocument, every value") { _ in
    blackHole(try JSONDocument(parsing: page).root.value)
  }

  let client = try? client(answering: page)
  Benchmark("decode list page: client, typed resources, three attributes read") { _ in
    guard let client else { return }
    for item in try await client.imports.list() {
      blackHole(item.status)
      blackHole(item.createdAt)
      blackHole(item.processedCount)
    }
  }

  let rows = (0..<10_000).map { index -> JSONValue in
    ["code": .string("SKU-\(index)"), "name": "A name of usual length", "weight": 12.5]
  }
  let conventional = (0..<10_000).map { index in
    Fixtures.Conventional.Row(code: "SKU-\(index)", name: "A name of usual length", weight: 12.5)
  }
  Benchmark("encode 10 000 rows: JSONEncoder") { _ in
    blackHole(try JSONEncoder().encode(conventional))
  }
  Benchmark("encode 10 000 rows: JSONValue") { _ in
    blackHole(JSONValue.array(rows).bytes)
  }
}

/// A client whose every answer is `document`.
func client(answering document: [UInt8]) throws -> CommerceLayerClient {
  let transport = InProcessTransport { _, _ in
    var head = HTTPResponse(status: .ok)
    head.headerFields[.contentType] = "application/vnd.api+json"
    return (head, document)
  }
  return try CommerceLayerClient(
    organization: "acme", credentials: .token("token"),
    configuration: ClientConfiguration(transport: transport))
}
