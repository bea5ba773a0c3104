import CommerceLayer
import CommerceLayerSandbox
import CommerceLayerSandboxServer
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

  /// What the page shows, in a browser; skipped with a message where Chromium is not installed.
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

  /// What the page does, with its own buttons; skipped with a message where Chromium is not installed.
  @Test func itsButtonsDoWhatTheySay() async throws {
    guard let browser = Browser.find() else {
      print("skipped: no Chromium in PATH, so the page's buttons are not tested")
      return
    }
    var configuration = SandboxConfiguration()
    configuration.clockRuns = false
    configuration.now = { Date(timeIntervalSince1970: 1_767_323_045) }
    let sandbox = try await Sandbox.start(configuration)
    let server = try await SandboxServer.start(sandbox)
    let url = "http://localhost:\(server.port)/#records/skus"
    let list = "byId('list').textContent"
    let steps = [
      Browser.Step("byId('seed').click()", shows: "\(list).includes('TSHIRT-BLACK-S')"),
      Browser.Step(
        "document.querySelector('[data-advance=\"600\"]').click()",
        shows: "byId('now').textContent.includes('03:14:05')"),
      Browser.Step("location.hash = '#faults'", shows: "!byId('faults').hidden"),
      Browser.Step(
        "byId('presets').querySelectorAll('input')[6].click()",
        shows: "byId('given').textContent.includes('/oauth/token 401')"),
      Browser.Step(
        "byId('plan').value = '[{'; byId('apply').click()",
        shows: "byId('message').textContent.startsWith('The faults are not JSON')"),
      Browser.Step("byId('end-faults').click()", shows: "byId('given').textContent === ''"),
      Browser.Step("location.hash = '#records/skus'", shows: "!byId('records').hidden"),
      Browser.Step(
        "confirm = question => question.startsWith('Delete all'); byId('reset').click()",
        shows: "byId('records-count').textContent === '0'"),
    ]
    let failures = try await browser.drive(url, steps)
    #expect(failures.isEmpty, "\(failures)")
    await server.stop()
  }
}
