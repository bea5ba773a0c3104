/// When a page was written, told by its form. Later cases are newer.
///
/// Pages carry no date. What dates them is how request lines, tables, lists and tags were written
/// from year to year.
enum Vintage: Int, Comparable, CaseIterable {
  case apiMethod, mid2019, late2019, year2020, october2021, november2021, january2022, july2022
  case text2022, html2023, year2025, schema

  static func < (left: Vintage, right: Vintage) -> Bool { left.rawValue < right.rawValue }

  /// The span of time the form was in use.
  var span: String {
    switch self {
    case .apiMethod: "2019-05"
    case .mid2019: "2019-07"
    case .late2019: "2019-07..2020-03"
    case .year2020: "2020-05..2021-07"
    case .october2021: "2021-10"
    case .november2021: "2021-11"
    case .january2022: "2022-01"
    case .july2022: "2022-07"
    case .text2022: "2022-09..2023"
    case .html2023: "2023-10..2024-12"
    case .year2025: "2024-12.."
    case .schema: PublishedReader.vintage
    }
  }

  /// Tells a page's age and why.
  static func tell(_ page: ParsedPage, facts: PageFacts) -> (vintage: Vintage, reason: String) {
    let marks = page.marks
    switch page.kind {
    case .publishedSchema: return (.schema, "the published schema")
    case .text:
      return facts.saysSortableAttributes
        ? (.july2022, "plain text with 'Sortable attributes'") : (.text2022, "plain text")
    case .html where marks.contains(.keyedSpans): return (.year2020, "spans with keys")
    case .html where marks.contains(.contentEditor):
      return facts.saysSortableAttributes
        ? (.july2022, "a content editor with 'Sortable attributes'")
        : (.text2022, "a content editor")
    case .html:
      if marks.contains(.tableByTag) { return (.html2023, "HTML with table elements") }
      return marks.contains(.tableByRole) || marks.contains(.titleInHeader)
        ? (.year2025, "HTML with tables by role or its title in a header")
        : (.html2023, "HTML with its title in the body")
    case .markdown, .other: return markdown(marks, facts)
    }
  }

  private static func markdown(
    _ marks: Set<FormMark>, _ facts: PageFacts
  ) -> (vintage: Vintage, reason: String) {
    if marks.contains(.agentAppendix) { return (.year2025, "an appendix for agents") }
    if marks.contains(.autolinkedRequest) { return (.year2025, "an autolinked request line") }
    if facts.saysSortableFields { return (.text2022, "'Sortable fields'") }
    if marks.contains(.apiMethodBlock) { return (.apiMethod, "api-method blocks") }
    if marks.contains(.templateID) || facts.hasRelationTypes || facts.hasLowerCaseRequired {
      return (.mid2019, "an id in double braces or a table of 2019")
    }
    // Its form is the converter's. All pages that came this way are of one age, which is not newer
    // than that of any page whose form tells something.
    if marks.contains(.converted) { return (.october2021, "the form of a converter") }
    let isOld =
      marks.contains(.emptyItalicInHost) || marks.contains(.alignedDelimiters)
      || marks.contains(.pageReference)
    if isOld {
      if facts.requestWasRepaired || facts.hasEmptyRequired {
        return (.late2019, "an invalid request example or an empty Required cell")
      }
      if !marks.contains(.alignedDelimiters), !marks.contains(.pageReference) {
        return (.late2019, "an empty tag in the host")
      }
      return (.year2020, "aligned delimiters or page references")
    }
    if marks.contains(.boldPathByTag) { return (.july2022, "a path bold by tag") }
    if marks.contains(.boldPathByStars) { return (.november2021, "a path bold by stars") }
    if facts.request != nil { return (.october2021, "a path that is not bold") }
    if !marks.contains(.frontMatter) { return (.year2025, "no front matter") }
    return marks.contains(.escapedUnderscores)
      ? (.january2022, "escaped underscores") : (.july2022, "the layout of 2022")
  }
}

/// How old a page is: the month its source says it was last changed in, or, where nothing says so,
/// the one from which on its form was in use.
///
/// Ages are months: pages of one site that were edited on neighboring days are of one age, and of
/// one age tables count before examples.
struct PageAge: Sendable, Comparable, Hashable {
  /// Months since the year 0.
  private let month: Int
  /// The form that tells the age; nil where a date does.
  private let form: Vintage?
  /// The span of time that provenance and diagnostics show: `2022-09..2023`, `2024-05`.
  let span: String

  /// The age of the published schema, which is newer than every page.
  static let schema = PageAge(form: .schema)

  init(form: Vintage) {
    self.form = form
    span = form.span
    month = form.firstMonth
  }

  init(date: PageDate) {
    form = nil
    span = date.month
    month = date.year * PageAge.monthsPerYear + date.monthOfYear
  }

  static let monthsPerYear = 12

  static func == (left: PageAge, right: PageAge) -> Bool { left.month == right.month }

  func hash(into hasher: inout Hasher) { hasher.combine(month) }

  static func < (left: PageAge, right: PageAge) -> Bool { left.month < right.month }

  /// Whether a page is not older than another, as far as ages can tell: overviews were edited by hand
  /// and keep the form of the step before. Dates are exact.
  func isAtMostOneFormOlder(than other: PageAge) -> Bool {
    guard let form, let otherForm = other.form else { return self >= other }
    return form.rawValue + 1 >= otherForm.rawValue
  }
}

extension Vintage {
  /// The first month of the span, so that forms and dates compare; no two forms share one.
  fileprivate var firstMonth: Int {
    func month(_ year: Int, _ month: Int) -> Int { year * PageAge.monthsPerYear + month }
    return switch self {
    case .apiMethod: month(2019, 5)
    case .mid2019: month(2019, 7)
    case .late2019: month(2019, 8)
    case .year2020: month(2020, 5)
    case .october2021: month(2021, 10)
    case .november2021: month(2021, 11)
    case .january2022: month(2022, 1)
    case .july2022: month(2022, 7)
    case .text2022: month(2022, 9)
    case .html2023: month(2023, 10)
    case .year2025: month(2024, 12)
    case .schema: .max
    }
  }
}
