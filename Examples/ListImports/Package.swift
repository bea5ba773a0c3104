// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "ListImports",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "commercelayer-swift", path: "../..", traits: [])],
  targets: [
    .executableTarget(
      name: "ListImports",
      dependencies: [.product(name: "CommerceLayer", package: "commercelayer-swift")])
  ]
)
