import CommerceLayer
import CommerceLayerSandbox
import Storefront
import Testing

/// The model against the sandbox's shop of 20 SKUs, in this process and without a network.
@MainActor @Suite struct CatalogModelTests {
  private let sandbox: Sandbox
  private let client: CommerceLayerClient

  init() async throws {
    sandbox = try await Sandbox.start()
    try await sandbox.seed(.shop)
    var configuration = ClientConfiguration(transport: sandbox.transport)
    configuration.retry = .never
    client = try CommerceLayerClient(
      organization: "sandbox",
      credentials: .clientCredentials(id: sandbox.clientID, secret: sandbox.clientSecret),
      configuration: configuration)
  }

  @Test func pagesUntilNothingIsLeft() async {
    let model = CatalogModel(client: client, pageSize: 15)
    await model.search()
    #expect(model.products.count == 15 && model.hasMore)
    #expect(model.products.first?.code == "APRON-LINEN")
    #expect(model.products.first?.price == "€42,00")
    await model.loadMore()
    #expect(model.products.count == 20 && !model.hasMore)
    await model.loadMore()
    #expect(model.products.count == 20)
    #expect(Set(model.products).count == 20)
  }

  @Test func searchesCodesAndNames() async {
    let model = CatalogModel(client: client)
    model.text = "MUG"
    await model.search()
    #expect(model.products.map(\.code) == ["MUG-CERAMIC"])
    model.text = "hoodie"
    await model.search()
    #expect(model.products.map(\.code) == ["HOODIE-GREY-L", "HOODIE-GREY-M"])
  }

  @Test func aFailureIsShownAndTriedAgain() async throws {
    try sandbox.setFaults(#"[{"path": "/api/skus", "times": 1, "status": 503}]"#)
    let model = CatalogModel(client: client)
    await model.search()
    #expect(
      model.phase
        == .failed(.init(message: "The shop is busy. Try again in a moment.", canRetry: true)))
    #expect(model.products.isEmpty)
    await model.retry()
    #expect(model.phase == .idle)
    #expect(model.products.count == 20)
  }

  @Test func aFailedPageKeepsWhatIsShown() async throws {
    let model = CatalogModel(client: client, pageSize: 15)
    await model.search()
    try sandbox.setFaults(#"[{"path": "/api/skus", "times": 1, "status": 500}]"#)
    await model.loadMore()
    #expect(model.products.count == 15)
    await model.retry()
    #expect(model.products.count == 20)
  }

  @Test func theNewestSearchCounts() async {
    let model = CatalogModel(client: client)
    model.text = "MUG"
    let first = Task { await model.search() }
    // Tasks of one actor run in order up to where they wait: the first has sent its request.
    let second = Task {
      model.text = "CAP"
      await model.search()
    }
    await first.value
    await second.value
    // Whichever response comes last, what is shown belongs to the search that began last.
    #expect(model.phase == .idle)
    #expect(model.products.map(\.code) == ["CAP-NAVY"])
  }
}
