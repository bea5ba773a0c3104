internal import Spec

/// Relationships, fact by fact.
extension SpecDiff {
  mutating func compareRelationships(_ old: ResourceSpec, _ new: ResourceSpec) {
    for name in Set(old.relationships.keys).union(new.relationships.keys).sorted() {
      let pointer = "/relationships/\(name)"
      switch (old.relationships[name], new.relationships[name]) {
      case (let was?, nil):
        if let successor = shims.successor(resource, pointer),
          let now = new.relationships[successor]
        {
          tellRenamed(pointer, to: successor, affected: users(of: name, was), rows: nil)
          compare(name, was, now, at: pointer)
          continue
        }
        add(
          .breaking, pointer, "removed", affected: users(of: name, was),
          shims.reason(resource, pointer) ?? "everything named after it is no longer generated")
      case (nil, let now?):
        if let was = shims.predecessor(resource, pointer), old.relationships[was] != nil {
          add(
            .compatible, pointer, "added; it was `\(was)`", affected: Self.nobody,
            "what changed for users is said of `\(was)`")
          continue
        }
        compareAddition(create: now.create, update: now.update, at: pointer, of: name, hint: "")
      case (let was?, let now?): compare(name, was, now, at: pointer)
      case (nil, nil): break
      }
    }
  }

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
    compareRequirement(
      old.create, new.create, at: pointer + "/create", of: name, verb: "creates", flag: "on create")
    compareRequirement(
      old.update, new.update, at: pointer + "/update", of: name, verb: "updates", flag: "on update")
    compareCondition(
      old.createCondition, new.createCondition, at: pointer + "/create_condition", of: name)
    compareCondition(
      old.updateCondition, new.updateCondition, at: pointer + "/update_condition", of: name)
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
    compareReplacement(old.replacedBy, new.replacedBy, at: pointer + "/replaced_by", what: what)
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
    let gone = Self.missing(old, in: new)
    let added = Self.missing(new, in: old)
    if !gone.isEmpty {
      add(
        .breaking, pointer, "without \(Self.list(gone))",
        affected: "code that expects or sets one of them as \(what)",
        "it no longer leads there")
    }
    if !added.isEmpty {
      add(
        .compatible, pointer, "with \(Self.list(added))",
        affected: "switches over what \(what) holds that are meant to be exhaustive",
        "decoding is open, so their `default` takes what is new")
    }
  }

  private static func target(_ resource: String?) -> String {
    resource.map(quoted) ?? "unknown"
  }
}
