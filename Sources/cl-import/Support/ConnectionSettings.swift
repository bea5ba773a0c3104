import CommerceLayer
import Foundation
import ImportConsole

/// Who asks, and where: gathered from arguments, environment and a file. No secret is ever taken
/// from an argument, which every user of the machine can read.
struct ConnectionSettings: Sendable, Hashable {
  var organization: String?
  var clientID: String?
  var clientSecret: Secret?
  /// Where the organization's host is, when not below the service's first domain.
  var domain: String?
  /// A domain that is none of the service's and may get credentials all the same. No file names it:
  /// whoever hands out a file with credentials must not say where they may go.
  var allowedHost: String?
  /// The port of a sandbox on this machine.
  var basePort: Int?

  /// What the environment says.
  /// - Throws: ``Failure`` when the port is not a number: going to the real service instead would be
  ///   the last thing meant.
  init(environment: [String: String]) throws(Failure) {
    func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
    organization = value("CL_ORGANIZATION")
    clientID = value("CL_CLIENT_ID")
    clientSecret = value("CL_CLIENT_SECRET").map { Secret($0) }
    domain = value("CL_DOMAIN")
    allowedHost = value("CL_ALLOW_HOST")
    if let text = value("CL_BASE_PORT") {
      guard let port = Int(text) else {
        throw Failure(.configuration, "CL_BASE_PORT is not a port number")
      }
      basePort = port
    }
  }

  /// Takes over what a credentials file says: `{"organization", "client_id", "client_secret"}`
  /// and perhaps `"domain"`.
  /// - Throws: ``Failure`` when it is not such a file; its content is never repeated.
  mutating func read(file bytes: [UInt8], path: String) throws(Failure) {
    guard let root = try? JSONDocument(parsing: bytes).root, root.kind == .object else {
      throw Failure(
        .configuration, "the credentials file '\(path)' is not a JSON object",
        advice: #"{"organization": "…", "client_id": "…", "client_secret": "…"}"#)
    }
    organization = root["organization"]?.string ?? organization
    domain = root["domain"]?.string ?? domain
    clientID = root["client_id"]?.string ?? clientID
    clientSecret = root["client_secret"]?.string.map { Secret($0) } ?? clientSecret
  }

  /// Takes over what the arguments say; they count most.
  /// - Throws: ``Failure`` when requests would have two places to go to.
  mutating func take(
    organization: String? = nil, domain: String? = nil, allowHost: String? = nil,
    basePort: Int? = nil
  ) throws(Failure) {
    if let domain, let port = basePort ?? self.basePort {
      throw Failure(
        .usage, "requests go to --domain \(domain) or to port \(port) of this machine, not both",
        because: basePort == nil ? "CL_BASE_PORT is set" : nil,
        advice: "leave one of them out")
    }
    self.organization = organization ?? self.organization
    self.domain = domain ?? self.domain
    allowedHost = allowHost ?? allowedHost
    self.basePort = basePort ?? self.basePort
  }

  /// Where rows go, as runs record it: the organization's slug, its host below another domain than the
  /// service's first, or the address of a sandbox.
  var target: String {
    if let basePort { return "127.0.0.1:\(basePort)" }
    let slug = organization ?? ""
    guard let domain, domain != ServiceEndpoint.domains.first else { return slug }
    return "\(slug).\(domain)"
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
      configuration.endpoint = try endpoint()
      return try CommerceLayerClient(
        organization: organization ?? "sandbox",
        credentials: .clientCredentials(id: clientID, secret: clientSecret),
        configuration: configuration)
    } catch {
      throw Failure(error)
    }
  }

  /// Where requests go; nil for the organization's own host below the service's first domain.
  /// - Throws: ``Failure`` when credentials may not go there; `CommerceLayerError`.
  func endpoint() throws -> ServiceEndpoint? {
    if let basePort { return try .loopback(port: basePort) }
    guard let domain else {
      guard let allowedHost else { return nil }
      // Going to the service itself would be the last thing meant.
      throw Failure(
        .configuration, "'\(allowedHost)' is allowed, but nothing says to go there",
        advice: "--domain \(allowedHost), or leave --allow-host and CL_ALLOW_HOST out")
    }
    guard let organization else { return nil }
    let isDomain =
      (try? ServiceEndpoint.service(organization: "a", domain: domain, allowingHost: domain)) != nil
    guard isDomain else {
      throw Failure(
        .configuration, "'\(domain)' is not a valid domain",
        because: "one is lower-case labels and dots, without scheme, port or path",
        advice:
          "--domain \(ServiceEndpoint.domains[0]); a sandbox on this machine is --base-port PORT")
    }
    if !ServiceEndpoint.domains.contains(domain), domain != allowedHost {
      throw Failure(
        .configuration, "credentials are not sent to '\(domain)'",
        because: "the service is at \(ServiceEndpoint.domains.joined(separator: " or "))"
          + (allowedHost.map { ", and what is allowed is '\($0)'" } ?? ""),
        advice: "check --domain, CL_DOMAIN or the credentials file; "
          + "if the host is yours, allow it: --allow-host \(domain)")
    }
    return try .service(organization: organization, domain: domain, allowingHost: allowedHost)
  }
}
