internal import Spec

/// Puts the facts of one resource's pages together.
///
/// The newest page that can speak of a fact decides it; an older page adds only what no newer one
/// can speak of. Every place where that rule decides against a page is a diagnostic there.
struct ResourceAssembly {
  private let name: String
  /// Newest first; pages of one age in the order of ``PageKind``, then by name.
  private let pages: [PageFacts]
  private let knownResources: Set<String>
  private(set) var spec: ResourceSpec
  private(set) var diagnostics: [Diagnostic] = []
  private var types = TypeEvidence()

  static func assemble(
    _ name: String, pages: [PageFacts], knownResources: Set<String>
  ) -> (spec: ResourceSpec, diagnostics: [Diagnostic]) {
    var assembly = ResourceAssembly(name: name, pages: pages, knownResources: knownResources)
    assembly.run()
    return (assembly.spec, assembly.diagnostics)
  }

  private init(name: String, pages: [PageFacts], knownResources: Set<String>) {
    self.name = name
    self.pages = pages.sorted {
      if $0.vintage != $1.vintage { return $0.vintage > $1.vintage }
      if $0.title.kind != $1.title.kind { return $0.title.kind < $1.title.kind }
      return $0.file < $1.file
    }
    self.knownResources = knownResources
    spec = ResourceSpec(resource: name, singular: Inflection.singularize(name))
  }

  private mutating func run() {
    addOperations()
    types.collect(pages)
    addArguments(.create)
    addArguments(.update)
    addLists()
    addResponses()
    addRelationships()
    settleTypes()
    markWriteOnly()
    markDeprecated()
  }

  // MARK: Operations

  private mutating func addOperations() {
    for kind in OperationKind.allCases {
      let told = pages.filter { $0.title.kind == .operation(kind) && $0.request != nil }
      guard let newest = told.first, let request = newest.request else { continue }
      let success = told.lazy.compactMap(\.success).first ?? Operations.success(kind)
      spec.operations[kind] = OperationSpec(
        method: request.method, path: request.path, success: success)
      for older in told.dropFirst() {
        if older.request != request, let line = older.request {
          disagree(
            older, line: older.requestLine, newest,
            "the request line is \(line.method) \(line.path)", "\(request.method) \(request.path)")
        }
        if let status = older.success, status != success {
          disagree(older, line: older.requestLine, newest, "success is \(status)", "\(success)")
        }
      }
    }
    let takesNoID =
      [OperationKind.retrieve, .update].contains { kind in
        spec.operations[kind].map { !$0.path.hasSuffix("/:id") } ?? false
      } && spec.operations[.list] == nil
    if takesNoID { spec.singleton = true }
  }

  // MARK: Arguments

  private mutating func addArguments(_ kind: OperationKind) {
    let told = pages.filter { $0.title.kind == .operation(kind) && $0.arguments != nil }
    guard let newest = told.first else { return }
    let rows = newest.arguments ?? []
    for row in rows {
      switch row.namespace {
      case .attributes: set(kind, row)
      case .relationships: relate(kind, row)
      case .member, .links, .meta: break
      }
    }
    for older in told.dropFirst() { compareArguments(of: older, with: rows, on: newest) }
  }

  private mutating func set(_ kind: OperationKind, _ row: PageFacts.Row) {
    var attribute = spec.attributes[row.name] ?? AttributeSpec(type: row.type ?? .string)
    let requirement = row.required?.requirement ?? .optional
    if kind == .create { attribute.create = requirement } else { attribute.update = requirement }
    if requirement == .conditional { attribute.condition = row.required?.condition }
    spec.attributes[row.name] = attribute
  }

  private mutating func relate(_ kind: OperationKind, _ row: PageFacts.Row) {
    var relationship = spec.relationships[row.name]
      ?? RelationshipSpec(cardinality: row.cardinality ?? Self.cardinality(of: row.name))
    let requirement = row.required?.requirement ?? .optional
    if kind == .create { relationship.create = requirement } else { relationship.update = requirement }
    if requirement == .conditional { relationship.condition = row.required?.condition }
    spec.relationships[row.name] = relationship
  }

  private mutating func compareArguments(
    of older: PageFacts, with rows: [PageFacts.Row], on newest: PageFacts
  ) {
    let current = Dictionary(rows.map { ($0.name, $0) }) { first, _ in first }
    for row in older.arguments ?? [] where row.namespace == .attributes || row.namespace == .relationships {
      guard let now = current[row.name] else {
        disagree(older, line: row.line, newest, "'\(row.name)' is an argument", "it is none")
        continue
      }
      if let was = row.required, let now = now.required, was.requirement != now.requirement {
        disagree(
          older, line: row.line, newest, "'\(row.name)' is \(was.requirement.rawValue)",
          now.requirement.rawValue)
      }
    }
  }

  // MARK: Lists

  private mutating func addLists() {
    if let page = newest(\.sortable) {
      for item in page.sortable ?? [] { attribute(item.name) { $0.sort = true } }
    }
    if let page = newest(\.filterable) {
      for item in page.filterable ?? [] { attribute(item.name) { $0.filter = true } }
    }
    if let page = newest(\.filterableRelationships) {
      for item in page.filterableRelationships ?? [] {
        spec.attributes[item.name] = nil
        var relationship = spec.relationships[item.name]
          ?? RelationshipSpec(cardinality: Self.cardinality(of: item.name))
        relationship.filter = true
        spec.relationships[item.name] = relationship
      }
    }
    compareLists(\.sortable, "sortable")
    compareLists(\.filterable, "filterable")
  }

  private func newest<Value>(_ path: KeyPath<PageFacts, Value?>) -> PageFacts? {
    pages.first { $0[keyPath: path] != nil }
  }

  private mutating func compareLists(
    _ path: KeyPath<PageFacts, [PageFacts.Listed]?>, _ what: String
  ) {
    guard let newest = newest(path) else { return }
    let names = Set((newest[keyPath: path] ?? []).map(\.name))
    for older in pages where older.file != newest.file {
      for item in older[keyPath: path] ?? [] where !names.contains(item.name) {
        disagree(older, line: item.line, newest, "'\(item.name)' is \(what)", "it is not")
      }
    }
  }

  // MARK: Responses

  /// The attributes of the newest responses; older pages add those no response of their own time
  /// showed either, for these no response can speak of.
  private mutating func addResponses() {
    let showing = pages.filter { $0.response != nil || $0.fields != nil }
    guard let newest = showing.first else { return }
    attribute("id") { $0.type = .string }
    var shownThen: Set<String> = []
    for page in showing { shownThen.formUnion((page.response ?? []).map(\.name)) }
    for page in showing {
      let isNewest = page.vintage == newest.vintage
      for example in page.response ?? [] { take(example.name, page, example.line, isNewest, newest) }
      for row in page.fields ?? [] where row.namespace == .attributes {
        take(row.name, page, row.line, isNewest || !shownThen.contains(row.name), newest)
      }
    }
  }

  private mutating func take(
    _ name: String, _ page: PageFacts, _ line: Int, _ mayAdd: Bool, _ newest: PageFacts
  ) {
    if spec.attributes[name] != nil { return }
    if spec.relationships[name] != nil || !Names.isWireName(name) { return }
    if mayAdd {
      attribute(name) { _ in }
    } else {
      disagree(page, line: line, newest, "'\(name)' is an attribute", "it is none")
    }
  }

  // MARK: Relationships

  private mutating func addRelationships() {
    for page in pages {
      for row in page.fields ?? [] where row.namespace == .relationships {
        if spec.relationships[row.name] == nil {
          spec.attributes[row.name] = nil
          spec.relationships[row.name] = RelationshipSpec(
            cardinality: row.cardinality == .many ? .many : Self.cardinality(of: row.name))
        }
      }
      for related in page.responseRelationships + page.sentRelationships
      where Names.isWireName(related.name) && spec.attributes[related.name] == nil {
        if spec.relationships[related.name] == nil {
          spec.relationships[related.name] = RelationshipSpec(
            cardinality: related.cardinality ?? Self.cardinality(of: related.name))
        }
      }
    }
    for name in spec.relationships.keys.sorted() { settleTarget(of: name) }
  }

  /// Links alone do not tell how many a relationship leads to: its name does. A name that reads as
  /// a plural leads to many.
  static func cardinality(of name: String) -> Cardinality {
    Inflection.isPlural(name) ? .many : .one
  }

  /// Types that examples send though they are none: the documentation's stand-ins for targets that
  /// vary.
  static let standInTypes: Set<String> = ["attachables", "payment_sources", "items", "notifiables"]

  private mutating func settleTarget(of name: String) {
    let sent = pages.flatMap(\.sentRelationships).first { $0.name == name && $0.target != nil }
    if let type = sent?.target, Names.isWireName(type) {
      if Self.standInTypes.contains(type), !knownResources.contains(type) {
        spec.relationships[name]?.polymorphic = true
      } else {
        spec.relationships[name]?.resource = type
      }
      return
    }
    let plural =
      spec.relationships[name]?.cardinality == .many ? name : Inflection.pluralize(name)
    if knownResources.contains(plural) || spec.relationships[name]?.cardinality == .many {
      spec.relationships[name]?.resource = plural
    }
  }

  // MARK: Types and marks

  private mutating func settleTypes() {
    for name in spec.attributes.keys.sorted() where name != "id" {
      guard let decision = types.decide(name) else {
        let page = pages[0]
        spec.attributes[name]?.type = name.hasSuffix("_at") ? .datetime : .string
        diagnostics.append(
          Diagnostic(
            .warning, .typeMissing, file: page.file, line: page.titleLine,
            "no page tells the type of '\(name)'; it is taken for "
              + (name.hasSuffix("_at") ? "a datetime" : "a string")))
        continue
      }
      spec.attributes[name]?.type = decision.type
      for loser in decision.losers {
        diagnostics.append(
          Diagnostic(
            .warning, .typeConflict, file: loser.file, line: loser.line,
            "'\(name)' is \(loser.type.rawValue) here but \(decision.type.rawValue) in "
              + "\(decision.file):\(decision.line); \(decision.reason(against: loser))"))
      }
    }
  }

  /// A settable attribute that no response of the same age shows and that no list names is sent
  /// and never returned; with a leading underscore it is a verb.
  private mutating func markWriteOnly() {
    let returned = Set(pages.flatMap { ($0.response ?? []).map(\.name) })
    guard !returned.isEmpty else { return }
    for (name, attribute) in spec.attributes {
      guard attribute.create != nil || attribute.update != nil || name.hasPrefix("_"),
        !returned.contains(name), attribute.sort != true, attribute.filter != true
      else { continue }
      if name.hasPrefix("_"), attribute.type == .boolean {
        spec.attributes[name]?.trigger = true
      } else {
        spec.attributes[name]?.writeOnly = true
      }
    }
  }

  private mutating func markDeprecated() {
    for page in pages {
      for item in page.deprecated {
        if spec.attributes[item.name] != nil {
          spec.attributes[item.name]?.deprecated = true
        } else if spec.relationships[item.name] != nil {
          spec.relationships[item.name]?.deprecated = true
        } else {
          diagnostics.append(
            Diagnostic(
              .note, .deprecated, file: page.file, line: item.line,
              "'\(item.name)' is called deprecated but is no attribute of \(name)"))
        }
      }
    }
  }

  // MARK: Helpers

  /// Changes the attribute of a name, made when it is new. Types are settled later.
  private mutating func attribute(_ name: String, _ change: (inout AttributeSpec) -> Void) {
    var attribute = spec.attributes[name] ?? AttributeSpec(type: .string)
    change(&attribute)
    spec.attributes[name] = attribute
  }

  private mutating func disagree(
    _ older: PageFacts, line: Int, _ newer: PageFacts, _ was: String, _ now: String
  ) {
    let rule =
      older.vintage == newer.vintage
      ? "\(newer.file), of the same age, comes first"
      : "\(newer.file) (\(newer.vintage.span)) is newer than this page (\(older.vintage.span))"
    diagnostics.append(
      Diagnostic(
        .warning, .olderPage, file: older.file, line: line, "\(was) here, but \(now) elsewhere; \(rule)"))
  }
}
