import CommerceLayer
import Foundation

/// Who asks, and where: gathered from arguments, environment and a file. No secret is ever taken
/// from an argument, which every user of the machine can read.
struct ConnectionSettings: Sendable, Hashable {
  var organization: String?
  var clientID: String?
  var clientSecret: Secret?
  /// The port of a sandbox on this machine.
  var basePort: Int?

  /// What the environment says.
  /// - Throws: ``Failure`` when the port is no number: going to the real service instead would be
  ///   the last thing meant.
  init(environment: [String: String]) throws(Failure) {
    func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
    organization = value("CL_ORGANIZATION")
    clientID = value("CL_CLIENT_ID")
    clientSecret = value("CL_CLIENT_SECRET").map { Secret($0) }
    if let text = value("CL_BASE_PORT") {
      guard let port = Int(text) else {
        throw Failure(.configuration, "CL_BASE_PORT is no port number")
      }
      basePort = port
    }
  }

  /// Takes over what a credentials file says: `{"organization", "client_id", "client_secret"}`.
  /// - Throws: ``Failure`` when it is no such file; its content is never repeated.
  mutating func read(file bytes: [UInt8], path: String) throws(Failure) {
    guard let root = try? JSONDocument(parsing: bytes).root, root.kind == .object else {
      throw Failure(
        .configuration, "the credentials file '\(path)' is no JSON object",
        advice: #"{"organization": "…", "client_id": "…", "client_secret": "…"}"#)
    }
    organization = root["organization"]?.string ?? organization
    clientID = root["client_id"]?.string ?? clientID
    clientSecret = root["client_secret"]?.string.map { Secret($0) } ?? clientSecret
  }

  /// Whether others than the owner can read a file of this mode.
  static func isExposed(mode: mode_t) -> Bool { mode & 0o077 != 0 }

  /// A client for what was gathered.
  /// - Throws: ``Failure`` with the names of what is missing.
  func client(_ configuration: ClientConfiguration) throws(Failure) -> CommerceLayerClient {
    var missing: [String] = []
    if organization == nil, basePort == nil {
      missing.append("CL_ORGANIZATION (or --organization)")
    }
    if clientID == nil { missing.append("CL_CLIENT_ID") }
    if clientSecret == nil { missing.append("CL_CLIENT_SECRET (or --client-secret-stdin)") }
    guard missing.isEmpty, let clientID, let clientSecret else {
      throw Failure(
        .configuration, "there are no credentials",
        because: "not set: \(missing.joined(separator: ", "))",
        advice: "set these, name a file with --credentials, or use --sandbox")
    }
    var configuration = configuration
    do {
      if let basePort { configuration.endpoint = try .loopback(port: basePort) }
      return try CommerceLayerClient(
        organization: organization ?? "sandbox",
        credentials: .clientCredentials(id: clientID, secret: clientSecret),
        configuration: configuration)
    } catch {
      throw Failure(error)
    }
  }
}
