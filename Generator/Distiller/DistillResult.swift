public import Spec

/// What came out of a set of pages.
public struct DistillResult: Sendable {
  /// The resources, sorted by name.
  public var resources: [ResourceSpec]
  /// The diagnostics, sorted by file and line.
  public var diagnostics: [PageDiagnostic]
  /// Which pages each resource was distilled from, sorted by name.
  public var sources: [String: [PageSource]]
  /// Where each fact was read: by resource, then by JSON pointer into its file.
  public var facts: [String: [String: Evidence]] = [:]
  /// The facts on which sources disagree, by resource.
  public var contradictions: [String: [Contradiction]] = [:]
  /// What the sources say in sentences, by resource. These are for the user's own use: they belong
  /// into no repository of others.
  public var descriptions: [String: ResourceDescriptions] = [:]

  /// Whether anything could not be distilled.
  public var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }
}

/// One page a resource was distilled from.
public struct PageSource: Sendable, Hashable, Comparable {
  /// The page's name.
  public var page: String
  /// Its age: the month of its date, `2024-05`, or the span its form tells, `2022-09..2023`.
  public var vintage: String
  /// When it was last changed and last seen, where something tells.
  public var dates: PageDates?

  /// Where the resource starts in a file that describes many; nil in pages.
  public var start: Start?

  /// A place in a file that describes many resources.
  public struct Start: Sendable, Hashable {
    /// The line, from 1.
    public var line: Int
    /// The JSON pointer.
    public var pointer: String

    /// Creates a place.
    public init(line: Int, pointer: String) {
      self.line = line
      self.pointer = pointer
    }
  }

  /// Creates the record of a page and its age.
  public init(page: String, vintage: String, dates: PageDates? = nil, start: Start? = nil) {
    self.page = page
    self.vintage = vintage
    self.dates = dates
    self.start = start
  }

  /// Orders by the page's name.
  public static func < (left: PageSource, right: PageSource) -> Bool { left.page < right.page }
}
