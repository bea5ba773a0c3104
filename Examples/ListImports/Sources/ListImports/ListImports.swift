import CommerceLayer
import Foundation

/// Lists the newest imports, over URLSession and nothing else.
///
/// Reads `CL_ORGANIZATION`, `CL_CLIENT_ID` and `CL_CLIENT_SECRET`; with `CL_BASE_PORT` it talks to a
/// sandbox on this machine (`cl-import sandbox` prints all four).
@main
struct ListImports {
  static func main() async throws {
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
    let page = try await client.imports.list {
      $0.sort(.createdAt, .descending)
      $0.fields(.resourceType, .status, .processedCount, .errorsCount)
      $0.page(size: 25)
    }
    print("imports: \(page.recordCount ?? 0)")
    for item in page {
      let type = item.resourceType?.rawValue ?? "?"
      let status = item.status?.rawValue ?? "?"
      print(
        "\(item.id)  \(type)  \(status)  \(item.processedCount ?? 0) processed, "
          + "\(item.errorsCount ?? 0) failed")
    }
  }
}
// 1
