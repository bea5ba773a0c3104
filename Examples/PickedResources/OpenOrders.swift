import CommerceLayerRuntime
import Foundation

/// Prints what customers have in carts that were changed in the last days, with a client that knows three
/// resources: `commercelayer-client.json` names them, and the build plugin generates them into this target.
///
/// Reads `CL_ORGANIZATION`, `CL_CLIENT_ID` and `CL_CLIENT_SECRET`; with `CL_BASE_PORT` it talks to a
/// sandbox on this machine.
@main
struct OpenOrders {
  static func main() async {
    do {
      try await run()
    } catch let error as CommerceLayerError {
      // The advice says what to do; the description says what happened, without secrets.
      FileHandle.standardError.write(Data("\(error)\n\(error.advice ?? "")\n".utf8))
      exit(1)
    } catch {
      FileHandle.standardError.write(Data("\(error)\n".utf8))
      exit(1)
    }
  }

  static func run() async throws {
    let environment = ProcessInfo.processInfo.environment
    var configuration = ClientConfiguration()
    if let port = environment["CL_BASE_PORT"].flatMap({ Int($0) }) {
      configuration.endpoint = try .loopback(port: port)
    }
    let client = try CommerceLayerClient(
      organization: environment["CL_ORGANIZATION"] ?? "",
      credentials: .clientCredentials(
        id: environment["CL_CLIENT_ID"] ?? "", secret: environment["CL_CLIENT_SECRET"] ?? ""),
      configuration: configuration)

    let newest = Date(timeIntervalSinceNow: -7 * 24 * 60 * 60)
    let orders = client.orders.all(where: .status.in([.draft, .pending])) {
      $0.filter(.updatedAt.gt(newest))
      $0.include(.lineItems, .customer)
    }
    var count = 0
    for try await order in orders {
      count += 1
      let lines = (order.lineItems ?? []).filter { $0.itemType == .skus }
      print("\(order.number ?? order.id.rawValue)  \(order.customer?.email ?? "guest")")
      for line in lines { print("  \(line.quantity ?? 0) × \(line.name ?? line.skuCode ?? "?")") }
    }
    print("\(count) open orders")
  }
}
