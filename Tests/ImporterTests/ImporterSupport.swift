import CommerceLayer
import CommerceLayerSandbox
import Foundation
import HTTPTypes
import Synchronization
import Testing

@testable import CommerceLayerImporter
@testable import CommerceLayerRows

/// A file that is gone with the value.
final class InputOnDisk: Sendable {
  let path: String

  init(_ bytes: [UInt8], suffix: String = ".csv") throws {
    path = NSTemporaryDirectory() + "importer-tests-\(UUID().uuidString)\(suffix)"
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }

  convenience init(_ text: String, suffix: String = ".csv") throws {
    try self.init(Array(text.utf8), suffix: suffix)
  }

  var file: InputFile { get throws { try InputFile(path: path) } }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// Rules over the generated schemas, as the command line makes them.
func rules(_ type: String = "skus", parent: String? = nil) throws -> RowRules {
  try RowRules(
    type: type, parentID: parent, service: CommerceLayerService.description,
    schemas: CommerceLayerService.schemas)
}

/// What reading an input gave.
struct Reading {
  var rows: [Row] = []
  /// What each row is recognized by.
  var identities: [RowIdentity] = []
  /// What is sent for each row.
  var texts: [String] = []
  var rejected: [RejectedRow] = []
  var form = RowForm.json
  var warnings = InputWarnings()

  var reasons: [String] { rejected.flatMap(\.reasons) }
  var keys: [String?] { identities.map(\.key) }
  var kinds: [InputWarning.Kind] { warnings.all.map(\.kind) }
}

func read(
  _ text: String, _ format: InputFormat = .csv, type: String = "skus", parent: String? = nil,
  encoding: TextEncoding? = nil, _ change: (inout RowOptions) -> Void = { _ in }
) throws -> Reading {
  try read(
    Array(text.utf8), format, type: type, parent: parent, encoding: encoding, change)
}

func read(
  _ bytes: [UInt8], _ format: InputFormat = .csv, type: String = "skus", parent: String? = nil,
  encoding: TextEncoding? = nil, _ change: (inout RowOptions) -> Void = { _ in }
) throws -> Reading {
  let file = try InputOnDisk(bytes)
  let input = try InputFile(path: file.path, encoding: encoding)
  var options = RowOptions()
  change(&options)
  let rules = try rules(type, parent: parent)
  var reader = try RowReader(
    input, format: format, rules: rules, options: options, purpose: .sending)
  var reading = Reading(form: reader.form)
  while true {
    var sink = RowBuffer()
    guard let outcome = try reader.next(into: &sink) else { break }
    switch outcome {
    case .row(let row):
      #expect(row.size == sink.count)
      reading.rows.append(row)
      reading.identities.append(reader.identity)
      reading.texts.append(String(decoding: sink.bytes, as: UTF8.self))
    case .rejected(let row):
      #expect(sink.count == 0, "a rejected row leaves nothing to be sent")
      reading.rejected.append(row)
    }
  }
  // The first pass sees the same rows, and counts what the second one writes.
  var checker = try RowReader(
    input, format: format, rules: rules, options: options, purpose: .checking)
  var (rows, rejected, counter) = (0, 0, RowBuffer(keeps: false))
  while let outcome = try checker.next(into: &counter) {
    if case .row = outcome { rows += 1 } else { rejected += 1 }
  }
  checker.finish()
  #expect(rows == reading.rows.count && rejected == reading.rejected.count)
  #expect(counter.count == reading.texts.reduce(0) { $0 + $1.utf8.count })
  reading.warnings = checker.warnings
  return reading
}

/// The error reading an input ends with; nil when it does not.
func inputError(_ work: () throws -> Reading) -> InputError? {
  do {
    _ = try work()
    return nil
  } catch {
    return error as? InputError
  }
}

/// Sleeping moves the clock and nothing else.
enum InstantTime {
  static func source() -> TimeSource {
    let clock = VirtualClock()
    return TimeSource(now: { clock.now }, sleep: { try await clock.sleep($0) })
  }

  private final class VirtualClock: Sendable {
    private let state = Mutex(Duration.zero)
    var now: Duration { state.withLock { $0 } }
    func sleep(_ duration: Duration) async throws {
      await Task.yield()
      try Task.checkCancellation()
      state.withLock { $0 += duration }
    }
  }
}

/// A sandbox in this process, whose imports are processed whenever somebody polls them.
struct SandboxStage {
  let sandbox: Sandbox
  let client: CommerceLayerClient
  let requests: Requests

  final class Requests: Sendable {
    private let state = Mutex([String]())
    var list: [String] { state.withLock { $0 } }
    func add(_ request: HTTPRequest) {
      let path = (request.path ?? "").prefix { $0 != "?" }
      state.withLock { $0.append("\(request.method.rawValue) \(path)") }
    }
    func count(_ text: String) -> Int { list.count { $0 == text } }
  }

  init(sandbox: Sandbox, client: CommerceLayerClient, requests: Requests) {
    (self.sandbox, self.client, self.requests) = (sandbox, client, requests)
  }

  /// - Parameter fault: What happens to a request instead; it takes the number of imports created so far.
  init(
    time: TimeSource, fault: @escaping @Sendable (HTTPRequest, Int) -> Fault? = { _, _ in nil }
  ) throws {
    let requests = Requests()
    let creates = Mutex(0)
    var configuration = SandboxConfiguration()
    configuration.pace = .manual
    configuration.intercept = { request in
      requests.add(request)
      let number = creates.withLock { count in
        if request.method == .post, (request.path ?? "").hasPrefix("/api/imports") { count += 1 }
        return count
      }
      return fault(request, number)
    }
    let sandbox = try Sandbox(configuration)
    let inner = sandbox.transport
    let transport = InProcessTransport { request, body in
      if request.method == .get { try await sandbox.drain() }
      let response = try await inner.send(request, body: RequestBody(body), timeouts: .init())
      return (response.head, try await response.body.collect(upTo: 64 << 20))
    }
    var client = ClientConfiguration(transport: transport)
    client.time = TimeSource(now: time.now) { _ in
      // Only time limits sleep here; they must not fire before the response.
      try await Task.sleep(for: .seconds(3600))
    }
    client.retry = .never
    self.init(
      sandbox: sandbox,
      client: try CommerceLayerClient(
        organization: "sandbox",
        credentials: .clientCredentials(id: sandbox.clientID, secret: sandbox.clientSecret),
        configuration: client), requests: requests)
  }
}
