// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "commercelayer-benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(name: "commercelayer-swift", path: "..", traits: []),
    .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
    .package(url: "https://github.com/ordo-one/benchmark.git", from: "1.38.0", traits: []),
  ],
  targets: [
    .executableTarget(
      name: "RuntimeBenchmarks",
      dependencies: [
        .product(name: "Benchmark", package: "benchmark"),
        .product(name: "CommerceLayer", package: "commercelayer-swift"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
      ],
      path: "Benchmarks/RuntimeBenchmarks",
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")])
  ]
)
