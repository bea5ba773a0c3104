/// What a run found, page by page.
public struct PullSummary: Sendable, Hashable {
  /// What became of one page.
  public enum Outcome: String, Sendable, Hashable, Codable, CaseIterable {
    /// It was not there before.
    case new
    /// Its content is another.
    case changed
    /// Its content is the same.
    case unchanged
    /// It was there before, and is listed or served no more. Its file stays.
    case gone
    /// It could not be had.
    case failed
  }

  /// One page.
  public struct Page: Sendable, Hashable, Codable {
    /// The file, or the address of a page that has none.
    public var page: String
    /// What became of it.
    public var outcome: Outcome
    /// Why, for pages that are gone or failed.
    public var reason: String?
  }

  /// Where the list of pages came from.
  public var index = ""
  /// All pages, by name.
  public var pages: [Page] = []
  /// Pages that an interrupted run had fetched.
  public var resumed = 0
  /// Why the run ended before its end; nil when it did not.
  public var stopped: PullFailure?

  /// How many pages have an outcome.
  public func count(_ outcome: Outcome) -> Int { pages.count { $0.outcome == outcome } }
}
