internal import Spec

/// The first cell of an argument's row, taken apart.
struct ArgumentName: Equatable {
  var namespace: PageFacts.Row.Namespace
  var name: String
  /// The namespace as it is written, when it is misspelt.
  var typo: String?
  /// What stands behind the name.
  var rest = ""

  var isNamespaced: Bool { namespace != .member }

  /// How many letters of a namespace may be wrong.
  private static let tolerance = 3

  /// Reads `type`, `id` or `attributes.name`. Leading underscores belong to the name; blanks in the
  /// middle come from lines that were broken.
  static func read(_ text: String) -> ArgumentName? {
    let marked = text.filter { $0 != "*" && $0 != "\\" && $0 != "`" }
    if let whole = split(marked.filter { !$0.isWhitespace }) { return whole }
    // A remark behind the name: take the name, keep the rest for a remark of our own.
    let words = marked.split(whereSeparator: \.isWhitespace)
    guard let first = words.first, words.count > 1, var found = split(String(first)) else {
      return nil
    }
    found.rest = words.dropFirst().joined(separator: " ")
    return found
  }

  private static func split(_ plain: String) -> ArgumentName? {
    guard let dot = plain.firstIndex(of: ".") else {
      return plain == "type" || plain == "id" ? .init(namespace: .member, name: plain) : nil
    }
    let name = String(plain[plain.index(after: dot)...])
    guard Names.isWireName(name) else { return nil }
    let written = plain[..<dot].lowercased()
    switch written {
    case "attributes": return .init(namespace: .attributes, name: name)
    case "relationships": return .init(namespace: .relationships, name: name)
    case "links": return .init(namespace: .links, name: name)
    case "meta": return .init(namespace: .meta, name: name)
    default: break
    }
    guard written.count < 20 else { return nil }
    for space in [PageFacts.Row.Namespace.attributes, .relationships]
    where Nearest.distance(written, space.rawValue) <= tolerance {
      return .init(namespace: space, name: name, typo: String(written))
    }
    return nil
  }
}
