// swift-tools-version: 6.2
import PackageDescription

// The generator's output is read with swift-syntax here, in a package of its own: whoever uses or
// builds the main package neither fetches nor compiles swift-syntax. The sources are the main
// package's, through symbolic links. `scripts/test` runs this package too.

let strict: [SwiftSetting] =
  [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
  ] + (Context.environment["COMMERCELAYER_STRICT"] == nil ? [] : [.treatAllWarnings(as: .error)])

/// What is tested is optimized: each of many thousand specs is generated.
let optimized: [SwiftSetting] = strict + [.unsafeFlags(["-O"])]

let package = Package(
  name: "HostileSpec",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(url: "https://github.com/swiftlang/swift-syntax.git", from: "603.0.1")
  ],
  targets: [
    .target(name: "NearestNames", swiftSettings: optimized),
    .target(
      name: "Spec", dependencies: ["NearestNames"],
      exclude: ["resources", "corrections", "provenance.json", "traits.json"],
      resources: [.embedInCode("profile.json"), .embedInCode("service.json")],
      swiftSettings: optimized),
    .target(
      name: "GeneratorCore", dependencies: ["NearestNames", "Spec"], swiftSettings: optimized),
    .testTarget(
      name: "HostileSpecTests",
      dependencies: [
        "GeneratorCore", "Spec",
        .product(name: "SwiftSyntax", package: "swift-syntax"),
        .product(name: "SwiftDiagnostics", package: "swift-syntax"),
        .product(name: "SwiftParser", package: "swift-syntax"),
        .product(name: "SwiftParserDiagnostics", package: "swift-syntax"),
      ],
      swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
