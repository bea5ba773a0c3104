import CommerceLayer
import CommerceLayerSandbox
import HTTPTypes
import Testing

@Suite struct ListTests {
  /// 30 tags, `t00` to `t29`.
  private func tags() async throws -> TestSandbox {
    let test = try await TestSandbox()
    _ = try await test.startImport(
      "tags", .array((0..<30).map { ["name": .string($0 < 10 ? "t0\($0)" : "t\($0)")] }))
    try await test.sandbox.drain()
    return test
  }

  @Test func tenOnAPageUnlessAskedOtherwise() async throws {
    let test = try await tags()
    let first = await test.get("/api/tags")
    #expect(first.data.count == 10)
    #expect(first.json["meta"] == ["record_count": 30, "page_count": 3])
    let links = first.json["links"]
    #expect(links?["first"] == "http://sandbox.test/api/tags?page%5Bnumber%5D=1&page%5Bsize%5D=10")
    #expect(links?["next"] == "http://sandbox.test/api/tags?page%5Bnumber%5D=2&page%5Bsize%5D=10")
    #expect(links?["last"] == "http://sandbox.test/api/tags?page%5Bnumber%5D=3&page%5Bsize%5D=10")
    #expect(links?["prev"] == nil)
    let last = await test.get("/api/tags?page%5Bnumber%5D=2&page%5Bsize%5D=25")
    #expect(last.values("name") == ["t25", "t26", "t27", "t28", "t29"])
    #expect(last.json["links"]?["next"] == nil)
    #expect(last.json["links"]?["prev"] != nil)
    let beyond = await test.get("/api/tags?page[number]=9223372036854775807")
    #expect(beyond.status == 200)
    #expect(beyond.data.isEmpty)
  }

  @Test func pagesNeverOverlapWhenSortedByEqualValues() async throws {
    let test = try await tags()
    var names: Set<String> = []
    for page in 1...3 {
      for value in await test.get("/api/tags?sort=created_at&page[number]=\(page)").values("name") {
        names.insert(value?.string ?? "")
      }
    }
    #expect(names.count == 30)
  }

  @Test func linksKeepTheQueryOfTheList() async throws {
    let test = try await tags()
    let reply = await test.get("/api/tags?sort=-name&filter%5Bq%5D%5Bname_start%5D=t1&page[size]=5")
    #expect(reply.values("name") == ["t19", "t18", "t17", "t16", "t15"])
    #expect(
      reply.json["links"]?["next"]
        == """
        http://sandbox.test/api/tags?sort=-name&filter%5Bq%5D%5Bname_start%5D=t1\
        &page%5Bnumber%5D=2&page%5Bsize%5D=5
        """)
  }

  @Test(arguments: [
    ("page[size]=26", "INVALID_PAGE_VALUE"), ("page[size]=0", "INVALID_PAGE_VALUE"),
    ("page[size]=x", "INVALID_PAGE_VALUE"), ("page[number]=0", "INVALID_PAGE_VALUE"),
    ("page[number]=-1", "INVALID_PAGE_VALUE"), ("page[number]=", "INVALID_PAGE_VALUE"),
    ("page=2", "INVALID_PAGE_OBJECT"), ("page[offset]=2", "PARAM_NOT_ALLOWED"),
    ("sort=nonsense", "INVALID_SORT_CRITERIA"), ("sort=--name", "INVALID_SORT_CRITERIA"),
    ("sort=name,,id", "INVALID_SORT_CRITERIA"), ("fields[tags]=nonsense", "INVALID_FIELD"),
    ("fields[nonsense]=name", "INVALID_RESOURCE"), ("fields=name", "INVALID_RESOURCE"),
    ("include=nonsense", "INVALID_INCLUDE"), ("other=1", "PARAM_NOT_ALLOWED"),
    ("filter[q][name_eq", "PARAM_NOT_ALLOWED"), ("filter[name_eq]=x", "INVALID_FILTERS_SYNTAX"),
    ("filter[q][name]=x", "INVALID_FILTERS_SYNTAX"),
    ("filter[q][name_nearly]=x", "INVALID_FILTERS_SYNTAX"),
    ("filter[q][nonsense_eq]=x", "FILTER_NOT_ALLOWED"),
    ("filter[q][created_at_gt]=yesterday", "INVALID_FILTER_VALUE"),
    ("filter[q][name_present]=maybe", "INVALID_FILTER_VALUE"),
    ("filter[q][created_at_cont]=2024", "FILTER_NOT_ALLOWED"), ("sort=%ff", "PARAM_NOT_ALLOWED"),
  ])
  func wrongQueriesAreRejected(query: String, code: String) async throws {
    let test = try await TestSandbox()
    let reply = await test.get("/api/tags?\(query)")
    #expect(reply.status == 400)
    #expect(reply.code == code)
  }

  @Test func whatTheSchemaDoesNotAllowIsRejected() async throws {
    let test = try await TestSandbox()
    #expect(await test.get("/api/imports?sort=inputs").code == "INVALID_SORT_CRITERIA")
    #expect(
      await test.get("/api/imports?filter[q][skip_errors_eq]=true").code == "FILTER_NOT_ALLOWED")
    #expect(await test.get("/api/imports?include=event_stores").code == "INVALID_INCLUDE")
    #expect(await test.get("/api/skus?filter[q][weight_gt]=1").code == "FILTER_NOT_ALLOWED")
  }

  @Test func lenientFiltersAreIgnored() async throws {
    let test = try await TestSandbox { $0.lenientFilters = true }
    _ = await test.create("tags", ["name": "a"])
    for filter in ["name_nearly", "nonsense_eq", "name"] {
      #expect(await test.get("/api/tags?filter[q][\(filter)]=x").data.count == 1)
    }
    #expect(await test.get("/api/tags?filter[q][name_eq]=x").data.isEmpty)
    #expect(
      await test.get("/api/imports?filter[q][skip_errors_eq]=true").code == "FILTER_NOT_ALLOWED")
  }

  @Test func sparseFieldsShowNothingElse() async throws {
    let test = try await TestSandbox()
    _ = try await test.startImport("tags", [["name": "a"]])
    let reply = await test.get("/api/imports?fields[imports]=status,inputs_size")
    #expect(reply.data.first?["attributes"] == ["status": "pending", "inputs_size": 1])
    #expect(reply.data.first?["relationships"] == [:])
    let created = await test.send(
      .post, "/api/tags?fields%5Btags%5D=name",
      ["data": ["type": "tags", "attributes": ["name": "b"]]])
    #expect(created.status == 201)
    #expect(created.json["data"]?["attributes"] == ["name": "b"])
  }

  @Test func valuesAreDecoded() async throws {
    let test = try await TestSandbox()
    _ = await test.create("customer_groups", ["name": "a b&c=d%ü"])
    for value in ["a+b%26c%3Dd%25%C3%BC", "a%20b%26c=d%25ü"] {
      #expect(
        await test.get("/api/customer_groups?filter%5Bq%5D%5Bname_eq%5D=\(value)").data.count == 1)
    }
  }

  @Test func anEmptyListHasOnePage() async throws {
    let test = try await TestSandbox()
    let reply = await test.get("/api/tags")
    #expect(reply.data.isEmpty)
    #expect(reply.json["meta"] == ["record_count": 0, "page_count": 1])
  }
}
