import Benchmark
import CommerceLayer
import Foundation
import HTTPTypes

/// Each measurement stands beside its baseline in the same run; the ratio is what counts.
let benchmarks: @Sendable () -> Void = {
  Benchmark.defaultConfiguration = .init(
    metrics: [.wallClock, .throughput], maxDuration: .seconds(5), maxIterations: 200)
  reading()
  smallPages()
  writing()
}

/// A list page with the rows of its imports.
private func reading() {
  let page = Fixtures.listPage
  let data = Data(page)
  print("list page: \(page.count) bytes")
  // For readers in other languages: Benchmarks/all times Node's on the same bytes.
  if let path = ProcessInfo.processInfo.environment["BENCHMARK_PAGE"] {
    try? data.write(to: URL(filePath: path))
  }

  Benchmark("read list page: JSONDecoder, typed") { _ in
    blackHole(try Fixtures.decoder.decode(Fixtures.Conventional.self, from: data))
  }

  Benchmark("read list page: JSONSerialization") { _ in
    blackHole(try JSONSerialization.jsonObject(with: data))
  }

  Benchmark("read list page: ours, index of every value") { _ in
    blackHole(try JSONDocument(parsing: page).root.kind)
  }

  Benchmark("read list page: ours, every value") { _ in
    blackHole(try JSONDocument(parsing: page).root.value)
  }

  let client = try? client(responding: page)
  Benchmark("read list page: ours, client, typed resources, three attributes") { _ in
    guard let client else { return }
    for item in try await client.imports.list() { three(of: item) }
  }

  Benchmark("read list page: ours, client, typed resources and all their rows") { _ in
    guard let client else { return }
    for item in try await client.imports.list() {
      three(of: item)
      blackHole(item["inputs"])
    }
  }
}

private func three(of item: Import) {
  blackHole(item.status)
  blackHole(item.createdAt)
  blackHole(item.processedCount)
}

/// A list page as it is usual: no rows.
private func smallPages() {
  let page = Fixtures.pageWithoutRows
  let data = Data(page)
  print("list page without rows: \(page.count) bytes")

  Benchmark("read page without rows: JSONDecoder, typed") { _ in
    blackHole(try Fixtures.decoder.decode(Fixtures.Conventional.self, from: data))
  }

  Benchmark("read page without rows: ours, index of every value") { _ in
    blackHole(try JSONDocument(parsing: page).root.kind)
  }

  let client = try? client(responding: page)
  Benchmark("read page without rows: ours, client, typed resources, three attributes") { _ in
    guard let client else { return }
    for item in try await client.imports.list() { three(of: item) }
  }
}

private func writing() {
  let rows = (0..<10_000).map { index -> JSONValue in
    ["code": .string("SKU-\(index)"), "name": "A name of usual length", "weight": 12.5]
  }
  let conventional = (0..<10_000).map { index in
    Fixtures.Conventional.Row(code: "SKU-\(index)", name: "A name of usual length", weight: 12.5)
  }
  print("10 000 rows: \(JSONValue.array(rows).bytes.count) bytes")

  Benchmark("write 10 000 rows: JSONEncoder") { _ in
    blackHole(try JSONEncoder().encode(conventional))
  }
  Benchmark("write 10 000 rows: JSONSerialization") { benchmark in
    let rows = Fixtures.foundationRows
    benchmark.startMeasurement()
    blackHole(try JSONSerialization.data(withJSONObject: rows))
    benchmark.stopMeasurement()
  }
  Benchmark("write 10 000 rows: ours") { _ in
    blackHole(JSONValue.array(rows).bytes)
  }
}

/// A client whose every response is `document`.
func client(responding document: [UInt8]) throws -> CommerceLayerClient {
  let transport = InProcessTransport { _, _ in
    var head = HTTPResponse(status: .ok)
    head.headerFields[.contentType] = "application/vnd.api+json"
    return (head, document)
  }
  var configuration = ClientConfiguration(transport: transport)
  // What is measured would otherwise be the waiting.
  configuration.rateLimiter = .unlimited()
  return try CommerceLayerClient(
    organization: "acme", credentials: .token("token"),
    configuration: configuration)
}
