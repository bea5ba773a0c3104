import CommerceLayer
import Foundation

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

  /// Something done on a page, and what the page shows once it has happened: JavaScript.
  struct Step: Sendable {
    let action: String
    let condition: String

    init(_ action: String, shows condition: String) {
      self.action = action
      self.condition = condition
    }
  }

  /// Opens a page and does things on it, each after what the one before it leads to is shown. It waits as
  /// long as that takes.
  /// - Returns: What went wrong.
  func drive(_ url: String, _ steps: [Step]) async throws -> [String] {
    try await offThreadsOfTasks { [path] in
      let tab = try BrowserTab(path, url)
      defer { tab.close() }
      // The page has drawn itself once it says what is there.
      var failures = try tab.run(Step("0", shows: "byId('live').textContent !== 'connecting'"))
      for step in steps where failures.isEmpty { failures = try tab.run(step) }
      return failures
    }
  }
}

/// A tab of a browser, told what to do over a pipe (the DevTools protocol: messages of JSON, each with a
/// NUL at its end).
private final class BrowserTab {
  private let process = Process()
  private let commands = Pipe()
  private let messages = Pipe()
  private let folder = FileManager.default.temporaryDirectory.appending(path: "page-\(UUID())")
  private var received: [UInt8] = []
  private var number = 0
  private var session: String?

  init(_ browser: String, _ url: String) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    // The browser reads commands from descriptor 3 and writes to descriptor 4.
    process.arguments = [
      "-c", #"exec "$@" 3<&0 4>&1 >/dev/null 2>&1 </dev/null"#, "sh", browser, "--headless",
      "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
      "--user-data-dir=\(folder.path)", "--remote-debugging-pipe", "about:blank",
    ]
    process.standardInput = commands
    process.standardOutput = messages
    try process.run()
    let target = try call("Target.createTarget", ["url": "about:blank"])["targetId"]?.string ?? ""
    let attached = try call(
      "Target.attachToTarget", ["targetId": .string(target), "flatten": true])
    session = attached["sessionId"]?.string
    _ = try call("Page.enable", [:])
    _ = try call("Page.navigate", ["url": .string(url)])
    while let message = try next(), message["method"] != "Page.loadEventFired" {}
  }

  func close() {
    process.terminate()
    process.waitUntilExit()
    try? FileManager.default.removeItem(at: folder)
  }

  /// Does something and waits until the page shows what it leads to.
  func run(_ step: Browser.Step) throws -> [String] {
    let script = """
      (async () => {
        const shows = () => \(step.condition);
        \(step.action);
        if (!shows()) await new Promise(done => {
          new MutationObserver((_, observer) => { if (shows()) { observer.disconnect(); done(); } })
            .observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
        });
      })()
      """
    let result = try call(
      "Runtime.evaluate", ["expression": .string(script), "awaitPromise": true])
    guard let exception = result["exceptionDetails"] else { return [] }
    return ["\(step.action): \(exception["exception"]?["description"]?.string ?? exception.text)"]
  }

  /// Sends a command and returns its result; what else comes is passed over.
  private func call(_ method: String, _ parameters: JSONObject) throws -> JSONValue {
    number += 1
    var message: JSONObject = [
      "id": .number(JSONNumber(number)), "method": .string(method), "params": .object(parameters),
    ]
    if let session { message["sessionId"] = .string(session) }
    try commands.fileHandleForWriting.write(contentsOf: JSONValue.object(message).bytes + [0])
    while let message = try next() {
      guard message["id"]?.integer == number else { continue }
      if let error = message["error"] { throw Failure(text: "\(method): \(error.text)") }
      return message["result"] ?? .null
    }
    throw Failure(text: "the browser has ended")
  }

  private func next() throws -> JSONValue? {
    while true {
      if let end = received.firstIndex(of: 0) {
        let message = String(decoding: received[..<end], as: UTF8.self)
        received.removeFirst(end + 1)
        return try JSONValue(parsing: message)
      }
      let part = messages.fileHandleForReading.availableData
      if part.isEmpty { return nil }
      received += part
    }
  }

  struct Failure: Error {
    let text: String
  }
}
