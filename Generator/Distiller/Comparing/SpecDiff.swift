public import Spec

/// Compares two specs and says of every change what it does to users.
///
/// What users may rely on: that calls compile, that requests are accepted, and that the types of
/// what they read stay. Whatever takes one of these away is breaking.
public struct SpecDiff {
  private var changes: [SpecChange] = []
  private var resource = ""

  private init() {}

  /// All changes from one list of resources to another, most serious first.
  public static func changes(from old: [ResourceSpec], to new: [ResourceSpec]) -> [SpecChange] {
    var diff = SpecDiff()
    let before = Dictionary(old.map { ($0.resource, $0) }) { first, _ in first }
    let after = Dictionary(new.map { ($0.resource, $0) }) { first, _ in first }
    for name in Set(before.keys).union(after.keys).sorted() {
      diff.resource = name
      switch (before[name], after[name]) {
      case (let old?, let new?): diff.compare(old, new)
      case (_?, nil): diff.add(.breaking, "", "removed", "every use of it stops compiling")
      case (nil, _?): diff.add(.compatible, "", "added", "nobody used it yet")
      case (nil, nil): break
      }
    }
    return diff.changes.sorted()
  }

  private mutating func add(
    _ effect: SpecChange.Effect, _ pointer: String, _ change: String, _ reason: String
  ) {
    changes.append(SpecChange(effect, resource, pointer, change, reason))
  }

  private mutating func compare(_ old: ResourceSpec, _ new: ResourceSpec) {
    if old.singular != new.singular {
      add(
        .breaking, "/singular", "\(old.singular) → \(new.singular)",
        "the names of its Swift types change")
    }
    if old.singleton != new.singleton {
      add(.breaking, "/singleton", Self.flag(new.singleton), "its calls gain or lose the id")
    }
    compareDeprecation(old.deprecated, new.deprecated, at: "/deprecated")
    for kind in OperationKind.allCases {
      compare(old.operations[kind], new.operations[kind], at: "/operations/\(kind.rawValue)")
    }
    for name in Set(old.attributes.keys).union(new.attributes.keys).sorted() {
      compare(old.attributes[name], new.attributes[name], at: "/attributes/\(name)")
    }
    for name in Set(old.relationships.keys).union(new.relationships.keys).sorted() {
      compare(old.relationships[name], new.relationships[name], at: "/relationships/\(name)")
    }
    compare(old.lifecycle, new.lifecycle)
  }

  private mutating func compare(_ old: OperationSpec?, _ new: OperationSpec?, at pointer: String) {
    switch (old, new) {
    case (let old?, let new?):
      if old.method != new.method || old.path != new.path {
        add(
          .breaking, pointer, "\(old.method) \(old.path) → \(new.method) \(new.path)",
          "clients in use call the old address")
      }
      if old.success != new.success {
        add(
          .compatible, pointer + "/success", "\(old.success) → \(new.success)",
          "both are successes")
      }
    case (_?, nil): add(.breaking, pointer, "removed", "calls of it stop compiling")
    case (nil, _?): add(.compatible, pointer, "added", "nobody called it yet")
    case (nil, nil): break
    }
  }

  /// What adding an attribute or a relationship does.
  private mutating func compareAddition(_ create: Requirement?, at pointer: String) {
    if create == .required {
      add(.breaking, pointer, "added, required on create", "creates without it are refused")
    } else {
      add(.compatible, pointer, "added", "nobody used it yet")
    }
  }

  private mutating func compare(_ old: AttributeSpec?, _ new: AttributeSpec?, at pointer: String) {
    switch (old, new) {
    case (_?, nil): add(.breaking, pointer, "removed", "every use of it stops compiling")
    case (nil, let new?): compareAddition(new.create, at: pointer)
    case (let old?, let new?):
      if old.type != new.type {
        add(
          .breaking, pointer + "/type", "\(old.type.rawValue) → \(new.type.rawValue)",
          "code that reads or sets it has the wrong type")
      }
      compareRequirement(old.create, new.create, at: pointer + "/create")
      compareRequirement(old.update, new.update, at: pointer + "/update")
      compareCondition(old.condition, new.condition, at: pointer)
      compareAbility(old.filter, new.filter, at: pointer + "/filter", "filters by it can no longer")
      compareAbility(old.sort, new.sort, at: pointer + "/sort", "sorts by it can no longer")
      compareValues(old.values, new.values, at: pointer + "/values")
      compareDeprecation(old.deprecated, new.deprecated, at: pointer + "/deprecated")
      compareAbility(
        old.writeOnly == true ? nil : true, new.writeOnly == true ? nil : true,
        at: pointer + "/write_only", "reads it finds nothing")
      for (was, now, name) in [(old.trigger, new.trigger, "trigger"), (old.rows, new.rows, "rows")]
      where (was ?? false) != (now ?? false) {
        add(.breaking, "\(pointer)/\(name)", Self.flag(now), "it is set in another way")
      }
      if (old.transient ?? false) != (new.transient ?? false) {
        add(
          .compatible, pointer + "/transient", Self.flag(new.transient),
          "reading it was always optional")
      }
    case (nil, nil): break
    }
  }

  private mutating func compare(
    _ old: RelationshipSpec?, _ new: RelationshipSpec?, at pointer: String
  ) {
    switch (old, new) {
    case (_?, nil): add(.breaking, pointer, "removed", "every use of it stops compiling")
    case (nil, let new?): compareAddition(new.create, at: pointer)
    case (let old?, let new?):
      if old.cardinality != new.cardinality || old.resource != new.resource
        || (old.polymorphic ?? false) != (new.polymorphic ?? false)
      {
        add(
          .breaking, pointer, "\(Self.target(old)) → \(Self.target(new))",
          "code that follows it has the wrong type")
      }
      compareRequirement(old.create, new.create, at: pointer + "/create")
      compareRequirement(old.update, new.update, at: pointer + "/update")
      compareCondition(old.condition, new.condition, at: pointer)
      compareAbility(
        old.filter, new.filter, at: pointer + "/filter", "filters through it can no longer")
      compareAbility(
        old.include, new.include, at: pointer + "/include", "includes it can no longer")
      compareDeprecation(old.deprecated, new.deprecated, at: pointer + "/deprecated")
    case (nil, nil): break
    }
  }

  private mutating func compare(_ old: LifecycleSpec?, _ new: LifecycleSpec?) {
    switch (old, new) {
    case (_?, nil): add(.breaking, "/lifecycle", "removed", "waiting for it stops compiling")
    case (nil, _?): add(.compatible, "/lifecycle", "added", "nobody waited for it yet")
    case (let old?, let new?) where old != new:
      let gone = Set(old.terminal).subtracting(new.terminal)
      add(
        gone.isEmpty && old.attribute == new.attribute ? .compatible : .breaking, "/lifecycle",
        "changed", "waiting ends at other states")
    default: break
    }
  }

  private mutating func compareRequirement(
    _ old: Requirement?, _ new: Requirement?, at pointer: String
  ) {
    guard old != new else { return }
    let change = "\(old?.rawValue ?? "not settable") → \(new?.rawValue ?? "not settable")"
    switch (old, new) {
    case (_, nil): add(.breaking, pointer, change, "code that sets it stops compiling")
    case (_, .required?): add(.breaking, pointer, change, "requests without it are refused")
    case (.optional?, .conditional?):
      add(.breaking, pointer, change, "some requests without it are refused")
    default: add(.compatible, pointer, change, "more requests are accepted than before")
    }
  }

  private mutating func compareCondition(_ old: String?, _ new: String?, at pointer: String) {
    guard let old, let new, old != new else { return }
    add(.docsOnly, pointer + "/condition", "\(old) → \(new)", "only the comment changes")
  }

  private mutating func compareAbility(
    _ old: Bool?, _ new: Bool?, at pointer: String, _ who: String
  ) {
    switch (old ?? false, new ?? false) {
    case (true, false): add(.breaking, pointer, "no longer", "whoever \(who)")
    case (false, true): add(.compatible, pointer, "now", "more is possible")
    default: break
    }
  }

  private mutating func compareValues(_ old: [String]?, _ new: [String]?, at pointer: String) {
    guard old != new else { return }
    guard let old, let new else {
      add(
        .breaking, pointer, new == nil ? "no longer a closed list" : "now a closed list",
        "its Swift type changes")
      return
    }
    let gone = old.filter { !new.contains($0) }
    let added = new.filter { !old.contains($0) }
    if !gone.isEmpty {
      add(
        .breaking, pointer, "without \(gone.joined(separator: ", "))",
        "code that names these values stops compiling")
    }
    if !added.isEmpty {
      add(
        .compatible, pointer, "with \(added.joined(separator: ", "))",
        "unknown values were always read")
    }
    if gone.isEmpty, added.isEmpty {
      add(.docsOnly, pointer, "in another order", "only the order changes")
    }
  }

  private mutating func compareDeprecation(_ old: Bool?, _ new: Bool?, at pointer: String) {
    guard (old ?? false) != (new ?? false) else { return }
    add(.docsOnly, pointer, Self.flag(new), "it works as before")
  }

  private static func flag(_ value: Bool?) -> String { value == true ? "now" : "no longer" }

  private static func target(_ relationship: RelationshipSpec) -> String {
    let target =
      relationship.polymorphic == true ? "any of several" : relationship.resource ?? "unknown"
    return "\(relationship.cardinality.rawValue) \(target)"
  }
}
