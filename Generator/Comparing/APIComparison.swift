/// What the change of a public API does to code that compiled.
struct APIComparison {
  /// One change.
  struct Change: Hashable {
    enum Kind: Hashable {
      case removed, added
      case type(from: String, to: String)
      case parameter(label: String, ParameterChange)
      case conformance(String, isLost: Bool)
      case deprecated(Bool)
    }

    /// A type, with its argument where it is generic.
    var subject: String
    /// The member; empty for the type itself.
    var name: String
    var kind: Kind
    /// The file that the declaration is in: the resource's name.
    var source: String
    /// Whether code that compiled may no longer do.
    var isBreaking: Bool
  }

  /// What happened to a parameter.
  enum ParameterChange: Hashable {
    case moved, removed, required
    case type(from: String, to: String)
  }

  private(set) var changes: [Change] = []
  private let old: APIView
  private let new: APIView

  /// The changes from one API to another, in a stable order.
  static func changes(from old: APISnapshot, to new: APISnapshot) -> [Change] {
    var comparison = APIComparison(old: APIView(old), new: APIView(new))
    comparison.compareTypes()
    comparison.compareConformances()
    comparison.compareMembers()
    return comparison.changes
  }

  private init(old: APIView, new: APIView) { (self.old, self.new) = (old, new) }

  private mutating func add(
    _ kind: Change.Kind, _ subject: String, name: String = "", from source: String,
    isBreaking: Bool = false
  ) {
    changes.append(
      Change(subject: subject, name: name, kind: kind, source: source, isBreaking: isBreaking))
  }

  private mutating func compareTypes() {
    for path in Set(old.types.keys).union(new.types.keys).sorted() {
      switch (old.types[path], new.types[path]) {
      case (let was?, nil): add(.removed, path, from: was.source, isBreaking: true)
      case (nil, let now?): add(.added, path, from: now.source)
      case (let was?, let now?) where was.declaration != now.declaration:
        add(
          .type(from: was.declaration, to: now.declaration), path, from: now.source,
          isBreaking: true)
      case (let was?, let now?): compareDeprecation(was, now, path, "")
      case (nil, nil): break
      }
    }
  }

  private mutating func compareConformances() {
    for (type, was) in old.conformances.sorted(by: { $0.key < $1.key }) {
      guard let declared = new.types[type] else { continue }
      let now = new.conformances[type] ?? []
      for name in was.subtracting(now).sorted() {
        add(.conformance(name, isLost: true), type, from: declared.source, isBreaking: true)
      }
      for name in now.subtracting(was).sorted() {
        add(.conformance(name, isLost: false), type, from: declared.source)
      }
    }
  }

  private mutating func compareMembers() {
    for place in Set(old.members.keys).union(new.members.keys).sorted() {
      let was = (old.members[place] ?? []).sorted()
      let now = (new.members[place] ?? []).sorted()
      guard was != now else { continue }
      let source = (was.first ?? now.first)?.source ?? ""
      if now.isEmpty {
        if isThere(place.subject, in: new) {
          add(.removed, place.subject, name: place.name, from: source, isBreaking: true)
        }
      } else if was.isEmpty {
        if isThere(place.subject, in: old) {
          add(.added, place.subject, name: place.name, from: source)
        }
      } else {
        for declared in was { compare(declared, with: now, at: place) }
      }
    }
  }

  /// Whether the type is there, and its argument: what is not takes its members with it.
  private func isThere(_ subject: String, in view: APIView) -> Bool {
    let parts = subject.split { $0 == "<" || $0 == ">" }.map(String.init)
    // What neither side declares is the runtime's.
    return parts.allSatisfy {
      view.types[$0] != nil || (old.types[$0] == nil && new.types[$0] == nil)
    }
  }

  private mutating func compareDeprecation(
    _ was: APIView.Declared, _ now: APIView.Declared, _ subject: String, _ name: String
  ) {
    guard was.isDeprecated != now.isDeprecated else { return }
    add(.deprecated(now.isDeprecated), subject, name: name, from: now.source)
  }

  /// One declaration with what now has its name: every use of it must still have one to mean.
  private mutating func compare(
    _ was: APIView.Declared, with now: [APIView.Declared], at place: APIView.Place
  ) {
    if let same = now.first(where: { $0.declaration == was.declaration }) {
      return compareDeprecation(was, same, place.subject, place.name)
    }
    guard was.declaration.contains("("), place.name == "init" || was.declaration.contains("func ")
    else {
      if now.contains(where: { Self.reads($0, as: was) }) { return }
      let other = now.first { $0.type != was.type } ?? now[0]
      return add(
        .type(from: was.type, to: other.type), place.subject, name: place.name,
        from: was.source, isBreaking: true)
    }
    let found = now.map { overload in
      Self.parameterChanges(from: was.declaration, to: overload.declaration).filter {
        !($0.change == .required && Self.isLabelOfAShim($0.label, was, overload, among: now))
      }
    }
    guard let few = found.min(by: { $0.count < $1.count }), !few.isEmpty else { return }
    for (label, change) in few {
      add(
        .parameter(label: label, change), place.subject, name: place.name, from: was.source,
        isBreaking: true)
    }
  }

  /// Whether a label that a deprecated overload asks for could be left out before, and another overload is
  /// for calls without it.
  private static func isLabelOfAShim(
    _ label: String, _ was: APIView.Declared, _ overload: APIView.Declared,
    among all: [APIView.Declared]
  ) -> Bool {
    func has(_ declared: APIView.Declared) -> Bool {
      APIParameter.list(in: declared.declaration).contains { $0.label == label }
    }
    return overload.isDeprecated && has(was) && all.contains { !$0.isDeprecated && !has($0) }
  }

  /// Whether a property can be read as another one was, setters aside.
  private static func reads(_ now: APIView.Declared, as was: APIView.Declared) -> Bool {
    now.type == was.type
      && now.declaration.hasPrefix("static") == was.declaration.hasPrefix("static")
      && (now.declaration == was.declaration || was.declaration.hasSuffix("{ get }"))
  }

  // MARK: - Parameters

  /// What keeps calls of one function from compiling as calls of another; nothing when they do.
  static func parameterChanges(
    from old: String, to new: String
  ) -> [(label: String, change: ParameterChange)] {
    let before = numbered(APIParameter.list(in: old))
    let after = numbered(APIParameter.list(in: new))
    var changes: [(String, ParameterChange)] = []
    let now = Dictionary(after) { first, _ in first }
    let was = Dictionary(before) { first, _ in first }
    for (label, parameter) in before {
      guard let other = now[label] else {
        changes.append((label, .removed))
        continue
      }
      // A value is promoted to an optional of its type.
      if other.type != parameter.type, other.type != parameter.type + "?" {
        changes.append((label, .type(from: parameter.type, to: other.type)))
      } else if parameter.hasDefault, !other.hasDefault {
        changes.append((label, .required))
      }
    }
    for (label, parameter) in after where was[label] == nil && !parameter.hasDefault {
      changes.append((label, .required))
    }
    let changed = after.filter { label, parameter in
      was[label].map { $0.hasDefault != parameter.hasDefault || $0.type != parameter.type } ?? false
    }.map(\.0)
    changes += OrderChange.moved(
      before.map(\.0).filter { now[$0] != nil }, after.map(\.0).filter { was[$0] != nil },
      suspects: changed
    ).map { ($0, .moved) }
    return changes
  }

  /// Parameters by label; those without one by their position.
  private static func numbered(_ list: [APIParameter]) -> [(String, APIParameter)] {
    list.enumerated().map { ($1.label == "_" ? "_\($0)" : $1.label, $1) }
  }
}

/// Which elements of a list changed their places.
enum OrderChange {
  /// Elements whose moving explains the new order: of the suspects as few as do, and where they do
  /// not, all outside a longest common subsequence.
  static func moved(_ old: [String], _ new: [String], suspects: [String] = []) -> [String] {
    guard old != new else { return [] }
    func explains(_ some: Set<String>) -> Bool {
      old.filter { !some.contains($0) } == new.filter { !some.contains($0) }
    }
    var few = Set(suspects)
    guard explains(few) else {
      let kept = Set(commonSubsequence(old, new))
      return old.filter { !kept.contains($0) }
    }
    for suspect in suspects where explains(few.subtracting([suspect])) { few.remove(suspect) }
    return old.filter(few.contains)
  }

  /// The longest run of elements that stand in the same order in both.
  private static func commonSubsequence(_ old: [String], _ new: [String]) -> [String] {
    var lengths = Array(repeating: Array(repeating: 0, count: new.count + 1), count: old.count + 1)
    for i in old.indices.reversed() {
      for j in new.indices.reversed() {
        lengths[i][j] =
          old[i] == new[j]
          ? lengths[i + 1][j + 1] + 1 : max(lengths[i + 1][j], lengths[i][j + 1])
      }
    }
    var kept: [String] = []
    var (i, j) = (0, 0)
    while i < old.count, j < new.count {
      if old[i] == new[j] {
        kept.append(old[i])
        (i, j) = (i + 1, j + 1)
      } else if lengths[i + 1][j] >= lengths[i][j + 1] {
        i += 1
      } else {
        j += 1
      }
    }
    return kept
  }
}
