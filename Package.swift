// swift-tools-version: 6.2
import PackageDescription

/// Every target is compiled with the same strictness. Warnings become errors only where
/// COMMERCELAYER_STRICT is set, as `.ci/run` does: a newer compiler's new warning never breaks the build
/// of a package that depends on this one, in its CI neither.
let strict: [SwiftSetting] =
  [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
  ] + (Context.environment["COMMERCELAYER_STRICT"] == nil ? [] : [.treatAllWarnings(as: .error)])

let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")

/// What only the importer, the sandbox, the server-side transport and the command lines need. A user
/// of the client alone names this package with `traits: []` and fetches none of it.
let servers: TargetDependencyCondition? = .when(traits: ["Servers"])
/// What the sandbox in process and the journal need: a database and no network. `Servers` enables it.
let sandbox: TargetDependencyCondition? = .when(traits: ["Sandbox"])
/// What only `cl-spec` needs: system libraries that nobody else must have. Without the condition SwiftPM
/// looks for them, and tells how to install them, in every build that has this package in its graph.
let tools: TargetDependencyCondition? = .when(traits: ["Tools"])
/// A package that SwiftPM fetched lies in a folder `checkouts`; there the tools are off unless somebody
/// asks for them.
let isFetched = Context.packageDirectory.split(separator: "/").dropLast().last == "checkouts"
/// `scripts/release` sets it: command lines whose requests AsyncHTTPClient carries need neither
/// FoundationNetworking nor libcurl. No library of a user's should be built so.
let withoutURLSession = Context.environment["COMMERCELAYER_WITHOUT_URLSESSION"] != nil
/// What only metrics and spans need, and what only checking webhooks needs: nobody else fetches it.
let observability: TargetDependencyCondition? = .when(traits: ["Observability"])
let webhooks: TargetDependencyCondition? = .when(traits: ["Webhooks"])

let package = Package(
  name: "commercelayer-swift",
  platforms: [.macOS(.v15), .iOS(.v18), .tvOS(.v18), .watchOS(.v11), .visionOS(.v2)],
  products: [
    .library(name: "CommerceLayer", targets: ["CommerceLayer"]),
    // With what the clients that a target of its own has generated import.
    .library(
      name: "CommerceLayerRuntime", targets: ["CommerceLayerRuntime", "CommerceLayerVocabulary"]),
    .library(name: "CommerceLayerSchema", targets: ["CommerceLayerSchema"]),
    .library(name: "CommerceLayerAsyncHTTPClient", targets: ["CommerceLayerAsyncHTTPClient"]),
    .library(
      name: "CommerceLayerTransportConformance", targets: ["CommerceLayerTransportConformance"]),
    .library(name: "CommerceLayerImporter", targets: ["CommerceLayerImporter"]),
    .library(name: "CommerceLayerJournal", targets: ["CommerceLayerJournal"]),
    .library(name: "CommerceLayerObservability", targets: ["CommerceLayerObservability"]),
    .library(name: "CommerceLayerSandbox", targets: ["CommerceLayerSandbox"]),
    .library(name: "CommerceLayerSandboxServer", targets: ["CommerceLayerSandboxServer"]),
    .library(name: "CommerceLayerWebhooks", targets: ["CommerceLayerWebhooks"]),
    .plugin(name: "GenerateClient", targets: ["GenerateClient"]),
    .plugin(name: "GenerateClientCommand", targets: ["GenerateClientCommand"]),
    .executable(name: "cl-import", targets: ["cl-import"]),
    .executable(name: "cl-demo", targets: ["cl-demo"]),
    .executable(name: "cl-spec", targets: ["cl-spec"]),
    .executable(name: "cl-generate", targets: ["cl-generate"]),
  ],
  traits: [
    .trait(
      name: "Servers",
      description:
        "The sandbox's server, the AsyncHTTPClient transport, the journal and the command lines.",
      enabledTraits: ["Sandbox"]),
    .trait(
      name: "Sandbox",
      description: "The sandbox in process, without a server: CommerceLayerSandbox, cl-demo."),
    .trait(
      name: "Observability",
      description: "Metrics and spans: CommerceLayerObservability."),
    .trait(
      name: "Webhooks",
      description: "The signatures of webhooks: CommerceLayerWebhooks."),
    .trait(
      name: "Tools",
      description: "cl-spec, which needs libxml2 and cmark-gfm; on by default in a clone."),
    .default(
      enabledTraits: isFetched
        ? ["Observability", "Servers", "Webhooks"]
        : ["Observability", "Servers", "Tools", "Webhooks"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log.git", from: "1.16.0"),
    .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.37.0"),
    .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.0"),
    .package(url: "https://github.com/apple/swift-nio-extras.git", from: "1.35.0"),
    .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
    .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
    .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.0"),
    .package(url: "https://github.com/apple/swift-metrics.git", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-distributed-tracing.git", from: "1.7.0"),
  ],
  targets: [
    // Which name was meant by a mistyped one: for the tools and the importer, which share nothing else.
    .target(name: "NearestNames", swiftSettings: strict),
    // The schema, its tools and the generator.
    .target(
      name: "Spec", dependencies: ["NearestNames"], path: "Spec",
      exclude: ["resources", "corrections", "provenance.json", "traits.json"],
      // The profile and the facts that hold where a spec folder has none of its own.
      resources: [.embedInCode("profile.json"), .embedInCode("service.json")],
      swiftSettings: strict),
    .target(
      name: "GeneratorCore", dependencies: ["NearestNames", "Spec"], path: "Generator/Core",
      swiftSettings: strict),
    .executableTarget(
      name: "cl-generate", dependencies: ["GeneratorCore", "Spec"], path: "Generator/Tool",
      swiftSettings: strict),
    .plugin(
      name: "GenerateClient", capability: .buildTool(), dependencies: ["cl-generate"],
      path: "Generator/Plugin"),
    // For the tests of this package alone; no product has them.
    .target(
      name: "ConformanceProbes", dependencies: ["GeneratorCore", "Spec"], path: "Generator/Probes",
      swiftSettings: strict),
    .executableTarget(
      name: "cl-probe", dependencies: ["ConformanceProbes", "GeneratorCore", "Spec"],
      path: "Generator/ProbesTool", swiftSettings: strict),
    .plugin(
      name: "GenerateConformanceTests", capability: .buildTool(), dependencies: ["cl-probe"],
      path: "Generator/ConformancePlugin"),
    .plugin(
      name: "GenerateClientCommand",
      capability: .command(
        intent: .custom(
          verb: "generate-client",
          description: "Writes the generated Commerce Layer client into a folder."),
        permissions: [
          .writeToPackageDirectory(reason: "Writes the generated Swift sources.")
        ]),
      dependencies: ["cl-generate"], path: "Generator/CommandPlugin"),
    .systemLibrary(
      name: "CLibxml2", path: "Generator/SystemLibraries/CLibxml2", pkgConfig: "libxml-2.0",
      providers: [.apt(["libxml2-dev"]), .brew(["libxml2"])]),
    .systemLibrary(
      name: "CCmarkGFM", path: "Generator/SystemLibraries/CCmarkGFM", pkgConfig: "libcmark-gfm",
      providers: [
        .apt(["libcmark-gfm-dev", "libcmark-gfm-extensions-dev"]), .brew(["cmark-gfm"]),
      ]),
    .target(
      name: "Distiller",
      dependencies: [
        "NearestNames", "Spec", .target(name: "CLibxml2", condition: tools),
        .target(name: "CCmarkGFM", condition: tools),
      ],
      path: "Generator/Distiller", swiftSettings: strict),
    // The public API of a generated client as text, and what a change of a spec does to its users.
    .target(
      name: "Comparing", dependencies: ["GeneratorCore", "NearestNames", "Spec"],
      path: "Generator/Comparing", swiftSettings: strict),
    .target(
      name: "OpenAPIExport", dependencies: ["Spec"], path: "Generator/OpenAPI",
      swiftSettings: strict),
    .target(
      name: "Pulling", dependencies: ["CommerceLayerRuntime", "Distiller", "Spec", httpTypes],
      path: "Generator/Pulling", swiftSettings: strict),
    .executableTarget(
      name: "cl-spec",
      dependencies: [
        "Comparing", "Distiller", "Spec", "GeneratorCore", "NearestNames", "OpenAPIExport",
        "Pulling",
        "CommerceLayerRuntime",
        .product(name: "ArgumentParser", package: "swift-argument-parser", condition: servers),
        .product(name: "Crypto", package: "swift-crypto", condition: servers),
      ],
      path: "Generator/SpecTool", swiftSettings: strict),

    // The client.
    // Reads and writes JSON: the one part of the client that uses unsafe pointers. The runtime exports it.
    .target(name: "CommerceLayerJSON", swiftSettings: strict),
    .target(
      name: "CommerceLayerRuntime", dependencies: ["CommerceLayerJSON", httpTypes, logging],
      exclude: [
        withoutURLSession ? "Transport/URLSession" : "Transport/WithoutURLSession"
      ],
      swiftSettings: strict),
    .target(
      name: "CommerceLayerVocabulary", dependencies: ["CommerceLayerRuntime"],
      swiftSettings: strict, plugins: ["GenerateClient"]),
    .target(
      name: "CommerceLayerSchema", dependencies: ["CommerceLayerRuntime"],
      swiftSettings: strict, plugins: ["GenerateClient"]),
    .target(
      name: "CommerceLayer", dependencies: ["CommerceLayerRuntime", "CommerceLayerVocabulary"],
      path: "Generated",
      swiftSettings: strict, plugins: ["GenerateClient"]),
    .target(
      name: "CommerceLayerAsyncHTTPClient",
      dependencies: [
        "CommerceLayerRuntime", httpTypes,
        .product(name: "AsyncHTTPClient", package: "async-http-client", condition: servers),
        .product(name: "NIOCore", package: "swift-nio", condition: servers),
        .product(name: "NIOHTTP1", package: "swift-nio", condition: servers),
        .product(name: "NIOPosix", package: "swift-nio", condition: servers),
        .product(name: "NIOHTTPCompression", package: "swift-nio-extras", condition: servers),
        .product(name: "NIOSSL", package: "swift-nio-ssl", condition: servers),
      ],
      swiftSettings: strict),
    // What every transport promises, as checks against a real socket; for transports of one's own.
    .target(
      name: "CommerceLayerTransportConformance",
      dependencies: [
        "CommerceLayerRuntime", httpTypes,
        .product(name: "NIOCore", package: "swift-nio", condition: servers),
        .product(name: "NIOPosix", package: "swift-nio", condition: servers),
        .product(name: "NIOSSL", package: "swift-nio-ssl", condition: servers),
      ],
      swiftSettings: strict),
    .target(
      name: "CommerceLayerObservability",
      dependencies: [
        "CommerceLayerRuntime", httpTypes,
        .product(name: "CoreMetrics", package: "swift-metrics", condition: observability),
        .product(name: "Tracing", package: "swift-distributed-tracing", condition: observability),
      ],
      swiftSettings: strict),
    .target(
      name: "CommerceLayerWebhooks",
      dependencies: [
        "CommerceLayerRuntime",
        .product(name: "Crypto", package: "swift-crypto", condition: webhooks),
      ],
      swiftSettings: strict),

    // The bulk importer, the sandbox, the command line.
    // Rows of files: what they are, what they can hold, and whether they can be sent. The importer and
    // the sandbox share it, so that what one takes the other takes.
    .target(
      name: "CommerceLayerRows", dependencies: ["CommerceLayerRuntime", "NearestNames"],
      swiftSettings: strict),
    .target(
      name: "CommerceLayerImporter",
      dependencies: ["CommerceLayer", "CommerceLayerRows", "NearestNames", httpTypes, logging],
      swiftSettings: strict),
    // What a run did, in a SQLite file: apart, so that the importer does not depend on a database.
    .target(
      name: "CommerceLayerJournal",
      dependencies: [
        "CommerceLayer", "CommerceLayerImporter",
        .product(name: "GRDB", package: "GRDB.swift", condition: sandbox),
      ],
      swiftSettings: strict),
    // All of the sandbox but its sockets: what a test in process needs, and cl-demo.
    .target(
      name: "CommerceLayerSandbox",
      dependencies: [
        "CommerceLayerRows", "CommerceLayerSchema", httpTypes, logging,
        .product(name: "GRDB", package: "GRDB.swift", condition: sandbox),
        // What runs for each row of an import.
        .product(name: "GRDBSQLite", package: "GRDB.swift", condition: sandbox),
      ],
      resources: [.embedInCode("Page/page.html")],
      swiftSettings: strict),
    // The sandbox on a port, and the proxy that misbehaves on the wire.
    .target(
      name: "CommerceLayerSandboxServer",
      dependencies: [
        "CommerceLayerSandbox", httpTypes, logging,
        .product(name: "Hummingbird", package: "hummingbird", condition: servers),
        .product(name: "NIOCore", package: "swift-nio", condition: servers),
        .product(name: "NIOHTTP1", package: "swift-nio", condition: servers),
        .product(name: "NIOPosix", package: "swift-nio", condition: servers),
        .product(name: "NIOHTTPTypes", package: "swift-nio-extras", condition: servers),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle", condition: servers),
      ],
      swiftSettings: strict),
    // A run with everything around it: progress, signals, summary, report, status. Shared by the commands
    // of cl-import and by cl-demo.
    .target(
      name: "ImportConsole",
      dependencies: ["CommerceLayer", "CommerceLayerImporter", "CommerceLayerJournal", logging],
      swiftSettings: strict),
    // The first thing a stranger builds: scripts/demo. Whatever is added here costs them time.
    .executableTarget(
      name: "cl-demo",
      dependencies: ["CommerceLayer", "CommerceLayerSandbox", "ImportConsole", logging],
      swiftSettings: strict),
    .executableTarget(
      name: "cl-import",
      dependencies: [
        "CommerceLayer", "CommerceLayerAsyncHTTPClient", "CommerceLayerImporter",
        "CommerceLayerJournal", "CommerceLayerSandbox", "CommerceLayerSandboxServer",
        "ImportConsole", logging,
        .product(name: "ArgumentParser", package: "swift-argument-parser", condition: servers),
      ],
      swiftSettings: strict),

    // Tests. All of them are one bundle, which these two watch when asked to: scripts/check-secrets.
    .target(name: "TraceStart", path: "Tests/TraceStart"),
    .testTarget(
      name: "TraceTests", dependencies: ["CommerceLayerRuntime", "TraceStart", httpTypes, logging],
      swiftSettings: strict),
    // Asks the compiler about generated code.
    .target(name: "CompilerProofs", path: "Tests/CompilerProofs", swiftSettings: strict),
    .testTarget(
      name: "SpecTests", dependencies: ["NearestNames", "Spec"], swiftSettings: strict),
    .testTarget(
      name: "GeneratorTests",
      dependencies: [
        "CommerceLayerRuntime", "CompilerProofs", "ConformanceProbes", "GeneratorCore", "Spec",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "ComparingTests",
      dependencies: [
        "CommerceLayerRuntime", "Comparing", "CompilerProofs", "GeneratorCore", "Spec",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "DistillerTests", dependencies: ["Comparing", "Distiller", "Spec"],
      swiftSettings: strict),
    // From the pages of another service to a client that compiles.
    .testTarget(
      name: "ProfileTests",
      dependencies: [
        "CommerceLayerRuntime", "CompilerProofs", "Distiller", "GeneratorCore", "Spec",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "SpecToolTests",
      dependencies: [
        "cl-spec", "Comparing", "OpenAPIExport", "Pulling", "CommerceLayerRuntime", "Distiller",
        "Spec", httpTypes,
        .product(name: "ArgumentParser", package: "swift-argument-parser", condition: servers),
        .product(name: "NIOCore", package: "swift-nio", condition: servers),
        .product(name: "NIOPosix", package: "swift-nio", condition: servers),
      ],
      swiftSettings: strict),
    // Validates documents by the JSON Schemas of JSON:API.
    .target(
      name: "JSONAPISchema", dependencies: ["CommerceLayerRuntime"], path: "Tests/JSONAPISchema",
      swiftSettings: strict),
    .testTarget(
      name: "RuntimeTests",
      dependencies: [
        "CommerceLayerJSON", "CommerceLayerRuntime", "JSONAPISchema", httpTypes, logging,
      ],
      swiftSettings: strict),
    .testTarget(
      name: "ObservabilityTests",
      dependencies: [
        "CommerceLayerObservability", "CommerceLayerRuntime", httpTypes,
        .product(name: "CoreMetrics", package: "swift-metrics", condition: observability),
        .product(name: "MetricsTestKit", package: "swift-metrics", condition: observability),
        .product(
          name: "InMemoryTracing", package: "swift-distributed-tracing", condition: observability),
        .product(name: "Tracing", package: "swift-distributed-tracing", condition: observability),
      ],
      swiftSettings: strict),
    .testTarget(
      name: "WebhookTests", dependencies: ["CommerceLayerRuntime", "CommerceLayerWebhooks"],
      swiftSettings: strict),
    .testTarget(
      name: "CommerceLayerTests",
      dependencies: [
        "CommerceLayer", "CommerceLayerSchema", "CompilerProofs", "GeneratorCore", "Spec",
        httpTypes,
      ],
      swiftSettings: strict),
    .testTarget(
      name: "SchemaConformanceTests", dependencies: ["CommerceLayer", httpTypes],
      swiftSettings: strict, plugins: ["GenerateConformanceTests"]),
    // Generated files that are kept, compiled and run: what a change of the generator does to them is
    // seen in review. `scripts/update-goldens` writes them.
    .target(
      name: "GoldenClient", dependencies: ["CommerceLayerRuntime"], path: "Tests/Goldens/Client",
      swiftSettings: strict),
    .testTarget(
      name: "GoldenTests", dependencies: ["GoldenClient", "GeneratorCore", "Spec", httpTypes],
      swiftSettings: strict),
    .testTarget(
      name: "TransportTests",
      dependencies: [
        "CommerceLayerRuntime", "CommerceLayerAsyncHTTPClient", "CommerceLayerTransportConformance",
        httpTypes,
        .product(name: "NIOSSL", package: "swift-nio-ssl", condition: servers),
      ],
      swiftSettings: strict),
    .testTarget(
      name: "SandboxTests",
      dependencies: [
        "CommerceLayer", "CommerceLayerRows", "CommerceLayerSandbox",
        "CommerceLayerSandboxServer", "CommerceLayerWebhooks", "JSONAPISchema", httpTypes,
      ],
      swiftSettings: strict),
    .testTarget(
      name: "ImporterTests",
      dependencies: [
        "CommerceLayerImporter", "CommerceLayerSandbox", "CommerceLayerSandboxServer",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "JournalTests",
      dependencies: [
        "CommerceLayer", "CommerceLayerImporter", "CommerceLayerJournal",
        .product(name: "GRDB", package: "GRDB.swift", condition: servers),
      ],
      swiftSettings: strict),
    .testTarget(
      name: "CommandLineTests",
      dependencies: [
        "cl-demo", "cl-import", "cl-spec", "CommerceLayerImporter", "CommerceLayerJournal",
        "CommerceLayerSandbox", "CommerceLayerSandboxServer", "ImportConsole", logging,
        .product(name: "ArgumentParser", package: "swift-argument-parser", condition: servers),
      ],
      swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
