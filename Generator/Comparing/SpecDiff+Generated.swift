internal import GeneratorCore
internal import Spec

/// What the generator makes of both specs: names that change although their wire names stay, types
/// that change because another resource came or went, and arguments that change their order.
extension SpecDiff {
  /// Compares the generated code of resources that both specs have. A spec that cannot be generated
  /// has nothing to compare; `cl-spec check` says why.
  mutating func compareGenerated(_ old: [ResourceSpec], _ new: [ResourceSpec]) {
    guard let before = try? GeneratedAPI.all(of: old), let after = try? GeneratedAPI.all(of: new)
    else { return }
    for name in Set(before.keys).intersection(after.keys).sorted() {
      guard let was = before[name], let now = after[name], was != now else { continue }
      resource = name
      compareSymbols(was, now)
      compareArguments(was.create, now.create, of: "create")
      compareArguments(was.update, now.update, of: "update")
    }
  }

  /// A symbol apart from what it is called.
  private struct Place: Hashable, Comparable {
    var pointer: String
    var kind: String
    var value: String

    init(_ symbol: GeneratedAPI.Symbol) {
      pointer = symbol.pointer
      kind = symbol.kind.rawValue
      value = symbol.value
    }

    static func < (left: Place, right: Place) -> Bool {
      (left.pointer, left.kind, left.value) < (right.pointer, right.kind, right.value)
    }
  }

  private mutating func compareSymbols(_ old: GeneratedAPI, _ new: GeneratedAPI) {
    let before = Dictionary(old.symbols.map { (Place($0), $0) }) { first, _ in first }
    let after = Dictionary(new.symbols.map { (Place($0), $0) }) { first, _ in first }
    var renamed: Set<String> = []
    for place in before.keys.sorted() {
      guard let was = before[place], let now = after[place] else { continue }
      if was.name != now.name {
        // A member's accessor and filter have its name: the member speaks for them.
        guard ![.accessor, .filter, .related].contains(was.kind), !isReported("/singular", was.kind)
        else { continue }
        renamed.insert(was.pointer)
        let other = new.symbols.filter { $0.kind == was.kind && $0.name == was.name }
          .map(\.pointer).sorted().first
        add(
          .breaking, was.pointer, "in Swift: `\(was.name)` → `\(now.name)`",
          affected: "code that names `\(was.name)` of `\(resource)`",
          other.map { "the name now belongs to \($0)" }
            ?? "names are decided together, and others came or went")
      }
      if was.type != now.type, !isBreaking(at: place.pointer) {
        add(
          .breaking, was.pointer, "in Swift: `\(was.type)` → `\(now.type)`",
          affected: "code that uses `\(was.name)` of `\(resource)`",
          "the type that it names came, went or changed its name")
      }
    }
  }

  /// Whether the facts gave the same verdict: the names of types follow the singular.
  private func isReported(_ pointer: String, _ kind: GeneratedAPI.Kind) -> Bool {
    kind == .type
      && changes.contains { $0.resource == resource && $0.pointer == pointer }
  }

  /// Whether something breaking is known of the place, of something inside it, or of the name that
  /// all types of the resource have in common.
  private func isBreaking(at pointer: String) -> Bool {
    changes.contains {
      $0.effect == .breaking && $0.resource == resource
        && ($0.pointer == "/singular" || $0.pointer == pointer
          || $0.pointer.hasPrefix(pointer + "/")
          || pointer.hasPrefix($0.pointer + "/"))
    }
  }

  /// Arguments that both have must stay in order: Swift takes them in no other.
  private mutating func compareArguments(
    _ old: [GeneratedAPI.Argument]?, _ new: [GeneratedAPI.Argument]?, of request: String
  ) {
    guard let old, let new else { return }
    let shared = Set(old.map(\.pointer)).intersection(new.map(\.pointer))
    let before = old.map(\.pointer).filter(shared.contains)
    let after = new.map(\.pointer).filter(shared.contains)
    guard before != after else { return }
    let labels = Dictionary(new.map { ($0.pointer, $0.label) }) { first, _ in first }
    let was = Dictionary(old.map { ($0.pointer, $0) }) { first, _ in first }
    let changed = new.filter { argument in
      was[argument.pointer].map {
        $0.isOptional != argument.isOptional || $0.type != argument.type
      } ?? false
    }.map(\.pointer)
    for moved in Self.moved(before, after, suspects: changed) {
      let label = labels[moved] ?? moved
      add(
        .breaking, moved, "in Swift: the argument `\(label)` of \(request) moves",
        affected: "code that \(request)s `\(resource)` with `\(label)` and others",
        "required arguments come first, and Swift takes arguments in order only")
    }
  }

  /// Elements whose moving explains the new order: of the suspects as few as do, and where they do
  /// not, all outside a longest common subsequence.
  static func moved(_ old: [String], _ new: [String], suspects: [String] = []) -> [String] {
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
