import CommerceLayer
import Testing

@testable import ImportConsole
@testable import cl_import

/// Where credentials may go, as arguments, environment and file say.
@Suite struct ConnectionTests {
  private static let account = [
    "CL_ORGANIZATION": "acme", "CL_CLIENT_ID": "a", "CL_CLIENT_SECRET": "hushcanary",
  ]

  /// What the arguments would be, by name.
  private struct Arguments {
    var domain: String?
    var allowHost: String?
    var basePort: Int?
  }

  private func settings(
    _ arguments: Arguments = .init(), _ variables: [String: String] = [:], file: String? = nil
  ) throws -> ConnectionSettings {
    var settings = try ConnectionSettings(
      environment: Self.account.merging(variables) { $1 })
    if let file { try settings.read(file: Array(file.utf8), path: "file") }
    try settings.take(
      domain: arguments.domain, allowHost: arguments.allowHost, basePort: arguments.basePort)
    return settings
  }

  private func authority(
    _ arguments: Arguments = .init(), _ variables: [String: String] = [:], file: String? = nil
  ) throws -> String {
    let transport = InProcessTransport { _, _ in throw CancellationError() }
    return try settings(arguments, variables, file: file)
      .client(ClientConfiguration(transport: transport)).api.endpoint.authority
  }

  @Test func theServicesDomainsNeedNothing() throws {
    #expect(try authority() == "acme.commercelayer.io")
    #expect(try authority(.init(domain: "commercelayer.co")) == "acme.commercelayer.co")
    #expect(try authority(.init(), ["CL_DOMAIN": "commercelayer.co"]) == "acme.commercelayer.co")
    #expect(try authority(.init(), ["CL_DOMAIN": ""]) == "acme.commercelayer.io")
    #expect(try authority(file: #"{"domain":"commercelayer.co"}"#) == "acme.commercelayer.co")
    // Arguments count more than a file, a file more than the environment.
    #expect(
      try authority(
        .init(domain: "commercelayer.io"), ["CL_DOMAIN": "commercelayer.co"],
        file: #"{"domain":"evil.com"}"#) == "acme.commercelayer.io")
    #expect(
      try authority(.init(), ["CL_DOMAIN": "evil.com"], file: #"{"domain":"commercelayer.co"}"#)
        == "acme.commercelayer.co")
  }

  @Test func anotherDomainHasToBeAllowed() throws {
    #expect(
      try authority(.init(domain: "cl.acme.example", allowHost: "cl.acme.example"))
        == "acme.cl.acme.example")
    #expect(
      try authority(.init(domain: "cl.acme.example"), ["CL_ALLOW_HOST": "cl.acme.example"])
        == "acme.cl.acme.example")
    #expect(
      try authority(.init(allowHost: "cl.acme.example"), file: #"{"domain":"cl.acme.example"}"#)
        == "acme.cl.acme.example")
    let rejected: [() throws -> String] = [
      { try authority(.init(domain: "evil.com")) },
      { try authority(.init(), ["CL_DOMAIN": "evil.com"]) },
      { try authority(.init(domain: "evil.com", allowHost: "cl.acme.example")) },
      // A file with credentials does not allow by itself what it names.
      {
        try authority(
          file: #"{"domain":"evil.com","allow_host":"evil.com","allowedHost":"evil.com"}"#)
      },
    ]
    for work in rejected {
      let failure = #expect(throws: Failure.self) { try work() }
      #expect(failure?.status == .configuration)
      #expect(failure?.what == "credentials are not sent to 'evil.com'")
      #expect(failure?.because?.hasPrefix("the service is at commercelayer.io or") == true)
      #expect(failure?.advice?.contains("--allow-host evil.com") == true)
    }
  }

  @Test(arguments: [
    "localhost", "127.0.0.1", "[::1]", "0x7f.1", "commercelayer.io:8080",
    "https://commercelayer.io",
    "u@commercelayer.io", "COMMERCELAYER.IO", "commercelayer.io.", "commercelayer.io/x", ".", "-",
  ])
  func whatIsNoDomainIsNeverAllowed(domain: String) throws {
    let failure = #expect(throws: Failure.self) {
      try authority(.init(domain: domain, allowHost: domain))
    }
    #expect(failure?.status == .configuration)
    #expect(failure?.what == "'\(domain)' is not a valid domain")
    #expect(failure?.advice?.contains("--base-port") == true)
  }

  /// Where somebody thinks of another host, the service itself must not get the rows.
  @Test func allowingIsNotGoingThere() throws {
    for (arguments, variables) in [
      (Arguments(allowHost: "cl.acme.example"), [:]),
      (Arguments(), ["CL_ALLOW_HOST": "cl.acme.example"]),
    ] {
      let failure = #expect(throws: Failure.self) { try authority(arguments, variables) }
      #expect(failure?.advice?.hasPrefix("--domain cl.acme.example") == true)
    }
  }

  @Test func aPortAndADomainAreTwoPlaces() throws {
    for (arguments, variables) in [
      (Arguments(domain: "commercelayer.io", basePort: 80), [:]),
      (Arguments(domain: "commercelayer.io"), ["CL_BASE_PORT": "80"]),
    ] {
      let failure = #expect(throws: Failure.self) { try settings(arguments, variables) }
      #expect(failure?.status == .usage)
    }
    #expect(
      try authority(
        .init(basePort: 80), ["CL_DOMAIN": "evil.com", "CL_ALLOW_HOST": "x.example"])
        == "127.0.0.1:80")
  }

  @Test func theProgramSaysWhatToDo() async throws {
    let outcome = try await Program.run(
      "list", "--domain", "evil.com", environment: Self.account)
    #expect(outcome.status == 78 && outcome.out.isEmpty)
    #expect(
      outcome.err == """
        error: credentials are not sent to 'evil.com'
          because: the service is at commercelayer.io or commercelayer.co
          try: check --domain, CL_DOMAIN or the credentials file; if the host is yours, allow it: \
        --allow-host evil.com

        """)
    let help = try await Program.run("list", "--help")
    #expect(help.out.contains("--allow-host <host>") && help.out.contains("CL_ALLOW_HOST"))
    #expect(help.out.contains("--domain <domain>") && help.out.contains("CL_DOMAIN"))
  }
}
