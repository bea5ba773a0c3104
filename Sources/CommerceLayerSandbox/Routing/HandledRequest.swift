import CommerceLayerRuntime

/// One request as a log shows it. It holds no token, secret or body.
public struct HandledRequest: Sendable, Hashable {
  /// The HTTP method.
  public let method: String
  /// The path with its query, as it came.
  public let path: String
  /// The status of the response.
  public let status: Int
  /// How long it took, without the network.
  public let duration: Duration
  /// What the first error of the response says; nil below 400.
  public let reason: String?

  static func reason(_ body: [UInt8]) -> String? {
    guard let root = (try? JSONDocument(parsing: body))?.root else { return nil }
    let error = root["errors"]?.elements.first
    return error?["detail"]?.string ?? root["error_description"]?.string
  }
}
