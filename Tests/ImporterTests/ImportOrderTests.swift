import CommerceLayer
import Testing

@testable import CommerceLayerImporter

@Suite struct ImportOrderTests {
  private func order(_ types: String...) -> [String] {
    ImportOrder.sorted(
      types, service: CommerceLayerService.description, schemas: CommerceLayerService.schemas
    ).map { types[$0] }
  }

  @Test func whatOthersReferToComesFirst() {
    #expect(order("price_tiers", "prices", "skus") == ["skus", "prices", "price_tiers"])
    #expect(order("stock_items", "prices", "skus") == ["skus", "stock_items", "prices"])
    #expect(order("skus", "shipping_categories") == ["shipping_categories", "skus"])
    #expect(
      order("sku_list_items", "sku_lists", "skus") == ["sku_lists", "skus", "sku_list_items"])
    #expect(order("line_items", "orders", "customers", "skus").last == "line_items")
  }

  @Test func theGivenOrderStaysWhereNothingDecides() {
    #expect(order("tags", "shipping_categories") == ["tags", "shipping_categories"])
    #expect(order("shipping_categories", "tags") == ["shipping_categories", "tags"])
    #expect(order("skus", "skus", "skus") == ["skus", "skus", "skus"])
    #expect(order("gift_cards", "customers").count == 2)
    #expect(order() == [])
  }

  @Test func everyImportableTypeHasAPlace() {
    let types = CommerceLayerService.description.importables.keys.sorted()
    let order = ImportOrder.sorted(
      types, service: CommerceLayerService.description, schemas: CommerceLayerService.schemas)
    #expect(order.sorted() == Array(types.indices))
    let backwards = Array(types.reversed())
    let sorted = ImportOrder.sorted(
      backwards, service: CommerceLayerService.description, schemas: CommerceLayerService.schemas
    ).map { backwards[$0] }
    func place(_ type: String) -> Int { sorted.firstIndex(of: type) ?? -1 }
    #expect(place("skus") < place("prices") && place("prices") < place("price_tiers"))
    #expect(place("skus") < place("stock_items") && place("skus") < place("stock_transfers"))
    #expect(place("orders") < place("line_items"))
    #expect(place("line_items") < place("line_item_options"))
    #expect(place("customers") < place("customer_addresses"))
  }

  @Test func typesWithoutASchemaReferToNothing() {
    #expect(
      ImportOrder.sorted(["b", "a"], service: CommerceLayerService.description, schemas: [])
        == [0, 1])
  }
}
