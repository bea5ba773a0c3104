// swift-tools-version: 6.2
import PackageDescription

/// Built with `-sanitize=fuzzer`, see README.md. The runtime is compiled here a second time, from the
/// same files, so that it is instrumented and nothing with a `main` of its own comes with it.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
  name: "commercelayer-fuzz",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log.git", from: "1.16.0"),
  ],
  targets: [
    .target(name: "CommerceLayerJSON", swiftSettings: strict),
    .target(
      name: "CommerceLayerRuntime",
      dependencies: [
        "CommerceLayerJSON",
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Logging", package: "swift-log"),
      ], exclude: ["Transport/WithoutURLSession"], swiftSettings: strict),
    .target(name: "NearestNames", swiftSettings: strict),
    .target(
      name: "CommerceLayerRows", dependencies: ["CommerceLayerRuntime", "NearestNames"],
      swiftSettings: strict),
    .target(name: "LibFuzzer", swiftSettings: strict),
    .executableTarget(
      name: "FuzzRows", dependencies: ["CommerceLayerRows", "CommerceLayerRuntime", "LibFuzzer"],
      swiftSettings: strict),
    .executableTarget(
      name: "FuzzRuntime",
      dependencies: [
        "CommerceLayerRuntime", "LibFuzzer",
        .product(name: "HTTPTypes", package: "swift-http-types"),
      ], swiftSettings: strict),
    .executableTarget(
      name: "FuzzJSON", dependencies: ["CommerceLayerJSON", "LibFuzzer"], swiftSettings: strict),
  ]
)
