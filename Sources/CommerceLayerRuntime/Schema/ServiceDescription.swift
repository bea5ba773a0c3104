/// What all resources share, read from the generated service table.
public struct ServiceDescription: Sendable {
  /// The path below which the API lies, with a slash at both ends.
  public let basePath: String
  /// Names in lists of a relationship's targets that stand for several types.
  public let standIns: Set<String>
  /// The media type of every document.
  public let mediaType: String
  /// The page size when none is asked for.
  public let defaultPageSize: Int
  /// The largest page size the service grants.
  public let maximumPageSize: Int
  /// Rows one import takes.
  public let maximumInputs: Int
  /// Imports of one organization that may be pending or in progress together.
  public let maximumRunningImports: Int
  /// The share of failed rows, in percent, above which an import is interrupted.
  public let errorThresholdPercent: Int
  /// What can be imported, by resource type.
  public let importables: [String: Importable]
  /// The filter predicates by wire name.
  public let predicates: [String: Predicate]
  /// The rate limits by class: `cacheable`, `uncacheable`, `token`.
  public let rateLimits: [String: RateLimit]
  /// Resource types whose GETs belong to the class `cacheable`.
  public let cacheable: Set<String>

  /// How many requests one class grants an IP address in windows that slide.
  public struct RateLimit: Sendable, Hashable {
    /// Requests in each averaging window, of all endpoints together, by mode.
    public let average: [ServiceMode: Int]
    /// The averaging window.
    public let averageWindow: Duration
    /// Requests in each burst window to one endpoint, by mode; empty when there is no such limit.
    public let burst: [ServiceMode: Int]
    /// The burst window.
    public let burstWindow: Duration
  }

  /// One importable type.
  public struct Importable: Sendable, Hashable {
    /// Row fields that together identify a record; empty when the type is unkeyed, in which case
    /// sending a row twice makes two records.
    public let key: [String]
    /// The relationship that `parent_resource_id` stands for.
    public let parent: String?
    /// The to-many relationships whose records a row can hold, as a nested array in JSON or as columns
    /// `relationship.attribute` on further lines in CSV.
    public let nested: [String]
  }

  /// What a predicate takes as its value.
  public enum Argument: String, Sendable, Hashable {
    /// One value of the attribute's own type.
    case value
    /// Several such values, joined by commas.
    case values
    /// Any text.
    case text
    /// Several texts, joined by commas.
    case texts
    /// `true` or `false`.
    case flag
    /// A JSON object.
    case object
  }

  /// One filter predicate.
  public struct Predicate: Sendable, Hashable {
    /// The wire name: `not_eq`.
    public let name: String
    /// What it takes.
    public let argument: Argument
    /// The attribute types it fits.
    public let types: [ResourceSchema.AttributeType]
    /// Whether it fits the id.
    public let fitsID: Bool
  }

  /// The base path where nothing says another one: a client without a description of its service.
  public static let commonBasePath = "/api/"

  /// Reads the generated table; see ``ResourceSchema/init(table:)`` on tables that do not parse.
  public init(table: String) {
    let root = (try? JSONDocument(parsing: table))?.root
    let imports = root?["imports"]
    basePath = root?["base_path"]?.string ?? Self.commonBasePath
    standIns = Set(root?["stand_ins"]?.elements.compactMap(\.string) ?? [])
    mediaType = root?["media_type"]?.string ?? ""
    defaultPageSize = root?["page"]?["default_size"]?.integer ?? 0
    maximumPageSize = root?["page"]?["maximum_size"]?.integer ?? 0
    maximumInputs = imports?["maximum_inputs"]?.integer ?? 0
    maximumRunningImports = imports?["maximum_running"]?.integer ?? 0
    errorThresholdPercent = imports?["error_threshold_percent"]?.integer ?? 0
    cacheable = Set(root?["cacheable"]?.elements.compactMap(\.string) ?? [])
    let classes = root?["rate_limits"].map { Array($0.members) } ?? []
    rateLimits = Dictionary(
      classes.map { ($0.key, RateLimit($0.value)) }, uniquingKeysWith: { first, _ in first })
    let types = imports?["types"].map { Array($0.members) } ?? []
    importables = Dictionary(
      types.map { name, type in
        (
          name,
          Importable(
            key: type["key"]?.elements.compactMap(\.string) ?? [], parent: type["parent"]?.string,
            nested: type["nested"]?.elements.compactMap(\.string) ?? [])
        )
      }, uniquingKeysWith: { first, _ in first })
    let all = root?["predicates"].map { Array($0.elements) } ?? []
    predicates = Dictionary(
      all.compactMap { element in
        guard let name = element["name"]?.string,
          let argument = element["argument"]?.string.flatMap(Argument.init(rawValue:))
        else { return nil }
        let types = element["types"]?.elements.compactMap {
          $0.string.flatMap(ResourceSchema.AttributeType.init(rawValue:))
        }
        return (
          name,
          Predicate(
            name: name, argument: argument, types: types ?? [],
            fitsID: element["id"]?.boolean ?? false)
        )
      }, uniquingKeysWith: { first, _ in first })
  }
}

/// Which of an organization's two worlds a call is about. The access token decides.
public enum ServiceMode: String, Sendable, Hashable, CaseIterable {
  /// Data to try things out with.
  case test
  /// What customers see.
  case live
}

extension ServiceDescription.RateLimit {
  fileprivate init(_ element: JSONElement) {
    func numbers(_ kind: String) -> [ServiceMode: Int] {
      var numbers: [ServiceMode: Int] = [:]
      for mode in ServiceMode.allCases {
        numbers[mode] = element["\(kind)_\(mode.rawValue)"]?.integer.flatMap { $0 > 0 ? $0 : nil }
      }
      return numbers
    }
    func window(_ kind: String) -> Duration {
      .seconds(min(max(element["\(kind)_seconds"]?.integer ?? 0, 0), 86_400))
    }
    self.init(
      average: numbers("average"), averageWindow: window("average"), burst: numbers("burst"),
      burstWindow: window("burst"))
  }
}
