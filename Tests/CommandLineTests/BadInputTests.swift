import CommerceLayer
import Foundation
import Testing

/// Whatever is wrong before the first row: a clear message, the right exit status, nothing sent.
@Suite(.serialized) struct BadInputTests {
  /// Runs against a sandbox and expects that it was never asked for anything.
  private func expectNothingSent(
    _ arguments: [String], status: Int32, _ parts: [String], input: String? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let service = try await Service()
    let outcome = try await Program.Running(
      arguments, environment: service.environment(), input: input
    ).outcome()
    await service.stop()
    #expect(outcome.status == status, "\(outcome.err)", sourceLocation: sourceLocation)
    for part in parts {
      #expect(outcome.err.contains(part), "\(outcome.err)", sourceLocation: sourceLocation)
    }
    #expect(service.requests == [], sourceLocation: sourceLocation)
    #expect(!outcome.err.contains("\u{1B}"), sourceLocation: sourceLocation)
  }

  @Test func anUnreadableFile() async throws {
    try await expectNothingSent(
      ["run", "/nowhere/skus.csv", "--type", "skus"], status: 66,
      ["error: '/nowhere/skus.csv' cannot be read", "try: check the path"])
    try await expectNothingSent(
      ["run", NSTemporaryDirectory(), "--type", "skus"], status: 66, ["is a folder"])
  }

  @Test func anOpenQuote() async throws {
    let file = try Input("code,name\nA,a\nB,\"open\n")
    try await expectNothingSent(
      ["run", file.path, "--type", "skus"], status: 65,
      ["because: line 3, byte 16: the quote opened here is never closed"])
  }

  @Test func halfAnArray() async throws {
    let file = try Input("[{\"code\":\"A\"},\n{\"code\":", ".json")
    try await expectNothingSent(
      ["run", file.path, "--type", "skus"], status: 65,
      ["line 2, byte 23", "inside element 2, which starts on line 2"])
  }

  @Test func anUnknownType() async throws {
    let file = try Input("code\nA\n")
    try await expectNothingSent(
      ["run", file.path, "--type", "sku"], status: 64, ["did you mean 'skus'?"])
    try await expectNothingSent(
      ["plan", file.path, "--type", "spaceships"], status: 64, ["what can: addresses, bundles"])
  }

  @Test func rowsThatCannotBeSent() async throws {
    let file = try Input("code,weight\nA,1\nB,heavy\n")
    try await expectNothingSent(
      ["run", file.path, "--type", "skus"], status: 65,
      ["nothing was sent: 1 of 2 rows cannot be", "--skip-rejected"])
  }

  @Test func unknownColumnsAndOtherEncodings() async throws {
    let column = try Input("code,nmae\nA,a\n")
    try await expectNothingSent(
      ["run", column.path, "--type", "skus"], status: 65, ["did you mean 'name'?"])
    let header = try Input("code,name\n")
    try await expectNothingSent(
      ["run", header.path, "--type", "skus"], status: 65, ["no row below it"])
    try await expectNothingSent(
      ["run", "-", "--type", "skus"], status: 65, ["separated by semicolons", "line 1"],
      input: "code;name\nA;a\n")
  }

  @Test func aSecretAmongTheArguments() async throws {
    let file = try Input("code\nA\n")
    for argument in ["--client-secret=hunter2", "--client_secret=hunter2", "--secret=hunter2"] {
      let outcome = try await Program.run("run", file.path, "--type", "skus", argument)
      #expect(outcome.status == 64)
      #expect(outcome.err.contains("never taken from an argument"))
      #expect(!(outcome.err + outcome.out).contains("hunter2"))
    }
    let pair = try await Program.run("list", "--client-secret", "hunter2")
    #expect(pair.status == 64)
    #expect(!(pair.err + pair.out).contains("hunter2"))
  }

  @Test func aBrokenInputLeavesNoReportAndWholeJSON() async throws {
    let file = try Input("code,weight\nA,x\nB,\"open\n")
    let report = NSTemporaryDirectory() + "report-\(UUID().uuidString).jsonl"
    let outcome = try await Program.run(
      "run", file.path, "--type", "skus", "--sandbox", "--json", "--report", report)
    #expect(outcome.status == 65)
    #expect(outcome.json?["rows"]?.array?.count == 1)
    #expect(outcome.json?["ending"] == "input_failed")
    #expect(!FileManager.default.fileExists(atPath: report))
  }

  @Test func missingCredentials() async throws {
    let file = try Input("code\nA\n")
    let outcome = try await Program.run("run", file.path, "--type", "skus")
    #expect(outcome.status == 78)
    for name in ["CL_ORGANIZATION", "CL_CLIENT_ID", "CL_CLIENT_SECRET"] {
      #expect(outcome.err.contains(name))
    }
    let slug = try await Program.run(
      "list", "--organization", "evil.com/",
      environment: ["CL_CLIENT_ID": "a", "CL_CLIENT_SECRET": "b"])
    #expect(slug.status == 78)
    #expect(slug.err.contains("is no organization slug"))
    let port = try await Program.run(
      "list", environment: ["CL_BASE_PORT": "x", "CL_CLIENT_ID": "a", "CL_CLIENT_SECRET": "b"])
    #expect(port.status == 78)
  }

  @Test func usageErrors() async throws {
    let file = try Input("code\nA\n")
    for arguments in [
      ["run", file.path], ["fly"], ["run", file.path, "--type", "skus", "--chunk-rows", "10001"],
      ["run", file.path, "--type", "skus", "--max-running", "11"],
      ["run", file.path, "--type", "skus", "--format", "xml"],
      ["run", file.path, "--type", "skus", "--parent", "x"], ["show", "../orders/x"],
    ] {
      let outcome = try await Program.Running(
        arguments,
        environment: ["CL_ORGANIZATION": "acme", "CL_CLIENT_ID": "a", "CL_CLIENT_SECRET": "b"],
        input: nil
      ).outcome()
      #expect(outcome.status == 64, "\(arguments): \(outcome.err)")
      #expect(outcome.err.hasPrefix("error: "), "\(outcome.err)")
    }
  }
}
