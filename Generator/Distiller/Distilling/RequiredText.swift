internal import Spec

/// What the text of a Required cell says.
struct RequiredText: Equatable {
  var requirement: Requirement
  /// The condition, as short as a fact can be: `unless inherited by market`.
  var condition: String?
  /// Why the text is not one of the plain forms, when it is not.
  var problem: String?

  /// The longest condition kept, in characters: a fact, not a sentence.
  static let maximumConditionLength = 80

  /// Reads the cell.
  ///
  /// Plain `required` and `optional` mean themselves. A default makes an argument optional, also
  /// where the text says required: whoever has a default need not send it. `if`, `unless`, `but`
  /// and `or` phrases make it conditional. An empty cell (pages before 2020-02) is optional.
  static func read(_ text: String) -> RequiredText {
    let cleaned = clean(text)
    if cleaned.isEmpty { return .init(requirement: .optional, problem: "is empty") }
    let (head, tail) = split(cleaned)
    switch head {
    case "optional" where tail.isEmpty: return .init(requirement: .optional)
    case "required" where tail.isEmpty: return .init(requirement: .required)
    case "configurable": return .init(requirement: .conditional, condition: condition(cleaned))
    case "required", "optional":
      if isDefault(tail) || fillsItself(tail) { return .init(requirement: .optional) }
      if isCondition(tail) { return .init(requirement: .conditional, condition: condition(tail)) }
      return head == "required"
        ? .init(requirement: .conditional, condition: condition(tail), problem: "is no known form")
        : .init(requirement: .optional, problem: "is no known form")
    default:
      return .init(requirement: .optional, problem: "is no known form")
    }
  }

  private static func clean(_ text: String) -> String {
    var out = ""
    var blank = false
    for character in text.lowercased() {
      if character.isWhitespace { blank = true; continue }
      if "'\"`‘’“”\\".contains(character) { continue }
      if blank, !out.isEmpty { out += " " }
      blank = false
      out.append(character)
    }
    return out
  }

  private static func split(_ text: String) -> (head: String, tail: String) {
    let end = text.firstIndex { !$0.isLetter } ?? text.endIndex
    let tail = text[end...].drop { $0 == "," || $0 == " " || $0 == ";" || $0 == ":" }
    return (String(text[..<end]), String(tail))
  }

  /// `default is x`, `default to x`, and the misspelling that is in the data.
  private static func isDefault(_ tail: String) -> Bool {
    tail.hasPrefix("default") || tail.hasPrefix("deafult")
  }

  /// The server supplies the value when it is missing.
  private static func fillsItself(_ tail: String) -> Bool {
    ["auto generated", "created", "set by", "inherited by", "computed"].contains {
      tail.hasPrefix($0)
    }
  }

  private static func isCondition(_ tail: String) -> Bool {
    ["if ", "unless ", "but ", "only ", "when ", "for "].contains { tail.hasPrefix($0) }
  }

  private static func condition(_ text: String) -> String {
    String(text.prefix(maximumConditionLength))
  }
}
