import CommerceLayerRuntime
import Foundation
import Pulling
import Synchronization

/// Pulls a site in this process, with time and chance in the test's hands.
final class Pull: Sendable {
  let folder: URL
  private let slept = Mutex<[Duration]>([])
  private let told = Mutex<[String]>([])

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "pull-\(UUID().uuidString)")
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// The pauses made, in order; limits of whole requests are not among them.
  var pauses: [Duration] { slept.withLock { $0 } }
  var diagnostics: [String] { told.withLock { $0 } }

  /// One run.
  /// - Parameter giveUp: until a request's time is over; nil for never.
  func run(
    _ base: String, now: Int = 1_000_000, _ change: (inout PullOptions) -> Void = { _ in },
    giveUp: (@Sendable () async -> Void)? = nil
  ) async throws -> PullSummary {
    var options = PullOptions()
    change(&options)
    let limit = options.timeout
    let time = TimeSource(
      now: { .zero },
      sleep: { [self] duration in
        guard duration != limit else {
          if let giveUp { return await giveUp() }
          // Until the request has ended and cancels this.
          return await Gate().pass()
        }
        slept.withLock { $0.append(duration) }
      })
    var puller = try Puller(
      base: try PageAddress(base), output: folder.path, options: options,
      transport: URLSessionTransport(), time: time, now: { now }, random: { 1 },
      digest: { bytes in
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return String(hash, radix: 16)
      },
      report: { [self] event in
        if case .waiting(let text) = event { told.withLock { $0.append(text) } }
      })
    return try await puller.run()
  }

  func text(_ path: String) throws -> String {
    try String(contentsOf: folder.appending(path: path), encoding: .utf8)
  }

  /// All visible files below the folder, sorted.
  var files: [String] {
    let walk = FileManager.default.enumerator(
      at: folder, includingPropertiesForKeys: [.isRegularFileKey], options: [.skipsHiddenFiles])
    let root = folder.resolvingSymlinksInPath().path + "/"
    return (walk?.allObjects ?? []).compactMap { $0 as? URL }
      .filter { (try? $0.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile) == true }
      .map { String($0.resolvingSymlinksInPath().path.dropFirst(root.count)) }.sorted()
  }
}

extension PullSummary {
  /// The outcomes by page.
  var outcomes: [String: Outcome] {
    Dictionary(pages.map { ($0.page, $0.outcome) }) { first, _ in first }
  }

  func reason(_ page: String) -> String? { pages.first { $0.page == page }?.reason }
}
