/// One diagnostic about a page: a value, so that tests compare it and tools print it.
public struct PageDiagnostic: Sendable, Hashable, Error {
  /// How much a diagnostic matters.
  public enum Severity: String, Sendable, Hashable, Comparable, CaseIterable {
    /// Worth knowing; nothing is wrong.
    case note
    /// Something was left out, repaired or decided.
    case warning
    /// Nothing can be distilled from here.
    case error

    /// The milder severity comes first.
    public static func < (left: Self, right: Self) -> Bool {
      order(left) < order(right)
    }

    private static func order(_ severity: Self) -> Int {
      switch severity {
      case .note: 0
      case .warning: 1
      case .error: 2
      }
    }
  }

  /// How much it matters.
  public var severity: Severity
  /// What kind of diagnostic it is.
  public var code: DiagnosticCode
  /// The page's name; empty when the diagnostic is about no page.
  public var file: String
  /// The line, from 1.
  public var line: Int
  /// What was found and what was made of it.
  public var message: String
  /// What a well-formed page has here, when that helps.
  public var expected: String?
  /// The resource it is about, when one file speaks of many.
  public var resource: String?
  /// The fact it is about, as a JSON pointer into the resource's file.
  public var fact: String?

  /// Creates a diagnostic.
  public init(
    _ severity: Severity, _ code: DiagnosticCode, file: String, line: Int, _ message: String,
    expected: String? = nil, resource: String? = nil, fact: String? = nil
  ) {
    self.severity = severity
    self.code = code
    self.file = file
    self.line = max(line, 1)
    self.message = message
    self.expected = expected
    self.resource = resource
    self.fact = fact
  }
}

extension PageDiagnostic: CustomStringConvertible, Comparable {
  /// `file:line: warning: message [code]`, the form editors and build logs understand.
  public var description: String {
    let hint = expected.map { "; expected \($0)" } ?? ""
    let place = file.isEmpty ? "" : "\(file):\(line): "
    return "\(place)\(severity.rawValue): \(message)\(hint) [\(code.rawValue)]"
  }

  /// Orders by file and line, then the more serious first.
  public static func < (left: PageDiagnostic, right: PageDiagnostic) -> Bool {
    if left.file != right.file { return left.file < right.file }
    if left.line != right.line { return left.line < right.line }
    if left.severity != right.severity { return left.severity > right.severity }
    if left.code != right.code { return left.code.rawValue < right.code.rawValue }
    return left.message < right.message
  }
}

/// Every kind of diagnostic the distiller makes. The raw value is what tools print and filter by.
public enum DiagnosticCode: String, Sendable, Hashable, CaseIterable {
  // Files.
  case unreadable = "unreadable"
  case tooLarge = "too-large"
  case notText = "not-text"
  case rejectedDocument = "rejected-document"
  case emptyFile = "empty-file"
  case notReference = "not-reference"
  case duplicatePage = "duplicate-page"
  // The page as a whole.
  case orphanPage = "orphan-page"
  case nameMismatch = "name-mismatch"
  case typeMismatch = "type-mismatch"
  case methodMismatch = "method-mismatch"
  case kindMismatch = "kind-mismatch"
  case noTitle = "no-title"
  case noEndpoint = "no-endpoint"
  case missingSection = "missing-section"
  // Argument tables.
  case cellCount = "cell-count"
  case shortRow = "short-row"
  case badName = "bad-name"
  case badRequired = "bad-required"
  case typeMissing = "type-missing"
  case unknownType = "unknown-type"
  case duplicateRow = "duplicate-row"
  case noRequiredColumn = "no-required-column"
  case otherTable = "other-table"
  case relationshipAsAttribute = "relationship-as-attribute"
  case typo = "typo"
  case conditional = "conditional"
  // Lists.
  case badListItem = "bad-list-item"
  case duplicateItem = "duplicate-item"
  case sortableRelationships = "sortable-relationships"
  // Examples.
  case repairedJSON = "repaired-json"
  case invalidJSON = "invalid-json"
  case duplicateKey = "duplicate-key"
  case noData = "no-data"
  case otherCode = "other-code"
  case exampleLacksRequired = "example-lacks-required"
  case undocumentedArgument = "undocumented-argument"
  case exampleMismatch = "example-mismatch"
  // Layout.
  case apiMethodBlock = "api-method-block"
  case unknownTag = "unknown-tag"
  case unclosedFence = "unclosed-fence"
  case deepNesting = "deep-nesting"
  // Decisions between pages.
  case contradiction = "contradiction"
  case deprecated = "deprecated"
  case titleGuess = "title-guess"
  case banner = "banner"
  case siteFooter = "site-footer"
  case noIndex = "no-index"
  case unknownTarget = "unknown-target"
  // The published schema.
  case schemaForm = "schema-form"
  case unknownMember = "unknown-member"
  case unreachableField = "unreachable-field"
  case noSuchResource = "no-such-resource"
}
