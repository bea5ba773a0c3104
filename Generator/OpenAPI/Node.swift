internal import Spec

/// A piece of the document while it is written: literals stand for what is the same for every spec.
struct Node: ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral
{
  let tree: JSONTree

  init(_ tree: JSONTree) { self.tree = tree }
  init(stringLiteral value: String) { tree = .string(value) }
  init(booleanLiteral value: Bool) { tree = .bool(value) }
  init(integerLiteral value: Int) { tree = .integer(value) }
  init(arrayLiteral elements: Node...) { tree = .array(elements.map(\.tree)) }
  init(dictionaryLiteral elements: (String, Node)...) {
    tree = .object(Dictionary(elements.map { ($0, $1.tree) }) { _, last in last })
  }

  static let null = Node(.null)
  static func text(_ text: String) -> Node { Node(.string(text)) }
  static func texts(_ texts: [String]) -> Node { Node(.array(texts.map(JSONTree.string))) }
  static func number(_ number: Int) -> Node { Node(.integer(number)) }
  static func list(_ nodes: [Node]) -> Node { Node(.array(nodes.map(\.tree))) }
  static func object(_ members: [String: Node]) -> Node { Node(.object(members.mapValues(\.tree))) }

  /// A reference to a component: `schemas/sku`.
  static func reference(_ component: String) -> Node {
    ["$ref": .text("#/components/\(component)")]
  }

  /// The same object with further members.
  func adding(_ members: [String: Node]) -> Node {
    Node(.object((tree.object ?? [:]).merging(members.mapValues(\.tree)) { _, new in new }))
  }
}
