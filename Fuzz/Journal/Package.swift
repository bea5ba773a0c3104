// swift-tools-version: 6.2
import PackageDescription

/// A package of its own, because it needs the importer and its generated client: these are built as they
/// are, and only the journal, a second time from the same files, with libFuzzer's instrumentation.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .unsafeFlags(["-sanitize=fuzzer", "-parse-as-library", "-enable-testing"]),
]

let package = Package(
  name: "commercelayer-fuzz-journal",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(name: "commercelayer-swift", path: "../.."),
    .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
  ],
  targets: [
    .target(
      name: "JournalUnderTest",
      dependencies: [
        .product(name: "CommerceLayer", package: "commercelayer-swift"),
        .product(name: "CommerceLayerImporter", package: "commercelayer-swift"),
        .product(name: "GRDB", package: "GRDB.swift"),
      ], swiftSettings: strict),
    .target(name: "LibFuzzer", swiftSettings: strict),
    .executableTarget(
      name: "FuzzJournal",
      dependencies: [
        "JournalUnderTest", "LibFuzzer",
        .product(name: "CommerceLayerImporter", package: "commercelayer-swift"),
      ], swiftSettings: strict,
      linkerSettings: [.unsafeFlags(["-sanitize=fuzzer"])]),
  ]
)
