import Foundation

/// What the surroundings say of where output goes and who is meant. Pure but for ``current``.
///
/// Nothing is ever coloured, so `NO_COLOR` needs no asking.
package struct ProgramEnvironment: Sendable, Hashable {
  /// The environment's variables.
  package var variables: [String: String]
  /// Whether standard error is a terminal.
  package var errorIsTerminal: Bool
  /// Whether somebody can be asked: standard input and standard error are a terminal.
  package var canAsk = false

  package init(variables: [String: String], errorIsTerminal: Bool = false) {
    self.variables = variables
    self.errorIsTerminal = errorIsTerminal
  }

  /// Those of this process.
  package static var current: ProgramEnvironment {
    var environment = ProgramEnvironment(
      variables: ProcessInfo.processInfo.environment, errorIsTerminal: isatty(STDERR_FILENO) == 1)
    environment.canAsk = environment.errorIsTerminal && isatty(STDIN_FILENO) == 1
    return environment
  }

  private func isSet(_ name: String) -> Bool { !(variables[name] ?? "").isEmpty }

  private var isDumb: Bool { variables["TERM"] == "dumb" }

  /// Whether progress is drawn in place rather than told in lines.
  package func showsLiveProgress(noProgress: Bool) -> Bool {
    errorIsTerminal && !isDumb && !isSet("CI") && !noProgress
  }
}

/// The size of the terminal that standard error is.
package struct TerminalSize: Sendable, Hashable {
  package var columns: Int
  package var rows: Int

  /// What lines are laid out for.
  private static let columnLimits = 4...200
  private static let rowLimits = 2...100

  package init(columns: Int, rows: Int) {
    self.columns = min(max(columns, Self.columnLimits.lowerBound), Self.columnLimits.upperBound)
    self.rows = min(max(rows, Self.rowLimits.lowerBound), Self.rowLimits.upperBound)
  }

  /// The size now; windows change theirs while a run goes on.
  package static var current: TerminalSize {
    var size = winsize()
    let isKnown = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    return TerminalSize(
      columns: isKnown ? Int(size.ws_col) : 80,
      rows: isKnown && size.ws_row > 0 ? Int(size.ws_row) : 24)
  }
}

/// Rejects secrets among the arguments, whatever the command: other users see arguments, and the
/// shell keeps them.
package enum SecretGuard {
  /// What names of options for secrets hold, without hyphens and underscores.
  private static let words = ["secret", "password", "token", "bearer", "authorization", "apikey"]
  /// The one option of such a name; it takes no value.
  private static let allowed = "--client-secret-stdin"

  /// Why the arguments are rejected; never repeats a value.
  package static func rejection(_ arguments: some Sequence<String>) -> Failure? {
    for argument in arguments where argument.hasPrefix("-") && argument != allowed {
      let name = argument.prefix { $0 != "=" }.lowercased().filter { $0 != "-" && $0 != "_" }
      guard words.contains(where: { name.contains($0) }) else { continue }
      return Failure(
        .usage, "a secret is never taken from an argument",
        because: "other users of this machine can read arguments, and shells keep them",
        advice: "set CL_CLIENT_SECRET, use --credentials FILE, or pipe it to --client-secret-stdin")
    }
    return nil
  }
}
