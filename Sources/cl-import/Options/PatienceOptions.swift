import ArgumentParser
import CommerceLayerImporter
import ImportConsole

/// How long a run waits before it gives up.
struct PatienceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Give up once no import of the run has changed for so long: 90s, 15m or 2h; by default "
        + "\(ImportPace().stall.inWords).", valueName: "time"), transform: Self.duration)
  var stallTimeout: Duration?

  @Option(
    help: ArgumentHelp(
      "Give up once nothing has succeeded, or no import could be created, for so long; by default "
        + "\(ImportPace().maximumOutage.inWords).", valueName: "time"), transform: Self.duration)
  var maxOutage: Duration?

  /// What is given here, or else there.
  func over(_ other: PatienceOptions) -> PatienceOptions {
    var options = other
    options.stallTimeout = stallTimeout ?? other.stallTimeout
    options.maxOutage = maxOutage ?? other.maxOutage
    return options
  }

  /// The pace with these times.
  func apply(to pace: inout ImportPace) {
    pace.stall = stallTimeout ?? pace.stall
    pace.maximumOutage = maxOutage ?? pace.maximumOutage
  }

  /// The longest time that is taken: 30 days.
  private static let maximum: Int64 = 30 * 86_400

  /// A time as it is written: `90s`, `15m`, `2h`; without a unit it is seconds.
  static func duration(_ text: String) throws -> Duration {
    let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600]
    let unit = text.last.flatMap { units[$0] }
    let digits = unit == nil ? text[...] : text.dropLast()
    guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int64(digits),
      number > 0, number <= maximum / (unit ?? 1)
    else { throw ValidationError("a time is written 90s, 15m or 2h, not '\(text)'") }
    return .seconds(number * (unit ?? 1))
  }
}
