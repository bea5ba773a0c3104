internal import Spec

/// Puts the facts of one resource's pages together.
///
/// The newest page that can speak of a fact decides it; an older page adds only what no newer one
/// can speak of. Every place where that rule decides against a page is a diagnostic there.
struct ResourceAssembly {
  let name: String
  /// Newest first; pages of one age in the order of ``PageKind``, then by name.
  let pages: [PageFacts]
  let knownResources: Set<String>
  var spec: ResourceSpec
  var diagnostics: [Diagnostic] = []
  var types = TypeEvidence()

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
    var relationship =
      spec.relationships[row.name]
      ?? RelationshipSpec(cardinality: row.cardinality ?? Self.cardinality(of: row.name))
    let requirement = row.required?.requirement ?? .optional
    if kind == .create {
      relationship.create = requirement
    } else {
      relationship.update = requirement
    }
    if requirement == .conditional { relationship.condition = row.required?.condition }
    spec.relationships[row.name] = relationship
  }

  private mutating func compareArguments(
    of older: PageFacts, with rows: [PageFacts.Row], on newest: PageFacts
  ) {
    let current = Dictionary(rows.map { ($0.name, $0) }) { first, _ in first }
    for row in older.arguments ?? []
    where row.namespace == .attributes || row.namespace == .relationships {
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
        var relationship =
          spec.relationships[item.name]
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
      for example in page.response ?? [] {
        take(example.name, page, example.line, isNewest, newest)
      }
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

  // MARK: Shared by the parts

  /// Changes the attribute of a name, made when it is new. Types are settled later.
  mutating func attribute(_ name: String, _ change: (inout AttributeSpec) -> Void) {
    var attribute = spec.attributes[name] ?? AttributeSpec(type: .string)
    change(&attribute)
    spec.attributes[name] = attribute
  }

  mutating func disagree(
    _ older: PageFacts, line: Int, _ newer: PageFacts, _ was: String, _ now: String
  ) {
    let rule =
      older.vintage == newer.vintage
      ? "\(newer.file), of the same age, comes first"
      : "\(newer.file) (\(newer.vintage.span)) is newer than this page (\(older.vintage.span))"
    diagnostics.append(
      Diagnostic(
        .warning, .olderPage, file: older.file, line: line,
        "\(was) here, but \(now) elsewhere; \(rule)"))
  }
}
