import CommerceLayer
import CommerceLayerSandbox
import Testing

@testable import CommerceLayerImporter
@testable import CommerceLayerRows

/// Which records a cleanup would delete: keys of several parts, parents, conditions.
@Suite(.serialized) struct CleanupPlanTests {
  private func cleanup(
    _ text: String, type: String, parent: String? = nil, _ stage: RemoteStage
  ) throws -> RecordCleanup {
    RecordCleanup(
      directory: stage.directory,
      planner: ImportPlanner(
        file: try InputOnDisk(text).file, format: .csv, rules: try rules(type, parent: parent),
        settings: ImportSettings(service: CommerceLayerService.description)))
  }

  /// Prices of A, B and C in two price lists.
  private func prices(_ stage: RemoteStage) async throws -> (retail: String, sale: String) {
    var lists: [String] = []
    for name in ["Retail", "Sale"] {
      lists.append(
        try await stage.client.priceLists.create(.init(name: name, currencyCode: "EUR")).id.rawValue
      )
    }
    for list in lists {
      try await stage.add(
        .prices, parent: list,
        ["A", "B", "C"].map { ["sku_code": .string($0), "amount_cents": 100] })
    }
    return (lists[0], lists[1])
  }

  @Test func aPriceIsToldByItsCodeAndItsPriceList() async throws {
    let stage = try await RemoteStage()
    let (retail, sale) = try await prices(stage)
    // Of each code one list only: by code alone, nothing would be left to delete.
    let plan = try await cleanup(
      "sku_code,price_list_id,amount_cents\nA,\(retail),1\nB,\(sale),1\nC,\(retail),1\n",
      type: "prices", stage
    ).plan()
    #expect(plan.total == 6 && plan.doomed.count == 3 && plan.unkeyed == 0)
    let names = Set(plan.samples.map(\.name))
    #expect(names == ["A-\(sale)", "B-\(retail)", "C-\(sale)"])
    await stage.stop()
  }

  @Test func withAParentOnlyItsRecordsAreCompared() async throws {
    let stage = try await RemoteStage()
    let (retail, sale) = try await prices(stage)
    let plan = try await cleanup(
      "sku_code,amount_cents\nA,1\n", type: "prices", parent: retail, stage
    ).plan()
    #expect(plan.total == 3 && plan.doomed.count == 2)
    #expect(plan.samples.allSatisfy { $0.name.hasSuffix(retail) && !$0.name.hasSuffix(sale) })
    await stage.stop()
  }

  @Test func conditionsChooseTheRecordsThatAreCompared() async throws {
    let stage = try await RemoteStage()
    _ = try await prices(stage)
    let skus = ["A1", "A2", "B1"].map { code -> JSONObject in
      ["code": .string(code), "name": "n", "shipping_category_id": "c"]
    }
    try await stage.add(.skus, skus)
    let cleanup = try cleanup("code\nA1\n", type: "skus", stage)
    let plan = try await cleanup.plan(filters: [(name: "code_start", value: "A")])
    #expect(plan.total == 2 && plan.samples.map(\.name) == ["A2"])
    let error = await remoteError { _ = try await cleanup.plan(filters: [("colour_eq", "red")]) }
    #expect(error?.kind == .usage && error?.description.contains("colour") == true)
    await stage.stop()
  }
}
