// swift-tools-version: 6.2
import PackageDescription

// The runtime and its tests alone, so that they are built for the thread sanitizer in a minute and
// not with all the servers' dependencies. The sources are the main package's, through symbolic links.
// `scripts/check-threads` runs this package; `scripts/check-threads --all` runs everything.

let strict: [SwiftSetting] =
  [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
  ] + (Context.environment["COMMERCELAYER_STRICT"] == nil ? [] : [.treatAllWarnings(as: .error)])

let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")

let package = Package(
  name: "ThreadSafety",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log.git", from: "1.16.0"),
  ],
  targets: [
    .target(name: "CommerceLayerJSON", swiftSettings: strict),
    .target(
      name: "CommerceLayerRuntime", dependencies: ["CommerceLayerJSON", httpTypes, logging],
      exclude: ["Transport/WithoutURLSession"], swiftSettings: strict),
    .target(
      name: "JSONAPISchema", dependencies: ["CommerceLayerRuntime"], path: "Tests/JSONAPISchema",
      swiftSettings: strict),
    .testTarget(
      name: "RuntimeTests",
      dependencies: [
        "CommerceLayerJSON", "CommerceLayerRuntime", "JSONAPISchema", httpTypes, logging,
      ],
      swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
