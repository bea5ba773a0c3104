internal import Spec

/// What the lists of sortable and filterable fields and the responses add.
extension ResourceAssembly {
  mutating func addLists() {
    if let page = newest(\.sortable, where: Self.canList) {
      for item in page.sortable ?? [] {
        attribute(item.name) { $0.sort = true }
        note(Fact.attribute(item.name, "sort"), page, item.line)
      }
    }
    if let page = newest(\.filterable, where: Self.canList) {
      for item in page.filterable ?? [] {
        // Where a list has no halves, another source tells that a name is a relationship's.
        if isRelationship(item.name) {
          filter(by: item, page)
          continue
        }
        attribute(item.name) { $0.filter = true }
        note(Fact.attribute(item.name, "filter"), page, item.line)
      }
    }
    if let page = newest(\.filterableRelationships, where: Self.canList) {
      for item in page.filterableRelationships ?? [] {
        giveUpAttribute(item.name, for: page, line: item.line)
        filter(by: item, page)
      }
    }
  }

  private mutating func filter(by item: PageFacts.Listed, _ page: PageFacts) {
    var relationship =
      spec.relationships[item.name] ?? newRelationship(item.name, nil, page, item.line)
    relationship.filter = true
    note(Fact.relationship(item.name, "filter"), page, item.line)
    spec.relationships[item.name] = relationship
  }

  /// Whether a table or an example shows a relationship of this name, and none an attribute.
  func isRelationship(_ name: String) -> Bool {
    let rows = pages.flatMap { ($0.arguments ?? []) + ($0.fields ?? []) }
    if rows.contains(where: { $0.namespace == .attributes && $0.name == name }) { return false }
    if pages.contains(where: { ($0.response ?? []).contains { $0.name == name } }) { return false }
    return rows.contains { $0.namespace == .relationships && $0.name == name }
      || pages.contains { page in
        (page.responseRelationships + page.sentRelationships).contains { $0.name == name }
      }
  }

  private func newest<Value>(
    _ path: KeyPath<PageFacts, [Value]?>, where canSpeak: ([Value], PageFacts) -> Bool
  ) -> PageFacts? {
    pages.first { page in page[keyPath: path].map { canSpeak($0, page) } ?? false }
  }

  /// Whether a list of names speaks of the resource: an empty one only on a page that lists.
  private static func canList(_ names: [PageFacts.Listed], _ page: PageFacts) -> Bool {
    !names.isEmpty || page.title.kind == .operation(.list)
  }

  /// The attributes of the newest responses; older pages add those no response of their own time
  /// showed either, for these no response can speak of.
  mutating func addResponses() {
    let showing = pages.filter { $0.response != nil || $0.fields != nil }
    guard let newest = showing.first else { return }
    attribute("id") { $0.type = .string }
    var shownThen: Set<String> = []
    for page in showing { shownThen.formUnion((page.response ?? []).map(\.name)) }
    for page in showing {
      let isNewest = page.vintage == newest.vintage || newest.responseIsPartial
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
    if spec.relationships[name] != nil { return }
    guard Names.isWireName(name) else {
      diagnostics.append(
        PageDiagnostic(
          .warning, .badName, file: page.file, line: line,
          "'\(name.prefix(60))' is not a name of an attribute and is left out",
          expected: "lower-case letters, digits and '_'"))
      return
    }
    if mayAdd { return attribute(name) { _ in } }
    let without = newest.response?.first?.line ?? newest.fields?.first?.line ?? newest.titleLine
    claims.hear("/attributes/\(name)", nil, newest, line: without)
    claims.hear("/attributes/\(name)", "an attribute", page, line: line)
  }
}
