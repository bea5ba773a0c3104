internal import Spec

/// What all resources share, fact by fact: limits, importable types, predicates.
enum ServiceDiff {
  private struct Changes {
    var list: [SpecChange] = []

    mutating func add(
      _ effect: SpecChange.Effect, _ pointer: String, _ change: String, affected: String,
      _ reason: String
    ) {
      list.append(
        SpecChange(effect, SpecChange.service, pointer, change, affected: affected, reason))
    }

    /// A bound of what may be asked: breaking when it shrinks.
    mutating func bound(
      _ old: Int, _ new: Int, at pointer: String, affected: String, _ reason: String
    ) {
      guard old != new else { return }
      let change = "\(old) → \(new)"
      if new < old {
        add(.breaking, pointer, change, affected: affected, reason)
      } else {
        add(.compatible, pointer, change, affected: SpecDiff.nobody, "more is allowed than before")
      }
    }
  }

  static func changes(from old: ServiceSpec, to new: ServiceSpec) -> [SpecChange] {
    var changes = Changes()
    if old.mediaType != new.mediaType {
      changes.add(
        .breaking, "/media_type",
        "\(SpecDiff.quoted(old.mediaType)) → \(SpecDiff.quoted(new.mediaType))",
        affected: "every call of a released version of the client",
        "released versions go on sending the old one")
    }
    changes.bound(
      old.page.maximumSize, new.page.maximumSize, at: "/page/maximum_size",
      affected: "queries that ask for pages of more than \(new.page.maximumSize)",
      "the service rejects or cuts them")
    changes.bound(
      old.page.defaultSize, new.page.defaultSize, at: "/page/default_size",
      affected: "lists that name no page size and read one page",
      "the page holds fewer items than it did")
    compareImports(old.imports, new.imports, &changes)
    comparePredicates(old.predicates, new.predicates, &changes)
    compareErrorCodes(old.errorCodes, new.errorCodes, &changes)
    compareRates(old, new, &changes)
    return changes.list
  }

  private static func compareImports(
    _ old: ServiceSpec.Imports, _ new: ServiceSpec.Imports, _ changes: inout Changes
  ) {
    changes.bound(
      old.maximumInputs, new.maximumInputs, at: "/imports/maximum_inputs",
      affected: "code that creates imports of more than \(new.maximumInputs) rows",
      "the service rejects them; the importer cuts its chunks by the new figure")
    changes.bound(
      old.maximumRunning, new.maximumRunning, at: "/imports/maximum_running",
      affected: "programs that keep more than \(new.maximumRunning) imports running",
      "the service rejects further ones")
    changes.bound(
      old.errorThresholdPercent, new.errorThresholdPercent, at: "/imports/error_threshold_percent",
      affected: "imports of which more than \(new.errorThresholdPercent) % of the rows fail",
      "they are interrupted where they used to go on")
    for name in Set(old.types.keys).union(new.types.keys).sorted() {
      let pointer = "/imports/types/\(name)"
      switch (old.types[name], new.types[name]) {
      case (_?, nil):
        changes.add(
          .breaking, pointer, "no longer importable", affected: "imports of `\(name)`",
          "the service rejects them")
      case (nil, _?):
        changes.add(
          .compatible, pointer, "now importable", affected: SpecDiff.nobody,
          "rows of it can be imported")
      case (let was?, let now?): compare(name, was, now, at: pointer, &changes)
      case (nil, nil): break
      }
    }
  }

  private static func compare(
    _ name: String, _ old: ServiceSpec.Importable, _ new: ServiceSpec.Importable,
    at pointer: String, _ changes: inout Changes
  ) {
    if Set(old.key) != Set(new.key) {
      let change = "\(SpecDiff.list(old.key)) → \(SpecDiff.list(new.key))"
      if old.key.isEmpty {
        changes.add(
          .breaking, pointer + "/key", change,
          affected:
            "rows of imports of `\(name)` without \(SpecDiff.list(new.key)) and without an id",
          "the importer demands the key of a type that has one")
      } else {
        changes.add(
          .breaking, pointer + "/key", change, affected: "imports of `\(name)` that update records",
          new.key.isEmpty
            ? "rows are told apart by their id alone: without one each makes a new record"
            : "rows meet other records than before")
      }
    }
    if old.parent != new.parent {
      let change =
        "\(old.parent.map(SpecDiff.quoted) ?? "none") → \(new.parent.map(SpecDiff.quoted) ?? "none")"
      changes.add(
        old.parent == nil ? .compatible : .breaking, pointer + "/parent", change,
        affected: old.parent == nil
          ? SpecDiff.nobody : "imports of `\(name)` that name one parent for all rows",
        old.parent == nil
          ? "one parent can be named for all rows" : "it stands for another relationship, or none")
    }
  }

  private static func comparePredicates(
    _ old: [ServiceSpec.Predicate], _ new: [ServiceSpec.Predicate], _ changes: inout Changes
  ) {
    let before = Dictionary(old.map { ($0.name, $0) }) { first, _ in first }
    let after = Dictionary(new.map { ($0.name, $0) }) { first, _ in first }
    for name in Set(before.keys).union(after.keys).sorted() {
      let pointer = "/predicates/\(name)"
      let users = "queries that filter with `\(name)`"
      switch (before[name], after[name]) {
      case (_?, nil):
        changes.add(
          .breaking, pointer, "removed", affected: users, "its method is no longer generated")
      case (nil, _?):
        changes.add(.compatible, pointer, "added", affected: SpecDiff.nobody, "its method is new")
      case (let was?, let now?):
        if was.argument != now.argument {
          changes.add(
            .breaking, pointer + "/argument",
            "\(was.argument.rawValue) → \(now.argument.rawValue)", affected: users,
            "its method takes something else")
        }
        let id = was.id == true && now.id != true ? ["id"] : []
        let gone = SpecDiff.missing(was.types.map(\.rawValue), in: now.types.map(\.rawValue)) + id
        let idNow = was.id != true && now.id == true ? ["id"] : []
        let added =
          SpecDiff.missing(now.types.map(\.rawValue), in: was.types.map(\.rawValue)) + idNow
        if !gone.isEmpty {
          changes.add(
            .breaking, pointer + "/types", "no longer fits \(gone.joined(separator: ", "))",
            affected: users + " on \(gone.joined(separator: ", "))", "they stop compiling")
        }
        if !added.isEmpty {
          changes.add(
            .compatible, pointer + "/types", "now fits \(added.joined(separator: ", "))",
            affected: SpecDiff.nobody, "more is possible")
        }
      case (nil, nil): break
      }
    }
  }

  private static func compareErrorCodes(
    _ old: [String: [String]], _ new: [String: [String]], _ changes: inout Changes
  ) {
    for status in Set(old.keys).union(new.keys).sorted() {
      let (was, now) = (old[status] ?? [], new[status] ?? [])
      let gone = SpecDiff.missing(was, in: now)
      let added = SpecDiff.missing(now, in: was)
      guard !gone.isEmpty || !added.isEmpty else { continue }
      let change = [
        gone.isEmpty ? nil : "without \(SpecDiff.list(gone))",
        added.isEmpty ? nil : "with \(SpecDiff.list(added))",
      ].compactMap(\.self).joined(separator: ", ")
      changes.add(
        .compatible, "/error_codes/\(status)", change,
        affected: "code that tells errors of status \(status) apart by their code",
        "codes are text: nothing stops compiling, but it meets other codes")
    }
  }

  /// Rates and the resources they are for: the client counts for itself and waits.
  private static func compareRates(
    _ old: ServiceSpec, _ new: ServiceSpec, _ changes: inout Changes
  ) {
    for name in Set(old.rateLimits.keys).union(new.rateLimits.keys).sorted()
    where old.rateLimits[name] != new.rateLimits[name] {
      changes.add(
        .compatible, "/rate_limits/\(name)",
        old.rateLimits[name] == nil
          ? "added" : new.rateLimits[name] == nil ? "removed" : "other figures",
        affected: "programs that work at the limit",
        "a released version of the client keeps to the old figures")
    }
    for (names, what) in [
      (SpecDiff.missing(old.cacheable, in: new.cacheable), "no longer in the cacheable class"),
      (SpecDiff.missing(new.cacheable, in: old.cacheable), "now in the cacheable class"),
    ] where !names.isEmpty {
      changes.add(
        .compatible, "/cacheable", "\(SpecDiff.list(names)) \(what)",
        affected: "programs that read \(names.count == 1 ? "it" : "them") at the limit",
        "another rate limit holds")
    }
  }
}
