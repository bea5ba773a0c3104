import ArgumentParser
import CommerceLayer
import CommerceLayerAsyncHTTPClient
import Foundation
import ImportConsole

/// Where to and as whom.
struct ConnectionOptions: ParsableArguments {
  @Option(help: "The organization's slug: 'acme' of acme.commercelayer.io. [env: CL_ORGANIZATION]")
  var organization: String?

  @Option(
    help: """
      The domain of the organization's host: \(ServiceEndpoint.domains.joined(separator: " or ")), the \
      first unless said otherwise. [env: CL_DOMAIN]
      """)
  var domain: String?

  @Option(
    help: ArgumentHelp(
      "Let credentials go to this --domain, which is not the service's. [env: CL_ALLOW_HOST]",
      valueName: "host"))
  var allowHost: String?

  @Option(
    help: ArgumentHelp(
      "A JSON file with organization, client_id and client_secret, and perhaps domain.",
      valueName: "file"))
  var credentials: String?

  @Flag(help: "Read the client secret from standard input.")
  var clientSecretStdin = false

  @Option(
    help: ArgumentHelp(
      "Talk to a sandbox on this port of this machine. [env: CL_BASE_PORT]", valueName: "port"))
  var basePort: Int?

  @OptionGroup var log: LogOptions

  /// Carries all requests of the program.
  static func transport() -> any ClientTransport { AsyncHTTPClientTransport() }

  /// Gathers arguments, file and environment; what is named later in that order counts less.
  /// - Throws: ``Failure``.
  func settings(_ environment: ProgramEnvironment) throws(Failure) -> ConnectionSettings {
    var settings = try ConnectionSettings(environment: environment.variables)
    if let credentials {
      try settings.read(file: Self.read(credentials), path: credentials)
    }
    if clientSecretStdin {
      let secret = (readLine(strippingNewline: true) ?? "").filter { $0 != "\r" }
      guard !secret.isEmpty else {
        throw Failure(.configuration, "there is no client secret on standard input")
      }
      settings.clientSecret = Secret(secret)
    }
    try settings.take(
      organization: organization, domain: domain, allowHost: allowHost, basePort: basePort)
    if basePort == nil, let port = settings.basePort {
      // Set in a shell long ago, perhaps; the real organization may be meant.
      Console.err("using the sandbox on port \(port), as CL_BASE_PORT says")
    }
    return settings
  }

  /// The options of a run that is resumed: what is given now counts, then what was given when it began.
  /// A secret is never recorded, so it is asked for again.
  func over(_ recorded: ConnectionOptions) -> ConnectionOptions {
    var options = recorded
    options.organization = organization ?? recorded.organization
    options.domain = domain ?? recorded.domain
    options.allowHost = allowHost ?? recorded.allowHost
    options.credentials = credentials ?? recorded.credentials
    options.basePort = basePort ?? recorded.basePort
    options.clientSecretStdin = clientSecretStdin
    options.log = log
    return options
  }

  /// - Throws: ``Failure``.
  func client(_ environment: ProgramEnvironment) throws(Failure) -> CommerceLayerClient {
    try client(settings(environment), environment)
  }

  /// - Throws: ``Failure``.
  func client(
    _ settings: ConnectionSettings, _ environment: ProgramEnvironment
  ) throws(Failure) -> CommerceLayerClient {
    var configuration = ClientConfiguration(transport: Self.transport())
    configuration.logger = try log.logger(environment)
    return try settings.client(configuration)
  }

  private static func read(_ path: String) throws(Failure) -> [UInt8] {
    var status = stat()
    if stat(path, &status) == 0, ConnectionSettings.isExposed(mode: status.st_mode) {
      Console.err("warning: other users can read '\(TerminalSafe.text(path))': chmod 600 it")
    }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw Failure(.configuration, "the credentials file '\(path)' cannot be read")
    }
    return Array(data)
  }
}
