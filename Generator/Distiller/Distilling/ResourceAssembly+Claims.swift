internal import Spec

/// Everything the pages say of each fact, collected before anything is decided.
extension ResourceAssembly {
  mutating func collectClaims() {
    for page in pages {
      if case .operation(let kind) = page.title.kind { hearOperation(kind, page) }
      for row in page.fields ?? [] { hearType(row, page) }
      for example in page.response ?? [] {
        guard let type = example.type, Names.isWireName(example.name) else { continue }
        claims.hear(
          Fact.attribute(example.name, "type"),
          .init(
            page: page.file, line: example.line, vintage: page.vintage, says: type.rawValue,
            isTable: false))
      }
      for related in page.sentRelationships + page.responseRelationships {
        hear(related, page)
      }
    }
    hearLists(\.sortable) { Fact.attribute($0, "sort") }
    let related = Set(pages.flatMap { ($0.filterable ?? []).map(\.name) }.filter(isRelationship))
    hearLists(\.filterable) {
      related.contains($0) ? Fact.relationship($0, "filter") : Fact.attribute($0, "filter")
    }
    hearLists(\.filterableRelationships) { Fact.relationship($0, "filter") }
  }

  private mutating func hearOperation(_ kind: OperationKind, _ page: PageFacts) {
    if let request = page.request {
      claims.hear(Fact.operation(kind, "method"), request.method, page, line: page.requestLine)
      claims.hear(Fact.operation(kind, "path"), request.path, page, line: page.requestLine)
    }
    if let success = page.success {
      claims.hear(
        Fact.operation(kind, "success"), String(success), page,
        line: page.successLine ?? page.requestLine)
    }
    guard kind == .create || kind == .update, let rows = page.arguments else { return }
    for row in rows {
      hearType(row, page)
      guard let member = Self.group(of: row) else { continue }
      let fact = "\(member)/\(kind.rawValue)"
      claims.hear(fact, (row.required?.requirement ?? .optional).rawValue, page, line: row.line)
      if let condition = row.required?.condition {
        claims.hear("\(fact)_condition/text", condition, page, line: row.line)
      }
    }
    hearMissingArguments(kind, rows: rows, page)
  }

  /// What a table of the same operation elsewhere lists and this one does not.
  private mutating func hearMissingArguments(
    _ kind: OperationKind, rows: [PageFacts.Row], _ page: PageFacts
  ) {
    let listed = Set(rows.compactMap(Self.group))
    let elsewhere = pages.filter { $0.title.kind == .operation(kind) && $0.file != page.file }
    let missing = Set(elsewhere.flatMap { ($0.arguments ?? []).compactMap(Self.group) })
      .subtracting(listed)
    for member in missing.sorted() {
      claims.hear(
        "\(member)/\(kind.rawValue)", nil, page, line: rows.first?.line ?? page.titleLine)
    }
  }

  /// The pointer of what a row is about; nil for members of the document and links.
  private static func group(of row: PageFacts.Row) -> String? {
    switch row.namespace {
    case .attributes, .relationships: "/\(row.namespace.rawValue)/\(row.name)"
    case .member, .links, .meta: nil
    }
  }

  private mutating func hearType(_ row: PageFacts.Row, _ page: PageFacts) {
    if row.namespace == .attributes, let type = row.type {
      claims.hear(Fact.attribute(row.name, "type"), type.rawValue, page, line: row.line)
    }
    if row.namespace == .relationships, let cardinality = row.cardinality {
      claims.hear(
        Fact.relationship(row.name, "cardinality"), cardinality.rawValue, page, line: row.line)
    }
  }

  private mutating func hear(_ related: PageFacts.Related, _ page: PageFacts) {
    guard Names.isWireName(related.name) else { return }
    if let cardinality = related.cardinality {
      claims.hear(
        Fact.relationship(related.name, "cardinality"),
        .init(
          page: page.file, line: related.line, vintage: page.vintage, says: cardinality.rawValue,
          isTable: false))
    }
    if let target = related.target, Names.isWireName(target),
      !Reading.profile.standIns.inExamples.contains(target)
    {
      claims.hear(
        Fact.relationship(related.name, "resource"), target, page,
        line: related.targetLine ?? related.line)
    }
  }

  /// A page with a list speaks of every name that any page lists.
  private mutating func hearLists(
    _ path: KeyPath<PageFacts, [PageFacts.Listed]?>, fact: (String) -> String
  ) {
    let lists = pages.compactMap { page in page[keyPath: path].map { (page, $0) } }
    let all = Set(lists.flatMap { $0.1.map(\.name) }).sorted()
    for (page, items) in lists {
      let lines = Dictionary(items.map { ($0.name, $0.line) }) { first, _ in first }
      for name in all {
        claims.hear(
          fact(name), lines[name].map { _ in "true" }, page,
          line: lines[name] ?? items.first?.line ?? page.titleLine)
      }
    }
  }
}
