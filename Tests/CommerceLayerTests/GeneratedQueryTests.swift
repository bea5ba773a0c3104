import CommerceLayer
import Foundation
import Testing

/// Queries reach the wire under the schema's names.
@Suite struct GeneratedQueryTests {
  @Test func aListQuery() async throws {
    let script = Script(page("a"))
    let client = try script.client()
    let list = try await client.imports.list {
      $0.filter(.status.in([.pending, .inProgress]))
      $0.filter(.createdAt.gteq(Date(timeIntervalSince1970: 0)))
      $0.filter(.errorsCount.gt(0))
      $0.filter(.id.notEq("b"))
      $0.filter(.reference.contAny(["x", "y"]))
      $0.filter(.completedAt.null())
      $0.sort(.createdAt, .descending)
      $0.sort(.id)
      $0.fields(.status, .processedCount)
      $0.include(.events)
      $0.page(2, size: 25)
    }
    #expect(list.items.map(\.id) == ["a"])
    #expect(list.recordCount == 1)
    let request = try #require(script.requests.first)
    #expect(request.path == "/api/imports")
    #expect(
      request.query == [
        "filter[q][status_in]": "pending,in_progress",
        "filter[q][created_at_gteq]": "1970-01-01T00:00:00.000Z",
        "filter[q][errors_count_gt]": "0",
        "filter[q][id_not_eq]": "b",
        "filter[q][reference_cont_any]": "x,y",
        "filter[q][completed_at_null]": "true",
        "sort": "-created_at,id",
        "fields[imports]": "status,processed_count",
        "include": "events",
        "page[number]": "2",
        "page[size]": "25",
      ])
  }

  @Test func everythingThatMeetsACondition() async throws {
    let script = Script(page("a", "b"))
    var ids: [String] = []
    for try await item in try script.client().imports.all(where: .errorsCount.gt(0)) {
      ids.append(item.id.rawValue)
    }
    #expect(ids == ["a", "b"])
    #expect(script.requests.first?.query["filter[q][errors_count_gt]"] == "0")
  }

  @Test func pathsLeadThroughRelationships() async throws {
    let script = Script(#"{"data": []}"#)
    _ = try await script.client().orders.list {
      $0.filter(.customer.email.eq("a@b.c"))
      $0.filter(.lineItems.createdAt.gt(Date(timeIntervalSince1970: 0)))
      $0.filter(.customer.customerGroup.name.eq("vip"))
      $0.filter(.market.id.eq("m"))
      $0.include(.customer, .lineItems.item)
      $0.include(.customer.customerGroup.markets)
      $0.include(.attachments, .customer.tags)
      $0.fields(of: Customer.self, .email, .createdAt)
      $0.fields(of: Order.self, .number)
    }
    #expect(
      script.requests.first?.query == [
        "filter[q][customer_email_eq]": "a@b.c",
        "filter[q][line_items_created_at_gt]": "1970-01-01T00:00:00.000Z",
        "filter[q][customer_customer_group_name_eq]": "vip",
        "filter[q][market_id_eq]": "m",
        "include": "customer,line_items.item,customer.customer_group.markets,attachments,"
          + "customer.tags",
        "fields[orders]": "number",
        "fields[customers]": "email,created_at",
      ])
  }

  @Test func theSameNameMeansTheRightResource() {
    var imports = ListQuery<Import>()
    imports.sort(.createdAt)
    var skus = ListQuery<SKU>()
    skus.sort(.createdAt)
    #expect(imports.parameters == skus.parameters)
  }

  /// `name` and `value` were public members of the runtime's query types and hid the attributes.
  @Test func alternativesAreFoundInImplicitMemberPosition() {
    var skus = ListQuery<SKU>()
    skus.filter(.code.or(.name).cont("shirt"))
    skus.filter(.shippingCategory.name.or(.reference).eq("x"))
    #expect(
      skus.parameters == [
        .init(name: "filter[q][code_or_name_cont]", value: "shirt"),
        .init(name: "filter[q][shipping_category_name_or_reference_eq]", value: "x"),
      ])
  }

  @Test func emptyConditionsAreNotSent() async throws {
    let script = Script(page())
    let skus = try script.client().skus
    let error = await #expect(throws: CommerceLayerError.self) {
      _ = try await skus.count(where: .code.in([]))
    }
    #expect(error?.kind == .invalidInput && error?.message.contains("filter[q][code_in]") == true)
    #expect(script.requests.isEmpty)
  }
}
