/// A page in memory: what the distiller reads. It never opens files itself.
public struct SourceFile: Sendable, Hashable {
  /// The name diagnostics and provenance use: the path below the folder given to the tool.
  public var name: String
  /// The content as it lies on disk.
  public var bytes: [UInt8]
  /// When the page was last changed and last seen; nil where nothing tells, so that its form does.
  public var dates: PageDates?

  /// Creates a page from its name and content.
  public init(name: String, bytes: [UInt8], dates: PageDates? = nil) {
    self.name = name
    self.bytes = bytes
    self.dates = dates
  }

  /// Creates a page from its name and text.
  public init(name: String, text: String, dates: PageDates? = nil) {
    self.init(name: name, bytes: Array(text.utf8), dates: dates)
  }
}

/// When a page was last changed, what says so, and when it was last seen on its site.
public struct PageDates: Sendable, Hashable {
  /// What tells the date of the last change.
  public enum Source: String, Sendable, Hashable, CaseIterable {
    /// The `Last-Modified` field of the response.
    case lastModified = "last-modified"
    /// The `lastmod` element of the sitemap.
    case sitemap = "lastmod"
    /// The commit that changed the page last.
    case commit
  }

  /// The day of the last change.
  public var modified: PageDate?
  /// What tells it.
  public var source: Source?
  /// The day on which a pull last saw the page.
  public var verified: PageDate?

  /// Creates the dates of a page.
  public init(modified: PageDate? = nil, source: Source? = nil, verified: PageDate? = nil) {
    self.modified = modified
    self.source = modified == nil ? nil : source
    self.verified = verified
  }
}

/// A day of the calendar, in UTC.
public struct PageDate: Sendable, Hashable, Comparable, CustomStringConvertible {
  let year: Int
  let monthOfYear: Int
  let day: Int

  private static let years = 1990...9999
  private static let months = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
  ]

  private init?(year: Int, month: Int, day: Int) {
    guard Self.years.contains(year), (1...12).contains(month),
      (1...Self.days(in: month, of: year)).contains(day)
    else { return nil }
    (self.year, monthOfYear, self.day) = (year, month, day)
  }

  /// Reads `2024-05-03`, also at the start of a date with a time.
  public init?(_ text: some StringProtocol) {
    let head = text.prefix(10)
    let parts = head.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, parts.map(\.count) == [4, 2, 2],
      parts.allSatisfy({ $0.allSatisfy { $0.isASCII && $0.isNumber } }),
      !(text.dropFirst(10).first?.isNumber ?? false),
      let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2])
    else { return nil }
    self.init(year: year, month: month, day: day)
  }

  /// Reads the date of an HTTP field: `Fri, 03 May 2024 10:00:00 GMT`, and its obsolete forms.
  public init?(http text: String) {
    let words = text.split { $0 == " " || $0 == "," || $0 == "-" }
    guard words.count >= 4,
      let place = words.firstIndex(where: { word in
        word.count == 3 && Self.months.contains(word.lowercased())
      }),
      let month = Self.months.firstIndex(of: words[place].lowercased())
    else { return nil }
    // `Fri May  3 10:00:00 2024` has its day behind the month and its year at the end.
    let isAsctime = place == 1
    guard place + 1 < words.count,
      let day = Int(isAsctime ? words[2] : words[place - 1]),
      let year = Int(isAsctime ? words[words.count - 1] : words[place + 1])
    else { return nil }
    self.init(year: year < 100 ? 2000 + year : year, month: month + 1, day: day)
  }

  /// Creates the day of a time in seconds since 1970.
  public init?(secondsSince1970 seconds: Int) {
    var days = seconds / 86_400
    guard days >= 0 else { return nil }
    var year = 1970
    while year < Self.years.upperBound, days >= Self.days(of: year) {
      days -= Self.days(of: year)
      year += 1
    }
    var month = 1
    while month < 12, days >= Self.days(in: month, of: year) {
      days -= Self.days(in: month, of: year)
      month += 1
    }
    self.init(year: year, month: month, day: days + 1)
  }

  private static func days(of year: Int) -> Int { days(in: 2, of: year) + 337 }

  private static func days(in month: Int, of year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Year and month: `2024-05`.
  var month: String { String(description.prefix(7)) }

  /// The day as ISO 8601 writes it.
  public var description: String {
    func padded(_ number: Int, _ width: Int) -> String {
      let digits = String(number)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    return "\(padded(year, 4))-\(padded(monthOfYear, 2))-\(padded(day, 2))"
  }

  /// The earlier day comes first.
  public static func < (left: PageDate, right: PageDate) -> Bool {
    (left.year, left.monthOfYear, left.day) < (right.year, right.monthOfYear, right.day)
  }
}
