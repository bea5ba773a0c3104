public import Spec

/// Where one fact of a resource was read, and the rule when the source does not spell it out.
public struct Evidence: Sendable, Hashable {
  /// The page's name.
  public var page: String
  /// The line, from 1.
  public var line: Int
  /// The JSON pointer of the value in a JSON source; nil in pages.
  public var pointer: String?
  /// How the fact follows from what stands there; nil when it says so itself.
  public var rule: Rule?

  /// Creates the evidence of a fact.
  public init(page: String, line: Int, pointer: String? = nil, rule: Rule? = nil) {
    self.page = page
    self.line = max(line, 1)
    self.pointer = pointer
    self.rule = rule
  }

  /// `page:line`, with the pointer where a line alone may not tell the place.
  public var place: String { pointer.map { "\(page):\(line) \($0)" } ?? "\(page):\(line)" }
}

/// The names of facts: JSON pointers into a resource's file.
public enum Fact {
  static func attribute(_ name: String, _ member: String) -> String {
    "/attributes/\(name)/\(member)"
  }

  static func relationship(_ name: String, _ member: String) -> String {
    "/relationships/\(name)/\(member)"
  }

  static func operation(_ kind: OperationKind, _ member: String) -> String {
    "/operations/\(kind.rawValue)/\(member)"
  }

  /// The attribute, relationship or operation a fact belongs to: `/attributes/size`; nil for facts of
  /// the resource itself.
  static func group(_ fact: String) -> String? {
    let parts = fact.split(separator: "/", maxSplits: 2)
    guard parts.count >= 2, ["attributes", "relationships", "operations"].contains(parts[0])
    else { return nil }
    return "/\(parts[0])/\(parts[1].prefix { $0 != "/" })"
  }

  /// Every value of a tree by its pointer. Arrays count as values, and so do defaults and examples,
  /// whatever they hold; any other empty object says nothing.
  public static func leaves(of tree: JSONTree) -> [String: JSONTree] {
    var out: [String: JSONTree] = [:]
    collect(tree, at: "", into: &out)
    return out
  }

  /// Every fact of a resource by its pointer.
  /// - Throws: ``SpecError`` never in practice: every resource is representable.
  public static func all(of resource: ResourceSpec) throws(SpecError) -> [String: JSONTree] {
    leaves(of: try resource.tree())
  }

  /// Whether what stands at a pointer is a value of the service's and not the spec's form.
  private static func isValue(_ pointer: String) -> Bool {
    let parts = pointer.split(separator: "/")
    return parts.count == 3 && parts[0] == "attributes"
      && ["default", "example"].contains(parts[2])
  }

  private static func collect(
    _ tree: JSONTree, at pointer: String, into out: inout [String: JSONTree]
  ) {
    guard case .object(let members) = tree, !isValue(pointer) else {
      out[pointer] = tree
      return
    }
    for (name, member) in members {
      collect(member, at: "\(pointer)/\(JSONPointer.escape(name))", into: &out)
    }
  }
}

/// JSON pointers, RFC 6901.
enum JSONPointer {
  /// A member's name as one step of a pointer.
  static func escape(_ name: String) -> String {
    guard name.utf8.contains(where: { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") }) else {
      return name
    }
    return name.replacing("~", with: "~0").replacing("/", with: "~1")
  }
}

extension JSONTree {
  /// The value as diagnostics show it: strings bare, everything else as JSON.
  public var shown: String { string ?? compactText }
}
