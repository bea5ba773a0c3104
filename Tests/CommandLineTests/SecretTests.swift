import CommerceLayer
import CommerceLayerSandbox
import Foundation
import HTTPTypes
import Testing

/// The real program at its most talkative, and servers that repeat what they were sent: no secret
/// comes out anywhere.
@Suite(.serialized, .timeLimit(.minutes(10))) struct SecretTests {
  /// What a server does.
  enum Server: String, CaseIterable, Sendable {
    case good, rejectsTheSecret, breaksTheToken, fails, failsWithText, redirects, expires,
      rejectsRows

    var status: Int32 {
      switch self {
      case .good: 0
      case .rejectsTheSecret: 77
      case .breaksTheToken: 69
      case .fails, .failsWithText: 1
      case .redirects: 76
      case .expires: 77
      case .rejectsRows: 65
      }
    }

    /// A response that repeats all it knows, in every place there is.
    private static func echo(
      _ status: Int, _ request: HTTPRequest, type: String = "application/vnd.api+json",
      body: (String) -> String
    ) -> Fault {
      let authorization = request.headerFields[.authorization] ?? "Bearer -"
      let token = String(authorization.dropFirst("Bearer ".count))
      var head = HTTPResponse(status: .init(code: status))
      head.headerFields[.contentType] = type
      head.headerFields[.location] =
        "https://\(Canary.secret)@evil.example/\(token)/\(Canary.secret)?token=\(token)#\(token)"
      head.headerFields[.wwwAuthenticate] = authorization
      for name in ["X-Request-Id", "X-Trace-Id", "X-Echo", "Set-Cookie"] {
        guard let name = HTTPField.Name(name) else { continue }
        head.headerFields[name] = "\(authorization) \(Canary.secret)"
      }
      return .respond(head, Array(body("\(authorization), \(token), \(Canary.secret)").utf8))
    }

    @Sendable func respond(_ request: HTTPRequest) async -> Fault? {
      let isToken = request.path == "/oauth/token"
      let isCreate = request.method == .post && request.path?.hasPrefix("/api/imports") == true
      func errors(_ code: String) -> (String) -> String {
        { said in
          #"{"errors":[{"title":"\#(said)","detail":"got \#(said).","code":"\#(code)","#
            + #""source":{"pointer":"/\#(said)"},"meta":{"authorization":"\#(said)"}}]}"#
        }
      }
      switch self {
      case .good: return nil
      case .rejectsTheSecret:
        guard isToken else { return nil }
        return Self.echo(401, request, type: "application/json") {
          #"{"error":"invalid_client \#($0)","error_description":"no \#($0)"}"#
        }
      case .breaksTheToken:
        guard isToken else { return nil }
        return Self.echo(200, request, type: "text/html") { "<html>\($0)" }
      case .fails: return isCreate ? Self.echo(500, request, body: errors("X")) : nil
      case .failsWithText:
        return isCreate ? Self.echo(502, request, type: "text/plain") { "you sent \($0)" } : nil
      case .redirects: return isToken ? nil : Self.echo(307, request) { _ in "" }
      case .expires: return isToken ? nil : Self.echo(401, request, body: errors("INVALID_TOKEN"))
      case .rejectsRows: return isCreate ? Self.echo(422, request, body: errors("X")) : nil
      }
    }
  }

  private func input() throws -> Input {
    try Input("code,name,shipping_category_id\n" + (0..<5).map { "S\($0),n,cat\n" }.joined())
  }

  @Test(arguments: Server.allCases, [false, true])
  func noSecretComesOut(server: Server, json: Bool) async throws {
    let service = try await Service {
      $0.clientSecret = Secret(Canary.secret)
      $0.intercept = server.respond
    }
    let folder = try TemporaryFolder()
    let file = try input()
    // The secret comes from the environment, or by standard input; the log goes to standard error, or
    // to a file.
    var environment = service.environment()
    environment["TMPDIR"] = folder.path
    environment["CL_STATE_DIR"] = folder.path + "/state"
    environment["CL_LOG_LEVEL"] = "trace"
    environment["CL_LOG_FILE"] = json ? folder.path + "/log" : ""
    var arguments = [
      "run", file.path, "--type", "skus", "--report", folder.path + "/report.jsonl",
    ]
    if json {
      environment["CL_CLIENT_SECRET"] = nil
      arguments += ["--json", "--client-secret-stdin"]
    }
    let outcome = try await Program.Running(
      arguments, environment: environment, input: json ? Canary.secret + "\n" : nil
    ).outcome()
    await service.stop()
    let folders = try Canary.files(in: folder.path)
    let hasJournal = folders.keys.contains { $0.hasSuffix("/journal.sqlite") }
    #expect(hasJournal || server != .good, "the journal is not among what is searched")
    let log = json ? folders["log"] ?? "" : outcome.err
    #expect(log.contains(" trace: response to POST /oauth/token"), "\(server): \(log)")
    #expect(outcome.status == server.status, "\(server): \(outcome.err)")
    let all = folders.merging(["stdout": outcome.out, "stderr": outcome.err]) { $1 }
    #expect(try Canary.finds(all) == [], "\(server)")
  }

  /// The test above can fail: what it looks for is in what the servers say.
  @Test func theServersDoRepeatSecrets() async throws {
    var request = HTTPRequest(
      method: .post, scheme: "http", authority: "127.0.0.1", path: "/api/imports")
    request.headerFields[.authorization] = "Bearer sandboxtoken"
    for server in Server.allCases where server.status != 0 {
      request.path =
        server.status == 77 || server == .breaksTheToken ? "/oauth/token" : request.path
      var response = await server.respond(request)
      if response == nil {
        request.path = "/api/imports"
        response = await server.respond(request)
      }
      guard case .respond(let head, let body)? = response else {
        Issue.record("\(server) does nothing")
        continue
      }
      let finds = try Canary.finds([
        "head": "\(head.headerFields)", "body": String(decoding: body, as: UTF8.self),
      ])
      #expect(finds.count >= (server == .redirects ? 2 : 4), "\(server): \(finds)")
    }
  }

  #if os(Linux)
    /// The program while it runs, as other processes see it, and what is left when it dies.
    @Test(arguments: [SIGABRT, SIGKILL])
    func aProgramThatDiesLeavesNoSecret(signal: Int32) async throws {
      let service = try await Service {
        $0.clientSecret = Secret(Canary.secret)
        $0.pace = .manual
      }
      let folder = try TemporaryFolder()
      let file = try input()
      var environment = service.environment()
      environment["TMPDIR"] = folder.path
      environment["CL_STATE_DIR"] = folder.path + "/state"
      environment["CL_LOG_LEVEL"] = "trace"
      environment["CL_LOG_FILE"] = ""
      environment["SWIFT_BACKTRACE"] = "enable=yes,color=no,interactive=no"
      let running = try Program.Running(
        ["run", file.path, "--type", "skus", "--report", folder.path + "/report.jsonl"],
        environment: environment, input: nil)
      while !running.errors.contains("pending"), kill(running.pid, 0) == 0 {
        try await Task.sleep(for: .milliseconds(20))
      }
      let process = "/proc/\(running.pid)"
      let arguments = try #require(FileManager.default.contents(atPath: "\(process)/cmdline"))
      #expect(String(decoding: arguments, as: UTF8.self).contains("--report"))
      var children = ""
      for thread in try FileManager.default.contentsOfDirectory(atPath: "\(process)/task") {
        let list = FileManager.default.contents(atPath: "\(process)/task/\(thread)/children")
        children += list.map { String(decoding: $0, as: UTF8.self) } ?? ""
      }
      // Whoever has no children hands no secret to one.
      #expect(children.isEmpty, "cl-import started processes: \(children)")
      kill(running.pid, signal)
      // Swift tells of the crash, and goes on when it was another process that asked for it; where it
      // is not the one to tell, the process just ends.
      while signal == SIGABRT, !running.errors.contains("Backtrace took"), kill(running.pid, 0) == 0
      {
        try await Task.sleep(for: .milliseconds(20))
      }
      kill(running.pid, SIGKILL)
      let outcome = await running.outcome()
      await service.stop()
      #expect(outcome.status != 0)
      let files = try Canary.files(in: folder.path)
      #expect(files.keys.contains { $0.hasSuffix("/journal.sqlite") })
      let all = files.merging([
        "stdout": outcome.out, "stderr": outcome.err,
        "cmdline": String(decoding: arguments, as: UTF8.self),
      ]) { $1 }
      #expect(try Canary.finds(all) == [])
    }
  #endif
}
