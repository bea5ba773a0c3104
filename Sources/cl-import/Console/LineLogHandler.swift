import CommerceLayer
import Foundation
import Logging

/// One line for each event: `2026-01-31T12:00:00.000Z debug: attempt.ended, HTTP 200 … call=…`.
struct LineLogHandler: LogHandler {
  let descriptor: Int32
  var logLevel: Logger.Level
  var metadata: Logger.Metadata = [:]

  init(descriptor: Int32, logLevel: Logger.Level) {
    self.descriptor = descriptor
    self.logLevel = logLevel
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let time = Date().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    Console.line("\(time) " + Self.text(event, metadata), to: descriptor)
  }

  /// The line without its time. Pure.
  static func text(_ event: LogEvent, _ metadata: Logger.Metadata = [:]) -> String {
    let all = metadata.merging(event.metadata ?? [:]) { $1 }
    let pairs = all.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }
    return TerminalSafe.text("\(event.level): \(event.message)\(pairs.joined())")
  }
}
