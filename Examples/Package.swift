// swift-tools-version: 6.2
import PackageDescription

// The examples in Swift, as users of the package would write them. One package, so that what they share is
// built once; each folder can be read, and copied, by itself.
let package = Package(
  name: "commercelayer-examples",
  platforms: [.macOS(.v15), .iOS(.v18)],
  dependencies: [
    // A package of your own names the repository's address and a version, and only the traits that it needs:
    // traits: ["Sandbox", "Webhooks"].
    .package(name: "commercelayer-swift", path: ".."),
    .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log.git", from: "1.16.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.0"),
  ],
  targets: [
    .target(
      name: "Storefront",
      dependencies: [.product(name: "CommerceLayer", package: "commercelayer-swift")],
      path: "Storefront"),
    .testTarget(
      name: "StorefrontTests",
      dependencies: [
        "Storefront",
        .product(name: "CommerceLayer", package: "commercelayer-swift"),
        .product(name: "CommerceLayerSandbox", package: "commercelayer-swift"),
      ],
      path: "StorefrontTests"),
    .target(
      name: "Shop",
      dependencies: [.product(name: "CommerceLayer", package: "commercelayer-swift")],
      path: "Shop"),
    .testTarget(
      name: "ShopTests",
      dependencies: [
        "Shop",
        .product(name: "CommerceLayer", package: "commercelayer-swift"),
        .product(name: "CommerceLayerSandbox", package: "commercelayer-swift"),
      ],
      path: "ShopTests"),
    .executableTarget(
      name: "PickedResources",
      dependencies: [.product(name: "CommerceLayerRuntime", package: "commercelayer-swift")],
      path: "PickedResources", exclude: ["commercelayer-client.json"],
      plugins: [.plugin(name: "GenerateClient", package: "commercelayer-swift")]),
    .executableTarget(
      name: "OrderWebhooks",
      dependencies: [
        .product(name: "CommerceLayer", package: "commercelayer-swift"),
        .product(name: "CommerceLayerAsyncHTTPClient", package: "commercelayer-swift"),
        .product(name: "CommerceLayerWebhooks", package: "commercelayer-swift"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
      ],
      path: "OrderWebhooks"),
  ],
  swiftLanguageModes: [.v6]
)
