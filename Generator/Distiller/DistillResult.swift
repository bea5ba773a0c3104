public import Spec

/// What came out of a set of pages.
public struct DistillResult: Sendable {
  /// The resources, sorted by name.
  public var resources: [ResourceSpec]
  /// The remarks, sorted by file and line.
  public var diagnostics: [Diagnostic]
  /// Which pages each resource was distilled from, sorted by name.
  public var sources: [String: [PageSource]]

  /// Whether anything could not be distilled.
  public var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }
}

/// One page a resource was distilled from.
public struct PageSource: Sendable, Hashable, Comparable {
  /// The page's name.
  public var page: String
  /// The age its form tells: `2022-09..2023`.
  public var vintage: String

  /// Creates the note of a page and its age.
  public init(page: String, vintage: String) {
    self.page = page
    self.vintage = vintage
  }

  /// Orders by the page's name.
  public static func < (left: PageSource, right: PageSource) -> Bool { left.page < right.page }
}
