import Foundation
import NIOSSL

/// Certificates made anew for each run by the `openssl` command, so that no private key is kept
/// anywhere. nil where the command is missing.
struct Certificates: Sendable {
  /// What the leaf certificates are for.
  enum Leaf: String, CaseIterable, Sendable { case good, expired, otherHost = "other-host" }

  let directory: URL
  /// The authority that signed the leaves, as a PEM file.
  var authority: String { directory.appending(path: "authority.pem").path }

  static let shared: Certificates? = try? Certificates()

  private init() throws {
    directory = FileManager.default.temporaryDirectory.appending(
      path: "commercelayer-certificates-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    try openssl(
      ["req", "-x509"] + key
        + [
          "-keyout", "authority.key", "-out", "authority.pem", "-days", "2", "-subj",
          "/CN=Authority",
        ])
    for leaf in Leaf.allCases {
      let names = leaf == .otherHost ? "DNS:other.test" : "DNS:localhost,DNS:shop.test"
      let name = leaf.rawValue
      try openssl(
        ["req"] + key
          + [
            "-keyout", "\(name).key", "-out", "\(name).csr", "-subj", "/CN=\(name)", "-addext",
            "subjectAltName=\(names)",
          ])
      try openssl([
        "x509", "-req", "-in", "\(name).csr", "-CA", "authority.pem", "-CAkey", "authority.key",
        "-days", leaf == .expired ? "-1" : "2", "-copy_extensions", "copy", "-out", "\(name).pem",
      ])
    }
  }

  private func openssl(_ arguments: [String]) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["openssl"] + arguments
    process.currentDirectoryURL = directory
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw CocoaError(.executableLoad) }
  }

  /// What a server needs to show a leaf.
  func server(_ leaf: Leaf, newest: TLSVersion? = nil) throws -> NIOSSLContext {
    let file = { (type: String) in directory.appending(path: "\(leaf.rawValue).\(type)").path }
    let chain = try NIOSSLCertificate.fromPEMFile(file("pem"))
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: chain.map { .certificate($0) },
      privateKey: .privateKey(try NIOSSLPrivateKey(file: file("key"), format: .pem)))
    if let newest {
      configuration.minimumTLSVersion = .tlsv1
      configuration.maximumTLSVersion = newest
    }
    return try NIOSSLContext(configuration: configuration)
  }
}
