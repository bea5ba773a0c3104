import CommerceLayer
import Foundation
package import Logging

/// Where what calls do is told, and from which level on: as arguments say, or else the environment.
package struct CallLog: Sendable, Hashable {
  /// The argument; nil when there is none.
  package var level: Logger.Level?
  /// The argument; nil when there is none.
  package var path: String?

  /// The variable that says what ``level`` does.
  private static let levelVariable = "CL_LOG_LEVEL"
  /// The variable that says what ``path`` does.
  private static let pathVariable = "CL_LOG_FILE"
  /// What a file alone stands for.
  private static let levelOfFile = Logger.Level.debug

  package init(level: Logger.Level? = nil, path: String? = nil) {
    self.level = level
    self.path = path
  }

  /// The levels there are, for messages.
  package static var levels: String {
    Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
  }

  /// The logger that is asked for; nil when there is none.
  /// - Throws: ``Failure`` when the level of the environment is not one, or the file cannot be written.
  package func logger(_ environment: ProgramEnvironment) throws(Failure) -> Logger? {
    let (level, path) = try choice(environment)
    guard let level else { return nil }
    let descriptor = try path.map { path throws(Failure) in try Self.open(path) }
    return Logger(label: "cl-import") { _ in
      LineLogHandler(descriptor: descriptor ?? STDERR_FILENO, logLevel: level)
    }
  }

  /// Whether log lines come out where progress would be drawn.
  package func isOnStandardError(_ environment: ProgramEnvironment) -> Bool {
    (try? choice(environment)).map { $0.level != nil && $0.path == nil } ?? false
  }

  private func choice(
    _ environment: ProgramEnvironment
  ) throws(Failure) -> (level: Logger.Level?, path: String?) {
    func value(_ name: String) -> String? {
      environment.variables[name].flatMap { $0.isEmpty ? nil : $0 }
    }
    let path = path ?? value(Self.pathVariable)
    if let level { return (level, path) }
    guard let text = value(Self.levelVariable) else {
      return (path.map { _ in Self.levelOfFile }, path)
    }
    guard let level = Logger.Level(rawValue: text) else {
      throw Failure(
        .configuration, "\(Self.levelVariable) is not a level",
        advice: "it is one of \(Self.levels)")
    }
    return (level, path)
  }

  /// For the owner only: it names customers' resources.
  private static func open(_ path: String) throws(Failure) -> Int32 {
    let descriptor = Foundation.open(
      path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else {
      throw Failure(
        .cannotCreate, "the log file '\(path)' cannot be written",
        because: String(cString: strerror(errno)))
    }
    return descriptor
  }
}

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
