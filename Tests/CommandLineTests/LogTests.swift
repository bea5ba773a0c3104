import ArgumentParser
import Foundation
import Logging
import Testing

@testable import ImportConsole
@testable import cl_import

/// What `--log-level` and `--log-file` do.
@Suite struct LogTests {
  private let rows = #"[{"code":"A","name":"a","shipping_category_id":"x"}]"#

  @Test func linesGoToStandardErrorOnly() async throws {
    let outcome = try await Program.run(
      "run", "-", "--type", "skus", "--sandbox", "--log-level", "debug",
      environment: ["CL_LOG_FILE": "", "CL_LOG_LEVEL": "error"], input: rows)
    #expect(outcome.status == 0, "\(outcome.err)")
    #expect(outcome.err.contains("Z debug: attempt.ended, HTTP 201, took "))
    #expect(outcome.err.contains(": POST /api/imports attempt=1 call="))
    #expect(!outcome.err.contains(" trace: "))
    #expect(!outcome.out.contains("debug"))
  }

  @Test func aFileIsForItsOwnerAndGrows() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/calls.log"
    for count in 1...2 {
      let outcome = try await Program.run(
        "run", "-", "--type", "skus", "--sandbox", "--log-file", path,
        environment: ["CL_LOG_LEVEL": ""], input: rows)
      #expect(outcome.status == 0 && !outcome.err.contains("debug"), "\(outcome.err)")
      let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
      #expect(lines.count { $0.contains("HTTP 201") && $0.contains("call.ended") } == count)
    }
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
    #expect(mode as? Int == 0o600)
  }

  @Test func whatCannotBeLoggedIsSaidBeforeAnythingIsSent() async throws {
    let folder = try TemporaryFolder()
    let link = folder.path + "/link"
    try FileManager.default.createSymbolicLink(
      atPath: link, withDestinationPath: folder.path + "/elsewhere")
    for (arguments, environment, status, text) in [
      (["--log-level", "loud"], [:], 64, "--log-level is one of trace, debug, info"),
      ([], ["CL_LOG_LEVEL": "loud"], 78, "CL_LOG_LEVEL is not a level"),
      (["--log-file", link], [:], 73, "cannot be written"),
      (["--log-file", folder.path], [:], 73, "cannot be written"),
    ] as [([String], [String: String], Int32, String)] {
      let outcome = try await Program.Running(
        ["run", "-", "--type", "skus", "--sandbox"] + arguments, environment: environment,
        input: rows
      ).outcome()
      #expect(outcome.status == status && outcome.err.contains(text), "\(outcome.err)")
      #expect(!outcome.err.contains("to send"))
    }
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/elsewhere"))
  }

  @Test func aLineHoldsNoControlCharacters() {
    let event = LogEvent(
      level: .info, message: "a\u{1B}[2J\nb", metadata: ["z": "1", "a": "\u{202E}x"],
      source: "s", file: "f", function: "f", line: 1)
    #expect(LineLogHandler.text(event) == "info: a\\u{1b}[2J b a=\\u{202e}x z=1")
  }

  @Test func progressIsNotDrawnIntoLogLines() throws {
    func options(_ arguments: String...) throws -> LogOptions { try LogOptions.parse(arguments) }
    let none = ProgramEnvironment(variables: [:])
    #expect(try !options().isOnStandardError(none))
    #expect(try options("--log-level", "info").isOnStandardError(none))
    #expect(try !options("--log-level", "info", "--log-file", "f").isOnStandardError(none))
    let asked = ProgramEnvironment(variables: ["CL_LOG_LEVEL": "trace"])
    #expect(try options().isOnStandardError(asked))
    #expect(try !options("--log-file", "f").isOnStandardError(asked))
  }
}
