import ArgumentParser
import ImportConsole
import Logging

/// What is told of every call while it happens.
struct LogOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Tell what calls do, from this level on: trace, debug or info. [env: CL_LOG_LEVEL]",
      valueName: "level"), transform: Self.level)
  var logLevel: Logger.Level?

  @Option(
    help: ArgumentHelp(
      "Append what calls do to this file, not to standard error. [env: CL_LOG_FILE]",
      valueName: "file"))
  var logFile: String?

  private static func level(_ text: String) throws -> Logger.Level {
    guard let level = Logger.Level(rawValue: text) else {
      throw ValidationError("--log-level is one of \(CallLog.levels)")
    }
    return level
  }

  private var log: CallLog { CallLog(level: logLevel, path: logFile) }

  /// The logger that arguments, or else the environment, ask for; nil when neither does.
  /// - Throws: ``Failure`` when the level is none, or the file cannot be written.
  func logger(_ environment: ProgramEnvironment) throws(Failure) -> Logger? {
    try log.logger(environment)
  }

  /// Whether log lines come out where progress would be drawn.
  func isOnStandardError(_ environment: ProgramEnvironment) -> Bool {
    log.isOnStandardError(environment)
  }
}
