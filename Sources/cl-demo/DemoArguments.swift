import CommerceLayer
import ImportConsole
import Logging

/// What the arguments ask for. They are those of `cl-import demo`. Pure.
enum DemoArguments: Hashable {
  /// The import, and what is told of it.
  struct Options: Hashable {
    var noProgress = false
    var log = CallLog()
  }

  case run(Options)
  /// Only this is printed.
  case text(String)

  private static let usage = """
    USAGE: cl-demo [--no-progress] [--log-level <level>] [--log-file <file>]
    """
  private static let help = """
    OVERVIEW: Import an invented catalogue into a sandbox of the service in this process.

    \(usage)

    OPTIONS:
      --no-progress           Tell progress in lines, not in place.
      --log-level <level>     Tell what calls do, from this level on: trace, debug or
                              info. [env: CL_LOG_LEVEL]
      --log-file <file>       Append what calls do to this file, not to standard error.
                              [env: CL_LOG_FILE]
      --version               Show the version.
      -h, --help              Show help information.
    """

  /// - Throws: ``Failure`` of status `usage`.
  init(_ arguments: [String]) throws(Failure) {
    var options = Options()
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      // --name=value is --name value.
      var name = argument
      if argument.hasPrefix("--"), let equals = argument.firstIndex(of: "=") {
        name = String(argument[..<equals])
        rest.insert(String(argument[argument.index(after: equals)...]), at: rest.startIndex)
      }
      switch name {
      case "-h", "--help":
        self = .text(Self.help)
        return
      case "--version":
        self = .text(APIClient.version)
        return
      case "--no-progress" where name == argument: options.noProgress = true
      case "--log-level":
        guard let level = Logger.Level(rawValue: try Self.value(of: name, &rest)) else {
          throw Self.failure("--log-level is one of \(CallLog.levels)")
        }
        options.log.level = level
      case "--log-file": options.log.path = try Self.value(of: name, &rest)
      default: throw Self.failure("'\(argument)' is not an option of cl-demo")
      }
    }
    self = .run(options)
  }

  private static func value(
    of name: String, _ rest: inout ArraySlice<String>
  ) throws(Failure) -> String {
    guard let value = rest.popFirst() else { throw failure("there is no value after '\(name)'") }
    return value
  }

  private static func failure(_ what: String) -> Failure {
    Failure(.usage, what, advice: usage)
  }
}
