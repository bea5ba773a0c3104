import Spec

/// Gives the names of one scope: each wire name one Swift identifier, no two the same.
///
/// A name depends on its wire name and the scope's fixed tables alone, never on what else is there:
/// reserved names get the scope's suffix, and what could be mistaken for another name a hash of the
/// wire name.
struct NameAllocator {
  /// How names of the scope are written. Members keep a `_` in front, as triggers have, so that
  /// `_capture` and `capture` stay apart; verbs leave it out.
  enum Style { case member, verb, type, value }

  let style: Style
  /// The words in capitals.
  let acronyms: Acronyms
  /// Names the scope may not use.
  let reserved: ReservedNames
  /// What is appended to a reserved name.
  let suffix: String

  /// - Throws: ``SpecError`` at `pointer` when two names are the same, hashes and all.
  func names(
    for wires: some Sequence<String>, file: String, pointer: String
  ) throws(SpecError) -> [String: Identifier] {
    var taken: [String: String] = [:]
    var names: [String: Identifier] = [:]
    for wire in Set(wires).sorted() {
      let text = name(of: WireName(wire, acronyms))
      guard let identifier = Identifier(text) else {
        throw SpecError(file: file, pointer: pointer, "'\(text)' is not a Swift name")
      }
      if let other = taken.updateValue(wire, forKey: text) {
        throw SpecError(
          file: file, pointer: pointer,
          "'\(wire)' and '\(other)' would both be '\(text)' in Swift")
      }
      names[wire] = identifier
    }
    return names
  }

  /// The Swift name of a wire name, whatever else the scope holds.
  func name(of name: WireName) -> String {
    if style == .value, let capitals = name.capitals {
      return reserved.contains(capitals) ? substitute(for: capitals, name) : capitals
    }
    let text =
      switch style {
      case .type: name.upperCamel
      case .member: name.lowerCamelWithUnderscore
      case .verb, .value: name.lowerCamel
      }
    // A verb is a name that begins with `_`; types and values do not.
    let isUsual =
      name.isUsual && (style == .member || name.hasLeadingUnderscore == (style == .verb))
    if isTaken(text) {
      return isUsual ? substitute(for: text, name) : "\(text)\(suffix)_\(name.hash)"
    }
    return isUsual && !looksLikeSubstitute(text) ? text : "\(text)_\(name.hash)"
  }

  /// The name with the suffix, and with a hash where that is reserved, too: `any` is no `AnyResource`.
  private func substitute(for text: String, _ name: WireName) -> String {
    let substitute = text + suffix
    return isTaken(substitute) ? "\(substitute)_\(name.hash)" : substitute
  }

  private func isTaken(_ text: String) -> Bool {
    reserved.contains(text) || Keywords.unusable.contains(text)
  }

  /// `typeAttribute` is what `type` is called, so `type_attribute` is called something else.
  private func looksLikeSubstitute(_ text: String) -> Bool {
    text.hasSuffix(suffix) && isTaken(String(text.dropLast(suffix.count)))
  }
}
