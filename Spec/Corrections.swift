/// Hand-written facts that the documentation lacks or gets wrong.
///
/// A file is about one resource, or about many when it names none. A correction is applied to the
/// distilled JSON before it is read as a ``ResourceSpec``. It names the value it corrects; when the
/// documentation says something else by now, the correction is stale and `cl-spec check` fails
/// until somebody has looked at it.
public struct Corrections: Sendable, Hashable, Codable {
  /// The resource the corrections belong to; nil when each names its own.
  public var resource: String?
  /// The corrections, applied in order.
  public var corrections: [Correction]
  /// Members that the documentation no longer has and that generated code still does.
  public var removed: [RemovedMember]?

  enum CodingKeys: String, CodingKey, CaseIterable { case resource, corrections, removed }

  /// Creates the corrections of a file.
  public init(resource: String?, corrections: [Correction]) {
    self.resource = resource
    self.corrections = corrections
  }
}

/// One corrected fact.
public struct Correction: Sendable, Hashable, Codable {
  /// A JSON pointer to the member to set or remove: `/attributes/status/values`. In a correction with
  /// ``places`` it starts at each place: `/never_null`.
  public var path: String
  /// In a file about many: the resources it is about; `*` stands for every one that has the parent of
  /// ``path``.
  public var resources: [String]?
  /// In a file about many: places by resource, each a JSON pointer in front of ``path``.
  public var places: [String: [String]]?
  /// The value the documentation gives; nil when it gives none.
  public var was: JSONTree?
  /// The value to set; nil to remove the member.
  public var value: JSONTree?
  /// Why the documentation is not enough.
  public var reason: String
  /// Where the fact was read.
  public var source: String

  enum CodingKeys: String, CodingKey, CaseIterable {
    case path, resources, places, was, value, reason, source
  }

  /// Creates a correction; without a value it removes the member.
  public init(
    path: String, was: JSONTree? = nil, value: JSONTree?, reason: String, source: String,
    resources: [String]? = nil, places: [String: [String]]? = nil
  ) {
    self.path = path
    self.resources = resources
    self.places = places
    self.was = was
    self.value = value
    self.reason = reason
    self.source = source
  }
}

extension Correction {
  /// What a correction finds.
  public enum Outcome: Sendable, Hashable {
    /// The documentation gives the value the correction names, which is replaced.
    case applied
    /// The documentation gives the corrected value itself.
    case overtaken
    /// The documentation gives a third value; nil when it gives none.
    case contradicted(JSONTree?)

    /// Why the correction needs to be looked at; nil when it applies.
    public var staleness: String? {
      switch self {
      case .applied: nil
      case .overtaken:
        "the correction no longer changes anything: the documentation says it now, delete it"
      case .contradicted(let found?):
        "the documentation gives neither 'was' nor 'value' here but \(found.compactText): "
          + "compare the sources, then change 'was' or delete the correction"
      case .contradicted(nil):
        "the documentation gives no value here although 'was' names one: compare the sources, "
          + "then remove 'was' or delete the correction"
      }
    }
  }

  /// Applies the correction: the value is set whatever stood there.
  /// - Returns: what stood there.
  /// - Throws: ``SpecError`` when the path has no parent object to stand in.
  public func apply(to tree: inout JSONTree, file: String) throws(SpecError) -> Outcome {
    let keys = try steps(file: file)
    let found = Self.member(at: keys[...], in: tree)
    guard Self.set(value, at: keys[...], in: &tree) else {
      throw SpecError(
        file: file, pointer: path, "nothing to correct here: the parent is not an object")
    }
    if found == value { return .overtaken }
    return found == was ? .applied : .contradicted(found)
  }

  /// Whether the parent of the path is an object of this tree.
  func fits(_ tree: JSONTree, file: String) throws(SpecError) -> Bool {
    let parents = try steps(file: file).dropLast()
    if parents.isEmpty { return tree.object != nil }
    return Self.member(at: parents, in: tree)?.object != nil
  }

  private func steps(file: String) throws(SpecError) -> [String] {
    let keys = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map {
      String($0).replacing("~1", with: "/").replacing("~0", with: "~")
    }
    guard path.hasPrefix("/"), !keys.isEmpty else {
      throw SpecError(file: file, pointer: path, "a correction's path starts with '/'")
    }
    return keys
  }

  private static func member(at keys: ArraySlice<String>, in tree: JSONTree) -> JSONTree? {
    var node: JSONTree? = tree
    for key in keys { node = node?[key] }
    return node
  }

  private static func set(
    _ value: JSONTree?, at keys: ArraySlice<String>, in tree: inout JSONTree
  ) -> Bool {
    guard case .object(var members) = tree, let key = keys.first else { return false }
    let rest = keys.dropFirst()
    if rest.isEmpty {
      members[key] = value
    } else {
      guard var child = members[key], set(value, at: rest, in: &child) else { return false }
      members[key] = child
    }
    tree = .object(members)
    return true
  }
}

/// All corrections of a spec, by the resource each is about.
public struct CorrectionBook: Sendable {
  /// One correction of one resource, and where it is written.
  public struct Entry: Sendable, Hashable {
    /// The correction, with the whole path.
    public var correction: Correction
    /// The file's name.
    public var file: String
    /// Its place in the file, from 0.
    public var index: Int
  }

  private let entries: [Entry]
  private let own: [String: [Entry]]
  private let files: [String: String]

  /// Sorts the corrections of some files. Those about many come first, so that a resource's own file
  /// has the last word.
  /// - Throws: ``SpecError`` when two files are about one resource, or a correction of a file about
  ///   many names no resource.
  public init(_ files: [(file: String, corrections: Corrections)]) throws(SpecError) {
    var shared: [Entry] = []
    var own: [String: [Entry]] = [:]
    var owners: [String: String] = [:]
    for (file, list) in files {
      let entries = list.corrections.enumerated().map {
        Entry(correction: $1, file: file, index: $0)
      }
      if let resource = list.resource {
        guard owners.updateValue(file, forKey: resource) == nil else {
          throw SpecError(
            file: file, pointer: "/resource", "a second file of corrections for '\(resource)'")
        }
        for entry in entries
        where entry.correction.resources != nil || entry.correction.places != nil {
          throw SpecError(
            file: file, pointer: "/corrections/\(entry.index)",
            "the file is about '\(resource)': 'resources' and 'places' belong in a file without it")
        }
        own[resource] = entries
      } else {
        for entry in entries
        where (entry.correction.resources == nil) == (entry.correction.places == nil) {
          throw SpecError(
            file: file, pointer: "/corrections/\(entry.index)",
            "the file names no resource: give 'resources' or 'places'")
        }
        shared += entries
      }
    }
    entries = shared
    self.own = own
    self.files = owners
  }

  /// The corrections of a resource in the order they are applied in.
  /// - Throws: ``SpecError`` for a path that is not a JSON pointer.
  public func entries(of resource: String, _ tree: JSONTree) throws(SpecError) -> [Entry] {
    var found: [Entry] = []
    for entry in entries {
      var entry = entry
      let correction = entry.correction
      if let places = correction.places {
        for place in places[resource] ?? [] {
          entry.correction.path = place + correction.path
          entry.correction.places = nil
          found.append(entry)
        }
      } else if let resources = correction.resources {
        let fits = try correction.fits(tree, file: entry.file)
        let isAboutAll = resources.contains("*") && fits
        guard isAboutAll || resources.contains(resource) else { continue }
        entry.correction.resources = nil
        found.append(entry)
      }
    }
    return found + (own[resource] ?? [])
  }

  /// Corrections of resources that are not in the spec.
  public func misplaced(_ resources: Set<String>) -> [SpecError] {
    var found = own.keys.filter { !resources.contains($0) }.sorted().map {
      SpecError(
        file: files[$0] ?? "", pointer: "/resource",
        "corrects '\($0)', which is not a resource of the spec")
    }
    for entry in entries {
      let named =
        (entry.correction.resources ?? []).filter { $0 != "*" }
        + (entry.correction.places.map { Array($0.keys) } ?? [])
      found += named.filter { !resources.contains($0) }.sorted().map {
        SpecError(
          file: entry.file, pointer: "/corrections/\(entry.index)",
          "corrects '\($0)', which is not a resource of the spec")
      }
    }
    return found
  }
}
