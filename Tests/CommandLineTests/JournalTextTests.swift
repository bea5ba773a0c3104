import ArgumentParser
import CommerceLayer
import CommerceLayerImporter
import CommerceLayerJournal
import Foundation
import Testing

@testable import ImportConsole
@testable import cl_import

/// What is told of runs, and how the commands around them read their arguments.
@Suite struct JournalTextTests {
  private static let runID = "0123456789abcdefghjkmnpqrs"

  @Test(arguments: [("90", 90), ("90s", 90), ("15m", 900), ("2h", 7200), ("720h", 2_592_000)])
  func times(text: String, seconds: Int) throws {
    #expect(try PatienceOptions.duration(text) == .seconds(seconds))
  }

  @Test(arguments: ["", "m", "0", "-1", "1d", "1.5h", "99999999999999999999", "1 m", "721h", "１m"])
  func timesThatAreNone(text: String) {
    #expect(throws: ValidationError.self) { try PatienceOptions.duration(text) }
  }

  @Test func theArgumentsOfTheRunAreThoseBehindItsID() {
    let arguments = RecoverCommand.arguments(
      ["cl-import", "recover", "--state-dir", "s", Self.runID, "skus.csv", "--type", "skus"],
      without: Self.runID)
    #expect(arguments == ["--state-dir", "s", "skus.csv", "--type", "skus"])
  }

  @Test func journalErrorsHaveExitCodes() {
    let codes = JournalError.Kind.allCases.map {
      ImportConsole.ExitStatus(JournalError($0, "", advice: "")).rawValue
    }
    #expect(codes == [64, 75, 74, 65, 65, 65, 65])
  }

  @Test func rowsThatAreUpdatedAreNotRefused() {
    let found = EarlierRuns.Found(runID: Self.runID, date: "2026-01-31T12:00:00Z", rows: 5)
    let keyed = EarlierRuns(name: "skus.csv", creating: 0, found: [found])
    #expect(keyed.refusal([]) == nil)
    #expect(
      keyed.notices == [
        "note: run \(Self.runID), which began 2026-01-31T12:00:00Z, sent 5 rows of 'skus.csv' to the same organization"
      ])
    let unkeyed = EarlierRuns(name: "tags.csv", creating: 1, found: [found])
    #expect(unkeyed.refusal([])?.status == .data)
    #expect(
      unkeyed.refusal([])?.because?.contains("1 row has neither key nor id") == true)
    // What can go on is not sent again.
    var open = found
    open.canResume = true
    let unfinished = EarlierRuns(name: "tags.csv", creating: 1, found: [found, open])
    #expect(
      unfinished.refusal(["--state-dir", "my state"])?.advice?.hasPrefix(
        "cl-import resume \(Self.runID) --state-dir 'my state', or") == true)
    #expect(EarlierRuns(name: "tags.csv", creating: 1, found: []).refusal([]) == nil)
  }

  @Test func whereRowsGo() throws {
    var settings = try ConnectionSettings(environment: ["CL_ORGANIZATION": "acme"])
    #expect(settings.target == "acme")
    settings.domain = "commercelayer.io"
    #expect(settings.target == "acme")
    settings.domain = "commercelayer.co"
    #expect(settings.target == "acme.commercelayer.co")
    settings.domain = nil
    settings.basePort = 8080
    #expect(settings.target == "127.0.0.1:8080")
  }

  @Test func optionsGivenNowCountBeforeThoseOfTheRun() throws {
    let recorded = try ConnectionOptions.parse([
      "--organization", "acme", "--credentials", "acme.json", "--client-secret-stdin",
    ])
    let now = try ConnectionOptions.parse(["--credentials", "other.json"])
    let options = now.over(recorded)
    #expect(options.organization == "acme")
    #expect(options.credentials == "other.json")
    #expect(!options.clientSecretStdin, "nobody pipes it again without being told to")
  }
}
