import CommerceLayer
import CommerceLayerSandbox
import CommerceLayerSandboxServer
import Foundation
import Testing

/// What asks the service before or beside an import: names for ids, `plan --check-remote`,
/// `list --run`.
@Suite(.serialized) struct RemoteCommandTests {
  private func client(_ service: Service) throws -> CommerceLayerClient {
    try CommerceLayerClient(
      organization: "sandbox",
      credentials: .clientCredentials(
        id: service.server.sandbox.clientID, secret: service.server.sandbox.clientSecret),
      configuration: .init(transport: service.server.sandbox.transport))
  }

  @Test func namesStandForIDsInPlanAndRun() async throws {
    let service = try await Service()
    let client = try client(service)
    let list = try await client.priceLists.create(.init(name: "Retail EUR", currencyCode: "EUR"))
    _ = try await client.priceLists.create(.init(name: "Twice", currencyCode: "EUR"))
    _ = try await client.priceLists.create(.init(name: "Twice", currencyCode: "EUR"))
    let category = try await client.shippingCategories.create(.init(name: "Big, \"heavy\""))
    let skus = try Input("code,name,shipping_category_id\nA,n,\"Big, \"\"heavy\"\"\"\nB,n,Small\n")
    let environment = service.environment()
    let plan = try await Program.run(
      "plan", skus.path, "--type", "skus", "--lookup", "shipping_category_id=name",
      environment: environment)
    #expect(plan.status == 65, "\(plan.err)")
    #expect(plan.out.contains("no shipping_categories have the name 'Small'"), "\(plan.out)")
    let run = try await Program.run(
      "run", skus.path, "--type", "skus", "--lookup", "shipping_category_id=name",
      "--skip-rejected", environment: environment)
    #expect(run.status == 1, "\(run.err)")
    let made = try await client.skus.list { $0.include(.shippingCategory) }
    #expect(made.items.map(\.code) == ["A"])
    #expect(made.items.first?.shippingCategory?.id == category.id)
    let prices = try Input("sku_code,amount_cents,currency_code\nA,100,EUR\n")
    let named = try await Program.run(
      "run", prices.path, "--type", "prices", "--parent", "name=Retail EUR",
      environment: environment)
    #expect(named.status == 0, "\(named.err)")
    #expect(named.err.contains(list.id.rawValue))
    let ambiguous = try await Program.run(
      "run", prices.path, "--type", "prices", "--parent", "name=Twice", environment: environment)
    #expect(ambiguous.status == 65, "\(ambiguous.err)")
    #expect(ambiguous.err.contains("2 price_lists have the name 'Twice'"), "\(ambiguous.err)")
    let unknown = try await Program.run(
      "plan", prices.path, "--type", "prices", "--parent", "name=Retial EUR",
      environment: environment)
    #expect(
      unknown.status == 65 && unknown.err.contains("did you mean 'Retail EUR'?"), "\(unknown.err)")
    #expect(service.requests.count { $0 == "POST /api/imports" } == 2)
    await service.stop()
  }

  @Test func aPlanSaysWhatItNeedsCredentialsFor() async throws {
    let skus = try Input("code,name,shipping_category_id\nA,n,Big\n")
    for (arguments, what) in [
      (["--lookup", "shipping_category_id=name"], "--lookup asks the service"),
      (["--check-remote"], "--check-remote asks the service"),
    ] {
      let outcome = try await Program.Running(
        ["plan", skus.path, "--type", "skus"] + arguments, environment: [:], input: nil
      ).outcome()
      #expect(outcome.status == 78, "\(outcome.err)")
      #expect(outcome.err.contains(what) && outcome.err.contains("CL_CLIENT_ID"), "\(outcome.err)")
    }
    let wrong = try await Program.run(
      "plan", skus.path, "--type", "skus", "--lookup", "shipping_category_id")
    #expect(wrong.status == 64 && wrong.err.contains("column=attribute"), "\(wrong.err)")
  }

  @Test func checkRemoteSaysWhatWouldHappen() async throws {
    let service = try await Service()
    let client = try client(service)
    let category = try await client.shippingCategories.create(.init(name: "c")).id.rawValue
    let first = try Input(
      "code,name,shipping_category_id\n" + (0..<30).map { "S\($0),n,\(category)\n" }.joined())
    let environment = service.environment()
    let run = try await Program.run("run", first.path, "--type", "skus", environment: environment)
    #expect(run.status == 0, "\(run.err)")
    let second = try Input(
      "code,name,shipping_category_id\n"
        + (0..<60).map { "S\($0),\($0 < 20 ? "n" : "new"),\(category)\n" }.joined())
    let plan = try await Program.run(
      "plan", second.path, "--type", "skus", "--check-remote", "--json", environment: environment)
    #expect(plan.status == 0, "\(plan.err)")
    let remote = plan.json?["remote"]
    #expect(remote?["creates"] == 30 && remote?["updates"] == 10 && remote?["unchanged"] == 20)
    #expect(remote?["complete"] == true && remote?["mode"] == "test")
    let text = try await Program.run(
      "plan", second.path, "--type", "skus", "--check-remote=all", environment: environment)
    #expect(
      text.out.contains("all 60 rows") && text.out.contains("change nothing  20"), "\(text.out)")
    #expect(text.err.contains("takes 3 requests or more"), "\(text.err)")
    // Nothing was sent.
    #expect(service.requests.count { $0 == "POST /api/imports" } == 1)
    await service.stop()
  }

  @Test func listsTheImportsOfARunWithSums() async throws {
    let service = try await Service()
    let environment = service.environment()
    let file = try Input(
      "code,name,shipping_category_id\n" + (0..<60).map { "S\($0),n,cat\n" }.joined())
    var ids: [String] = []
    for _ in 0..<2 {
      let run = try await Program.run(
        "run", file.path, "--type", "skus", "--chunk-rows", "2", environment: environment)
      let line = run.err.split(separator: "\n").first { $0.hasPrefix("run ") }
      ids.append(String(try #require(line).dropFirst(4)))
    }
    let list = try await Program.run("list", "--run", ids[0], environment: environment)
    #expect(list.status == 0, "\(list.err)")
    #expect(list.out.contains("30 imports of the run: 30 completed"), "\(list.out)")
    #expect(list.out.contains(ids[0]) && !list.out.contains(ids[1]))
    let json = try await Program.run("list", "--run", ids[1], "--json", environment: environment)
    #expect(json.json?["totals"]?["rows"] == 60 && json.json?["imports"]?.array?.count == 30)
    let none = try await Program.run(
      "list", "--run", String(repeating: "0", count: 26), environment: environment)
    #expect(none.status == 65 && none.err.contains("has no import of the run"), "\(none.err)")
    let wrong = try await Program.run("list", "--run", "%", environment: environment)
    #expect(wrong.status == 64, "\(wrong.err)")
    await service.stop()
  }
}
