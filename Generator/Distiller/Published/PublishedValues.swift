internal import Spec

/// The decisions about values that a field of the published schema shows: what a default may be, what
/// an array holds, and which examples are facts.
enum PublishedValues {
  /// Whether a value is one of a type. Whole numbers are floats too, and texts may be dates.
  static func fits(_ value: JSONTree, _ type: AttributeType) -> Bool {
    switch (type, value) {
    case (.string, .string), (.integer, .integer), (.float, .integer), (.float, .number),
      (.boolean, .bool), (.object, .object), (.array, .array):
      true
    case (.datetime, .string(let text)): isDatetime(text)
    default: false
    }
  }

  /// The type all elements of an example array have; nil when it has none, or several.
  static func element(of example: [LocatedJSON]) -> AttributeType? {
    guard let first = example.first.flatMap(elementType),
      example.allSatisfy({ elementType($0) == first })
    else { return nil }
    return first
  }

  private static func elementType(_ element: LocatedJSON) -> AttributeType? {
    switch element.value {
    case .string: .string
    case .number(let text): Int(text) == nil ? .float : .integer
    case .bool: .boolean
    case .object: .object
    case .array: .array
    case .null: nil
    }
  }

  /// The example as a value of the attribute's type; nil for one that is not a number, a date or a
  /// code.
  ///
  /// The schema writes examples as texts, also those of numbers. A code is printable ASCII without
  /// blanks, at most ``ResourceSpec/maximumExampleLength`` bytes long, and is not an address of a site: whatever reads
  /// as a sentence, a name of several words or somebody's host is not a fact. A boolean or an object
  /// tells nothing that its type does not.
  static func example(_ value: LocatedJSON, of type: AttributeType) -> JSONTree? {
    let text: String
    switch value.value {
    case .string(let written): text = written
    case .number(let written): text = written
    case .object, .array, .bool, .null: return nil
    }
    guard text.utf8.count <= ResourceSpec.maximumExampleLength else { return nil }
    switch type {
    case .integer: return Int(text).map(JSONTree.integer)
    case .float: return Double(text).flatMap(number)
    case .datetime: return isDatetime(text) ? .string(text) : nil
    case .string: return isCode(text) ? .string(text) : nil
    case .boolean, .object, .array: return nil
    }
  }

  /// A number as JSON writes it: a whole one without a fraction; nil for one that is not finite.
  static func number(_ value: Double) -> JSONTree? {
    guard value.isFinite else { return nil }
    return Int(exactly: value).map(JSONTree.integer) ?? .number(value)
  }

  /// Whether a text can be a code, a number or a date and not a sentence.
  static func isCode(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= ResourceSpec.maximumExampleLength
      && text.utf8.allSatisfy { (0x21...0x7E).contains($0) } && !text.contains("://")
      && !text.hasPrefix("-----")
  }

  /// Whether a text is `2018-01-01`, alone or with a time behind `T`.
  static func isDatetime(_ text: String) -> Bool {
    let shape = text.utf8.prefix(10).map { (0x30...0x39).contains($0) ? 0x30 : $0 }
    guard shape == Array("0000-00-00".utf8), text.utf8.count <= ResourceSpec.maximumExampleLength
    else {
      return false
    }
    let time = text.utf8.dropFirst(10)
    return time.isEmpty
      || time.first == UInt8(ascii: "T")
        && time.dropFirst().allSatisfy { (0x30...0x39).contains($0) || "+-:.Z".utf8.contains($0) }
  }
}

extension LocatedJSON {
  /// The value without its lines; nil for a number that no number type holds.
  var tree: JSONTree? {
    switch value {
    case .object(let members):
      var object: [String: JSONTree] = [:]
      for member in members {
        guard let value = member.value.tree else { return nil }
        object[member.name] = value
      }
      return .object(object)
    case .array(let elements):
      var array: [JSONTree] = []
      for element in elements {
        guard let value = element.tree else { return nil }
        array.append(value)
      }
      return .array(array)
    case .string(let text): return .string(text)
    case .number(let text):
      return Int(text).map(JSONTree.integer) ?? Double(text).flatMap(PublishedValues.number)
    case .bool(let flag): return .bool(flag)
    case .null: return .null
    }
  }
}

/// What the named filters of the published schema take, in one table. The schema only names them.
enum PublishedScopes {
  /// What a scope takes; nil for one that nobody has decided about.
  static func scope(_ name: String) -> ScopeSpec? { table[name] }

  private static let table: [String: ScopeSpec] = [
    "active": .init(argument: .flag),
    "expired": .init(argument: .flag),
    "runnable": .init(argument: .flag),
    "succeeded": .init(argument: .flag),
    "with_status": .init(argument: .value, attribute: "status"),
    "sku_code_end": .init(argument: .text),
    "sku_code_eq": .init(argument: .text),
    "sku_code_in": .init(argument: .texts),
    "sku_code_matches": .init(argument: .text),
    "sku_code_start": .init(argument: .text),
  ]
}
