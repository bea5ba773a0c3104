// swift-tools-version: 6.2
import PackageDescription

/// Every target is compiled with the same strictness. Warnings become errors in CI only, so that a
/// newer compiler's new warning never breaks a user's build.
let strict: [SwiftSetting] =
  [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
  ] + (Context.environment["CI"] == nil ? [] : [.treatAllWarnings(as: .error)])

let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")

/// What only the importer, the sandbox, the server-side transport and the command lines need. A user
/// of the client alone names this package with `traits: []` and fetches none of it.
let servers: TargetDependencyCondition? = .when(traits: ["Servers"])

let package = Package(
  name: "commercelayer-swift",
  platforms: [.macOS(.v15), .iOS(.v18), .tvOS(.v18), .watchOS(.v11), .visionOS(.v2)],
  products: [
    .library(name: "CommerceLayer", targets: ["CommerceLayer"]),
    .library(name: "CommerceLayerRuntime", targets: ["CommerceLayerRuntime"]),
    .library(name: "CommerceLayerAsyncHTTPClient", targets: ["CommerceLayerAsyncHTTPClient"]),
    .library(name: "CommerceLayerImporter", targets: ["CommerceLayerImporter"]),
    .library(name: "CommerceLayerSandbox", targets: ["CommerceLayerSandbox"]),
    .plugin(name: "GenerateClient", targets: ["GenerateClient"]),
    .plugin(name: "GenerateClientCommand", targets: ["GenerateClientCommand"]),
    .executable(name: "cl-import", targets: ["cl-import"]),
    .executable(name: "cl-spec", targets: ["cl-spec"]),
    .executable(name: "cl-generate", targets: ["cl-generate"]),
  ],
  traits: [
    .trait(
      name: "Servers",
      description: "The importer, the sandbox, the AsyncHTTPClient transport and the command lines."
    ),
    .default(enabledTraits: ["Servers"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log.git", from: "1.16.0"),
    .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.37.0"),
    .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.0"),
    .package(url: "https://github.com/apple/swift-nio-extras.git", from: "1.35.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
    .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
    .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.0"),
  ],
  targets: [
    // The schema, its tools and the generator.
    .target(
      name: "Spec", path: "Spec",
      exclude: ["resources", "corrections", "service.json", "provenance.json"],
      swiftSettings: strict),
    .target(
      name: "GeneratorCore", dependencies: ["Spec"], path: "Generator/Core",
      swiftSettings: strict),
    .executableTarget(
      name: "cl-generate", dependencies: ["GeneratorCore", "Spec"], path: "Generator/Tool",
      swiftSettings: strict),
    .plugin(
      name: "GenerateClient", capability: .buildTool(), dependencies: ["cl-generate"],
      path: "Generator/Plugin"),
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
      name: "Distiller", dependencies: ["Spec", "CLibxml2", "CCmarkGFM"],
      path: "Generator/Distiller", swiftSettings: strict),
    .executableTarget(
      name: "cl-spec",
      dependencies: [
        "Distiller", "Spec", "GeneratorCore",
        .product(name: "ArgumentParser", package: "swift-argument-parser", condition: servers),
        .product(name: "Crypto", package: "swift-crypto", condition: servers),
      ],
      path: "Generator/SpecTool", swiftSettings: strict),

    // The client.
    .target(
      name: "CommerceLayerRuntime", dependencies: [httpTypes, logging], swiftSettings: strict),
    .target(
      name: "CommerceLayer", dependencies: ["CommerceLayerRuntime"], path: "Generated",
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
      ],
      swiftSettings: strict),

    // The bulk importer, the sandbox, the command line.
    .target(
      name: "CommerceLayerImporter", dependencies: ["CommerceLayer", logging],
      swiftSettings: strict),
    .target(
      name: "CommerceLayerSandbox",
      dependencies: [
        "CommerceLayer", httpTypes, logging,
        .product(name: "Hummingbird", package: "hummingbird", condition: servers),
        .product(name: "NIOCore", package: "swift-nio", condition: servers),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle", condition: servers),
        .product(name: "GRDB", package: "GRDB.swift", condition: servers),
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "cl-import",
      dependencies: [
        "CommerceLayer", "CommerceLayerAsyncHTTPClient", "CommerceLayerImporter",
        "CommerceLayerSandbox", logging,
        .product(name: "ArgumentParser", package: "swift-argument-parser", condition: servers),
      ],
      swiftSettings: strict),

    // Tests.
    .testTarget(name: "SpecTests", dependencies: ["Spec"], swiftSettings: strict),
    .testTarget(
      name: "GeneratorTests", dependencies: ["GeneratorCore", "Spec"], swiftSettings: strict),
    .testTarget(
      name: "DistillerTests", dependencies: ["Distiller", "Spec"], swiftSettings: strict),
    .testTarget(
      name: "RuntimeTests", dependencies: ["CommerceLayerRuntime", httpTypes, logging],
      swiftSettings: strict),
    .testTarget(
      name: "CommerceLayerTests", dependencies: ["CommerceLayer", "Spec", httpTypes],
      swiftSettings: strict),
    .testTarget(
      name: "TransportTests",
      dependencies: [
        "CommerceLayerRuntime", "CommerceLayerAsyncHTTPClient", httpTypes,
        .product(name: "NIOCore", package: "swift-nio", condition: servers),
        .product(name: "NIOPosix", package: "swift-nio", condition: servers),
      ],
      swiftSettings: strict),
    .testTarget(
      name: "SandboxTests",
      dependencies: ["CommerceLayer", "CommerceLayerSandbox", httpTypes], swiftSettings: strict),
    .testTarget(
      name: "ImporterTests",
      dependencies: ["CommerceLayerImporter", "CommerceLayerSandbox"], swiftSettings: strict),
    .testTarget(
      name: "CommandLineTests",
      dependencies: ["cl-import", "cl-spec", "cl-generate", "CommerceLayerSandbox"],
      swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
