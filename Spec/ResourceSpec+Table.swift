extension ResourceSpec {
  /// The facts that programs act on at run time, as compact JSON: generated code embeds it. What only
  /// documentation needs is left out: examples, the order of arguments, sources of effects, replacements.
  /// - Throws: ``SpecError`` never in practice: every value is representable.
  public func table() throws(SpecError) -> String {
    guard case .object(var members) = try tree() else { return "{}" }
    members["order"] = nil
    members["replaced_by"] = nil
    if var attributes = members["attributes"]?.object {
      for (name, attribute) in attributes {
        guard var facts = attribute.object else { continue }
        facts["example"] = nil
        facts["replaced_by"] = nil
        if var effect = facts["effect"]?.object {
          effect["source"] = nil
          facts["effect"] = .object(effect)
        }
        attributes[name] = .object(facts)
      }
      members["attributes"] = .object(attributes)
    }
    if var relationships = members["relationships"]?.object {
      for (name, relationship) in relationships {
        guard var facts = relationship.object, facts["replaced_by"] != nil else { continue }
        facts["replaced_by"] = nil
        relationships[name] = .object(facts)
      }
      members["relationships"] = .object(relationships)
    }
    return JSONTree.object(members).compactText
  }
}
