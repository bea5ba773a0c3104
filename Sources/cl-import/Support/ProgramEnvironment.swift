import Foundation

/// What the surroundings say of where output goes and who is meant. Pure but for ``current``.
///
/// Nothing is ever coloured, so `NO_COLOR` needs no asking.
struct ProgramEnvironment: Sendable, Hashable {
  /// The environment's variables.
  var variables: [String: String]
  /// Whether standard error is a terminal.
  var errorIsTerminal: Bool
  /// The terminal's columns.
  var columns: Int

  /// The widest and narrowest a line is laid out for.
  private static let widths = 40...200

  init(
    variables: [String: String], errorIsTerminal: Bool = false, columns: Int = 80
  ) {
    self.variables = variables
    self.errorIsTerminal = errorIsTerminal
    self.columns = min(max(columns, Self.widths.lowerBound), Self.widths.upperBound)
  }

  /// Those of this process.
  static var current: ProgramEnvironment {
    var size = winsize()
    let known = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    return ProgramEnvironment(
      variables: ProcessInfo.processInfo.environment,
      errorIsTerminal: isatty(STDERR_FILENO) == 1,
      columns: known ? Int(size.ws_col) : 80)
  }

  private func isSet(_ name: String) -> Bool { !(variables[name] ?? "").isEmpty }

  private var isDumb: Bool { variables["TERM"] == "dumb" }

  /// Whether progress is drawn in place rather than told in lines.
  func showsLiveProgress(noProgress: Bool) -> Bool {
    errorIsTerminal && !isDumb && !isSet("CI") && !noProgress
  }
}
