import CommerceLayer
import CommerceLayerSandbox
import Foundation
import HTTPTypes
import Testing

/// The page at `/`, and who may use the control endpoints.
@Suite struct PageTests {
  private static let own = "http://sandbox.test"

  private func page(_ test: TestSandbox, origin: String? = nil) async -> Reply {
    await test.send(.get, "/") {
      $0.headerFields[.accept] = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"
      $0.headerFields[.authorization] = nil
      $0.headerFields[.origin] = origin
    }
  }

  private func token(_ page: Reply) throws -> String {
    let data = try #require(page.text.components(separatedBy: #"id="start">"#).last)
    let json = data.components(separatedBy: "</script>").first ?? ""
    return try #require(try JSONValue(parsing: json)["token"]?.string)
  }

  @Test func aBrowserGetsThePageAndAnAPIClientAnError() async throws {
    let test = try await TestSandbox { $0.clientSecret = "hushcanary</script><b>" }
    let page = await page(test)
    #expect(
      page.status == 200 && page.head.headerFields[.contentType] == "text/html; charset=utf-8")
    #expect(await test.get("/").code == "RECORD_NOT_FOUND")
    #expect(await test.send(.get, "/") { $0.headerFields[.accept] = "*/*" }.status == 404)
    // What the configuration holds does not end the script that holds it.
    #expect(!page.text.contains("hushcanary</script>") && page.text.contains("hushcanary"))
    #expect(!page.text.contains("{{"))
  }

  @Test func itRefersToNothingElseAndNobodyElseReadsIt() async throws {
    let test = try await TestSandbox()
    let first = await page(test, origin: "http://localhost:3000")
    #expect(first.head.headerFields[.accessControlAllowOrigin] == nil)
    let name = try #require(HTTPField.Name("Content-Security-Policy"))
    let policy = try #require(first.head.headerFields[name])
    #expect(policy.hasPrefix("default-src 'none'; script-src 'nonce-"))
    #expect(!policy.contains("unsafe") && policy.contains("frame-ancestors 'none'"))
    #expect(await page(test).head.headerFields[name] != policy)
    for outside in ["src=\"http", "href=\"http", "@import", "innerHTML", "//cdn"] {
      #expect(!first.text.contains(outside), "\(outside)")
    }
  }

  @Test func onlyItsOwnPageControlsIt() async throws {
    let test = try await TestSandbox()
    let token = try token(await page(test))
    let header = try #require(HTTPField.Name("X-Sandbox-Page"))
    let site = try #require(HTTPField.Name("Sec-Fetch-Site"))
    func reset(_ origin: String?, _ token: String?, _ from: String? = nil) async -> Int {
      await test.send(.post, "/__sandbox__/reset") {
        $0.headerFields[.origin] = origin
        $0.headerFields[header] = token
        $0.headerFields[site] = from
      }.status
    }
    #expect(await reset(Self.own, token, "same-origin") == 204)
    #expect(await reset(nil, nil) == 204)
    #expect(await reset(Self.own, nil) == 403)
    #expect(await reset(Self.own, "hushcanary") == 403)
    #expect(await reset("http://localhost:3000", token) == 403)
    #expect(await reset("null", token) == 403)
    #expect(await reset(nil, token, "cross-site") == 403)
    #expect(await reset(nil, token, "same-site") == 403)
    // Another start has another token.
    #expect(try self.token(await page(try await TestSandbox())) != token)
  }

  @Test func theStateIsForProgramsAndItsPage() async throws {
    let test = try await TestSandbox()
    _ = await test.create("tags", ["name": "sale"])
    _ = await test.get("/api/unicorns?client_secret=hushcanary")
    try test.sandbox.setFaults(#"[{"path":"/api/skus","status":503,"times":1}]"#)
    _ = await test.get("/api/skus")
    let state = await test.get("/__sandbox__/state").json
    #expect(state["counts"]?["tags"] == 1)
    let requests = state["requests"]?.array ?? []
    #expect(requests.suffix(3).map { $0["status"]?.integer } == [201, 404, 503])
    #expect(!state.text.contains("hushcanary"))
    #expect(state["faults"]?.array?.first?["given"] == 1)
    let last = try #require(state["last"]?.integer)
    let later = await test.get("/__sandbox__/state?after=\(last)").json
    #expect(later["requests"]?.array?.isEmpty == true)
    // A sandbox that was started again counts from 1.
    #expect(
      await test.get("/__sandbox__/state?after=9999").json["requests"]?.array?.isEmpty == false)
    #expect(await test.get("/__sandbox__/records/tags").values("name") == ["sale"])
    #expect(await test.get("/__sandbox__/records/unicorns").status == 404)
    #expect(await test.send(.delete, "/__sandbox__/records/tags").status == 405)
    #expect(await test.get("/__sandbox__/stat").status == 404)
  }

  /// What the page shows, in a browser; skipped with a word where there is none.
  @Test func itShowsHostileRecordsAsTextInABrowser() async throws {
    guard let browser = Browser.find() else {
      print("skipped: no Chromium in PATH, so the page is not tested in a browser")
      return
    }
    let sandbox = try await Sandbox.start()
    let server = try await SandboxServer.start(sandbox)
    try await sandbox.seed(.shop)
    let test = HTTPRequest(
      method: .post, scheme: "http", authority: "localhost", path: "/__sandbox__/faults")
    let hostile = #"<img src=x onerror="document.title='hushcanary'">"#
    let token = try await TestSandbox.token(of: sandbox)
    let body: JSONValue = [
      "data": ["type": "customer_groups", "attributes": ["name": .string(hostile)]]
    ]
    let created = Reply(
      await sandbox.handle(
        HTTPRequest(
          method: .post, scheme: "http", authority: "localhost", path: "/api/customer_groups",
          headerFields: [
            .authorization: "Bearer \(token)", .contentType: TestSandbox.mediaType,
          ]), body: body.bytes))
    #expect(created.status == 201, "\(created.text)")
    let faults = #"[{"path":"/api/<b>hush</b>","status":503}]"#
    #expect(Reply(await sandbox.handle(test, body: Array(faults.utf8))).status == 204)
    let views = [
      "#records/customer_groups": "&lt;img src=x onerror=", "#records/skus": "TSHIRT-BLACK-S",
      "#requests": "/oauth/token", "#faults": "/api/&lt;b&gt;hush", "#connect": "CL_CLIENT_SECRET",
      "#imports": "No import yet", "#records/customer_groups/\(try id(created))": "customer_groups",
    ]
    for (view, text) in views {
      let shown = try await browser.open("http://localhost:\(server.port)/\(view)")
      #expect(shown.page.contains(text), "\(view)")
      #expect(shown.page.contains("<title>Commerce Layer sandbox</title>"), "\(view)")
      #expect(!shown.page.contains("<img src") && !shown.page.contains("<b>hush"), "\(view)")
      #expect(shown.complaints.isEmpty, "\(view): \(shown.complaints)")
    }
    await server.stop()
  }
}

/// A headless Chromium.
struct Browser: Sendable {
  let path: String

  /// What a page looks like after some seconds of its time, and what its scripts complained about.
  struct Shown: Sendable {
    let page: String
    let complaints: [String]
  }

  static func find() -> Browser? {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    for name in ["chromium", "chromium-browser", "google-chrome"] {
      for folder in folders where FileManager.default.isExecutableFile(atPath: "\(folder)/\(name)")
      {
        return Browser(path: "\(folder)/\(name)")
      }
    }
    return nil
  }

  func open(_ url: String) async throws -> Shown {
    try await offThreadsOfTasks { [path] in try Self.open(url, with: path) }
  }

  private static func open(_ url: String, with path: String) throws -> Shown {
    let folder = FileManager.default.temporaryDirectory.appending(path: "sandbox-page-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let (page, log) = (folder.appending(path: "page.html"), folder.appending(path: "log"))
    for file in [page, log] { try Data().write(to: file) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = [
      "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
      "--user-data-dir=\(folder.path)", "--enable-logging=stderr", "--virtual-time-budget=3000",
      "--dump-dom", url,
    ]
    process.standardOutput = try FileHandle(forWritingTo: page)
    process.standardError = try FileHandle(forWritingTo: log)
    try process.run()
    process.waitUntilExit()
    let complaints = try String(decoding: Data(contentsOf: log), as: UTF8.self)
      .split(separator: "\n").filter { $0.contains("CONSOLE") }.map(String.init)
    return Shown(
      page: try String(decoding: Data(contentsOf: page), as: UTF8.self), complaints: complaints)
  }
}
