import CommerceLayer
import Foundation
import HTTPTypes
import Synchronization
import Testing

@testable import CommerceLayerImporter
@testable import CommerceLayerRows
@testable import CommerceLayerRuntime

/// What is sent for a chunk, in its parts; their sizes add up to what was announced.
func parts(_ inputs: BulkInputs) async throws -> [[UInt8]] {
  let rows = try #require(inputs.streamed)
  let next = rows.read()
  var parts: [[UInt8]] = []
  while let part = try await next() { parts.append(part) }
  #expect(parts.reduce(0) { $0 + $1.count } == inputs.byteCount)
  return parts
}

/// What is sent for a chunk.
func text(_ inputs: BulkInputs) async throws -> String {
  String(decoding: Array(try await parts(inputs).joined()), as: UTF8.self)
}

/// Chunks whose bytes are on disk and are read while they are sent.
@Suite struct ChunkTests {
  private func chunks(
    _ text: String, _ type: String = "skus", rows: Int = 10_000, bytes: Int = 8 << 20
  ) throws -> [PreparedChunk] {
    let file = try InputOnDisk(text)
    var settings = ImportSettings(service: CommerceLayerService.description)
    settings.chunkRows = rows
    settings.chunkBytes = bytes
    var source = try ChunkSource(
      ImportPlanner(
        file: try file.file, format: .csv, rules: try rules(type), settings: settings))
    var chunks: [PreparedChunk] = []
    while let chunk = try source.next() { chunks.append(chunk) }
    return chunks
  }

  /// Large enough to be written to disk several times.
  private func skus(_ count: Int) -> (text: String, sent: [String]) {
    let description = String(repeating: "soft \"\"wool\"\", ", count: 20)
    let sent = (0..<count).map {
      #"{"code":"S\#($0)","description":"\#(description.replacing("\"\"", with: "\\\""))"}"#
    }
    return (
      "code,description\n" + (0..<count).map { "S\($0),\"\(description)\"\n" }.joined(), sent
    )
  }

  @Test func sendsAllRowsWhateverTheirSizeAndAgainForARetry() async throws {
    let (text, sent) = skus(4_000)
    let chunk = try #require(try chunks(text).first)
    #expect(chunk.rows.count == 4_000)
    #expect(chunk.bytes.count > 4 * RowBytes.window, "the test needs a chunk that is on disk")
    #expect(chunk.bytes.buffer.bytes.count <= RowBytes.window + 512, "the chunk is in memory")
    let expected = "[" + sent.joined(separator: ",") + "]"
    #expect(try await ImporterTests.text(chunk.inputs) == expected)
    #expect(try await ImporterTests.text(chunk.inputs) == expected, "a retry sends the same")
    #expect(try await parts(chunk.inputs).allSatisfy { $0.count <= RowBytesReader.window })
  }

  @Test func cutsByBytesAndLosesNothingInBetween() async throws {
    let (text, sent) = skus(4_000)
    let chunks = try chunks(text, bytes: 400_000)
    #expect(chunks.count > 3)
    var all: [String] = []
    for chunk in chunks {
      let text = try await ImporterTests.text(chunk.inputs)
      let values = try #require(try JSONDocument(parsing: Array(text.utf8)).root.value.array)
      #expect(values.count == chunk.rows.count)
      all += values.map(\.text)
    }
    #expect(all == sent)
  }

  @Test func halvesOfAChunkAreItsRows() async throws {
    let (text, sent) = skus(3_001)
    let chunk = try #require(try chunks(text).first)
    let (head, tail) = try #require(chunk.halves())
    #expect(head.rows.count == 1_500 && tail.rows.count == 1_501)
    #expect(head.units == 1_500 && tail.units == 1_501 && tail.rows.first?.unit == 0)
    #expect(
      try await ImporterTests.text(head.inputs) == "[" + sent[..<1_500].joined(separator: ",") + "]"
    )
    let (second, third) = try #require(tail.halves())
    #expect(
      try await ImporterTests.text(second.inputs)
        == "[" + sent[1_500..<2_250].joined(separator: ",") + "]")
    #expect(
      try await ImporterTests.text(third.inputs)
        == "[" + sent[2_250...].joined(separator: ",") + "]")
  }

  @Test(arguments: [("code,name\n", ""), ("id,code,name\n", ",")])
  func rowsAreRecognizedWhereverAChunkIsCut(header: String, start: String) throws {
    let cells = ["A,n", "\"C\"\"1\",n", "Ü,n", "\"D,2\",n", "E,\"n\"\"\""]
    let keys = ["A", "C\"1", "Ü", "D,2", "E"]
    let text = header + cells.map { start + $0 + "\n" }.joined()
    for rows in 1...6 {
      let chunks = try chunks(text, rows: rows)
      #expect(chunks.flatMap { $0.rows.map(\.identity.key) } == keys, "chunks of \(rows) rows")
      #expect(chunks.flatMap { $0.rows.map(\.line) } == Array(2...6))
    }
    let (head, tail) = try #require(try chunks(text).first?.halves())
    #expect((head.rows.map(\.identity.key) + tail.rows.map(\.identity.key)) == keys)
    #expect(tail.rows.map(\.unit) == [0, 1, 2])
  }

  @Test func rowsAreRecognizedByTheirIDAsWell() throws {
    let chunk = try #require(try chunks("id,code,name\nx1,A,n\nx2,,n\n").first)
    #expect(
      chunk.rows.map(\.identity) == [RowIdentity(key: "A", id: "x1"), RowIdentity(id: "x2")])
  }

  @Test func csvIsEscapedAsOneJSONString() async throws {
    let lines = [
      #"L1,"a ""quoted"" name""#, "L1,ünï", #"L2,back\slash"#, "L3,\"two\nlines\"",
    ]
    let chunks = try chunks(
      "name,sku_list_items.sku_code\n" + lines.joined(separator: "\n"), "sku_lists", rows: 2)
    var records: [String] = []
    for chunk in chunks {
      let text = try await ImporterTests.text(chunk.inputs)
      let csv = try #require(try JSONDocument(parsing: Array(text.utf8)).root.string)
      #expect(csv.hasPrefix("name,sku_list_items.sku_code\n"))
      records.append(String(csv.dropFirst("name,sku_list_items.sku_code\n".count)))
    }
    #expect(records == [lines[0] + "\n" + lines[1], lines[2] + "\n" + lines[3]])
  }

  @Test func aRecordOverManyLinesStaysWholeWhenItIsOnDisk() async throws {
    let code = String(repeating: "x", count: 200)
    let lines =
      (0..<4_000).map { "A,\(code)\($0)" } + (0..<4_000).map { "B,\(code)\($0)" }
    let chunks = try chunks(
      "name,sku_list_items.sku_code\n" + lines.joined(separator: "\n"), "sku_lists", rows: 6_000)
    #expect(chunks.map(\.rows.count) == [4_000, 4_000] && chunks.map(\.units) == [1, 1])
    for (chunk, expected) in zip(chunks, [lines[..<4_000], lines[4_000...]]) {
      let text = try await ImporterTests.text(chunk.inputs)
      #expect(
        text == "\"name,sku_list_items.sku_code\\n" + expected.joined(separator: "\\n") + "\"")
    }
  }

  /// A transport that rejects the first import with 429 and takes the second attempt.
  @Test func anAttemptThatIsRetriedSendsTheWholeImportAgain() async throws {
    let (text, sent) = skus(2_000)
    let chunk = try #require(try chunks(text).first)
    let bodies = Mutex([[UInt8]]())
    let transport = InProcessTransport { request, body in
      if request.path?.hasPrefix("/oauth") == true {
        return (
          HTTPResponse(status: .ok),
          Array(#"{"access_token":"hushcanary","token_type":"Bearer","expires_in":7200}"#.utf8)
        )
      }
      let count = bodies.withLock { bodies in
        bodies.append(body)
        return bodies.count
      }
      if count == 1 { return (HTTPResponse(status: .tooManyRequests), []) }
      return (
        HTTPResponse(
          status: .created, headerFields: [.contentType: "application/vnd.api+json"]),
        Array(#"{"data":{"id":"i1","type":"imports","attributes":{"status":"pending"}}}"#.utf8)
      )
    }
    var configuration = ClientConfiguration(transport: transport)
    let time = InstantTime.source()
    configuration.time = TimeSource(now: time.now) { duration in
      // Waiting between attempts ends at once; a time limit would cut the exchange off.
      if duration >= .seconds(30) { try await Task.sleep(for: .seconds(3600)) }
      try await time.sleep(duration)
    }
    let client = try CommerceLayerClient(
      organization: "acme", credentials: .clientCredentials(id: "id", secret: "hushcanary"),
      configuration: configuration)
    let request = ImportRequest(
      type: "skus", parentID: nil, skipErrors: false, runID: "run", chunk: 1, attempt: 1,
      rows: chunk.rows.count, inputs: chunk.inputs)
    let imports = CommerceLayerImports(client: client, type: "skus")
    await #expect(throws: CallFailure.self) { _ = try await imports.create(request) }
    let made = try await imports.create(request)
    #expect(made.id == "i1")
    let sentBodies = bodies.withLock { $0 }
    #expect(sentBodies.count == 2 && sentBodies.first == sentBodies.last)
    let data = try JSONDocument(parsing: try #require(sentBodies.last)).root["data"]
    #expect(data?["attributes"]?["reference"]?.string == "run-000001")
    #expect(data?["attributes"]?["inputs"]?.value.array?.map(\.text) == sent)
  }
}
