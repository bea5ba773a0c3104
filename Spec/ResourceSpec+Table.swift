extension ResourceSpec {
  /// The facts that programs act on at run time, as compact JSON: generated code embeds it. What only
  /// documentation needs is left out: examples, the order of arguments, sources of effects.
  /// - Throws: ``SpecError`` never in practice: every value is representable.
  public func table() throws(SpecError) -> String {
    guard case .object(var members) = try tree() else { return "{}" }
    members["order"] = nil
    if var attributes = members["attributes"]?.object {
      for (name, attribute) in attributes {
        guard var facts = attribute.object else { continue }
        facts["example"] = nil
        if var effect = facts["effect"]?.object {
          effect["source"] = nil
          facts["effect"] = .object(effect)
        }
        attributes[name] = .object(facts)
      }
      members["attributes"] = .object(attributes)
    }
    return JSONTree.object(members).compactText
  }
}
