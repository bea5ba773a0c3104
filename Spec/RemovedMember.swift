/// A member that the documentation no longer has and that generated code keeps for one minor version,
/// deprecated, so that code that names it compiles and says what to do.
public struct RemovedMember: Sendable, Hashable, Codable {
  /// The resource it was a member of.
  public var resource: String
  /// A JSON pointer: `/attributes/weight_unit` or `/relationships/parcels`.
  public var path: String
  /// The version of this package in which it went.
  public var since: String
  /// The wire name of the member that has its values now; nil when nothing has.
  public var renamedTo: String?
  /// The type of an attribute that nothing stands for; it reads as nil.
  public var type: AttributeType?

  enum CodingKeys: String, CodingKey, CaseIterable {
    case resource, path, since, type
    case renamedTo = "renamed_to"
  }

  /// Creates a removed member; either of `renamedTo` and `type` says what is left of it.
  public init(
    resource: String, path: String, since: String, renamedTo: String? = nil,
    type: AttributeType? = nil
  ) {
    self.resource = resource
    self.path = path
    self.since = since
    self.renamedTo = renamedTo
    self.type = type
  }

  /// Its wire name.
  public var wire: String { path.split(separator: "/").last.map(String.init) ?? "" }

  /// Whether it was an attribute.
  private var isAttribute: Bool { path.hasPrefix("/attributes/") }

  /// What is wrong with it, as hand-written data can be.
  func problem(in resources: [ResourceSpec]) -> String? {
    guard path.hasPrefix("/attributes/") || path.hasPrefix("/relationships/"),
      path.split(separator: "/").count == 2, ResourceSpec.isName(wire)
    else { return "a removed member is /attributes/NAME or /relationships/NAME" }
    guard PackageVersion(since) != nil else {
      return "'\(since)' is not a version: write it as in CHANGELOG.md, for example 1.2.0"
    }
    guard let owner = resources.first(where: { $0.resource == resource }) else {
      return "there is no resource '\(resource)': delete what is said of it"
    }
    if owner.attributes[wire] != nil || owner.relationships[wire] != nil {
      return "'\(wire)' is in the spec of '\(resource)': delete it here"
    }
    if let renamedTo {
      let isThere =
        isAttribute ? owner.attributes[renamedTo] != nil : owner.relationships[renamedTo] != nil
      return isThere ? nil : "'\(resource)' has no '\(renamedTo)' to stand for it"
    }
    if isAttribute, type == nil {
      return "an attribute that nothing stands for needs its type: it reads as nil"
    }
    return isAttribute ? nil : "a removed relationship needs 'renamed_to'"
  }

  /// Whether it has been kept for a minor version by the time of a version: it is to be deleted.
  public func isOver(in version: PackageVersion) -> Bool {
    guard let since = PackageVersion(since) else { return true }
    return (version.major, version.minor) > (since.major, since.minor)
  }
}

/// A version of this package.
public struct PackageVersion: Sendable, Hashable {
  /// What changes when code may stop compiling.
  public let major: Int
  /// What changes when something is added.
  public let minor: Int
  /// What changes otherwise.
  public let patch: Int

  /// Reads `1.2.3`; nil for anything else.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { part -> Int? in
      guard part.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
      return Int(part)
    }
    guard parts.count == 3, numbers.count == 3 else { return nil }
    (major, minor, patch) = (numbers[0], numbers[1], numbers[2])
  }

  /// The newest version that a changelog has a heading for: `## 1.2.3`; nil before the first.
  public init?(changelog: String) {
    for line in changelog.split(separator: "\n") where line.hasPrefix("## ") {
      let word = line.dropFirst(3).prefix { $0 != " " }
      guard let version = PackageVersion(word.drop { $0 == "[" || $0 == "v" }.prefix { $0 != "]" })
      else { continue }
      self = version
      return
    }
    return nil
  }
}
