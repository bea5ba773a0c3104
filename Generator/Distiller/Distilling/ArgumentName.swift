internal import NearestNames
internal import Spec

/// The first cell of an argument's row, taken apart.
struct ArgumentName: Equatable {
  var namespace: PageFacts.Row.Namespace
  var name: String
  /// The namespace as it is written, when it is misspelt.
  var typo: String?
  /// What stands behind the name.
  var rest = ""
  /// Whether a star stands behind the name, as the mark of required ones.
  var isStarred = false

  var isNamespaced: Bool { namespace != .member }

  /// How many letters of a namespace may be wrong.
  private static let tolerance = 3

  /// Reads `type`, `id` or `attributes.name`. Leading underscores belong to the name; blanks in the
  /// middle come from lines that were broken. `data.attributes.x` and `relationships.x.data` say
  /// where in the document the same things stand.
  /// - Parameter namespace: what a bare name belongs to, where a heading above the table says so.
  static func read(
    _ text: String, namespace: PageFacts.Row.Namespace? = nil
  ) -> ArgumentName? {
    let marked = text.filter { $0 != "*" && $0 != "\\" && $0 != "`" && $0 != "~" }
    var found = readMarked(marked, namespace)
    found?.isStarred = text.reversed().first { !$0.isWhitespace } == "*" && !isBold(text)
    return found
  }

  /// Stars in pairs are the marks of emphasis.
  private static func isBold(_ text: String) -> Bool { text.count { $0 == "*" } % 2 == 0 }

  private static func readMarked(
    _ marked: String, _ namespace: PageFacts.Row.Namespace?
  ) -> ArgumentName? {
    let words = marked.split(whereSeparator: \.isWhitespace).map(String.init)
    guard let first = words.first else { return nil }
    // A diagnostic behind the name: take the name, keep the rest for a diagnostic of our own.
    if words.count > 1, isAnnotation(words[1]), var found = split(first, namespace) {
      found.rest = words.dropFirst().joined(separator: " ")
      return found
    }
    if let whole = split(words.joined(), namespace) { return whole }
    guard words.count > 1, var found = split(first, namespace) else { return nil }
    found.rest = words.dropFirst().joined(separator: " ")
    return found
  }

  /// Whether a word behind a name says something of it and is not a piece of it.
  private static func isAnnotation(_ word: String) -> Bool {
    let letters = word.lowercased().filter(\.isLetter)
    return RequiredText.isOne(letters) || AttributeType(rawValue: letters) != nil
      || ["deprecated", "beta", "new", "readonly", "nullable", "read", "not"].contains(letters)
  }

  private static func split(
    _ plain: String, _ namespace: PageFacts.Row.Namespace?
  ) -> ArgumentName? {
    var parts = plain.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    if parts.count > 2, parts[0] == "data" { parts.removeFirst() }
    if parts.count > 2, parts[0].lowercased() == "relationships", parts[2] == "data",
      parts.count == 3 || parts.count == 4 && ["type", "id"].contains(parts[3])
    {
      parts.removeLast(parts.count - 2)
    }
    if parts.count == 1 {
      if plain == "type" || plain == "id" { return .init(namespace: .member, name: plain) }
      guard let namespace, Names.isWireName(plain) else { return nil }
      return .init(namespace: namespace, name: plain)
    }
    guard parts.count == 2, Names.isWireName(parts[1]) else { return nil }
    let name = parts[1]
    let written = parts[0].lowercased()
    switch written {
    case "attributes": return .init(namespace: .attributes, name: name)
    case "relationships": return .init(namespace: .relationships, name: name)
    case "links": return .init(namespace: .links, name: name)
    case "meta": return .init(namespace: .meta, name: name)
    case "data" where name == "type" || name == "id":
      return .init(namespace: .member, name: name)
    default: break
    }
    guard written.count < 20 else { return nil }
    for space in [PageFacts.Row.Namespace.attributes, .relationships]
    where NearestNames.isClose(written, to: space.rawValue, changes: tolerance) {
      return .init(namespace: space, name: name, typo: written)
    }
    return nil
  }
}
