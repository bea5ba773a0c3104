internal import GeneratorCore
internal import Spec

/// What the generator makes of both specs: the facts explain it where they can, and what no fact
/// explains is a change of its own.
extension SpecDiff {
  /// One side of a comparison as far as it becomes Swift.
  struct Side {
    var api: APISnapshot
    var names: [String: GeneratedNames]

    init(_ resources: [ResourceSpec], _ files: [Generator.File]) throws(SpecError) {
      api = APISnapshot(files)
      names = try GeneratedNames.all(of: resources)
    }

    init(_ resources: [ResourceSpec]) throws(SpecError) {
      try self.init(resources, Generator.files(for: resources))
    }

    init(_ spec: SpecFolder) throws(SpecError) {
      try self.init(spec.resources, Generator.files(for: spec.selfContained, withClient: true))
    }
  }

  /// Compares what is generated. A side that cannot be generated is a breaking change: nothing can be
  /// said of what compiles.
  mutating func compareGenerated(
    _ old: () throws(SpecError) -> Side, _ new: () throws(SpecError) -> Side
  ) {
    guard let old = side("old", old), let new = side("new", new) else { return }
    let facts = changes
    let owners = Dictionary(
      (old.names.merging(new.names) { first, _ in first }).map { ($0.value.type, $0.key) }
    ) { first, _ in first }
    // The resource's own properties first: of several types that change with one fact one is told.
    let renamed = shims.renamedTypes(from: old.names, to: new.names)
    let found = APIComparison.changes(
      from: old.api.renaming(renamed), to: new.api.without(Set(renamed.keys)))
    var retyped: Set<Place> = []
    for change in found.filter(\.isOfTheResource) + found.filter({ !$0.isOfTheResource }) {
      let place = Place(change, owners: owners, old: old.names, new: new.names)
      if change.isRetyping, !place.pointer.isEmpty, !retyped.insert(place).inserted { continue }
      report(change, at: place, facts: facts)
    }
  }

  private mutating func side(
    _ which: String, _ make: () throws(SpecError) -> Side
  ) -> Side? {
    do throws(SpecError) {
      return try make()
    } catch {
      resource = SpecChange.service
      add(
        .breaking, "", "the \(which) spec cannot become Swift: \(error)",
        affected: "everybody who builds the client of the \(which) spec",
        "what compiles with it is not known: see cl-spec check")
      return nil
    }
  }

  /// Where in a spec a change of the API comes from.
  private struct Place: Hashable {
    var resource: String
    var pointer: String

    init(
      _ change: APIComparison.Change, owners: [String: String], old: [String: GeneratedNames],
      new: [String: GeneratedNames]
    ) {
      let parts = change.subject.split { "<>.".contains($0) }.map(String.init)
      let owner = parts.first { owners[$0] != nil }.flatMap { owners[$0] }
      resource = owner ?? (change.source.isEmpty ? SpecChange.service : change.source)
      pointer = ""
      func find(_ path: KeyPath<GeneratedNames, [String: String]>, _ name: String) -> String {
        old[resource]?[keyPath: path][name] ?? new[resource]?[keyPath: path][name] ?? ""
      }
      switch change.kind {
      case .conformance(let name, _): pointer = Self.operations[name] ?? ""
      case .parameter(let label, _):
        pointer = find(\.members, label)
      default:
        let nested = change.subject.hasSuffix(">") ? nil : parts.dropFirst().first
        if change.name.isEmpty, let request = nested.flatMap({ Self.requests[$0] }) {
          pointer = request
        } else if let nested, !find(\.nestedTypes, nested).isEmpty {
          pointer = find(\.nestedTypes, nested)
        } else if change.subject.hasPrefix("ResourceClient<") {
          pointer = find(\.calls, change.name)
        } else if owner != nil {
          pointer = find(\.members, change.name)
        } else if change.source != SpecChange.service, !change.name.isEmpty {
          pointer = change.isDeprecation ? "/deprecated" : "/resource"
        }
      }
    }

    private static let requests = ["Create": "/operations/create", "Update": "/operations/update"]
    private static let operations = [
      "CreatableResource": "/operations/create", "ListableResource": "/operations/list",
      "RetrievableResource": "/operations/retrieve", "UpdatableResource": "/operations/update",
      "DeletableResource": "/operations/delete", "LifecycleResource": "/lifecycle",
      "SingletonResource": "/singleton", "UpdatableSingleton": "/singleton",
    ]
  }

  private mutating func report(
    _ change: APIComparison.Change, at place: Place, facts: [SpecChange]
  ) {
    resource = place.resource
    let name = change.name == "init" ? "" : change.name
    let label = name.isEmpty ? change.subject : name
    func tell(_ effect: SpecChange.Effect, _ what: String, _ affected: String, _ reason: String) {
      let told = SpecChange(
        effect, resource, place.pointer, "in Swift: " + what, affected: affected, reason)
      if !changes.contains(where: { $0.isAbout(told) }) { changes.append(told) }
    }
    switch change.kind {
    case .parameter(let argument, .moved):
      let verb = change.subject.hasSuffix(".Update") ? "update" : "create"
      tell(
        .breaking, "the argument `\(argument)` of \(verb) moves",
        "code that \(verb)s `\(resource)` with `\(argument)` and others",
        "required arguments come first, and Swift takes arguments in order only")
    case _ where isExplained(change, at: place, facts: facts): return
    case .parameter(let argument, .type(let was, let now)):
      let verb = change.subject.hasSuffix(".Update") ? "update" : "create"
      tell(
        .breaking, "the argument `\(argument)` of \(verb): `\(was)` → `\(now)`",
        "code that \(verb)s `\(resource)` with `\(argument)`",
        "a value of the old type is no longer one of the new type")
    case .parameter(let argument, .removed):
      tell(
        .breaking, "the argument `\(argument)` of `\(change.subject)` is gone",
        "code that gives `\(argument)`", "it stops compiling")
    case .parameter(let argument, .required):
      tell(
        .breaking, "the argument `\(argument)` of `\(change.subject)` must be given",
        "code that leaves `\(argument)` out", "it stops compiling")
    case .type(let was, let now):
      tell(
        .breaking, "`\(was)` → `\(now)`", "code that uses `\(label)` of `\(resource)`",
        "the type that it names came, went or changed its name")
    case .conformance(let name, isLost: true):
      tell(
        .breaking, "no longer a `\(name)`", "generic code that takes a `\(name)`",
        name.hasPrefix("Common.")
          ? "its members are no longer those that resources with this trait have alike"
          : "what made it one is gone")
    case .removed:
      tell(
        .breaking, "`\(change.subject)`\(name.isEmpty ? "" : ".`\(name)`") is gone",
        "code that names it", "it is no longer generated")
    case .conformance(let name, isLost: false):
      tell(.compatible, "now a `\(name)`", Self.nobody, "generic code takes it, too")
    case .added:
      tell(
        .compatible, "`\(change.subject)`\(name.isEmpty ? "" : ".`\(name)`") is new", Self.nobody,
        "it is new")
    case .deprecated(let isNow):
      tell(
        .compatible, "`\(label)` is \(isNow ? "now" : "no longer") deprecated",
        "code that uses `\(label)` of `\(resource)`",
        isNow ? "it compiles with a warning" : "its warning is gone")
    }
  }

  /// Whether the facts say as much: something of the place, of something inside it, or of the name
  /// that all types of the resource have in common, that is not milder.
  private func isExplained(
    _ change: APIComparison.Change, at place: Place, facts: [SpecChange]
  ) -> Bool {
    facts.contains { fact in
      guard fact.resource == place.resource,
        !change.isBreaking || fact.effect == .breaking
      else {
        return change.isPredicate && fact.resource == SpecChange.service
          && fact.pointer.hasPrefix("/predicates/" + change.wirePredicate)
      }
      if fact.pointer.isEmpty || fact.pointer == "/singular" { return true }
      if case .conformance(let name, _) = change.kind, name.hasPrefix("Common.") {
        // A member that goes or comes is told itself; of one that changes, the trait is news.
        return change.isBreaking
          ? facts.contains {
            $0.resource == place.resource && $0.effect == .breaking && $0.isAboutAMember
          } : true
      }
      if place.pointer.isEmpty {
        return !change.isBreaking || (change.isPredicate && fact.isAbout(predicate: change))
      }
      return fact.pointer == place.pointer || fact.pointer.hasPrefix(place.pointer + "/")
        || place.pointer.hasPrefix(fact.pointer + "/")
    }
  }
}

extension APIComparison.Change {
  /// Whether it is of a type of the module, not of a generic one of the runtime.
  fileprivate var isOfTheResource: Bool { !subject.hasSuffix(">") && !subject.contains(".") }

  fileprivate var isDeprecation: Bool {
    if case .deprecated = kind { true } else { false }
  }

  /// Whether a type changes.
  fileprivate var isRetyping: Bool {
    switch kind {
    case .type, .parameter(_, .type): true
    default: false
    }
  }

  fileprivate var isPredicate: Bool { subject.hasPrefix("FilterField") }

  /// `not_eq` of `notEq`.
  fileprivate var wirePredicate: String {
    name.map { $0.isUppercase ? "_" + $0.lowercased() : String($0) }.joined()
  }
}

extension SpecChange {
  /// Whether both say the same of the same place.
  fileprivate func isAbout(_ other: SpecChange) -> Bool {
    resource == other.resource && pointer == other.pointer && change == other.change
  }

  fileprivate func isAbout(predicate change: APIComparison.Change) -> Bool {
    pointer.hasPrefix("/predicates/" + change.wirePredicate)
  }

  fileprivate var isAboutAMember: Bool {
    pointer.hasPrefix("/attributes/") || pointer.hasPrefix("/relationships/")
  }
}
