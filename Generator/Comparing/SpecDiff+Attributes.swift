internal import Spec

/// Attributes, fact by fact.
extension SpecDiff {
  mutating func compareAttributes(_ old: ResourceSpec, _ new: ResourceSpec) {
    let gone = old.attributes.filter { new.attributes[$0.key] == nil }
    let come = new.attributes.filter { old.attributes[$0.key] == nil }
    for name in Set(old.attributes.keys).union(new.attributes.keys).sorted() {
      let pointer = "/attributes/\(name)"
      switch (old.attributes[name], new.attributes[name]) {
      case (let was?, nil):
        if let successor = shims.successor(resource, pointer), let now = new.attributes[successor] {
          tellRenamed(
            pointer, to: successor, affected: users(of: name, was, withRows: false),
            rows: was.create != nil || was.update != nil ? name : nil)
          compare(name, was, now, at: pointer)
          continue
        }
        let hint = RenameHint.attribute(name, was, among: come)
        add(
          .breaking, pointer, "removed" + hint, affected: users(of: name, was),
          shims.reason(resource, pointer) ?? "everything named after it is no longer generated")
      case (nil, let now?):
        if let old = shims.predecessor(resource, pointer), gone[old] != nil {
          add(
            .compatible, pointer, "added; it was `\(old)`", affected: Self.nobody,
            "what changed for users is said of `\(old)`")
          continue
        }
        let hint = RenameHint.attribute(name, now, among: gone)
        compareAddition(
          create: now.create, update: now.update, at: pointer, of: name, hint: hint)
      case (let was?, let now?): compare(name, was, now, at: pointer)
      case (nil, nil): break
      }
    }
  }

  /// What adding an attribute or a relationship does.
  mutating func compareAddition(
    create: Requirement?, update: Requirement?, at pointer: String, of wire: String, hint: String
  ) {
    let demands = [("create", "creates", create), ("update", "updates", update)].filter {
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
        + (isImportable && create != nil ? "; rows of imports of `\(resource)`" : ""),
      isCertain
        ? "requests without it are rejected"
        : "requests without it are rejected where the condition holds")
  }

  /// Who uses an attribute, by what can be done with it.
  private func users(
    of name: String, _ attribute: AttributeSpec, withRows: Bool = true
  ) -> String {
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
      + (settable && withRows ? rows(with: name) : "")
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
    compareRequirement(
      old.create, new.create, at: pointer + "/create", of: name, verb: "creates", flag: "on create")
    compareRequirement(
      old.update, new.update, at: pointer + "/update", of: name, verb: "updates", flag: "on update")
    compareCondition(
      old.createCondition, new.createCondition, at: pointer + "/create_condition", of: name)
    compareCondition(
      old.updateCondition, new.updateCondition, at: pointer + "/update_condition", of: name)
    compareAbility(
      old.filter, new.filter, at: pointer + "/filter", who: "queries that filter by \(what)",
      what: "filterable")
    compareAbility(
      old.sort, new.sort, at: pointer + "/sort", who: "queries that sort by \(what)",
      what: "sortable")
    compareValues(old.values, new.values, at: pointer + "/values", of: name)
    compareDeprecation(old.deprecated, new.deprecated, at: pointer + "/deprecated", what: what)
    compareReplacement(old.replacedBy, new.replacedBy, at: pointer + "/replaced_by", what: what)
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
          ? "a call without a response is repeated by itself"
          : "a call without a response fails instead of being repeated")
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
    let missing = Self.missing(old, in: new)
    let renamed = missing.filter { shims.valueSuccessor(resource, pointer, $0) != nil }
    let gone = Self.missing(missing, in: renamed)
    let successors = renamed.compactMap { shims.valueSuccessor(resource, pointer, $0) }
    let added = Self.missing(Self.missing(new, in: old), in: successors)
    for value in renamed {
      let successor = shims.valueSuccessor(resource, pointer, value) ?? ""
      tellRenamed(
        pointer, to: successor, from: value, affected: "code that names this value of \(what)",
        rows: name)
    }
    let areKept = gone.allSatisfy { shims.value(resource, pointer, $0) != nil }
    if !gone.isEmpty {
      add(
        .breaking, pointer, "without \(Self.list(gone))",
        affected: "code that names \(gone.count == 1 ? "this value" : "these values") of \(what)"
          + rows(with: name),
        (areKept
          ? "a deprecated shim keeps the name for a minor version, and the service need not "
          : "\(gone.count == 1 ? "it is" : "they are") no longer generated, and the service need not ")
          + "take \(gone.count == 1 ? "it" : "them")")
    }
    if !added.isEmpty {
      add(
        .compatible, pointer, "with \(Self.list(added))",
        affected: "switches over \(what) that are meant to be exhaustive",
        "the value lists are open, so their `default` takes what is new")
    }
    if missing.isEmpty, added.isEmpty {
      add(.docsOnly, pointer, "in another order", affected: Self.nobody, "only the order changes")
    }
  }
}
