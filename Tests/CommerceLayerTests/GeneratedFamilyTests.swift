import CommerceLayer
import Foundation
import Testing

/// Families, listed sets, named filters and alternatives of the real API, as users write them.
@Suite struct GeneratedFamilyTests {
  private func failure(_ work: () async throws -> Void) async -> CommerceLayerError? {
    do {
      try await work()
      return nil
    } catch {
      return error as? CommerceLayerError
    }
  }

  @Test func anIncludedMemberIsNotNil() async throws {
    let script = Script(
      """
      {"data": {"type": "payment_methods", "id": "m", "relationships": {"payment_gateway":
         {"data": {"type": "stripe_gateways", "id": "g"}}}},
       "included": [{"type": "stripe_gateways", "id": "g",
         "attributes": {"name": "Stripe", "auto_payments": true}}]}
      """)
    let method = try await script.client().paymentMethods.retrieve("m") {
      $0.include(.paymentGateway)
    }
    let gateway = try #require(method.paymentGateway)
    #expect(gateway.name == "Stripe" && gateway.kind == .stripeGateways)
    #expect(gateway.as(StripeGateway.self)?.autoPayments == true)
    #expect(gateway.as(AdyenGateway.self) == nil)
    #expect(method.storage.diagnostics.isEmpty)
  }

  @Test func listsOfTheBaseTypeHoldMembers() async throws {
    let script = Script(
      """
      {"data": [{"type": "flex_promotions", "id": "1", "attributes": {"name": "a"}},
                {"type": "loyalty_promotions", "id": "2", "attributes": {"name": "b"}}]}
      """)
    let page = try await script.client().promotions.list {
      $0.filter(.active(true))
      $0.filter(.withStatus(.active))
      $0.filter(.skuCodeIn(["A", "B"]))
      $0.filter(.type.eq(.flexPromotions))
      $0.filter(.market.taxCalculator.name.eq("t"))
      $0.include(.market.taxCalculator)
    }
    #expect(page.items.map(\.name) == ["a", "b"])
    #expect(page.items.map(\.kind) == [.flexPromotions, .init(rawValue: "loyalty_promotions")])
    let query = try #require(script.requests.first).query
    #expect(
      query == [
        "filter[q][active]": "true", "filter[q][with_status]": "active",
        "filter[q][sku_code_in]": "A,B", "filter[q][type_eq]": "flex_promotions",
        "filter[q][market_tax_calculator_name_eq]": "t", "include": "market.tax_calculator",
      ])
  }

  @Test func filtersGoOnBehindARelationshipWithOneTarget() async throws {
    let script = Script(#"{"data": []}"#)
    _ = try await script.client().orders.list { $0.filter(.lineItems.sku.code.eq("A")) }
    #expect(script.requests.first?.query == ["filter[q][line_items_sku_code_eq]": "A"])
  }

  @Test func linkageNamesWhatTheDocumentationNames() async throws {
    let script = Script(#"{"data": {"type": "markets", "id": "m"}}"#)
    try await script.client().markets.update(
      "m", .init(taxCalculator: .init(.avalaraAccounts, id: "t")))
    let body = try #require(script.requests.first?.body)
    #expect(body.contains(#""tax_calculator":{"data":{"type":"avalara_accounts","id":"t"}}"#))
  }

  @Test func oneOfTheAlternativesIsEnough() async throws {
    let script = Script(#"{"data": {"type": "prices", "id": "p"}}"#)
    let client = try script.client()
    _ = try await client.prices.create(.init(amountCents: 1000, priceList: "l", skuCode: "A"))
    #expect(script.requests.first?.body.contains(#""sku_code":"A""#) == true)
    let none = await failure {
      _ = try await client.prices.create(.init(amountCents: 1000, priceList: "l"))
    }
    #expect(none?.kind == .invalidInput && none?.message == "'sku' or 'sku_code' is required")
    #expect(script.requests.count == 1, "nothing is sent")
  }

  @Test func whatAConditionAsksForIsMissed() async throws {
    let client = try Script().client()
    let error = await failure {
      _ = try await client.addresses.create(
        .init(line1: "a", city: "b", countryCode: "IT", phone: "1", business: true))
    }
    #expect(error?.message.contains("'company' is required when 'business' is true") == true)
  }

  @Test func aListedSetHasItsKind() throws {
    let order = try JSONDecoder().decode(
      Order.self,
      from: Data(
        """
        {"type": "orders", "id": "o", "relationships": {"payment_source":
          {"data": {"type": "stripe_payments", "id": "s"}}}}
        """.utf8))
    let source = try #require(order.paymentSource)
    let isStripe =
      switch source.kind {
      case StripePayment.self: true
      default: false
      }
    #expect(isStripe && source.as(StripePayment.self) != nil && source.as(AdyenPayment.self) == nil)
  }

  @Test func arraysHaveTheTypesOfTheirElements() async throws {
    let script = Script(
      #"{"data": {"type": "webhooks", "id": "w", "attributes": {"include_resources": ["customer"]}}}"#
    )
    let webhook = try await script.client().webhooks.retrieve("w")
    #expect(webhook.includeResources == ["customer"])
  }
}
