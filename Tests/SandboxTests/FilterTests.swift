import CommerceLayer
import Testing

@testable import CommerceLayerSandbox

@Suite struct FilterNameTests {
  private static let catalog = Catalog(
    schemas: CommerceLayerService.schemas, service: CommerceLayerService.description)

  @Test func thereAre51Predicates() {
    #expect(Self.catalog.service.predicates.count == 51)
  }

  /// Every attribute with every predicate that fits it, alone and joined with another.
  @Test func everyNameGivesBackItsPredicate() throws {
    var count = 0
    for type in Self.catalog.types {
      let schema = try #require(Self.catalog.schema(type))
      let attributes = schema.attributes.filter { $0.isFilterable && $0.isReadable }
      for attribute in attributes {
        for predicate in Self.catalog.service.predicates.values
        where predicate.types.contains(attribute.type) {
          let name = "\(attribute.name)_\(predicate.name)"
          let parsed = try FilterName.parse(name, schema: schema, catalog: Self.catalog)
          #expect(parsed.predicate.name == predicate.name, "\(name)")
          #expect(parsed.fields == [.own(attribute.name, attribute.type)], "\(name)")
          count += 1
          guard let other = attributes.last(where: { $0.type == attribute.type }) else { continue }
          let joined = "\(attribute.name)_or_\(other.name)_\(predicate.name)"
          let both = try FilterName.parse(joined, schema: schema, catalog: Self.catalog)
          #expect(both.predicate.name == predicate.name, "\(joined)")
          #expect(both.fields.count == 2, "\(joined)")
        }
      }
    }
    #expect(count > 1000)
  }

  @Test func namesReachIntoRelationships() throws {
    let prices = try #require(Self.catalog.schema("prices"))
    let name = try FilterName.parse(
      "sku_code_or_sku_name_not_eq_or_null", schema: prices, catalog: Self.catalog)
    #expect(name.predicate.name == "not_eq_or_null")
    #expect(
      name.fields == [
        .related("sku", type: "skus", attribute: "code", .string),
        .related("sku", type: "skus", attribute: "name", .string),
      ])
  }
}

/// Each predicate over stored records, among which one has no value and one an empty text.
@Suite struct PredicateTests {
  /// Names of the gift cards by `reference` that a filter finds.
  private func found(_ filters: [String]) async throws -> [String] {
    let test = try await TestSandbox()
    let rows: [JSONValue] = [
      ["reference": "apple", "code": "1"], ["reference": "Banana", "code": "2"],
      ["reference": "50%_off", "code": "3"], ["reference": "", "code": "4"], ["code": "5"],
    ]
    for row in rows {
      var attributes = row.object ?? [:]
      attributes["balance_cents"] = .number(
        JSONNumber((row["code"]?.string.flatMap { Int($0) } ?? 0) * 10))
      #expect(await test.create("gift_cards", attributes).status == 201)
    }
    let query = filters.map { "filter[q][\($0)" }.joined(separator: "&")
    let reply = await test.get("/api/gift_cards?sort=created_at&\(query)")
    #expect(reply.status == 200, "\(reply.text)")
    return reply.values("code").map { $0?.string ?? "?" }
  }

  @Test(arguments: [
    ("reference_eq]=apple", ["1"]), ("reference_not_eq]=apple", ["2", "3", "4"]),
    ("reference_eq_or_null]=apple", ["1", "5"]),
    ("reference_not_eq_or_null]=apple", ["2", "3", "4", "5"]),
    ("reference_in]=apple,Banana", ["1", "2"]), ("reference_not_in]=apple,Banana", ["3", "4"]),
    ("reference_in_or_null]=apple", ["1", "5"]),
    ("reference_not_in_or_null]=apple,Banana", ["3", "4", "5"]),
    ("reference_not_eq_all]=apple,Banana", ["3", "4"]),
    ("reference_matches]=%25an%25", ["2"]), ("reference_matches]=_pple", ["1"]),
    ("reference_does_not_match]=%25an%25", ["1", "3", "4"]),
    ("reference_matches_any]=a%25,b%25", ["1", "2"]),
    ("reference_matches_all]=a%25,%25e", ["1"]),
    ("reference_does_not_match_any]=a%25,b%25", ["1", "2", "3", "4"]),
    ("reference_does_not_match_all]=a%25,b%25", ["3", "4"]),
    ("reference_start]=app", ["1"]), ("reference_not_start]=app", ["2", "3", "4"]),
    ("reference_start_any]=app,ban", ["1", "2"]), ("reference_start_all]=a,ap", ["1"]),
    ("reference_not_start_any]=a,b", ["1", "2", "3", "4"]),
    ("reference_not_start_all]=a,b", ["3", "4"]),
    ("reference_end]=le", ["1"]), ("reference_not_end]=le", ["2", "3", "4"]),
    ("reference_end_any]=le,na", ["1", "2"]), ("reference_end_all]=e,le", ["1"]),
    ("reference_not_end_any]=e,a", ["1", "2", "3", "4"]),
    ("reference_not_end_all]=e,a", ["3", "4"]),
    ("reference_cont]=an", ["2"]), ("reference_cont]=%25_", ["3"]), ("reference_cont]=%5C", []),
    ("reference_not_cont]=an", ["1", "3", "4"]), ("reference_cont_any]=pp,an", ["1", "2"]),
    ("reference_cont_all]=p,l", ["1"]), ("reference_not_cont_all]=p,an", ["3", "4"]),
    ("reference_present]=true", ["1", "2", "3"]), ("reference_present]=false", ["4", "5"]),
    ("reference_blank]=true", ["4", "5"]), ("reference_blank]=1", ["4", "5"]),
    ("reference_null]=true", ["5"]), ("reference_null]=false", ["1", "2", "3", "4"]),
    ("reference_not_null]=true", ["1", "2", "3", "4"]), ("reference_not_null]=0", ["5"]),
    ("reference_or_code_eq]=2", ["2"]), ("code_or_reference_start_any]=1,ban", ["1", "2"]),
    ("created_at_lt]=2024-05-01T12:00:00Z", []),
    ("created_at_lteq]=2024-05-01T14:00:00%2B02:00", ["1", "2", "3", "4", "5"]),
    ("created_at_gt]=2024-05-01", ["1", "2", "3", "4", "5"]),
    ("created_at_gt_any]=2024-05-01,2030-01-01", ["1", "2", "3", "4", "5"]),
    ("created_at_gt_all]=2024-05-01,2030-01-01", []),
    ("created_at_gteq_all]=2024-05-01T12:00:00Z", ["1", "2", "3", "4", "5"]),
    ("created_at_lteq_any]=2020-01-01,2024-05-01T12:00:00.000Z", ["1", "2", "3", "4", "5"]),
  ])
  func texts(filter: String, expected: [String]) async throws {
    #expect(try await found([filter]) == expected)
  }

  @Test func severalFiltersMustAllHold() async throws {
    #expect(try await found(["reference_cont]=an", "code_eq]=1"]).isEmpty)
    #expect(try await found(["reference_cont]=an", "code_eq]=2"]) == ["2"])
  }

  /// The sizes of the imports a filter finds, among those of 1, 10 and 100 rows.
  private func sizes(_ filter: String) async throws -> [JSONValue?] {
    let test = try await TestSandbox()
    for size in [1, 10, 100] {
      _ = try await test.startImport(
        "tags", .array((0..<size).map { ["name": .string("t\($0)")] }))
    }
    return await test.get("/api/imports?sort=inputs_size&filter[q][\(filter)")
      .values("inputs_size")
  }

  @Test(arguments: [
    ("inputs_size_lt]=10", [1]), ("inputs_size_lteq]=10", [1, 10]),
    ("inputs_size_gt]=1", [10, 100]),
    ("inputs_size_gteq]=10", [10, 100]), ("inputs_size_eq]=10.0", [10]),
    ("inputs_size_not_eq]=10", [1, 100]), ("inputs_size_in]=1,100", [1, 100]),
    ("inputs_size_lt_any]=5,50", [1, 10]), ("inputs_size_lt_all]=5,50", [1]),
    ("inputs_size_gt_any]=5,50", [10, 100]), ("inputs_size_gt_all]=5,50", [100]),
    ("inputs_size_lteq_all]=10,1", [1]), ("inputs_size_gteq_any]=10,100", [10, 100]),
    ("inputs_size_gt]=9.5", [10, 100]),
  ])
  func numbers(filter: String, expected: [Int]) async throws {
    #expect(try await sizes(filter) == expected.map { .number(JSONNumber($0)) })
  }

  @Test func booleansAndObjects() async throws {
    let test = try await TestSandbox()
    for (code, flag) in [("A", true), ("B", false)] {
      let reply = await test.create(
        "skus",
        [
          "code": .string(code), "name": "N", "do_not_ship": .bool(flag),
          "metadata": ["box": ["size": 2.50, "tags": ["x", .string(code)]]],
        ],
        relationships: ["shipping_category": ["data": ["type": "shipping_categories", "id": "s"]]])
      #expect(reply.status == 201)
    }
    func codes(_ filter: String) async -> [JSONValue?] {
      await test.get("/api/skus?sort=code&filter[q][\(filter)").values("code")
    }
    #expect(await codes("do_not_ship_true]=true") == ["A"])
    #expect(await codes("do_not_ship_true]=false") == ["B"])
    #expect(await codes("do_not_ship_false]=true") == ["B"])
    #expect(await codes("do_not_ship_eq]=1") == ["A"])
    #expect(await codes("metadata_jcont]=%7B%22box%22:%7B%22tags%22:[%22A%22]%7D%7D") == ["A"])
    #expect(await codes("metadata_jcont]=%7B%22box%22:%7B%22size%22:2.5%7D%7D") == ["A", "B"])
    #expect(await codes("metadata_jcont]=%7B%22box%22:%7B%22size%22:3%7D%7D").isEmpty)
    #expect(
      await test.get("/api/skus?filter[q][metadata_jcont]=[1]").code == "INVALID_FILTER_VALUE")
    #expect(await codes("shipping_category_id_eq]=s") == ["A", "B"])
    #expect(await codes("shipping_category_id_eq]=t").isEmpty)
  }

  @Test func attributesOfRelatedRecords() async throws {
    let test = try await TestSandbox()
    for name in ["Parcels", "Letters"] {
      let category = await test.create("shipping_categories", ["name": .string(name)])
      let id = try #require(category.json["data"]?["id"])
      _ = await test.create(
        "skus", ["code": .string(name + "1"), "name": "N"],
        relationships: ["shipping_category": ["data": ["type": "shipping_categories", "id": id]]])
    }
    let reply = await test.get("/api/skus?filter[q][shipping_category_name_start]=Par")
    #expect(reply.values("code") == ["Parcels1"])
    let back = await test.get("/api/shipping_categories?filter[q][skus_code_eq]=Letters1")
    #expect(back.values("name") == ["Letters"])
  }
}
