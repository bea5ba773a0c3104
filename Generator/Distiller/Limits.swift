/// The bounds within which pages are read. Pages are hostile input: each bound ends in a
/// diagnostic, never in a crash or a hang.
public enum Limits {
  /// The largest page read, in bytes. Reference pages have a few kilobytes; the published schema
  /// of all resources has under two megabytes.
  public static let maximumBytes = 8 * 1024 * 1024
  /// The largest Markdown or plain text page read, in bytes: their readers do more for each byte.
  public static let maximumTextBytes = 1024 * 1024
  /// How far behind a quote the end of a damaged string is looked for, in characters.
  static let maximumRepairReach = 4096
  /// The longest placeholder for a value in an example, in characters.
  static let maximumPlaceholder = 64
  /// How many damaged fences of one page are looked into.
  static let maximumFenceLookups = 100
  /// How many repairs one example gets before it counts as beyond repair.
  static let maximumRepairs = 100
  /// The most attributes of one HTML tag; the parser's work grows with their square.
  static let maximumTagAttributes = 1000
  /// The most cells of one table row in Markdown.
  static let maximumCells = 200
  /// How deep elements of a page may nest before the inner ones are left out.
  static let maximumElementDepth = 200
  /// How deep an example's JSON may nest.
  static let maximumJSONDepth = 64
  /// The most container nesting of Markdown (quotes, lists) that is handed to the parser.
  static let maximumMarkdownNesting = 64
  /// The most resources read from a published schema.
  static let maximumPublishedResources = 5000
  /// The most fields, and the most relationships, read of one published resource.
  static let maximumPublishedFields = 5000
  /// The most values read of one closed list.
  static let maximumPublishedValues = 1000
  /// The longest value of a closed list, in bytes.
  static let maximumPublishedValueBytes = 256
  /// The most diagnostics about one published schema.
  static let maximumPublishedDiagnostics = 2000
  /// How much of a JSON pointer a diagnostic shows, in characters.
  static let maximumShownPointer = 300
}
