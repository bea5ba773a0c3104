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

  /// Rows of prices as people have them name no price list: the file is right, the command is not.
  @Test(arguments: ["plan", "run"]) func rowsWithoutTheirParent(command: String) async throws {
    let file = try Input("sku_code,amount_cents\nA,100\nB,200\nC,none\n")
    try await expectNothingSent(
      [command, file.path, "--type", "prices"], status: 65,
      ["try: name the price list of all rows with --parent ID", "'price_list_id'"])
    // Where a column names it, rows without it are what is wrong.
    let column = try Input(
      "sku_code,price_list_id,amount_cents\nA,x,1\nB,x,none\nC,x,none\nD,,1\n")
    try await expectNothingSent(
      [command, column.path, "--type", "prices"], status: 65, ["--skip-rejected"])
  }

  /// What helps one file does not help the other: each is told its own.
  @Test func filesOfWhichEachLacksSomethingElse() async throws {
    let parentless = try Input("sku_code,amount_cents\nA,100\nB,200\n")
    let wrong = try Input("sku_code,price_list_id,amount_cents\nA,x,none\n")
    let outcome = try await Program.Running(
      ["plan", wrong.path, parentless.path, "--type", "prices"], environment: [:], input: nil
    ).outcome()
    #expect(outcome.status == 65)
    for part in [
      "3 of 3 rows cannot be sent", "\(wrong.path): correct them, or leave them out",
      "\(parentless.path): name the price list of all rows with --parent ID",
    ] {
      #expect(outcome.err.contains(part), "\(outcome.err)")
    }
    let other = try Input("sku_code,price_list_id,amount_cents\nB,x,none\n")
    let alike = try await Program.Running(
      ["plan", wrong.path, other.path, "--type", "prices"], environment: [:], input: nil
    ).outcome()
    #expect(alike.err.components(separatedBy: "correct them").count == 2, "\(alike.err)")
  }

  /// An object around the rows, as many tools export them.
  @Test func rowsInsideAnObject() async throws {
    let file = try Input("{\"skus\":[{\"code\":\"A\"},{\"code\":\"B\"}]}", ".json")
    let outcome = try await Program.Running(
      ["plan", file.path, "--type", "skus"], environment: [:], input: nil
    ).outcome()
    #expect(outcome.status == 65)
    #expect(
      outcome.out.contains("skus have no 'skus'; if the rows are in it, give its array alone"),
      "\(outcome.out)")
  }

  /// A row with an array that its type lacks is a row: its array is not what should be imported.
  @Test func arraysInRowsAreNotTheRows() async throws {
    let file = try Input("[{\"code\":\"A\",\"variants\":[{\"size\":1}]}]", ".json")
    let outcome = try await Program.Running(
      ["plan", file.path, "--type", "skus"], environment: [:], input: nil
    ).outcome()
    #expect(outcome.status == 65 && outcome.out.contains("skus have no 'variants'"))
    #expect(!outcome.out.contains("give its array alone"), "\(outcome.out)")
  }

  @Test func anUnknownType() async throws {
    let file = try Input("code\nA\n")
    try await expectNothingSent(
      ["run", file.path, "--type", "sku"], status: 64, ["did you mean 'skus'?"])
    try await expectNothingSent(
      ["plan", file.path, "--type", "spaceships"], status: 64, ["what can: addresses, bundles"])
  }

  @Test func rowsThatCannotBeSentAreListedAndTheOthersCounted() async throws {
    let rows = (0..<100).map { "K\($0),\($0 == 40 ? "heavy" : "1")\n" }.joined()
    let file = try Input("code,weight\n" + rows)
    let outcome = try await Program.run("run", file.path, "--type", "skus", "--sandbox")
    #expect(outcome.status == 65)
    #expect(
      outcome.out.hasSuffix(
        """
          line  row                     why
            42  K40      rejected       column 'weight': 'heavy' is not a number
             -  99 rows  not processed  not sent: other rows were rejected

        """), "\(outcome.out)")
    // Nothing is sent, so nothing is announced.
    #expect(outcome.err.contains("error: nothing was sent: 1 of 100 rows cannot be"))
    #expect(!outcome.err.contains("to send in"))
  }

  @Test func anInterruptedImportSaysWhatToDo() async throws {
    let rows = (0..<20).map { "K\($0),\($0 < 2 ? "" : "n")\n" }.joined()
    let fine = try Input("code,name\n" + rows)
    let two = try await Program.run("run", fine.path, "--type", "skus", "--sandbox")
    #expect(two.status == 1)
    #expect(!two.out.contains("--skip-errors"), "2 of 20 are not above 10 %: \(two.out)")
    let bad = try Input("code,name\n" + rows.replacing("K2,n", with: "K2,"))
    let three = try await Program.run("run", bad.path, "--type", "skus", "--sandbox")
    #expect(three.status == 1)
    #expect(three.out.contains("more than 10 % of its rows fail; --skip-errors"))
    #expect(three.out.contains("5–21  17 rows  not processed  the import was interrupted first"))
  }

  @Test func aReportOverItsInput() async throws {
    let file = try Input("code,name\nA,a\n")
    try await expectNothingSent(
      ["run", file.path, "--type", "skus", "--report", file.path, "--force"], status: 73,
      ["is the input itself", "try: choose another name"])
    #expect(try String(contentsOfFile: file.path, encoding: .utf8) == "code,name\nA,a\n")
  }

  @Test func elementsOnOneLineAreToldApart() async throws {
    let file = try Input(#"[{"code":"A"},{"code":"B","name":1},2]"#, ".json")
    let outcome = try await Program.run("plan", file.path, "--type", "skus")
    #expect(outcome.status == 65)
    #expect(outcome.out.contains("1  B    rejected  element 2: 'name' is a string, not 1"))
    #expect(outcome.out.contains("1  -    rejected  element 3: a row is an object, not a number"))
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
      ["run", "-", "--type", "skus", "--delimiter", "comma"], status: 65, ["line 1"],
      input: "code;name\nA;a\n")
  }

  @Test func aSecretAmongTheArguments() async throws {
    let file = try Input("code\nA\n")
    for argument in [
      "--client-secret=hushcanary", "--client_secret=hushcanary", "--secret=hushcanary",
      "--client-secret-stdin=hushcanary",
    ] {
      let outcome = try await Program.run("run", file.path, "--type", "skus", argument)
      #expect(outcome.status == 64)
      #expect(outcome.err.contains("never taken from an argument"))
      #expect(!(outcome.err + outcome.out).contains("hushcanary"))
    }
    let pair = try await Program.run("list", "--client-secret", "hushcanary")
    #expect(pair.status == 64)
    #expect(!(pair.err + pair.out).contains("hushcanary"))
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
      environment: ["CL_CLIENT_ID": "a", "CL_CLIENT_SECRET": "hushcanary"])
    #expect(slug.status == 78)
    #expect(slug.err.contains("is not a valid organization slug"))
    let port = try await Program.run(
      "list",
      environment: ["CL_BASE_PORT": "x", "CL_CLIENT_ID": "a", "CL_CLIENT_SECRET": "hushcanary"])
    #expect(port.status == 78)
  }

  @Test func usageErrors() async throws {
    let file = try Input("code\nA\n")
    for arguments in [
      ["run", file.path], ["fly"], ["run", file.path, "--type", "skus", "--chunk-rows", "10001"],
      ["run", file.path, "--type", "skus", "--max-running", "1001"],
      ["run", file.path, "--type", "skus", "--format", "xml"],
      ["run", file.path, "--type", "skus", "--parent", "x"], ["show", "../orders/x"],
    ] {
      let outcome = try await Program.Running(
        arguments,
        environment: [
          "CL_ORGANIZATION": "acme", "CL_CLIENT_ID": "a", "CL_CLIENT_SECRET": "hushcanary",
        ],
        input: nil
      ).outcome()
      #expect(outcome.status == 64, "\(arguments): \(outcome.err)")
      #expect(outcome.err.hasPrefix("error: "), "\(outcome.err)")
    }
  }
}
