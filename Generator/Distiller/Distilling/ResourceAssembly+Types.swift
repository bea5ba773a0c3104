internal import Spec

/// Types, and the marks that follow from what is and is not returned.
extension ResourceAssembly {
  mutating func settleTypes() {
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
  mutating func markWriteOnly() {
    let returned = Set(pages.flatMap { ($0.response ?? []).map(\.name) })
    guard !returned.isEmpty else { return }
    for (name, attribute) in spec.attributes {
      guard attribute.create != nil || attribute.update != nil || name.hasPrefix("_"),
        !returned.contains(name), attribute.sort != true, attribute.filter != true
      else { continue }
      if name.hasPrefix("_") {
        spec.attributes[name]?.trigger = true
      } else {
        spec.attributes[name]?.writeOnly = true
      }
    }
  }

  mutating func markDeprecated() {
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
}
