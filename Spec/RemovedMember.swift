/// What the documentation no longer has and generated code keeps for one minor version, so that code that
/// names it compiles, or says at compile time what to do: an attribute, a trigger, a relationship, a value
/// of an enumeration or a whole resource.
public struct RemovedMember: Sendable, Hashable, Codable {
  /// The resource that it was a member of, or that was removed.
  public var resource: String
  /// A JSON pointer: `/attributes/weight_unit`, `/relationships/parcels`, `/attributes/status/values/lost`;
  /// empty for the resource itself.
  public var path: String
  /// The version of this package in which it was removed.
  public var since: String
  /// The wire name, or the value, that stands for it now; nil when nothing does.
  public var renamedTo: String?
  /// The type of an attribute that nothing stands for; it reads as nil.
  public var type: AttributeType?
  /// Whether it was a trigger that nothing stands for.
  public var trigger: Bool?
  /// The wire name of the argument that it stood after in initializers. Without it, an argument that was
  /// renamed stands where the new one does, and one that nothing stands for stands last.
  public var after: String?
  /// The singular name of a removed resource, of which its Swift type was made.
  public var singular: String?

  enum CodingKeys: String, CodingKey, CaseIterable {
    case resource, path, since, type, trigger, after, singular
    case renamedTo = "renamed_to"
  }

  /// What was removed.
  public enum Kind: Sendable, Hashable {
    /// A whole resource.
    case resource
    /// An attribute, or a trigger, by its wire name.
    case attribute(String)
    /// A relationship by its wire name.
    case relationship(String)
    /// A value of an attribute that stays.
    case value(String, of: String)
  }

  /// Creates an entry of the list.
  public init(
    resource: String, path: String, since: String, renamedTo: String? = nil,
    type: AttributeType? = nil, trigger: Bool? = nil, after: String? = nil, singular: String? = nil
  ) {
    self.resource = resource
    self.path = path
    self.since = since
    self.renamedTo = renamedTo
    self.type = type
    self.trigger = trigger
    self.after = after
    self.singular = singular
  }

  /// Reads an entry; an unknown property is an error, because a misspelled one would change what a shim
  /// does.
  public init(from decoder: any Decoder) throws {
    let names = try decoder.container(keyedBy: AnyName.self).allKeys.map(\.stringValue)
    let known = CodingKeys.allCases.map(\.rawValue)
    if let unknown = names.filter({ !known.contains($0) }).sorted().first {
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath,
          debugDescription:
            "'\(unknown)' is not a property of a removed member: use "
            + known.sorted().joined(separator: ", ")))
    }
    let values = try decoder.container(keyedBy: CodingKeys.self)
    resource = try values.decode(String.self, forKey: .resource)
    path = try values.decode(String.self, forKey: .path)
    since = try values.decode(String.self, forKey: .since)
    renamedTo = try values.decodeIfPresent(String.self, forKey: .renamedTo)
    type = try values.decodeIfPresent(AttributeType.self, forKey: .type)
    trigger = try values.decodeIfPresent(Bool.self, forKey: .trigger)
    after = try values.decodeIfPresent(String.self, forKey: .after)
    singular = try values.decodeIfPresent(String.self, forKey: .singular)
  }

  private struct AnyName: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// What was removed; nil when ``path`` does not have one of the known forms.
  public var kind: Kind? {
    if path.isEmpty { return .resource }
    let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map {
      String($0).replacing("~1", with: "/").replacing("~0", with: "~")
    }
    guard path.hasPrefix("/"), parts.count >= 2, ResourceSpec.isName(parts[1]) else { return nil }
    switch (parts[0], parts.count) {
    case ("attributes", 2): return .attribute(parts[1])
    case ("relationships", 2): return .relationship(parts[1])
    case ("attributes", 4) where parts[2] == "values" && !parts[3].isEmpty:
      return .value(parts[3], of: parts[1])
    default: return nil
    }
  }

  /// The wire name of an attribute, a trigger, a relationship or the resource; the value itself of a value.
  public var wire: String {
    switch kind {
    case .resource, nil: resource
    case .attribute(let name), .relationship(let name): name
    case .value(let value, of: _): value
    }
  }

  /// What is wrong with it, as hand-written data can be.
  func problem(in resources: [ResourceSpec]) -> String? {
    guard let kind else {
      return
        "a removed member is /attributes/NAME, /relationships/NAME, /attributes/NAME/values/VALUE or, "
        + "for the resource itself, an empty path"
    }
    guard PackageVersion(since) != nil else {
      return "'\(since)' is not a version: write it as in CHANGELOG.md, for example 1.2.0"
    }
    if let problem = misplacedProperty(of: kind) { return problem }
    let owner = resources.first { $0.resource == resource }
    if kind == .resource { return resourceProblem(owner, in: resources) }
    guard let owner else {
      return "there is no resource '\(resource)': delete what is said of it"
    }
    switch kind {
    case .resource: return nil
    case .value(let value, let attribute): return valueProblem(value, of: attribute, in: owner)
    case .attribute(let name), .relationship(let name):
      return memberProblem(name, isAttribute: kind == .attribute(name), in: owner)
    }
  }

  /// A property that says nothing of this kind.
  private func misplacedProperty(of kind: Kind) -> String? {
    let isAttribute = if case .attribute = kind { true } else { false }
    let isArgument = if case .relationship = kind { true } else { isAttribute }
    if singular != nil, kind != .resource {
      return "'singular' belongs to a removed resource alone"
    }
    if type != nil, !isAttribute { return "'type' belongs to a removed attribute alone" }
    if trigger != nil, !isAttribute { return "'trigger' belongs to a removed trigger alone" }
    if after != nil, !isArgument { return "'after' belongs to a removed argument alone" }
    if renamedTo != nil, type != nil || trigger != nil {
      return "'type' and 'trigger' say what nothing stands for: delete them, or 'renamed_to'"
    }
    return nil
  }

  private func resourceProblem(_ owner: ResourceSpec?, in resources: [ResourceSpec]) -> String? {
    guard owner == nil else { return "'\(resource)' is in the spec: delete it here" }
    guard ResourceSpec.isName(resource), let singular, ResourceSpec.isName(singular) else {
      return
        "a removed resource needs its wire name and its 'singular': its Swift names are made of them"
    }
    guard let renamedTo, !resources.contains(where: { $0.resource == renamedTo }) else {
      return nil
    }
    return "there is no resource '\(renamedTo)' to stand for it"
  }

  private func valueProblem(
    _ value: String, of attribute: String, in owner: ResourceSpec
  ) -> String? {
    guard let values = owner.attributes[attribute]?.values else {
      return "'\(attribute)' of '\(resource)' does not list values"
    }
    if values.contains(value) {
      return "'\(value)' is a value of '\(attribute)' in the spec: delete it here"
    }
    guard let renamedTo, !values.contains(renamedTo) else { return nil }
    return "'\(attribute)' has no value '\(renamedTo)' to stand for it"
  }

  private func memberProblem(
    _ name: String, isAttribute: Bool, in owner: ResourceSpec
  ) -> String? {
    if owner.attributes[name] != nil || owner.relationships[name] != nil {
      return "'\(name)' is in the spec of '\(resource)': delete it here"
    }
    if let after, owner.attributes[after] == nil, owner.relationships[after] == nil {
      return "'after': '\(resource)' has no '\(after)' for the argument to stand after"
    }
    if let renamedTo {
      let isThere =
        isAttribute ? owner.attributes[renamedTo] != nil : owner.relationships[renamedTo] != nil
      return isThere ? nil : "'\(resource)' has no '\(renamedTo)' to stand for it"
    }
    if isAttribute, type == nil, trigger != true {
      return
        "an attribute that nothing stands for needs its type, because it reads as nil; a trigger "
        + "needs 'trigger'"
    }
    return nil
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
