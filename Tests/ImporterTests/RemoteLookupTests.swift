import CommerceLayer
import CommerceLayerSandbox
import CommerceLayerSandboxServer
import Foundation
import HTTPTypes
import Synchronization
import Testing

@testable import CommerceLayerImporter
@testable import CommerceLayerRows

/// A sandbox on a port, a client of it, and what it was asked for.
final class RemoteStage: Sendable {
  let server: SandboxServer
  let client: CommerceLayerClient
  private let log: Log

  private final class Log: Sendable {
    let requests = Mutex([String]())
  }

  init(_ change: (inout SandboxConfiguration) -> Void = { _ in }) async throws {
    let log = Log()
    var configuration = SandboxConfiguration()
    configuration.intercept = { request in
      log.requests.withLock { $0.append("\(request.method.rawValue) \(request.path ?? "")") }
      return nil
    }
    change(&configuration)
    self.log = log
    server = try await SandboxServer.start(try Sandbox(configuration))
    client = try CommerceLayerClient(
      organization: "sandbox",
      credentials: .clientCredentials(
        id: server.sandbox.clientID, secret: server.sandbox.clientSecret),
      configuration: ClientConfiguration(endpoint: .loopback(port: server.port)))
  }

  var directory: RecordDirectory { RecordDirectory(client: client) }

  /// The decoded targets of requests since the last call.
  func takeRequests() -> [String] {
    log.requests.withLock { requests in
      defer { requests = [] }
      return requests.map { $0.removingPercentEncoding ?? $0 }
    }
  }

  /// Makes records through an import, and forgets the requests of that.
  func add(_ type: Import.ResourceType, parent: String? = nil, _ rows: [JSONObject]) async throws {
    for start in stride(from: 0, to: rows.count, by: 10_000) {
      let part = Array(rows[start..<min(start + 10_000, rows.count)])
      let job = try await client.imports.create(
        .init(resourceType: type, inputs: .json(part), parentResourceID: parent))
      try await server.sandbox.drain()
      let done = try await client.imports.retrieve(job.id)
      #expect(done.processedCount == part.count, "\(done.errorsLog ?? .null)")
    }
    _ = takeRequests()
  }

  func stop() async {
    server.sandbox.stop()
    await server.stop()
  }
}

/// What a piece of work throws.
func remoteError(_ work: () async throws -> Void) async -> RemoteError? {
  do {
    try await work()
    return nil
  } catch {
    return error as? RemoteError
  }
}

@Suite(.serialized) struct RemoteLookupTests {
  private func planner(
    _ input: InputOnDisk, _ format: InputFormat = .csv, type: String = "skus",
    _ change: (inout RowOptions) -> Void = { _ in }
  ) throws -> ImportPlanner {
    var settings = ImportSettings(service: CommerceLayerService.description)
    change(&settings.rows)
    return ImportPlanner(
      file: try input.file, format: format, rules: try rules(type), settings: settings)
  }

  private let category = LookupRequest(column: "shipping_category_id", attribute: "name")

  /// Plans with lookups and gives the reasons of rejected rows.
  private func reasons(
    _ input: InputOnDisk, _ format: InputFormat, _ lookups: [String: RowLookup]
  ) throws -> [String] {
    var reasons: [String] = []
    let planner = try planner(input, format) { $0.lookups = lookups }
    _ = try planner.plan { reasons += $0.reasons }
    return reasons
  }

  // MARK: - Parents

  private func priceLists(_ names: [String], _ stage: RemoteStage) async throws -> [String] {
    var ids: [String] = []
    for name in names {
      ids.append(
        try await stage.client.priceLists.create(.init(name: name, currencyCode: "EUR")).id.rawValue
      )
    }
    _ = stage.takeRequests()
    return ids
  }

  @Test func findsTheParentByNameWithCommasAndQuotes() async throws {
    let stage = try await RemoteStage()
    let names = ["Retail EUR", "Retail, \"EUR\" & co=1", "Größe 😀"]
    let ids = try await priceLists(names, stage)
    for (name, id) in zip(names, ids) {
      #expect(
        try await stage.directory.parentID(
          RecordReference("name=\(name)"), rules: try rules("prices")) == id)
    }
    #expect(stage.takeRequests().filter { $0.hasPrefix("GET /api/price_lists") }.count == 3)
    #expect(
      try await stage.directory.parentID(RecordReference("xYZ"), rules: try rules("prices"))
        == "xYZ")
    #expect(stage.takeRequests().isEmpty, "an id is taken as it is")
    await stage.stop()
  }

  @Test func ambiguousAndUnknownParentsListCandidates() async throws {
    let stage = try await RemoteStage()
    let ids = try await priceLists(["Twice", "Twice", "Retail EUR"], stage)
    let rules = try rules("prices")
    let ambiguous = await remoteError {
      _ = try await stage.directory.parentID(RecordReference("name=Twice"), rules: rules)
    }
    #expect(ambiguous?.message == "2 price_lists have the name 'Twice'")
    #expect(ambiguous?.candidates.count == 2)
    for id in ids.prefix(2) { #expect(ambiguous?.description.contains(id) == true) }
    let unknown = await remoteError {
      _ = try await stage.directory.parentID(RecordReference("name=Retial EUR"), rules: rules)
    }
    #expect(unknown?.kind == .data && unknown?.advice == "did you mean 'Retail EUR'?")
    #expect(unknown?.candidates.count == 3)
    // Names that differ in case are other names.
    let other = await remoteError {
      _ = try await stage.directory.parentID(RecordReference("name=retail eur"), rules: rules)
    }
    #expect(other?.kind == .data)
    await stage.stop()
  }

  @Test func attributesThatCannotBeAskedForAreNamed() async throws {
    let stage = try await RemoteStage()
    for (text, type, message) in [
      ("nmae=x", "prices", "price_lists have no attribute 'nmae'"),
      ("formatted=x", "prices", "price_lists have no attribute 'formatted'"),
      ("name= ", "prices", "the name of the parent is blank"),
      ("name=x", "skus", "skus have no parent that can be looked up"),
    ] {
      let error = await remoteError {
        _ = try await stage.directory.parentID(RecordReference(text), rules: try rules(type))
      }
      #expect(
        error?.kind == .usage && error?.message == message, "\(text): \(error ?? .init(.data, ""))")
    }
    #expect(stage.takeRequests().isEmpty)
    await stage.stop()
  }

  @Test func aServiceThatIgnoresTheConditionGivesNoWrongParent() async throws {
    let body =
      #"{"data":[{"type":"price_lists","id":"wrong","attributes":{"name":"Other"}}],"meta":{"record_count":1},"links":{}}"#
    let transport = InProcessTransport { request, _ in
      let isToken = request.path?.hasPrefix("/oauth") == true
      return (
        HTTPResponse(status: .ok, headerFields: [.contentType: "application/vnd.api+json"]),
        Array(
          (isToken
            ? #"{"access_token":"hushcanary","token_type":"bearer","expires_in":7200}"# : body).utf8
        )
      )
    }
    let client = try CommerceLayerClient(
      organization: "acme", credentials: .clientCredentials(id: "a", secret: "hushcanary"),
      configuration: .init(transport: transport))
    let error = await remoteError {
      _ = try await RecordDirectory(client: client).parentID(
        RecordReference("name=Retail"), rules: try rules("prices"))
    }
    #expect(error?.message == "no price_lists have the name 'Retail'")
  }

  // MARK: - Columns

  @Test func fewRecordsAreFetchedWhole() async throws {
    let stage = try await RemoteStage()
    let names = (0..<60).map { "Cat \($0)" } + ["A, B", "Say \"hi\"", "Twice", "Twice"]
    try await stage.add(.shippingCategories, names.map { ["name": .string($0)] })
    let input = try InputOnDisk(
      """
      code,name,shipping_category_id
      S1,n,Cat 59
      S2,n,"A, B"
      S3,n,"Say ""hi""\"
      S4,n,Twice
      S5,n,Cat 5O
      """)
    let lookups = try await stage.directory.lookups([category], for: try planner(input))
    let lookup = try #require(lookups["shipping_category_id"])
    #expect(lookup.ids.count == 63 && lookup.ids["Twice"]?.count == 2)
    #expect(stage.takeRequests().count { $0.hasPrefix("GET /api/shipping_categories") } <= 4)
    let reasons = try reasons(input, .csv, lookups)
    #expect(reasons.count == 2)
    #expect(
      reasons.first?.contains("2 shipping_categories have the name 'Twice'") == true, "\(reasons)")
    #expect(reasons.last?.contains("no shipping_categories have the name 'Cat 5O'") == true)
    #expect(reasons.last?.contains("did you mean 'Cat 5") == true)
    // What is sent holds the id.
    let planner = try planner(input) { $0.lookups = lookups }
    var reader = try planner.reader(for: .sending)
    var sink = RowBuffer()
    _ = try reader.next(into: &sink)
    let id = try #require(lookup.ids["Cat 59"]?.first)
    #expect(
      String(decoding: sink.bytes, as: UTF8.self).contains("\"shipping_category_id\":\"\(id)\""))
    await stage.stop()
  }

  @Test func ofManyRecordsOnlyTheValuesOfTheFileAreLookedUp() async throws {
    let stage = try await RemoteStage()
    let names =
      (0..<9_990).map { "Cat \($0)" } + ["A, B", "A", "Say \"hi\" & bye", "Twice", "Twice"]
    try await stage.add(.shippingCategories, names.map { ["name": .string($0)] })
    let values = (0..<60).map { "Cat \($0 * 7)" } + ["A, B", "Say \"hi\" & bye", "Twice", "None"]
    let rows = values.enumerated().map { (offset, value) -> JSONValue in
      ["code": .string("S\(offset)"), "name": "n", "shipping_category_id": .string(value)]
    }
    let input = try InputOnDisk(JSONValue.array(rows + rows).text, suffix: ".json")
    let lookups = try await stage.directory.lookups([category], for: try planner(input, .json))
    let requests = stage.takeRequests().filter { $0.hasPrefix("GET /api/shipping_categories") }
    #expect(requests.count <= 6, "\(requests.count)")
    // A value with a comma would be two in a list.
    #expect(requests.contains { $0.contains("filter[q][name_eq]=A, B") })
    #expect(!requests.contains { $0.contains("name_in") && $0.contains("A, B") })
    let lookup = try #require(lookups["shipping_category_id"])
    #expect(lookup.ids.count == 63 && lookup.ids["Twice"]?.count == 2 && lookup.ids["A"] == nil)
    let reasons = try reasons(input, .json, lookups)
    #expect(reasons.count == 4, "Twice and None, twice each")
    await stage.stop()
  }

  @Test func aFileWithMostOfManyRecordsFetchesThemAll() async throws {
    let stage = try await RemoteStage()
    try await stage.add(
      .shippingCategories, (0..<1_200).map { ["name": .string("Cat, \($0)")] })
    let input = try InputOnDisk(
      "code,name,shipping_category_id\n"
        + (0..<1_300).map { "S\($0),n,\"Cat, \($0)\"\n" }.joined())
    let lookups = try await stage.directory.lookups([category], for: try planner(input))
    #expect(lookups["shipping_category_id"]?.ids.count == 1_200)
    let requests = stage.takeRequests()
    #expect(requests.count { $0.contains("id_gt") } == 47)
    #expect(try reasons(input, .csv, lookups).count == 100)
    await stage.stop()
  }

  @Test func columnsThatCannotBeLookedUpAreNamed() async throws {
    let stage = try await RemoteStage()
    let input = try InputOnDisk("code,name,shipping_category_id\nA,n,x\n")
    for (column, attribute, message) in [
      ("name", "name", "'name' is not the id of a related record"),
      ("shiping_category_id", "name", "skus have no 'shiping_category_id'"),
      ("shipping_category_id", "nmae", "shipping_categories have no attribute 'nmae'"),
    ] {
      let error = await remoteError {
        _ = try await stage.directory.lookups(
          [.init(column: column, attribute: attribute)], for: try planner(input))
      }
      #expect(
        error?.kind == .usage && error?.message.contains(message) == true,
        "\(error ?? .init(.data, ""))")
    }
    let constant = await remoteError {
      _ = try await stage.directory.lookups(
        [category], for: try planner(input) { $0.constants = [("shipping_category_id", "x")] })
    }
    #expect(constant?.kind == .usage)
    await stage.stop()
  }

  @Test func cancellingEndsTheFetching() async throws {
    let started = AsyncStream.makeStream(of: Void.self)
    let transport = InProcessTransport { request, _ in
      if request.path?.hasPrefix("/oauth") == true {
        return (
          HTTPResponse(status: .ok, headerFields: [.contentType: "application/json"]),
          Array(#"{"access_token":"hushcanary","token_type":"bearer","expires_in":7200}"#.utf8)
        )
      }
      started.continuation.yield()
      // Until the task is cancelled.
      while true { try await Task.sleep(for: .seconds(3600)) }
    }
    let client = try CommerceLayerClient(
      organization: "acme", credentials: .clientCredentials(id: "a", secret: "hushcanary"),
      configuration: .init(transport: transport))
    let input = try InputOnDisk("code,name,shipping_category_id\nA,n,x\n")
    let planner = try planner(input)
    let task = Task {
      try await RecordDirectory(client: client).lookups([category], for: planner)
    }
    for await _ in started.stream { break }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
  }

  @Test func batchesHoldNoCommasAndFitURLs() {
    let batches = RecordDirectory.batches(
      ["a", "b,c", "d"] + (0..<60).map { "v\($0)" }
        + Array(repeating: String(repeating: "ü", count: 200), count: 3))
    #expect(batches.contains(["b,c"]))
    for batch in batches where batch != ["b,c"] {
      #expect(batch.count <= 25 && !batch.contains { $0.contains(",") })
      #expect(batch.count == 1 || batch.reduce(0) { $0 + RecordDirectory.encodedSize($1) } <= 2_000)
    }
    #expect(batches.joined().count == 66)
  }
}
