internal import GeneratorCore
public import Spec

/// Compares two specs and says of every change what it does to users.
///
/// What users may rely on: that calls compile, that requests are accepted, and that the types of
/// what they read stay. Whatever takes one of these away is breaking. The facts are compared one by
/// one; then the names, types and argument orders that the generator makes of both specs are
/// compared too, so that what the facts do not show is found as well.
public struct SpecDiff {
  var changes: [SpecChange] = []
  var resource = ""
  /// Whether rows of imports can be of the resource.
  var isImportable = false
  /// What the new side keeps of what it no longer has.
  var shims = Shims()

  private init() {}

  /// All changes from one list of resources to another, most serious first.
  /// - Parameters:
  ///   - importable: the resources whose rows can be imported.
  public static func changes(
    from old: [ResourceSpec], to new: [ResourceSpec], importable: Set<String> = []
  ) -> [SpecChange] {
    var diff = SpecDiff()
    diff.compareFacts(old, new, importable: importable)
    diff.compareGenerated(
      { () throws(SpecError) in try Side(old) }, { () throws(SpecError) in try Side(new) })
    return diff.changes.sorted()
  }

  /// All changes from one spec to another, what all resources share included; most serious first.
  public static func changes(from old: SpecFolder, to new: SpecFolder) -> [SpecChange] {
    let importable = Set(old.service.imports.types.keys).union(new.service.imports.types.keys)
    var diff = SpecDiff()
    diff.shims = Shims(new.removed)
    diff.compareFacts(old.resources, new.resources, importable: importable)
    diff.changes += ServiceDiff.changes(from: old.service, to: new.service)
    diff.compareGenerated(
      { () throws(SpecError) in try Side(old) }, { () throws(SpecError) in try Side(new) })
    return diff.changes.sorted()
  }

  private mutating func compareFacts(
    _ old: [ResourceSpec], _ new: [ResourceSpec], importable: Set<String>
  ) {
    let old = old.map(shims.leadingToSuccessors)
    let before = Dictionary(old.map { ($0.resource, $0) }) { first, _ in first }
    let after = Dictionary(new.map { ($0.resource, $0) }) { first, _ in first }
    let gone = before.filter { after[$0.key] == nil }.map(\.value)
    let come = after.filter { before[$0.key] == nil }.map(\.value)
    for name in Set(before.keys).union(after.keys).sorted() {
      resource = name
      isImportable = importable.contains(name)
      switch (before[name], after[name]) {
      case (let old?, let new?): compare(old, new)
      case (let old?, nil):
        if let entry = shims.entry(name, ""), let now = entry.renamedTo.flatMap({ after[$0] }) {
          compareRenamed(old, now)
          continue
        }
        removeResource(old, successor: RenameHint.successor(of: old, among: come))
      case (nil, let new?):
        addResource(new, predecessor: RenameHint.successor(of: new, among: gone))
      case (nil, nil): break
      }
    }
  }

  mutating func add(
    _ effect: SpecChange.Effect, _ pointer: String, _ change: String, affected: String,
    _ reason: String
  ) {
    changes.append(SpecChange(effect, resource, pointer, change, affected: affected, reason))
  }

  // MARK: - Resources

  private mutating func removeResource(_ old: ResourceSpec, successor: String?) {
    add(
      .breaking, "", "removed" + (successor.map { "; \($0)" } ?? ""),
      affected: "all code that uses `\(resource)`"
        + (isImportable ? "; imports of `\(resource)`" : ""),
      shims.entry(resource, "") == nil
        ? "its types and calls are no longer generated"
        : "a shim under the old name is unavailable: it says so at compile time, and bridges nothing"
    )
  }

  /// A resource that goes on under another name.
  private mutating func compareRenamed(_ old: ResourceSpec, _ new: ResourceSpec) {
    add(
      .compatible, "", "renamed to `\(new.resource)`", affected: "all code that uses `\(resource)`",
      Shims.bridged)
    if isImportable {
      add(
        .breaking, "", "renamed to `\(new.resource)`", affected: "imports of `\(resource)`",
        Shims.notRows)
    }
    var renamed = old
    (renamed.resource, renamed.singular) = (new.resource, new.singular)
    // Its addresses are those of the new name.
    renamed.operations = old.operations.mapValues { operation in
      var operation = operation
      operation.path = operation.path.split(separator: "/", omittingEmptySubsequences: false)
        .map { $0 == old.resource ? new.resource : String($0) }.joined(separator: "/")
      return operation
    }
    compare(renamed, new)
  }

  private mutating func addResource(_ new: ResourceSpec, predecessor: String?) {
    add(
      .compatible, "", "added" + (predecessor.map { "; \($0)" } ?? ""), affected: Self.nobody,
      "types and calls for it are new")
  }

  private mutating func compare(_ old: ResourceSpec, _ new: ResourceSpec) {
    if old.singular != new.singular {
      add(
        .breaking, "/singular", "`\(old.singular)` → `\(new.singular)`",
        affected: "code that names its Swift types",
        "they are named after the singular")
    }
    if (old.singleton ?? false) != (new.singleton ?? false) {
      add(
        .breaking, "/singleton", Self.flag(new.singleton, "a singleton"),
        affected: "code that calls `\(resource)`", "its calls gain or lose the id")
    }
    compareDeprecation(
      old.deprecated, new.deprecated, at: "/deprecated", what: "`\(resource)`")
    compareReplacement(old.replacedBy, new.replacedBy, at: "/replaced_by", what: "`\(resource)`")
    for kind in OperationKind.allCases {
      compareOperation(kind, old.operations[kind], new.operations[kind])
    }
    compareAttributes(old, new)
    compareRelationships(old, new)
    compare(old.lifecycle, new.lifecycle)
  }

  // MARK: - Operations

  private mutating func compareOperation(
    _ kind: OperationKind, _ old: OperationSpec?, _ new: OperationSpec?
  ) {
    let pointer = "/operations/\(kind.rawValue)"
    let callers = "code that \(Self.verb(kind)) `\(resource)`"
    switch (old, new) {
    case (let old?, let new?):
      if old.method != new.method || old.path != new.path {
        add(
          .breaking, pointer, "`\(old.method) \(old.path)` → `\(new.method) \(new.path)`",
          affected: callers + " with a released version of the client",
          "released versions go on calling the old address")
      }
      guard old.success != new.success else { break }
      if new.success == Self.noContent, kind != .delete {
        add(
          .breaking, pointer + "/success", "\(old.success) → \(new.success)", affected: callers,
          "the response no longer holds the resource")
      } else {
        add(
          .compatible, pointer + "/success", "\(old.success) → \(new.success)",
          affected: Self.nobody, "every 2xx is taken for success")
      }
    case (_?, nil):
      add(
        .breaking, pointer, "removed",
        affected: callers
          + (kind == .list ? " and every query that filters or sorts it" : ""),
        "the method is no longer generated")
    case (nil, _?):
      add(.compatible, pointer, "added", affected: Self.nobody, "the method is new")
    case (nil, nil): break
    }
  }

  private static let noContent = 204

  static func verb(_ kind: OperationKind) -> String {
    switch kind {
    case .create: "creates"
    case .list: "lists"
    case .retrieve: "retrieves"
    case .update: "updates"
    case .delete: "deletes"
    }
  }

  // MARK: - Lifecycle

  private mutating func compare(_ old: LifecycleSpec?, _ new: LifecycleSpec?) {
    let waiters = "code that waits for `\(resource)`"
    switch (old, new) {
    case (_?, nil):
      add(
        .breaking, "/lifecycle", "removed", affected: waiters, "waiting is no longer generated")
    case (nil, _?):
      add(.compatible, "/lifecycle", "added", affected: Self.nobody, "waiting for it is new")
    case (let old?, let new?):
      if old.attribute != new.attribute {
        add(
          .breaking, "/lifecycle/attribute", "`\(old.attribute)` → `\(new.attribute)`",
          affected: waiters, "the state is read from another attribute")
      }
      let gone = Self.missing(old.terminal, in: new.terminal)
      let added = Self.missing(new.terminal, in: old.terminal)
      if !gone.isEmpty {
        add(
          .breaking, "/lifecycle/terminal", "without \(Self.list(gone))", affected: waiters,
          "waiting goes on where it used to end")
      }
      if !added.isEmpty {
        add(
          .compatible, "/lifecycle/terminal", "with \(Self.list(added))", affected: waiters,
          "waiting ends at these states too")
      }
      if Set(old.progress) != Set(new.progress) {
        add(
          .compatible, "/lifecycle/progress",
          "\(Self.list(old.progress)) → \(Self.list(new.progress))", affected: waiters,
          "progress is told by other counts")
      }
    case (nil, nil): break
    }
  }

  // MARK: - Shared by all facts

  static let nobody = "nobody yet"

  mutating func compareRequirement(
    _ old: Requirement?, _ new: Requirement?, at pointer: String, of wire: String,
    verb: String, flag: String
  ) {
    guard old != new else { return }
    let change =
      "\(flag) \(old?.rawValue ?? "not settable") → \(new?.rawValue ?? "not settable")"
    let setters = "code that \(verb) `\(resource)` with `\(wire)`" + rows(with: wire)
    let omitters = "code that \(verb) `\(resource)` without `\(wire)`" + rows(without: wire)
    switch (old, new) {
    case (_, nil):
      add(.breaking, pointer, change, affected: setters, "it can no longer be set")
    case (_, .required?):
      add(
        .breaking, pointer, change, affected: omitters,
        "the argument must be given and requests without it are rejected")
    case (nil, .conditional?), (.optional?, .conditional?):
      add(
        .breaking, pointer, change, affected: omitters,
        "requests without it are rejected where the condition holds")
    case (nil, _):
      add(.compatible, pointer, change, affected: Self.nobody, "it can be set now")
    default:
      add(
        .compatible, pointer, change, affected: setters,
        "more requests are accepted than before")
    }
  }

  /// Rows of imports that have the attribute, for resources that can be imported.
  func rows(with wire: String) -> String {
    isImportable ? "; rows of imports of `\(resource)` with `\(wire)`" : ""
  }

  private func rows(without wire: String) -> String {
    isImportable ? "; rows of imports of `\(resource)` without `\(wire)`" : ""
  }

  mutating func compareCondition(
    _ old: ConditionSpec?, _ new: ConditionSpec?, at pointer: String, of wire: String
  ) {
    guard let old, let new, old != new else { return }
    add(
      .docsOnly, pointer, "\(Self.quoted(old.text)) → \(Self.quoted(new.text))",
      affected: "code that relies on leaving `\(wire)` out",
      "only the comment changes: the service judges conditions, not the client")
  }

  mutating func compareAbility(
    _ old: Bool?, _ new: Bool?, at pointer: String, who: String, what: String
  ) {
    switch (old ?? false, new ?? false) {
    case (true, false):
      add(.breaking, pointer, "no longer \(what)", affected: who, "they stop compiling")
    case (false, true):
      add(.compatible, pointer, "now \(what)", affected: Self.nobody, "more is possible")
    default: break
    }
  }

  mutating func compareDeprecation(
    _ old: Bool?, _ new: Bool?, at pointer: String, what: String
  ) {
    guard (old ?? false) != (new ?? false) else { return }
    add(
      .compatible, pointer, Self.flag(new, "deprecated"), affected: "code that uses \(what)",
      new == true
        ? "it works as before, compiles with a warning, and may be removed in a later version"
        : "its warning is gone")
  }

  mutating func compareReplacement(
    _ old: String?, _ new: String?, at pointer: String, what: String
  ) {
    guard old != new else { return }
    add(
      .compatible, pointer, "\(old.map(Self.quoted) ?? "none") → \(new.map(Self.quoted) ?? "none")",
      affected: "code that uses \(what)", "its warning names something else to use instead")
  }

  static func flag(_ value: Bool?, _ what: String) -> String {
    (value == true ? "now " : "no longer ") + what
  }

  static func missing(_ some: [String], in all: [String]) -> [String] {
    some.filter { !all.contains($0) }
  }

  /// Texts of the spec as code, for messages.
  static func list(_ texts: [String]) -> String {
    texts.isEmpty ? "none" : texts.map(quoted).joined(separator: ", ")
  }

  /// A text of the spec as a code span: cut, and without what would end the span.
  static func quoted(_ text: String) -> String {
    let cut = text.count > longestQuote ? text.prefix(longestQuote) + "…" : text[...]
    return "`\(cut.replacing("`", with: "\\u{60}"))`"
  }

  private static let longestQuote = 200
}
