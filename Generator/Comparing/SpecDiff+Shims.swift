internal import GeneratorCore
internal import Spec

/// What the new side of a comparison keeps, for a minor version, of what it no longer has.
struct Shims {
  /// What a shim does that leads to a new name.
  static let bridged =
    "a shim bridges it: the old name compiles with a deprecation warning for a minor version"
  /// What no shim reaches.
  static let notRows = "rows name things as the API does, and no shim bridges them: rename it there"

  private let entries: [String: RemovedMember]

  init(_ removed: [RemovedMember] = []) {
    entries = Dictionary(removed.map { (Self.key($0.resource, $0.path), $0) }) { first, _ in first }
  }

  private static func key(_ resource: String, _ path: String) -> String { resource + " " + path }

  /// The entry of something that was removed; nil when nothing is kept of it.
  func entry(_ resource: String, _ pointer: String) -> RemovedMember? {
    entries[Self.key(resource, pointer)]
  }

  /// The wire name of the member that stands for one that was removed.
  func successor(_ resource: String, _ pointer: String) -> String? {
    entry(resource, pointer)?.renamedTo
  }

  /// The wire name of the removed member that one stands for.
  func predecessor(_ resource: String, _ pointer: String) -> String? {
    entries.values.first {
      $0.resource == resource && $0.renamedTo != nil
        && pointer == Self.parent($0.path) + ($0.renamedTo ?? "")
    }?.wire
  }

  /// `/attributes/` of `/attributes/weight`.
  private static func parent(_ path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "" }
    return String(path[...slash])
  }

  /// The entry of a value that was removed.
  func value(_ resource: String, _ pointer: String, _ value: String) -> RemovedMember? {
    let escaped = value.replacing("~", with: "~0").replacing("/", with: "~1")
    return entry(resource, "\(pointer)/\(escaped)")
  }

  /// The value that stands for one that was removed.
  func valueSuccessor(_ resource: String, _ pointer: String, _ value: String) -> String? {
    self.value(resource, pointer, value)?.renamedTo
  }

  /// What is left of a member that nothing stands for; nil when nothing is.
  func reason(_ resource: String, _ pointer: String) -> String? {
    guard let entry = entry(resource, pointer), entry.renamedTo == nil else { return nil }
    return entry.type != nil && entry.trigger != true
      ? "a deprecated shim reads as nil for a minor version; setting it and querying by it do not compile"
      : "a shim under the old name is unavailable: it says so at compile time, and bridges nothing"
  }

  /// A resource whose relationships lead to the resources that stand for removed ones.
  func leadingToSuccessors(_ spec: ResourceSpec) -> ResourceSpec {
    func now(_ name: String) -> String { successor(name, "") ?? name }
    var spec = spec
    spec.relationships = spec.relationships.mapValues { relationship in
      var relationship = relationship
      relationship.resource = relationship.resource.map(now)
      relationship.targets = relationship.targets.map { Set($0.map(now)).sorted() }
      return relationship
    }
    spec.members = spec.members.map { Set($0.map(now)).sorted() }
    return spec
  }

  /// The types of removed resources that others stand for, by the old type.
  func renamedTypes(
    from old: [String: GeneratedNames], to new: [String: GeneratedNames]
  ) -> [String: String] {
    var types: [String: String] = [:]
    for entry in entries.values where entry.kind == .resource {
      guard let was = old[entry.resource]?.type,
        let now = entry.renamedTo.flatMap({ new[$0]?.type })
      else { continue }
      types[was] = now
    }
    return types
  }
}

extension SpecDiff {
  /// Tells that a shim leads from one name to another, and whom it does not help.
  mutating func tellRenamed(
    _ pointer: String, to successor: String, from value: String? = nil, affected: String,
    rows name: String?
  ) {
    let change =
      (value.map { "\(Self.quoted($0)) " } ?? "") + "renamed to \(Self.quoted(successor))"
    add(.compatible, pointer, change, affected: affected, Shims.bridged)
    guard isImportable, let name else { return }
    add(
      .breaking, pointer, change, affected: "rows of imports of `\(resource)` with `\(name)`",
      Shims.notRows)
  }
}
