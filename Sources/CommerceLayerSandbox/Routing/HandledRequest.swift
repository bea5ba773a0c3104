import CommerceLayerRuntime

/// One request as a log shows it. It holds no token, secret or body.
public struct HandledRequest: Sendable, Hashable {
  /// The HTTP method.
  public let method: String
  /// The path with its query, without the values of secret parameters.
  public let path: String
  /// The status of the response.
  public let status: Int
  /// How long it took, without the network.
  public let duration: Duration
  /// What the first error of the response says; nil below 400.
  public let reason: String?

  /// A path without the values of parameters whose names say that they are secret.
  static func path(_ path: String) -> String {
    guard let mark = path.firstIndex(of: "?") else { return path }
    let parameters = path[path.index(after: mark)...].split(
      separator: "&", omittingEmptySubsequences: false)
    let shown = parameters.map { parameter -> Substring in
      let name = parameter.prefix { $0 != "=" }
      let isSecret = secretWords.contains { name.lowercased().contains($0) }
      return isSecret ? name + "=…" : parameter
    }
    return path[...mark] + shown.joined(separator: "&")
  }

  private static let secretWords = ["secret", "token", "signature", "password", "code_verifier"]

  static func reason(_ body: [UInt8]) -> String? {
    guard let root = (try? JSONDocument(parsing: body))?.root else { return nil }
    let error = root["errors"]?.elements.first
    return error?["detail"]?.string ?? root["error_description"]?.string
  }
}
