internal import Spec

/// The values of attributes and the targets of relationships that rows of tables list.
extension ResourceAssembly {
  mutating func addValues() {
    for page in pages {
      for row in (page.fields ?? []) + (page.arguments ?? []) {
        guard let values = row.values else { continue }
        switch row.namespace {
        case .attributes: take(values, row, page)
        case .relationships: take(targets: values, row, page)
        case .member, .links, .meta: break
        }
      }
    }
  }

  private mutating func take(_ values: [String], _ row: PageFacts.Row, _ page: PageFacts) {
    let fact = Fact.attribute(row.name, "values")
    guard let attribute = spec.attributes[row.name], attribute.type == .string else { return }
    claims.hear(
      fact, JSONTree.array(values.map { .string($0) }).shown, page, line: row.line)
    guard attribute.values == nil else { return }
    spec.attributes[row.name]?.values = values
    note(fact, page, row.line)
  }

  /// A relationship that leads to one of several resources; they are named in either number.
  private mutating func take(
    targets values: [String], _ row: PageFacts.Row, _ page: PageFacts
  ) {
    guard let known = spec.relationships[row.name], known.targets == nil else { return }
    let targets = values.map { value in
      let name = Names.slug(value)
      return Inflection.isPlural(name) ? name : Inflection.pluralize(name)
    }
    guard targets.allSatisfy(Names.isWireName) else { return }
    spec.relationships[row.name]?.resource = nil
    evidence[Fact.relationship(row.name, "resource")] = nil
    spec.relationships[row.name]?.polymorphic = true
    spec.relationships[row.name]?.targets = Array(Set(targets)).sorted()
    note(Fact.relationship(row.name, "polymorphic"), page, row.line)
    note(Fact.relationship(row.name, "targets"), page, row.line)
  }
}
