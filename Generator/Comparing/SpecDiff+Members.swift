internal import Spec

/// What attributes and relationships have in common.
private protocol SettableMember {
  var create: Requirement? { get }
  var update: Requirement? { get }
  var createCondition: ConditionSpec? { get }
  var updateCondition: ConditionSpec? { get }
}

extension AttributeSpec: SettableMember {}
extension RelationshipSpec: SettableMember {}

/// Attributes and relationships, fact by fact.
extension SpecDiff {
  mutating func compareAttributes(_ old: ResourceSpec, _ new: ResourceSpec) {
    let gone = old.attributes.filter { new.attributes[$0.key] == nil }
    let come = new.attributes.filter { old.attributes[$0.key] == nil }
    for name in Set(old.attributes.keys).union(new.attributes.keys).sorted() {
      let (was, now) = (old.attributes[name], new.attributes[name])
      let hint: String? =
        switch (was, now) {
        case (let was?, nil): RenameHint.attribute(name, was, among: come)
        case (nil, let now?): RenameHint.attribute(name, now, among: gone)
        default: nil
        }
      compareMember(
        name, was, now, at: "/attributes/\(name)", users: was.map { users(of: name, $0) },
        hint: hint
      ) { $0.compare(name, $1, $2, at: $3) }
    }
  }

  mutating func compareRelationships(_ old: ResourceSpec, _ new: ResourceSpec) {
    for name in Set(old.relationships.keys).union(new.relationships.keys).sorted() {
      let was = old.relationships[name]
      compareMember(
        name, was, new.relationships[name], at: "/relationships/\(name)",
        users: was.map { users(of: name, $0) }, hint: nil
      ) { $0.compare(name, $1, $2, at: $3) }
    }
  }

  /// One attribute or relationship that the old spec, the new one or both have.
  private mutating func compareMember<Member: SettableMember>(
    _ name: String, _ old: Member?, _ new: Member?, at pointer: String, users: String?,
    hint: String?, _ facts: (inout SpecDiff, Member, Member, String) -> Void
  ) {
    switch (old, new) {
    case (_?, nil):
      add(
        .breaking, pointer, "removed" + (hint ?? ""), affected: users ?? Self.nobody,
        "everything named after it is no longer generated")
    case (nil, let now?): compareAddition(now, at: pointer, of: name, hint: hint ?? "")
    case (let was?, let now?): facts(&self, was, now, pointer)
    case (nil, nil): break
    }
  }

  /// What adding an attribute or a relationship does.
  private mutating func compareAddition(
    _ member: some SettableMember, at pointer: String, of wire: String, hint: String
  ) {
    let demands = [("create", "creates", member.create), ("update", "updates", member.update)]
      .filter {
        $0.2 == .required || $0.2 == .conditional
      }
    guard !demands.isEmpty else {
      add(.compatible, pointer, "added" + hint, affected: Self.nobody, "it is new")
      return
    }
    let change =
      "added, " + demands.map { "\($0.2?.rawValue ?? "") on \($0.0)" }.joined(separator: ", ")
    let isCertain = demands.contains { $0.2 == .required }
    add(
      .breaking, pointer, change + hint,
      affected: demands.map { "code that \($0.1) `\(resource)`" }.joined(separator: "; ")
        + (isImportable && member.create != nil ? "; rows of imports of `\(resource)`" : ""),
      isCertain
        ? "requests without it are refused"
        : "requests without it are refused where the condition holds")
  }

  /// What requests need and when.
  private mutating func compareSetting(
    _ name: String, _ old: some SettableMember, _ new: some SettableMember, at pointer: String
  ) {
    compareRequirement(
      old.create, new.create, at: pointer + "/create", of: name, verb: "creates", flag: "on create")
    compareRequirement(
      old.update, new.update, at: pointer + "/update", of: name, verb: "updates", flag: "on update")
    compareCondition(
      old.createCondition, new.createCondition, at: pointer + "/create_condition", of: name)
    compareCondition(
      old.updateCondition, new.updateCondition, at: pointer + "/update_condition", of: name)
  }

  /// Adds what a list of names has lost and gained.
  private mutating func compareLists(
    _ old: [String], _ new: [String], at pointer: String,
    lost: (_ count: Int) -> (affected: String, why: String),
    gained: (affected: String, why: String)
  ) {
    let (gone, added) = (Self.missing(old, in: new), Self.missing(new, in: old))
    if !gone.isEmpty {
      let lost = lost(gone.count)
      add(
        .breaking, pointer, "without \(Self.list(gone))", affected: lost.affected, lost.why)
    }
    if !added.isEmpty {
      add(
        .compatible, pointer, "with \(Self.list(added))", affected: gained.affected, gained.why)
    }
  }

  // MARK: - Attributes

  /// Who uses an attribute, by what can be done with it.
  private func users(of name: String, _ attribute: AttributeSpec) -> String {
    var verbs: [String] = []
    if attribute.trigger == true {
      verbs.append("triggers")
    } else {
      if attribute.writeOnly != true { verbs.append("reads") }
      if attribute.create != nil { verbs.append("creates with") }
      if attribute.update != nil { verbs.append("updates") }
    }
    if attribute.filter == true { verbs.append("filters by") }
    if attribute.sort == true { verbs.append("sorts by") }
    let settable = attribute.create != nil || attribute.update != nil
    return "code that \(Self.sentence(verbs)) `\(name)` of `\(resource)`"
      + (settable ? rows(with: name) : "")
  }

  static func sentence(_ words: [String]) -> String {
    guard let last = words.last, words.count > 1 else { return words.first ?? "uses" }
    return words.dropLast().joined(separator: ", ") + " or " + last
  }

  private mutating func compare(
    _ name: String, _ old: AttributeSpec, _ new: AttributeSpec, at pointer: String
  ) {
    let what = "`\(name)` of `\(resource)`"
    if old.type != new.type {
      add(
        .breaking, pointer + "/type", "\(old.type.rawValue) → \(new.type.rawValue)",
        affected: users(of: name, old), "its Swift type changes")
    }
    compareSetting(name, old, new, at: pointer)
    compareAbility(
      old.filter, new.filter, at: pointer + "/filter", who: "queries that filter by \(what)",
      what: "filterable")
    compareAbility(
      old.sort, new.sort, at: pointer + "/sort", who: "queries that sort by \(what)",
      what: "sortable")
    compareValues(old.values, new.values, at: pointer + "/values", of: name)
    compareDeprecation(old.deprecated, new.deprecated, at: pointer + "/deprecated", what: what)
    compareAbility(
      old.writeOnly == true ? nil : true, new.writeOnly == true ? nil : true,
      at: pointer + "/write_only", who: "code that reads \(what)", what: "readable")
    if (old.trigger ?? false) != (new.trigger ?? false) {
      add(
        .breaking, pointer + "/trigger", Self.flag(new.trigger, "a trigger"),
        affected: old.trigger == true ? "code that triggers \(what)" : "code that reads \(what)",
        "it is set in another way and is \(new.trigger == true ? "not" : "now") read")
    } else if new.trigger == true, (old.idempotent ?? false) != (new.idempotent ?? false) {
      add(
        .compatible, pointer + "/idempotent", Self.flag(new.idempotent, "idempotent"),
        affected: "code that triggers \(what)",
        new.idempotent == true
          ? "a call without an answer is repeated by itself"
          : "a call without an answer fails instead of being repeated")
    }
    if (old.rows ?? false) != (new.rows ?? false) {
      add(
        .breaking, pointer + "/rows", Self.flag(new.rows, "made of rows"),
        affected: "code that sets \(what)", "the argument's type changes")
    }
    if (old.transient ?? false) != (new.transient ?? false) {
      add(
        .compatible, pointer + "/transient", Self.flag(new.transient, "transient"),
        affected: "code that reads \(what)", "every attribute may be absent: reading stays optional"
      )
    }
  }

  private mutating func compareValues(
    _ old: [String]?, _ new: [String]?, at pointer: String, of name: String
  ) {
    let (old, new) = (old ?? [], new ?? [])
    guard old != new else { return }
    let what = "`\(name)` of `\(resource)`"
    guard !old.isEmpty, !new.isEmpty else {
      add(
        .breaking, pointer,
        new.isEmpty ? "no longer a list of values" : "now one of \(Self.list(new))",
        affected: "code that reads, sets or filters by \(what)",
        new.isEmpty
          ? "its Swift type becomes `String`" : "its Swift type becomes one of its own")
      return
    }
    let rows = rows(with: name)
    compareLists(
      old, new, at: pointer,
      lost: { count in
        (
          "code that names \(count == 1 ? "this value" : "these values") of \(what)"
            + rows,
          "\(count == 1 ? "it is" : "they are") no longer generated, and the service need not "
            + "take \(count == 1 ? "it" : "them")"
        )
      },
      gained: (
        "switches over \(what) that are meant to be exhaustive",
        "the value lists are open, so their `default` takes what is new"
      ))
    if Set(old) == Set(new) {
      add(.docsOnly, pointer, "in another order", affected: Self.nobody, "only the order changes")
    }
  }

  // MARK: - Relationships

  private func users(of name: String, _ relationship: RelationshipSpec) -> String {
    var verbs = ["follows"]
    if relationship.create != nil || relationship.update != nil { verbs.append("sets") }
    if relationship.filter == true { verbs.append("filters through") }
    if relationship.include == true { verbs.append("includes") }
    return "code that \(Self.sentence(verbs)) `\(name)` of `\(resource)`"
  }

  private mutating func compare(
    _ name: String, _ old: RelationshipSpec, _ new: RelationshipSpec, at pointer: String
  ) {
    let what = "`\(name)` of `\(resource)`"
    if old.cardinality != new.cardinality {
      add(
        .breaking, pointer + "/cardinality",
        "to \(old.cardinality.rawValue) → to \(new.cardinality.rawValue)",
        affected: users(of: name, old), "one becomes a list, or a list becomes one")
    }
    if (old.polymorphic ?? false) != (new.polymorphic ?? false) {
      add(
        .breaking, pointer + "/polymorphic", Self.flag(new.polymorphic, "polymorphic"),
        affected: users(of: name, old),
        new.polymorphic == true
          ? "what it leads to may be of several types" : "what it leads to has one type")
    } else if old.resource != new.resource {
      add(
        .breaking, pointer + "/resource",
        "\(Self.target(old.resource)) → \(Self.target(new.resource))",
        affected: users(of: name, old), "what it leads to has another type")
    }
    compareTargets(old.targets, new.targets, at: pointer + "/targets", what: what)
    compareSetting(name, old, new, at: pointer)
    compareAbility(
      old.filter, new.filter, at: pointer + "/filter", who: "queries that filter through \(what)",
      what: "filterable")
    if old.include != true, new.include == true, old.filter == true, new.filter == true {
      // `path.parts` was a path of one kind; now it is one through filters or one through includes.
      add(
        .breaking, pointer + "/include", "now includable",
        affected: "paths through \(what) in code that states no type",
        "what was a path in filters alone can be an include as well, and only the type tells which")
    } else {
      compareAbility(
        old.include, new.include, at: pointer + "/include", who: "queries that include \(what)",
        what: "includable")
    }
    compareDeprecation(old.deprecated, new.deprecated, at: pointer + "/deprecated", what: what)
  }

  private mutating func compareTargets(
    _ old: [String]?, _ new: [String]?, at pointer: String, what: String
  ) {
    guard let old, let new else {
      if let new {
        add(
          .compatible, pointer, "now \(Self.list(new))", affected: Self.nobody,
          "what it may lead to is known now; decoding stays open")
      } else if old != nil {
        add(
          .breaking, pointer, "no longer listed",
          affected: "code that tells apart what \(what) holds",
          "the types it may lead to are no longer generated")
      }
      return
    }
    compareLists(
      old, new, at: pointer,
      lost: { _ in
        ("code that expects or sets one of them as \(what)", "it no longer leads there")
      },
      gained: (
        "switches over what \(what) holds that are meant to be exhaustive",
        "decoding is open, so their `default` takes what is new"
      ))
  }

  private static func target(_ resource: String?) -> String {
    resource.map(quoted) ?? "unknown"
  }
}
