/// A value of the published schema and how to get there: by line and by JSON pointer.
struct PublishedPlace {
  var value: LocatedJSON
  /// The line of its name; of the value itself where it has none.
  var line: Int
  var pointer: String

  /// The document.
  init(root: LocatedJSON) {
    value = root
    line = root.line
    pointer = ""
  }

  private init(_ value: LocatedJSON, line: Int, pointer: String) {
    self.value = value
    self.line = line
    self.pointer = pointer
  }

  /// The members of an object with their names, none otherwise.
  var members: [(name: String, place: PublishedPlace)] {
    guard case .object(let members) = value.value else { return [] }
    return members.map { ($0.name, step($0)) }
  }

  /// The elements of an array, none otherwise.
  var elements: [PublishedPlace] {
    guard case .array(let elements) = value.value else { return [] }
    return elements.enumerated().map { index, element in
      PublishedPlace(element, line: element.line, pointer: "\(pointer)/\(index)")
    }
  }

  /// The member of a name.
  subscript(name: String) -> PublishedPlace? {
    guard case .object(let members) = value.value else { return nil }
    return members.first { $0.name == name }.map(step)
  }

  private func step(_ member: LocatedJSON.Member) -> PublishedPlace {
    PublishedPlace(
      member.value, line: member.line, pointer: "\(pointer)/\(JSONPointer.escape(member.name))")
  }

  var isObject: Bool { if case .object = value.value { true } else { false } }
  var isArray: Bool { if case .array = value.value { true } else { false } }
  var isNull: Bool { if case .null = value.value { true } else { false } }
  var string: String? { if case .string(let text) = value.value { text } else { nil } }
  var bool: Bool? { if case .bool(let flag) = value.value { flag } else { nil } }
}
