import Foundation
package import HTTPTypes

/// `Retry-After`: delta seconds, or an HTTP date against the response's own `Date`, so that a wrong
/// clock on either side cancels out; `Retry-After-Ms` where a service sends it.
package enum RetryAfter {
  /// How long the headers of a response ask to wait; nil when they do not.
  package static func read(_ headers: HTTPFields) -> Duration? {
    func header(_ name: String) -> String? { HTTPField.Name(name).flatMap { headers[$0] } }
    return read(
      seconds: headers[.retryAfter], milliseconds: header("Retry-After-Ms"), date: headers[.date])
  }

  static func read(seconds: String?, milliseconds: String?, date: String?) -> Duration? {
    if let milliseconds, let value = Double(milliseconds), value >= 0, value < 1e12 {
      return .milliseconds(Int64(value))
    }
    guard let seconds else { return nil }
    if let value = Double(seconds), value >= 0, value < 1e9 {
      return .milliseconds(Int64((value * 1000).rounded(.up)))
    }
    guard let then = HTTPDate.seconds(seconds), let now = date.flatMap(HTTPDate.seconds) else {
      return nil
    }
    return .seconds(max(0, then - now))
  }
}

/// HTTP dates in all three forms that a recipient must accept (RFC 9110 §5.6.7):
/// `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT`, `Sun Nov  6 08:49:37 1994`.
enum HTTPDate {
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// Seconds since 1970.
  static func seconds(_ text: String) -> Int? {
    let parts = text.split(separator: " ").map(String.init)
    switch parts.count {
    case 6 where parts[5] == "GMT":
      return seconds(year: parts[3], month: parts[2], day: parts[1], clock: parts[4])
    case 4 where parts[3] == "GMT":
      let date = parts[1].split(separator: "-").map(String.init)
      guard date.count == 3, let year = Int(date[2]), date[2].utf8.count == 2 else { return nil }
      // Two digits are of this century until 2070; nobody sends a date further off.
      return seconds(
        year: String(year + (year < 70 ? 2000 : 1900)), month: date[1], day: date[0],
        clock: parts[2])
    case 5:
      return seconds(year: parts[4], month: parts[1], day: parts[2], clock: parts[3])
    default:
      return nil
    }
  }

  private static func seconds(year: String, month: String, day: String, clock: String) -> Int? {
    guard let index = months.firstIndex(of: month) else { return nil }
    func two(_ text: String) -> String { text.utf8.count == 1 ? "0" + text : text }
    let iso = "\(year)-\(two(String(index + 1)))-\(two(day))T\(clock)Z"
    return ISO8601.date(iso).map { Int($0.timeIntervalSince1970) }
  }
}
