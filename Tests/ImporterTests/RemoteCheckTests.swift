import CommerceLayer
import CommerceLayerSandbox
import Foundation
import HTTPTypes
import Synchronization
import Testing

@testable import CommerceLayerImporter
@testable import CommerceLayerRows

/// `plan --check-remote`: what rows would do, from the service's own records.
@Suite(.serialized) struct RemoteCheckTests {
  private func check(
    _ text: String, _ stage: RemoteStage, format: InputFormat = .csv, type: String = "skus",
    parent: String? = nil, extent: RemoteCheckExtent = .all, sampleSize: Int = 500
  ) async throws -> RemoteCheck {
    let input = try InputOnDisk(text)
    let planner = ImportPlanner(
      file: try input.file, format: format, rules: try rules(type, parent: parent),
      settings: ImportSettings(service: CommerceLayerService.description))
    let plan = try planner.plan()
    return try await RemoteChecker(directory: stage.directory, planner: planner)
      .check(plan, extent: extent, sampleSize: sampleSize)
  }

  private func category(_ stage: RemoteStage) async throws -> String {
    try await stage.client.shippingCategories.create(.init(name: "c")).id.rawValue
  }

  @Test func countsOfASampleAndOfAllOfTenThousandRows() async throws {
    let stage = try await RemoteStage()
    let category = try await category(stage)
    // 600 rows change nothing, 400 update, 9 000 create.
    try await stage.add(
      .skus,
      (0..<1_000).map {
        [
          "code": .string("S\($0)"), "name": $0 < 600 ? "n" : "old",
          "shipping_category_id": .string(category),
        ]
      })
    let text =
      "code,name,shipping_category_id\n"
      + (0..<10_000).map { "S\($0 * 7_919 % 10_000),n,\(category)\n" }.joined()
    let sample = try await check(text, stage, extent: .sample)
    #expect(sample.checked == 500 && !sample.isComplete && sample.named == 10_000)
    #expect(sample.requests == 20)
    #expect(sample.creates + sample.updates + sample.unchanged == 500)
    #expect(sample.range(sample.creates).contains(9_000), "\(sample.range(sample.creates))")
    #expect(sample.range(sample.updates).contains(400), "\(sample.range(sample.updates))")
    #expect(sample.range(sample.unchanged).contains(600), "\(sample.range(sample.unchanged))")
    let all = try await check(text, stage)
    #expect(all.isComplete && all.requests == 400)
    #expect(all.creates == 9_000 && all.updates == 400 && all.unchanged == 600)
    #expect(all.range(all.creates) == 9_000...9_000)
    await stage.stop()
  }

  @Test func keysWithCommasQuotesAndLettersOfAllKinds() async throws {
    let stage = try await RemoteStage()
    let category = try await category(stage)
    let codes = ["A,B", "say \"hi\"", "Größe 😀", "50% & more=1", "a'b", "A", "[x]"]
    try await stage.add(
      .skus,
      codes.map { ["code": .string($0), "name": "n", "shipping_category_id": .string(category)] })
    let quoted = (codes + ["B", "a"]).map { "\"\($0.replacing("\"", with: "\"\""))\"" }
    let result = try await check(
      "code,name\n" + quoted.map { "\($0),n\n" }.joined(), stage)
    #expect(result.unchanged == 7 && result.creates == 2 && result.updates == 0)
    let requests = stage.takeRequests()
    #expect(requests.contains { $0.contains("filter[q][code_eq]=A,B") })
    await stage.stop()
  }

  @Test func valuesAreComparedByWhatTheyMean() async throws {
    let stage = try await RemoteStage()
    let category = try await category(stage)
    let other = try await self.category(stage)
    try await stage.add(
      .skus,
      [
        [
          "code": "A", "name": "n", "weight": 1.5, "unit_of_weight": "gr", "do_not_ship": true,
          "shipping_category_id": .string(category), "metadata": ["a": 1],
        ]
      ])
    func outcome(_ header: String, _ row: String) async throws -> String {
      let result = try await check("code,\(header)\nA,\(row)\n", stage)
      return result.unchanged == 1 ? "same" : result.updates == 1 ? "update" : "other"
    }
    #expect(try await outcome("weight,do_not_ship", "1.50,1") == "same")
    #expect(try await outcome("weight", "1.51") == "update")
    #expect(try await outcome("do_not_ship", "FALSE") == "update")
    #expect(try await outcome("shipping_category_id", category) == "same")
    #expect(try await outcome("shipping_category_id", other) == "update")
    #expect(try await outcome("metadata", #""{""a"": 1}""#) == "same")
    #expect(try await outcome("metadata", #""{""a"": 2}""#) == "update")
    // An empty cell leaves the attribute alone.
    #expect(try await outcome("name", "") == "same")
    // A trigger does something each time.
    #expect(try await outcome("tags.name", "new") == "update")
    await stage.stop()
  }

  @Test func compositeKeysAreLookedUpByAllTheirParts() async throws {
    let stage = try await RemoteStage()
    let category = try await category(stage)
    let codes = (0..<40).map { "S\($0)" } + ["S,1"]
    try await stage.add(
      .skus,
      codes.map { ["code": .string($0), "name": "n", "shipping_category_id": .string(category)] })
    // With the id as well: the sandbox does not link a price to its SKU by the code alone.
    var skus: [String: String] = [:]
    for try await sku in stage.client.skus.all() { skus[sku.code ?? ""] = sku.id.rawValue }
    var lists: [String] = []
    for name in ["one", "two"] {
      lists.append(
        try await stage.client.priceLists.create(.init(name: name, currencyCode: "EUR")).id.rawValue
      )
    }
    // All in the first list, and the even ones in the second.
    for (index, list) in lists.enumerated() {
      try await stage.add(
        .prices, parent: list,
        codes.enumerated().filter { index == 0 || $0.offset % 2 == 0 }.map {
          [
            "sku_code": .string($0.element), "sku_id": .string(skus[$0.element] ?? ""),
            "amount_cents": 100, "currency_code": "EUR",
          ]
        })
    }
    func rows(_ amount: Int) -> String {
      codes.map { "\"\($0)\",\(amount),EUR\n" }.joined()
    }
    let first = try await check(
      "sku_code,amount_cents,currency_code\n" + rows(100), stage, type: "prices", parent: lists[0])
    #expect(first.unchanged == 41, "\(first)")
    let second = try await check(
      "sku_code,amount_cents,currency_code\n" + rows(200), stage, type: "prices", parent: lists[1])
    #expect(second.updates == 21 && second.creates == 20, "\(second)")
    // Both lists in one file, each with its column.
    let both = codes.flatMap { code in lists.map { "\"\(code)\",100,EUR,\($0)\n" } }.joined()
    let mixed = try await check(
      "sku_code,amount_cents,currency_code,price_list_id\n" + both, stage, type: "prices")
    #expect(mixed.unchanged == 62 && mixed.creates == 20, "\(mixed)")
    #expect(mixed.unknown == 0 && mixed.ambiguous == 0)
    await stage.stop()
  }

  @Test func rowsByIDAndRowsWithoutAName() async throws {
    let stage = try await RemoteStage()
    try await stage.add(.shippingCategories, [["name": "a"], ["name": "b"]])
    let list = try await stage.client.shippingCategories.list()
    let ids = list.items.map(\.id.rawValue)
    let names = list.items.compactMap(\.name)
    let result = try await check(
      "id,name\n\(ids[0]),\(names[0])\n\(ids[1]),new\nNoSuchIdXX,x\n,made\n,made\n", stage,
      type: "shipping_categories")
    #expect(result.unchanged == 1 && result.updates == 1 && result.creates == 1)
    #expect(result.missingIDs == 1 && result.missingIDLines == [4])
    #expect(result.unnamed == 2 && result.rows == 5 && result.checked == 3)
    await stage.stop()
  }

  @Test func whatCannotBeLookedUpIsNotGuessed() async throws {
    let stage = try await RemoteStage()
    let result = try await check("code,name\n\" A\",n\n\"B \",n\nC,n\n", stage)
    #expect(result.unknown == 2 && result.creates == 1)
    #expect(result.unknownReason?.contains("white space") == true)
    await stage.stop()
  }

  @Test func aServiceThatIgnoresFiltersIsNoticed() async throws {
    let count = Mutex(0)
    let transport = InProcessTransport { request, _ in
      let fields: HTTPFields = [.contentType: "application/vnd.api+json"]
      if request.path?.hasPrefix("/oauth") == true {
        return (
          HTTPResponse(status: .ok, headerFields: fields),
          Array(#"{"access_token":"hushcanary","token_type":"bearer","expires_in":7200}"#.utf8)
        )
      }
      let page = count.withLock { count in
        count += 1
        return count
      }
      let data = (0..<25).map {
        "{\"type\":\"skus\",\"id\":\"p\(page)x\($0)\",\"attributes\":{\"code\":\"other\"}}"
      }
      return (
        HTTPResponse(status: .ok, headerFields: fields),
        Array(
          "{\"data\":[\(data.joined(separator: ","))],\"links\":{\"next\":\"https://acme.commercelayer.io/api/skus?page\"}}"
            .utf8)
      )
    }
    let client = try CommerceLayerClient(
      organization: "acme", credentials: .clientCredentials(id: "a", secret: "hushcanary"),
      configuration: .init(transport: transport))
    let input = try InputOnDisk("code,name\nA,n\n")
    let planner = ImportPlanner(
      file: try input.file, format: .csv, rules: try rules(),
      settings: ImportSettings(service: CommerceLayerService.description))
    let plan = try planner.plan()
    let error = await remoteError {
      _ = try await RemoteChecker(directory: RecordDirectory(client: client), planner: planner)
        .check(plan)
    }
    #expect(error?.kind == .violation, "\(error ?? .init(.data, ""))")
    #expect(count.withLock { $0 } < 5)
  }

  @Test func timesFollowFromTheRateLimits() {
    let service = CommerceLayerService.description
    func time(_ requests: Int, _ limit: RateLimitClass, _ mode: ServiceMode?) -> Duration {
      RequestPace.minimum(requests, of: limit, mode: mode, service: service)
    }
    #expect(time(0, .cacheable, .live) == .zero && time(1, .cacheable, .live) == .zero)
    #expect(time(250, .cacheable, .live) == .zero)
    #expect(time(251, .cacheable, .live) == .seconds(10))
    #expect(time(1_001, .cacheable, .live) == .seconds(60))
    #expect(time(40_000, .cacheable, .live) == .seconds(39 * 60 + 30))
    // Unknown counts as the mode with the lower limits.
    #expect(time(40_000, .cacheable, nil) == time(40_000, .cacheable, .test))
    #expect(RequestPace.classOfReads("customers", service: service) == .uncacheable)
  }

  @Test func rangesOfSamplesHoldWhatIsPossible() {
    var check = RemoteCheck()
    (check.rows, check.checked) = (1_000, 500)
    #expect(check.range(0).lowerBound == 0 && check.range(0).upperBound < 20)
    #expect(check.range(500).upperBound == 1_000 && check.range(500).lowerBound > 980)
    #expect(check.range(250).contains(500))
    // What was seen is there at least.
    (check.rows, check.checked) = (501, 500)
    #expect(check.range(250).lowerBound >= 250 && check.range(250).upperBound <= 251)
    check.rows = 500
    #expect(check.range(250) == 250...250)
  }

  // MARK: - Jobs

  @Test func anAttachmentThatNeverComesEndsTheExport() async throws {
    let transport = InProcessTransport { request, _ in
      let fields: HTTPFields = [.contentType: "application/vnd.api+json"]
      let isToken = request.path?.hasPrefix("/oauth") == true
      let body =
        isToken
        ? #"{"access_token":"hushcanary","token_type":"bearer","expires_in":7200}"#
        : #"{"data":{"type":"exports","id":"e1","attributes":{"status":"completed","attachment_url":null}}}"#
      return (HTTPResponse(status: .ok, headerFields: fields), Array(body.utf8))
    }
    let client = try CommerceLayerClient(
      organization: "acme", credentials: .clientCredentials(id: "a", secret: "hushcanary"),
      configuration: .init(transport: transport))
    // It is looked for once more, and not waited for.
    var pace = JobPace()
    pace.attachment = .zero
    let path = NSTemporaryDirectory() + "never-\(UUID().uuidString).json"
    let destination = try ExportDestination(path: path, replacing: false)
    let error = await remoteError {
      _ = try await RecordExport(
        directory: RecordDirectory(client: client), request: ExportRequest(type: "skus"),
        pace: pace
      ).run(into: destination)
    }
    #expect(error?.message == "the export e1 is completed, but its file has not come")
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test func downloadsGoWhereTheyMay() throws {
    let service = try ServiceEndpoint.production(organization: "acme")
    let sandbox = try ServiceEndpoint.loopback(port: 1234)
    let request = try ExportDestination.request(
      "https://bucket.s3.amazonaws.com/a/b.json.gz?X-Amz-Signature=1%2F2#x", endpoint: service)
    #expect(request.authority == "bucket.s3.amazonaws.com")
    #expect(request.path == "/a/b.json.gz?X-Amz-Signature=1%2F2")
    #expect(request.headerFields.isEmpty)
    for url in [
      "http://bucket.s3.amazonaws.com/x", "http://127.0.0.1:80/x", "https://127.0.0.1/x",
      "file:///etc/passwd", "ftp://x/y", "x", "",
    ] {
      #expect(throws: DownloadFailure.self) {
        _ = try ExportDestination.request(url, endpoint: service)
      }
    }
    #expect(throws: Never.self) {
      _ = try ExportDestination.request("http://127.0.0.1:99/x", endpoint: sandbox)
    }
  }
}
