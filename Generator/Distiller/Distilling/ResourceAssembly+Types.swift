internal import Spec

/// Types, and the marks that follow from what is and is not returned.
extension ResourceAssembly {
  mutating func settleTypes() {
    for name in spec.attributes.keys.sorted() {
      let fact = Fact.attribute(name, "type")
      if name == "id" {
        let page = pages.first { $0.response != nil || $0.fields != nil } ?? pages[0]
        note(fact, page, page.responseTypeLine ?? page.titleLine, .idIsString)
        continue
      }
      guard let winner = types.decide(name) else {
        let page = pages[0]
        spec.attributes[name]?.type = name.hasSuffix("_at") ? .datetime : .string
        evidence[fact] = nearby(name)
        evidence[fact]?.rule = .typeFromName
        diagnostics.append(
          PageDiagnostic(
            .warning, .typeMissing, file: page.file, line: page.titleLine,
            "no page tells the type of '\(name)'; it is taken for "
              + (name.hasSuffix("_at") ? "a datetime" : "a string")))
        continue
      }
      spec.attributes[name]?.type = winner.type
      evidence[fact] = Evidence(page: winner.file, line: winner.line)
    }
  }

  /// The first place that names an attribute whose type nobody tells.
  private func nearby(_ name: String) -> Evidence {
    for member in ["create", "update", "sort", "filter"] {
      if let known = evidence[Fact.attribute(name, member)] { return known }
    }
    for page in pages {
      let shown = page.response?.first { $0.name == name }?.line
      if let line = shown ?? page.fields?.first(where: { $0.name == name })?.line {
        return Evidence(page: page.file, line: line)
      }
    }
    return Evidence(page: pages[0].file, line: pages[0].titleLine)
  }

  /// A settable attribute that the responses of its own time do not show, and that no list names, is
  /// sent and never returned; with a leading underscore it is a verb, also where there is no response.
  mutating func markWriteOnly() {
    for (name, attribute) in spec.attributes {
      guard attribute.create != nil || attribute.update != nil || Reading.isTrigger(name),
        attribute.sort != true, attribute.filter != true
      else { continue }
      let isVerb = Reading.isTrigger(name)
      guard isReturned(name) == false || isVerb && isReturned(name) == nil else { continue }
      if isVerb {
        spec.attributes[name]?.trigger = true
      } else {
        spec.attributes[name]?.writeOnly = true
      }
      let fact = Fact.attribute(name, isVerb ? "trigger" : "write_only")
      evidence[fact] =
        evidence[Fact.attribute(name, "create")] ?? evidence[Fact.attribute(name, "update")]
        ?? evidence[Fact.attribute(name, "type")]
      evidence[fact]?.rule = isVerb ? .underscoreIsVerb : .neverReturned
    }
  }

  /// Whether responses return an argument, as the newest age says that can speak of it: the one whose
  /// tables list it and whose responses leave nothing out. A response that shows it speaks in any age
  /// but an older one. Nil where no age can tell: a response older than the argument is silent on it.
  private func isReturned(_ name: String) -> Bool? {
    func shows(_ page: PageFacts) -> Bool { page.response?.contains { $0.name == name } ?? false }
    let shown = pages.filter(shows).map(\.vintage).max()
    let listed = Set(
      pages.filter { page in
        (page.arguments ?? []).contains { $0.namespace == .attributes && $0.name == name }
      }.map(\.vintage))
    let speaking = pages.filter { page in
      page.response?.isEmpty == false && !page.responseIsPartial && listed.contains(page.vintage)
    }.map(\.vintage).max()
    guard let speaking else { return shown == nil ? nil : true }
    return shown.map { $0 >= speaking } ?? false
  }

  mutating func markDeprecated() {
    for page in pages {
      for item in page.deprecated {
        if spec.attributes[item.name] != nil {
          spec.attributes[item.name]?.deprecated = true
          noteFirst(Fact.attribute(item.name, "deprecated"), page, item.line)
        } else if spec.relationships[item.name] != nil {
          spec.relationships[item.name]?.deprecated = true
          noteFirst(Fact.relationship(item.name, "deprecated"), page, item.line)
        } else {
          diagnostics.append(
            PageDiagnostic(
              .note, .deprecated, file: page.file, line: item.line,
              "'\(item.name)' is called deprecated but is not an attribute of \(name)"))
        }
      }
    }
    for page in pages {
      for (name, item) in page.replacements.sorted(by: { $0.key < $1.key }) {
        addReplacement(item, of: name, page)
      }
    }
  }

  /// What to use instead of something deprecated, where that is a member which is not deprecated.
  private mutating func addReplacement(
    _ item: PageFacts.Listed, of name: String, _ page: PageFacts
  ) {
    let isDeprecated =
      spec.attributes[item.name].map { $0.deprecated == true }
      ?? spec.relationships[item.name].map { $0.deprecated == true }
    guard isDeprecated == false, item.name != name else { return }
    if spec.attributes[name]?.deprecated == true, spec.attributes[name]?.replacedBy == nil {
      spec.attributes[name]?.replacedBy = item.name
      note(Fact.attribute(name, "replaced_by"), page, item.line, .replacementFromProse)
    } else if spec.relationships[name]?.deprecated == true,
      spec.relationships[name]?.replacedBy == nil
    {
      spec.relationships[name]?.replacedBy = item.name
      note(Fact.relationship(name, "replaced_by"), page, item.line, .replacementFromProse)
    }
  }
}
