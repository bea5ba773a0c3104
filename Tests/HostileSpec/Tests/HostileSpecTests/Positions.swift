import Spec
import Testing

/// A place of a spec that text can stand in: a value or the name of a member.
struct Position: Sendable, CustomTestStringConvertible {
  /// The file: `resources/gadgets.json`.
  let file: String
  /// The keys and indices that lead to it.
  let path: [String]
  /// Whether it is the name of the member rather than its value.
  let isName: Bool

  /// The place as errors name it.
  var pointer: String { Self.pointer(path) }

  static func pointer(_ path: [String]) -> String {
    path.map { "/" + $0.replacing("~", with: "~0").replacing("/", with: "~1") }.joined()
  }

  var testDescription: String { "\(file)#\(pointer)\(isName ? " (name)" : "")" }

  /// All positions of a file, found by walking it, so that a member that joins the spec is covered.
  static func all(in tree: JSONTree, of file: String) -> [Position] {
    var found: [Position] = []
    func walk(_ node: JSONTree, _ path: [String]) {
      switch node {
      case .object(let members):
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
          found.append(Position(file: file, path: path + [name], isName: true))
          walk(value, path + [name])
        }
      case .array(let elements):
        for (index, element) in elements.enumerated() { walk(element, path + ["\(index)"]) }
      case .null, .bool, .integer, .number, .string:
        found.append(Position(file: file, path: path, isName: false))
      }
    }
    walk(tree, [])
    return found
  }

  /// The tree with `text` here.
  func replacing(in tree: JSONTree, with text: String) -> JSONTree {
    func replaced(_ node: JSONTree, _ rest: ArraySlice<String>) -> JSONTree {
      guard let key = rest.first else { return .string(text) }
      switch node {
      case .object(var members):
        if rest.count == 1, isName {
          let value = members.removeValue(forKey: key)
          members[text] = value
        } else {
          members[key] = members[key].map { replaced($0, rest.dropFirst()) }
        }
        return .object(members)
      case .array(var elements):
        if let index = Int(key) { elements[index] = replaced(elements[index], rest.dropFirst()) }
        return .array(elements)
      case .null, .bool, .integer, .number, .string: return node
      }
    }
    return replaced(tree, path[...])
  }
}

extension JSONTree {
  /// The tree with every text, names of members included, changed by `change`.
  func mapTexts(_ change: (String) -> String) -> JSONTree {
    switch self {
    case .string(let text): .string(change(text))
    case .array(let elements): .array(elements.map { $0.mapTexts(change) })
    case .object(let members):
      .object(
        Dictionary(
          members.map { (change($0.key), $0.value.mapTexts(change)) },
          uniquingKeysWith: { first, _ in first }))
    case .null, .bool, .integer, .number: self
    }
  }
}
