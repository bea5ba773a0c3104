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

  @Test func rowsThatAreUpdatedAreNotRejected() {
    let found = EarlierRuns.Found(runID: Self.runID, date: "2026-01-31T12:00:00Z", rows: 5)
    let keyed = EarlierRuns(name: "skus.csv", accepted: 5, creating: 0, found: [found])
    #expect(keyed.rejection([]) == nil)
    #expect(
      keyed.notices([]) == [
        "note: run \(Self.runID), which began 2026-01-31T12:00:00Z, sent 5 rows of 'skus.csv' to the same organization"
      ])
    let unkeyed = EarlierRuns(name: "tags.csv", accepted: 5, creating: 1, found: [found])
    #expect(unkeyed.rejection([])?.status == .data)
    #expect(
      unkeyed.rejection([])?.because?.contains("1 row has neither key nor id") == true)
    // What can go on is not sent again.
    var open = found
    open.canResume = true
    let unfinished = EarlierRuns(
      name: "tags.csv", accepted: 5, creating: 1, found: [found, open])
    #expect(
      unfinished.rejection(["--state-dir", "my state"])?.advice?.hasPrefix(
        "cl-import resume \(Self.runID) --state-dir 'my state', or") == true)
    #expect(
      unfinished.notices(["--state-dir", "s"]).last?.hasSuffix(
        "has not come to its end: 'cl-import resume \(Self.runID) --state-dir s' goes on with it")
        == true)
    let none = EarlierRuns(name: "tags.csv", accepted: 5, creating: 1, found: [])
    #expect(none.rejection([]) == nil)
    // Where another machine sent a part of the rows, sending all of them again is not the first advice.
    let part = EarlierRuns(name: "my tags.csv", accepted: 9, creating: 9, found: [found])
    #expect(
      part.rejection([])?.advice?.contains(
        "here 'cl-import recover \(Self.runID) 'my tags.csv'' with the options of that run; or --allow-duplicates"
      ) == true)
  }

  @Test(
    arguments: [
      (4, RunningLimit.Allowance.count(2), 4, String?.none), (10, .undocumented, 10, nil),
      (
        12, .count(25), 12,
        "--max-running 12: up to 12 imports of this run at the same time; the organization allows 25"
      ),
      (
        50, .count(25), 25,
        "--max-running 50: up to 25 imports of this run at the same time; the organization allows 25"
      ),
      (
        50, .count(1), 1,
        "--max-running 50: up to 1 import of this run at the same time; the organization allows 1"
      ),
      (
        50, .count(-3), 1,
        "--max-running 50: up to 1 import of this run at the same time; the organization allows -3"
      ),
      (
        11, .undocumented, 10,
        "--max-running 11: up to 10 imports of this run at the same time; the organization does not say that it allows more than the documented 10"
      ),
      (
        11, .unreadable("forbidden"), 10,
        "--max-running 11: up to 10 imports of this run at the same time; how many the organization allows cannot be read: forbidden"
      ),
    ] as [(Int, RunningLimit.Allowance, Int, String?)])
  func howManyImportsRun(
    wanted: Int, allowance: RunningLimit.Allowance, count: Int, notice: String?
  ) {
    let limit = RunningLimit(wanted: wanted, documented: 10, allowance: allowance)
    #expect(limit.count == count)
    #expect(limit.notice == notice)
  }

  @Test(
    arguments: [
      (["--max-running", "0"], "--max-running is 1 to 1000, not 0"),
      (["--max-running=-1"], "--max-running is 1 to 1000, not -1"),
      (["--max-running", "1001"], "--max-running is 1 to 1000, not 1001"),
      (["--max-running", "many"], "The value 'many' is invalid"),
      (["--max-running", "4", "--in-order"], "--in-order creates one import at a time"),
      (["--state-dir", ""], "--state-dir names no folder"),
      (["--state-dir", "s", "--no-journal"], "--state-dir is for the journal, which --no-journal"),
      (["--state-dir", "s", "--sandbox"], "--state-dir is for the journal, which --sandbox"),
    ] as [([String], String)])
  func optionsThatCannotBe(options: [String], message: String) {
    do {
      _ = try RunCommand.parse(["skus.csv"] + options)
      Issue.record("\(options) were accepted")
    } catch {
      #expect(RunCommand.message(for: error).contains(message))
    }
  }

  @Test func oneImportAtATimeIsOneImportAtATime() throws {
    let command = try RunCommand.parse(["skus.csv", "--in-order", "--max-running", "1"])
    #expect(try command.options.settings().maximumRunning == 1)
    #expect(try RunCommand.parse(["skus.csv"]).options.settings().maximumRunning == 4)
    #expect(
      try RunCommand.parse(["skus.csv", "--max-running", "1000"]).options.settings()
        .maximumRunning == 1000)
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
