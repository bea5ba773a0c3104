internal import Spec

/// How many a relationship leads to, and where.
extension ResourceAssembly {
  mutating func addRelationships() {
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
}
