import CompilerProofs
import Foundation
import Testing

/// The compiler accepts what the schema allows and rejects what it does not, for that reason alone:
/// each rejected query differs from an accepted one in a single name.
@Suite(
  .enabled(if: Compiler.modules != nil, "the modules lie beside the tests when SwiftPM builds"))
struct CompilerProofTests {
  @Test(arguments: [
    Case(
      legal: "$0.sort(.createdAt)", illegal: "$0.sort(.inputs)", type: "SortKey<Import>",
      name: "inputs"),
    Case(
      legal: "$0.filter(.status.eq(.pending))", illegal: "$0.filter(.skipErrors.isTrue())",
      type: "Filter<Import>", name: "skipErrors"),
    Case(
      legal: "$0.include(.events.lastEventCallbacks)", illegal: "$0.include(.events.nothing)",
      type: "Include<Event>", name: "nothing"),
    Case(
      legal: "$0.filter(.events.name.eq(\"x\"))", illegal: "$0.filter(.events.nothing.eq(\"x\"))",
      type: "Filter<Event>", name: "nothing"),
    Case(
      legal: "$0.include(.events)", illegal: "$0.include(.eventStores)",
      type: "Include<Import>", name: "eventStores"),
  ]) func onlyWhatTheSchemaAllowsCompiles(test: Case) async throws {
    let legal = try await Compiler.check(program(test.legal))
    #expect(legal.succeeded, "\(legal.errors)")
    let illegal = try await Compiler.check(program(test.illegal))
    #expect(!illegal.succeeded)
    #expect(illegal.errors.count == 1, "\(illegal.errors)")
    let error = try #require(illegal.errors.first)
    #expect(error.contains("'\(test.type)' has no member '\(test.name)'"), "\(error)")
  }

  @Test func predicatesDependOnTheType() async throws {
    let legal = try await Compiler.check(program("$0.filter(.errorsCount.gt(1))"))
    #expect(legal.succeeded, "\(legal.errors)")
    let illegal = try await Compiler.check(program("$0.filter(.status.gt(.pending))"))
    #expect(!illegal.succeeded)
    #expect(illegal.errors.contains { $0.contains("ComparableFilterValue") }, "\(illegal.errors)")
  }

  /// A relationship that the schema calls polymorphic beside one class leads to that class alone.
  @Test func linksTakeOneTypeOnly() async throws {
    func item(_ arguments: String) async throws -> Compiler.Verdict {
      try await Compiler.check(
        """
        import CommerceLayer

        func item(
          _ subscription: OrderSubscription, _ it: AnyResourceReference, _ aSKU: SKU,
          _ aBundle: BundleResource
        ) -> OrderSubscriptionItem.Create {
          .init(quantity: 1, orderSubscription: subscription.id, item: it, \(arguments))
        }
        """)
    }
    for legal in ["sku: aSKU.id", "bundle: aBundle.id"] {
      let result = try await item(legal)
      #expect(result.succeeded, "\(legal): \(result.errors)")
    }
    for (illegal, from, to) in [
      ("sku: aBundle.id", "ID<BundleResource>", "ID<SKU>"),
      ("bundle: aSKU.id", "ID<SKU>", "ID<BundleResource>"),
    ] {
      let result = try await item(illegal)
      #expect(!result.succeeded && result.errors.count == 1, "\(illegal): \(result.errors)")
      #expect(
        result.errors.first?.contains(from) == true && result.errors.first?.contains(to) == true,
        "\(illegal): \(result.errors)")
    }
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let legal: String
    let illegal: String
    let type: String
    let name: String
    var testDescription: String { illegal }
  }

  private func program(_ query: String) -> String {
    """
    import CommerceLayer

    func query(_ client: CommerceLayerClient) async throws -> Page<Import> {
      try await client.imports.list { \(query) }
    }
    """
  }
}
