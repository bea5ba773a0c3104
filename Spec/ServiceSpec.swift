/// What all resources share, from `Spec/service.json`.
public struct ServiceSpec: Sendable, Hashable, Codable {
  /// The media type of every document.
  public var mediaType: String
  /// Page sizes.
  public var page: Page
  /// Imports: limits and what each importable type is keyed by.
  public var imports: Imports
  /// The filter predicates.
  public var predicates: [Predicate]
  /// Error codes by HTTP status.
  public var errorCodes: [String: [String]]
  /// Rate limits by class.
  public var rateLimits: [String: RateLimit]
  /// Resources whose GETs belong to the cacheable class.
  public var cacheable: [String]

  enum CodingKeys: String, CodingKey {
    case page, imports, predicates, cacheable
    case mediaType = "media_type"
    case errorCodes = "error_codes"
    case rateLimits = "rate_limits"
  }

  /// Page sizes of lists.
  public struct Page: Sendable, Hashable, Codable {
    /// The size when none is asked for.
    public var defaultSize: Int
    /// The largest size the service grants.
    public var maximumSize: Int

    enum CodingKeys: String, CodingKey {
      case defaultSize = "default_size"
      case maximumSize = "maximum_size"
    }
  }

  /// Limits of the imports resource.
  public struct Imports: Sendable, Hashable, Codable {
    /// Rows one import takes.
    public var maximumInputs: Int
    /// Imports of one organization that may be pending or in progress together.
    public var maximumRunning: Int
    /// The share of failed rows, in percent, above which an import is interrupted.
    public var errorThresholdPercent: Int
    /// What can be imported.
    public var types: [String: Importable]

    enum CodingKeys: String, CodingKey {
      case types
      case maximumInputs = "maximum_inputs"
      case maximumRunning = "maximum_running"
      case errorThresholdPercent = "error_threshold_percent"
    }
  }

  /// One importable type.
  public struct Importable: Sendable, Hashable, Codable {
    /// Row fields that together identify a record; empty when the type is unkeyed.
    public var key: [String]
    /// The relationship that `parent_resource_id` stands for.
    public var parent: String?
    /// The to-many relationships whose records a row can hold; nil when there are none.
    public var nested: [String]?
  }

  /// What a predicate takes as its value.
  public enum Argument: String, Sendable, Hashable, Codable {
    /// One value of the attribute's own type.
    case value
    /// A comma list of such values.
    case values
    /// Any text.
    case text
    /// A comma list of texts.
    case texts
    /// `true` or `false`.
    case flag
    /// A JSON object.
    case object
  }

  /// One filter predicate.
  public struct Predicate: Sendable, Hashable, Codable {
    /// The wire name: `not_eq`.
    public var name: String
    /// What it takes.
    public var argument: Argument
    /// The attribute types it fits.
    public var types: [AttributeType]
    /// Whether it also fits the resource's id, which is a string but can be compared.
    public var id: Bool?
  }

  /// One class of the rate limit.
  public struct RateLimit: Sendable, Hashable, Codable {
    /// Requests per averaging window, live.
    public var averageLive: Int
    /// Requests per averaging window, test.
    public var averageTest: Int
    /// Requests per burst window and endpoint, live.
    public var burstLive: Int?
    /// Requests per burst window and endpoint, test.
    public var burstTest: Int?
    /// The averaging window in seconds.
    public var averageSeconds: Int
    /// The burst window in seconds.
    public var burstSeconds: Int?

    enum CodingKeys: String, CodingKey {
      case averageLive = "average_live"
      case averageTest = "average_test"
      case burstLive = "burst_live"
      case burstTest = "burst_test"
      case averageSeconds = "average_seconds"
      case burstSeconds = "burst_seconds"
    }
  }
}

extension ServiceSpec {
  /// Reads the shared facts; a service without imports, error codes or rate limits leaves them out.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    mediaType = try values.decode(String.self, forKey: .mediaType)
    page = try values.decode(Page.self, forKey: .page)
    predicates = try values.decode([Predicate].self, forKey: .predicates)
    imports =
      try values.decodeIfPresent(Imports.self, forKey: .imports)
      ?? Imports(maximumInputs: 0, maximumRunning: 0, errorThresholdPercent: 0, types: [:])
    errorCodes = try values.decodeIfPresent([String: [String]].self, forKey: .errorCodes) ?? [:]
    rateLimits = try values.decodeIfPresent([String: RateLimit].self, forKey: .rateLimits) ?? [:]
    cacheable = try values.decodeIfPresent([String].self, forKey: .cacheable) ?? []
  }
}

extension ServiceSpec {
  /// Reads the shared facts and rejects members that nobody would act on.
  /// - Throws: ``SpecError`` with the JSON pointer of the first violation.
  public init(validating tree: JSONTree, file: String) throws(SpecError) {
    self = try SpecFolder.decode(tree, file: file)
    if let pointer = Self.unread(tree, try self.tree(), at: "") {
      throw SpecError(file: file, pointer: pointer, "unknown member: nothing reads it")
    }
  }

  /// The first member of a tree that did not survive being read.
  private static func unread(_ tree: JSONTree, _ read: JSONTree?, at pointer: String) -> String? {
    switch (tree, read) {
    case (.object(let members), .object(let known)?):
      for (name, member) in members.sorted(by: { $0.key < $1.key }) {
        if let found = unread(member, known[name], at: "\(pointer)/\(name)") { return found }
      }
      return nil
    case (.array(let elements), .array(let known)?) where elements.count == known.count:
      for (index, element) in elements.enumerated() {
        if let found = unread(element, known[index], at: "\(pointer)/\(index)") { return found }
      }
      return nil
    case (.null, nil): return nil
    default: return read == nil ? pointer : nil
    }
  }

  /// The shared facts as JSON.
  /// - Throws: ``SpecError`` never in practice: every value is representable.
  public func tree() throws(SpecError) -> JSONTree {
    try SpecFolder.encode(self, file: "service.json")
  }
}
