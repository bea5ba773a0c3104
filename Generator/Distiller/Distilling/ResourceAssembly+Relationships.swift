internal import Spec

/// How many a relationship leads to, and where.
extension ResourceAssembly {
  mutating func addRelationships() {
    for page in pages {
      for row in page.fields ?? [] where row.namespace == .relationships {
        if spec.relationships[row.name] == nil {
          giveUpAttribute(row.name, for: page, line: row.line)
          spec.relationships[row.name] = newRelationship(
            row.name, row.cardinality == .many ? .many : nil, page, row.line)
        }
      }
      for related in page.responseRelationships + page.sentRelationships
      where Names.isWireName(related.name) && spec.attributes[related.name] == nil {
        if spec.relationships[related.name] == nil {
          spec.relationships[related.name] = newRelationship(
            related.name, related.cardinality, page, related.line)
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

  /// A relationship with the cardinality that is told, or else its name's.
  mutating func newRelationship(
    _ name: String, _ told: Cardinality?, _ page: PageFacts, _ line: Int
  ) -> RelationshipSpec {
    note(
      Fact.relationship(name, "cardinality"), page, line, told == nil ? .cardinalityFromName : nil)
    return RelationshipSpec(cardinality: told ?? Self.cardinality(of: name))
  }

  /// Drops the attribute of a name that turns out to be a relationship's.
  mutating func giveUpAttribute(_ name: String, for page: PageFacts, line: Int) {
    guard spec.attributes.removeValue(forKey: name) != nil else { return }
    var claims = [
      Contradiction.Claim(
        page: page.file, line: line, vintage: page.vintage.span, says: "a relationship",
        stands: true)
    ]
    let prefix = "/attributes/\(name)/"
    for (_, known) in evidence.filter({ $0.key.hasPrefix(prefix) }).sorted(by: { $0.key < $1.key })
    {
      let vintage = pages.first { $0.file == known.page }?.vintage.span ?? ""
      let claim = Contradiction.Claim(
        page: known.page, line: known.line, vintage: vintage, says: "an attribute", stands: false)
      if !claims.contains(claim) { claims.append(claim) }
    }
    dropped.append(
      Contradiction(
        fact: "/attributes/\(name)", rule: .relationshipOverAttribute, claims: claims))
  }

  private mutating func settleTarget(of name: String) {
    for page in pages {
      guard
        let sent = (page.sentRelationships + page.responseRelationships)
          .first(where: { $0.name == name && $0.target != nil })
      else { continue }
      guard let type = sent.target, Names.isWireName(type) else { break }
      let line = sent.targetLine ?? sent.line
      if Reading.profile.standIns.inExamples.contains(type), !knownResources.contains(type) {
        spec.relationships[name]?.polymorphic = true
        note(Fact.relationship(name, "polymorphic"), page, line, .standInType)
      } else {
        spec.relationships[name]?.resource = type
        note(Fact.relationship(name, "resource"), page, line)
      }
      return
    }
    let plural =
      spec.relationships[name]?.cardinality == .many ? name : Inflection.pluralize(name)
    if knownResources.contains(plural) || spec.relationships[name]?.cardinality == .many {
      spec.relationships[name]?.resource = plural
      evidence[Fact.relationship(name, "resource")] =
        evidence[Fact.relationship(name, "cardinality")]
      evidence[Fact.relationship(name, "resource")]?.rule = .targetFromName
    }
  }
}
