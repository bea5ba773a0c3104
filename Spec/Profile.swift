public import Foundation
internal import NearestNames

/// What one service does in its own way, from `profile.json` beside `service.json`: where its API
/// lies, how its documentation writes things down, and what the generated code is called.
///
/// Every part is optional. What a profile leaves out is as in a plain JSON:API: no triggers, no
/// amounts, no stand-ins, bare names in the tables of its documentation, and a client of one module
/// that needs no other generated one.
public struct Profile: Sendable, Hashable {
  /// The service's name, for comments and titles: `Commerce Layer`.
  public var name = "API"
  /// The path below which the API lies, with a slash at both ends: `/api/`.
  public var basePath = "/"
  /// The address of the service without a path, as OpenAPI writes it; names in braces vary.
  public var server = "https://{host}"
  /// What the generated types and modules are called.
  public var code = Code()
  /// Words that Swift names write in capitals, besides those that are common everywhere.
  public var acronyms: Set<String> = []
  /// How the names of triggers begin: write-only attributes that make the service do something. nil
  /// when it has none.
  public var triggerPrefix: String?
  /// How attributes that hold one amount of money are named; nil when the service has no such rule.
  public var amounts: Amounts?
  /// How the documentation's pages are written.
  public var pages = Pages()
  /// Types that requests and lists of targets name though no resource is called so.
  public var standIns = StandIns()

  /// The names of what is generated.
  public struct Code: Sendable, Hashable {
    /// The client's type.
    public var client = "Client"
    /// The type that holds what all resources share.
    public var service = "Service"
    /// The type of the tables alone, for programs that need no models.
    public var tables = "Tables"
    /// The module with the predicates and the traits, which all generated clients of the service
    /// import; nil when each client has its own, so that a file can import only one of them.
    public var vocabulary: String?
    /// Whether each organization has a host of its own, which the runtime knows: a client is then
    /// created with an organization instead of with an endpoint.
    public var organizations = false
  }

  /// The three names of one amount: an integer, a number and a text.
  public struct Amounts: Sendable, Hashable, Codable {
    /// How the name of the integer ends: `_cents`.
    public var centsSuffix: String
    /// How the name of the number ends: `_float`.
    public var floatSuffix: String
    /// How the name of the text begins: `formatted_`.
    public var formattedPrefix: String

    enum CodingKeys: String, CodingKey {
      case centsSuffix = "cents_suffix"
      case floatSuffix = "float_suffix"
      case formattedPrefix = "formatted_prefix"
    }
  }

  /// How the documentation's pages are written.
  public struct Pages: Sendable, Hashable {
    /// Whether the first cell of an argument's row says where in the document it stands:
    /// `attributes.name`. Otherwise a bare name is an attribute, unless its type is a relationship.
    public var hasPrefixedArguments = false
    /// Cells of a Required column that say the argument must be given, besides the usual words.
    public var required: Set<String> = []
    /// Cells of a Required column that say the argument may be left out, besides the usual words.
    public var optional: Set<String> = []
    /// Folders whose pages repeat others.
    public var ignoredFolders: Set<String> = []
  }

  /// Types that are none.
  public struct StandIns: Sendable, Hashable {
    /// Types that the examples of requests name in place of the targets of a relationship.
    public var inExamples: Set<String> = []
    /// Types that a list of targets names in place of several others.
    public var inTargets: Set<String> = []
  }

  /// A plain JSON:API.
  public init() {}

  /// Whether a name is a trigger's.
  public func isTrigger(_ name: some StringProtocol) -> Bool {
    triggerPrefix.map { name.hasPrefix($0) && name.count > $0.count } ?? false
  }
}

extension Profile: Codable {
  private enum CodingKeys: String, CodingKey, CaseIterable {
    case name, server, code, acronyms, amounts, pages
    case basePath = "base_path"
    case triggerPrefix = "trigger_prefix"
    case standIns = "stand_ins"
  }

  /// Reads a profile: what is left out has its default, an unknown key is an error.
  public init(from decoder: any Decoder) throws {
    let plain = Profile()
    let values = try decoder.container(keyedBy: CodingKeys.self)
    try values.allowOnly(CodingKeys.allCases, in: decoder)
    name = try values.decodeIfPresent(String.self, forKey: .name) ?? plain.name
    basePath = try values.decodeIfPresent(String.self, forKey: .basePath) ?? plain.basePath
    server = try values.decodeIfPresent(String.self, forKey: .server) ?? plain.server
    code = try values.decodeIfPresent(Code.self, forKey: .code) ?? plain.code
    acronyms = try values.decodeIfPresent(Set<String>.self, forKey: .acronyms) ?? []
    triggerPrefix = try values.decodeIfPresent(String.self, forKey: .triggerPrefix)
    amounts = try values.decodeIfPresent(Amounts.self, forKey: .amounts)
    pages = try values.decodeIfPresent(Pages.self, forKey: .pages) ?? plain.pages
    standIns = try values.decodeIfPresent(StandIns.self, forKey: .standIns) ?? plain.standIns
    guard Self.isBasePath(basePath) else {
      throw DecodingError.dataCorruptedError(
        forKey: .basePath, in: values,
        debugDescription: "'\(basePath.prefix(80))' is not a valid base path: begin and end it "
          + "with '/' and use lower-case letters, digits, '-', '.' and '_' between, as in '/api/'")
    }
    if let triggerPrefix, triggerPrefix.isEmpty {
      throw DecodingError.dataCorruptedError(
        forKey: .triggerPrefix, in: values,
        debugDescription: "is empty: leave 'trigger_prefix' out when the service has no triggers")
    }
  }

  /// Writes every part, defaults too.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(name, forKey: .name)
    try values.encode(basePath, forKey: .basePath)
    try values.encode(server, forKey: .server)
    try values.encode(code, forKey: .code)
    try values.encode(acronyms.sorted(), forKey: .acronyms)
    try values.encodeIfPresent(triggerPrefix, forKey: .triggerPrefix)
    try values.encodeIfPresent(amounts, forKey: .amounts)
    try values.encode(pages, forKey: .pages)
    try values.encode(standIns, forKey: .standIns)
  }

  /// Segments of plain characters between slashes; no dot segments, since links are compared with it.
  private static func isBasePath(_ text: String) -> Bool {
    guard text.hasPrefix("/"), text.hasSuffix("/"), text.utf8.count <= 128 else { return false }
    if text == "/" { return true }
    return text.dropFirst().dropLast().split(separator: "/", omittingEmptySubsequences: false)
      .allSatisfy { segment in
        !segment.isEmpty && segment != "." && segment != ".."
          && segment.utf8.allSatisfy {
            (97...122).contains($0) || (48...57).contains($0) || "-._".utf8.contains($0)
          }
      }
  }
}

extension Profile.Code: Codable {
  private enum CodingKeys: String, CodingKey, CaseIterable {
    case client, service, tables, vocabulary, organizations
  }

  /// Reads the names; what is left out has its default.
  public init(from decoder: any Decoder) throws {
    let plain = Profile.Code()
    let values = try decoder.container(keyedBy: CodingKeys.self)
    try values.allowOnly(CodingKeys.allCases, in: decoder)
    client = try values.decodeIfPresent(String.self, forKey: .client) ?? plain.client
    service = try values.decodeIfPresent(String.self, forKey: .service) ?? plain.service
    tables = try values.decodeIfPresent(String.self, forKey: .tables) ?? plain.tables
    vocabulary = try values.decodeIfPresent(String.self, forKey: .vocabulary)
    organizations = try values.decodeIfPresent(Bool.self, forKey: .organizations) ?? false
  }
}

extension Profile.Pages: Codable {
  private enum CodingKeys: String, CodingKey, CaseIterable {
    case required, optional
    case hasPrefixedArguments = "prefixed_arguments"
    case ignoredFolders = "ignored_folders"
  }

  /// Reads how pages are written; what is left out is empty.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    try values.allowOnly(CodingKeys.allCases, in: decoder)
    hasPrefixedArguments =
      try values.decodeIfPresent(Bool.self, forKey: .hasPrefixedArguments) ?? false
    required = try values.decodeIfPresent(Set<String>.self, forKey: .required) ?? []
    optional = try values.decodeIfPresent(Set<String>.self, forKey: .optional) ?? []
    ignoredFolders = try values.decodeIfPresent(Set<String>.self, forKey: .ignoredFolders) ?? []
  }
}

extension Profile.StandIns: Codable {
  private enum CodingKeys: String, CodingKey, CaseIterable {
    case inExamples = "in_examples"
    case inTargets = "in_targets"
  }

  /// Reads the stand-ins; what is left out is empty.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    try values.allowOnly(CodingKeys.allCases, in: decoder)
    inExamples = try values.decodeIfPresent(Set<String>.self, forKey: .inExamples) ?? []
    inTargets = try values.decodeIfPresent(Set<String>.self, forKey: .inTargets) ?? []
  }
}

/// A key as it stands in a file.
private struct WrittenKey: CodingKey {
  let stringValue: String
  let intValue: Int? = nil
  init(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}

extension KeyedDecodingContainer where Key: CodingKey {
  /// A misspelled key would silently mean the default.
  fileprivate func allowOnly(_ known: [Key], in decoder: any Decoder) throws {
    let names = known.map(\.stringValue)
    let written = try decoder.container(keyedBy: WrittenKey.self).allKeys.map(\.stringValue)
    guard let unknown = written.sorted().first(where: { !names.contains($0) }) else { return }
    let near = NearestNames.suggestions(for: unknown, among: names).map { "'\($0)'" }
    let hint = near.isEmpty ? "" : "; did you mean \(near.joined(separator: " or "))?"
    throw DecodingError.dataCorrupted(
      .init(
        codingPath: codingPath, debugDescription: "'\(unknown)' is not a part of a profile\(hint)"))
  }
}

extension Profile {
  /// The profile of this repository's service: the one that holds where a spec folder has none.
  public static let commerceLayer = embedded(PackageResources.profile_json, as: Profile.self)

  /// Where a folder keeps its profile.
  public static let fileName = "profile.json"

  /// The profile of a spec folder: its `profile.json`, or ``commerceLayer`` where there is none.
  /// - Throws: ``SpecError`` that says what is wrong with the file.
  public static func load(in folder: URL) throws(SpecError) -> Profile {
    let file = folder.appending(path: fileName)
    guard FileManager.default.fileExists(atPath: file.path) else { return .commerceLayer }
    return try load(file)
  }

  /// Reads a profile.
  /// - Throws: ``SpecError`` that says what is wrong with the file.
  public static func load(_ file: URL) throws(SpecError) -> Profile {
    try SpecFolder.decode(try SpecFolder.read(file), file: file.lastPathComponent)
  }
}

extension ServiceSpec {
  /// The facts that all resources of this repository's service share.
  public static let commerceLayer = embedded(PackageResources.service_json, as: ServiceSpec.self)
}

/// A file of this repository's spec, compiled in. A test compares both with the files, so that the
/// precondition fails for nobody who did not edit them.
private func embedded<Value: Decodable>(_ bytes: [UInt8], as type: Value.Type) -> Value {
  do {
    return try JSONTreeDecoder(JSONTree.parse(Data(bytes), file: "embedded")).decode(type)
  } catch {
    preconditionFailure("a file of the spec that is compiled in does not decode: \(error)")
  }
}
