import CommerceLayer
import CommerceLayerAsyncHTTPClient
import Foundation
import Hummingbird
import Logging

/// A service that confirms orders when Commerce Layer says that they are placed.
///
/// Reads `CL_ORGANIZATION`, `CL_CLIENT_ID`, `CL_CLIENT_SECRET`, `PORT`, and `PUBLIC_URL`, under which the
/// service reaches it. It finds its webhook by the address, or creates it, and so knows the shared secret
/// without anybody copying it. With `CL_BASE_PORT` it works with a sandbox on this machine.
@main
struct OrderWebhooks {
  static func main() async throws {
    let environment = ProcessInfo.processInfo.environment
    let logger = Logger(label: "order-webhooks")
    // On Linux servers: URLSession can end the process there.
    let transport = AsyncHTTPClientTransport()
    do {
      try await serve(environment, transport: transport, logger: logger)
    } catch let error as CommerceLayerError {
      logger.critical("\(error) \(error.advice ?? "")")
      try? await transport.shutdown()
      exit(1)
    }
    try await transport.shutdown()
  }

  private static func serve(
    _ environment: [String: String], transport: AsyncHTTPClientTransport, logger: Logger
  ) async throws {
    var configuration = ClientConfiguration(transport: transport)
    configuration.applicationName = "order-webhooks"
    if let port = environment["CL_BASE_PORT"].flatMap({ Int($0) }) {
      configuration.endpoint = try .loopback(port: port)
    }
    let client = try CommerceLayerClient(
      organization: environment["CL_ORGANIZATION"] ?? "",
      credentials: .clientCredentials(
        id: environment["CL_CLIENT_ID"] ?? "", secret: environment["CL_CLIENT_SECRET"] ?? ""),
      configuration: configuration)
    let port = environment["PORT"].flatMap { Int($0) } ?? 8080
    let address = (environment["PUBLIC_URL"] ?? "http://127.0.0.1:\(port)") + "/webhooks/orders"

    let receiver = Receiver(
      client: client, secret: try await secret(of: address, client: client),
      handled: HandledEvents()
    ) { order in
      // Here a real service writes an email.
      let lines = (order.lineItems ?? []).compactMap { line in
        line.skuCode.map { "\(line.quantity ?? 0) × \($0)" }
      }
      logger.info(
        """
        confirmed order \(order.number ?? "") of \(order.customerEmail ?? "a guest"), \
        \(order.formattedTotalAmountWithTaxes ?? "free"): \(lines.joined(separator: ", "))
        """)
    }
    let router = Router()
    router.post("/webhooks/orders") { request, context in
      try await receiver.respond(request, logger: context.logger)
    }
    let application = Application(
      router: router, configuration: .init(address: .hostname("127.0.0.1", port: port)),
      logger: logger)
    try await application.runService()
  }

  /// The shared secret of the webhook that calls an address; the webhook is created when there is none.
  private static func secret(of address: String, client: CommerceLayerClient) async throws -> Secret
  {
    for try await webhook in client.webhooks.all(where: .topic.eq("orders.place")) {
      if webhook.callbackURL == address, let secret = webhook.sharedSecret { return Secret(secret) }
    }
    let webhook = try await client.webhooks.create(
      .init(topic: "orders.place", callbackURL: address))
    return Secret(webhook.sharedSecret ?? "")
  }
}
