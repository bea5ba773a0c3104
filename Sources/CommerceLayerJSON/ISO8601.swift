public import struct Foundation.Date

/// The service's times: `2018-01-01T12:00:00.000Z`.
///
/// Integer arithmetic on bytes; Foundation's formatter costs some two hundred times as much.
public enum ISO8601 {
  /// The point in time a text names, with or without fractional seconds, with `Z` or an offset.
  public static func date(_ text: String) -> Date? {
    var text = text
    return text.withUTF8(date)
  }

  static func date(_ bytes: UnsafeBufferPointer<UInt8>) -> Date? {
    guard bytes.count >= 20, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
      bytes[10] | 0x20 == UInt8(ascii: "t"), bytes[13] == UInt8(ascii: ":"),
      bytes[16] == UInt8(ascii: ":"),
      let year = digits(bytes, 0, 4), let month = digits(bytes, 5, 2),
      let day = digits(bytes, 8, 2), let hour = digits(bytes, 11, 2),
      let minute = digits(bytes, 14, 2), let second = digits(bytes, 17, 2),
      (1...12).contains(month), (1...daysIn(month, year)).contains(day), hour < 24, minute < 60,
      second <= 60
    else { return nil }
    var index = 19
    var fraction = 0.0
    if bytes[index] == UInt8(ascii: ".") {
      index += 1
      let start = index
      var numerator = 0.0
      var denominator = 1.0
      while index < bytes.count, bytes[index] &- UInt8(ascii: "0") < 10 {
        numerator = numerator * 10 + Double(bytes[index] - UInt8(ascii: "0"))
        denominator *= 10
        index += 1
      }
      if index == start || !denominator.isFinite { return nil }
      fraction = numerator / denominator
    }
    guard let offset = offset(bytes, from: index) else { return nil }
    let days = daysSince1970(year, month, day)
    let seconds = days * 86_400 + hour * 3_600 + minute * 60 + second - offset
    return Date(timeIntervalSince1970: Double(seconds) + fraction)
  }

  /// The text of a point in time, in UTC with milliseconds, as the service writes it. Years outside
  /// 0...9999 do not occur and are clamped; a date that is not a number reads as the earliest.
  public static func text(_ date: Date) -> String {
    let limits = (-62_167_219_200_000.0, 253_402_300_799_999.0)
    let exact = (date.timeIntervalSince1970 * 1000).rounded()
    let milliseconds = exact > limits.0 ? Int(min(exact, limits.1)) : Int(limits.0)
    let (days, rest) = floorDivide(milliseconds, 86_400_000)
    let (year, month, day) = civil(days)
    func pad(_ value: Int, _ width: Int) -> String {
      let text = String(value)
      return String(repeating: "0", count: max(0, width - text.count)) + text
    }
    let date = [pad(year, 4), pad(month, 2), pad(day, 2)].joined(separator: "-")
    let time = [rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60].map { pad($0, 2) }
    return "\(date)T\(time.joined(separator: ":")).\(pad(rest % 1000, 3))Z"
  }

  private static func digits(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ count: Int)
    -> Int?
  {
    guard start + count <= bytes.count else { return nil }
    var value = 0
    for byte in bytes[start..<start + count] {
      guard byte &- UInt8(ascii: "0") < 10 else { return nil }
      value = value * 10 + Int(byte - UInt8(ascii: "0"))
    }
    return value
  }

  /// Seconds east of UTC; nil unless the rest of the text is a zone.
  private static func offset(_ bytes: UnsafeBufferPointer<UInt8>, from index: Int) -> Int? {
    guard index < bytes.count else { return nil }
    if bytes[index] | 0x20 == UInt8(ascii: "z") { return index + 1 == bytes.count ? 0 : nil }
    guard bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-"),
      bytes.count == index + 6, bytes[index + 3] == UInt8(ascii: ":"),
      let hours = digits(bytes, index + 1, 2), let minutes = digits(bytes, index + 4, 2),
      hours < 24, minutes < 60
    else { return nil }
    let seconds = hours * 3_600 + minutes * 60
    return bytes[index] == UInt8(ascii: "+") ? seconds : -seconds
  }

  private static func daysIn(_ month: Int, _ year: Int) -> Int {
    switch month {
    case 2:
      year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400)) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  private static func floorDivide(_ value: Int, _ by: Int) -> (Int, Int) {
    let quotient = (value >= 0 ? value : value - by + 1) / by
    return (quotient, value - quotient * by)
  }

  /// Days from 1970-01-01 in the proleptic Gregorian calendar, years starting in March.
  private static func daysSince1970(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let year = month <= 2 ? year - 1 : year
    let (era, yearOfEra) = floorDivide(year, 400)
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  private static func civil(_ days: Int) -> (Int, Int, Int) {
    let (era, dayOfEra) = floorDivide(days + 719_468, 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * shifted + 2) / 5 + 1)
  }
}

extension JSONElement {
  /// The point in time when it is a string that names one.
  package var date: Date? { withStringBytes { ISO8601.date($0) } ?? nil }
}
