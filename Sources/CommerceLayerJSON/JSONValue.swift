/// A JSON value of one's own: what goes into requests, and what unknown attributes read as.
public enum JSONValue: Sendable, Hashable {
  /// The literal `null`.
  case null
  /// `true` or `false`.
  case bool(Bool)
  /// A number, exact as it was written.
  case number(JSONNumber)
  /// A string.
  case string(String)
  /// An array.
  case array([JSONValue])
  /// An object, in the order it was written.
  case object(JSONObject)

  /// Reads one JSON text.
  /// - Throws: ``JSONError`` with line, column and JSON pointer.
  public init(parsing text: String, limits: JSONLimits = .init()) throws(JSONError) {
    self = try JSONDocument(parsing: text, limits: limits).root.value
  }

  /// The text when it is a string.
  public var string: String? { if case .string(let text) = self { text } else { nil } }
  /// The value when it is a boolean.
  public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  /// The number, exact.
  public var number: JSONNumber? { if case .number(let number) = self { number } else { nil } }
  /// The value when it is a whole number that fits.
  public var integer: Int? { number?.integer }
  /// The elements when it is an array.
  public var array: [JSONValue]? { if case .array(let elements) = self { elements } else { nil } }
  /// The members when it is an object.
  public var object: JSONObject? { if case .object(let members) = self { members } else { nil } }
  /// The member of an object with this key.
  public subscript(key: String) -> JSONValue? { object?[key] }

  /// The value as compact JSON text.
  public var text: String { String(decoding: bytes, as: UTF8.self) }

  /// The value as compact JSON in UTF-8.
  public var bytes: [UInt8] {
    var writer = JSONWriter()
    writer.write(self)
    return writer.bytes
  }
}

extension JSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByStringLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  /// Wraps a literal.
  public init(nilLiteral: ()) { self = .null }
  /// Wraps a literal.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// Wraps a literal.
  public init(integerLiteral value: Int) { self = .number(JSONNumber(value)) }
  /// Wraps a literal.
  public init(floatLiteral value: Double) {
    self = JSONNumber(value).map(JSONValue.number) ?? .null
  }
  /// Wraps a literal.
  public init(stringLiteral value: String) { self = .string(value) }
  /// Wraps a literal.
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  /// Wraps a literal.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(JSONObject(elements))
  }
}

/// The members of a JSON object, in order. Of equal keys the last one counts.
public struct JSONObject: Sendable, ExpressibleByDictionaryLiteral, Sequence {
  private var pairs: [(key: String, value: JSONValue)]

  /// Members in order.
  public init(_ pairs: [(String, JSONValue)] = []) {
    self.pairs = pairs.map { (key: $0.0, value: $0.1) }
  }

  init(members: [(key: String, value: JSONValue)]) { pairs = members }

  /// Members in order.
  public init(dictionaryLiteral elements: (String, JSONValue)...) { self.init(elements) }

  /// How many members there are.
  public var count: Int { pairs.count }
  /// Whether there is none.
  public var isEmpty: Bool { pairs.isEmpty }
  /// The keys in order.
  public var keys: [String] { pairs.map(\.key) }

  /// The value of a key; setting nil removes it.
  public subscript(key: String) -> JSONValue? {
    get { pairs.last { Self.isSame($0.key, key) }?.value }
    set {
      guard let newValue else {
        pairs.removeAll { Self.isSame($0.key, key) }
        return
      }
      if let index = pairs.lastIndex(where: { Self.isSame($0.key, key) }) {
        pairs[index].value = newValue
      } else {
        pairs.append((key, newValue))
      }
    }
  }

  /// Walks the members in order.
  public func makeIterator() -> IndexingIterator<[(key: String, value: JSONValue)]> {
    pairs.makeIterator()
  }

  /// Keys are the same when their code points are; `==` of strings also takes é and e´ as one.
  private static func isSame(_ left: String, _ right: String) -> Bool {
    left.utf8.count == right.utf8.count && left.utf8.elementsEqual(right.utf8)
  }

  private var lookup: [[UInt8]: JSONValue] {
    Dictionary(pairs.map { (Array($0.key.utf8), $0.value) }, uniquingKeysWith: { $1 })
  }
}

extension JSONObject: Hashable {
  /// Equal when the same keys have the same values, in whatever order.
  public static func == (left: Self, right: Self) -> Bool { left.lookup == right.lookup }
  /// Feeds the value into a hasher.
  public func hash(into hasher: inout Hasher) { hasher.combine(lookup) }
}

extension JSONValue: CustomStringConvertible {
  /// The value as text.
  public var description: String { text }
}

extension JSONValue: Codable {
  /// Reads any value. Through Foundation's decoder numbers lose their exact text; a
  /// ``JSONDocument`` keeps it.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Int.self) {
      self = .number(JSONNumber(value))
    } else if let value = try? container.decode(Double.self), let number = JSONNumber(value) {
      self = .number(number)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode([JSONValue].self) {
      self = .array(value)
    } else {
      self = .object(try container.decode(JSONObject.self))
    }
  }

  /// Writes the value.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .number(let number):
      if let value = number.integer {
        try container.encode(value)
      } else if let value = number.decimal {
        try container.encode(value)
      } else {
        try container.encode(number.double)
      }
    case .string(let text): try container.encode(text)
    case .array(let elements): try container.encode(elements)
    case .object(let object): try container.encode(object)
    }
  }
}

extension JSONObject: Codable {
  private struct MemberKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// Reads the value.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: MemberKey.self)
    // Keyed containers have no order of their own; sorting makes the result the same every time.
    self.init(
      try container.allKeys.sorted { $0.stringValue < $1.stringValue }.map {
        ($0.stringValue, try container.decode(JSONValue.self, forKey: $0))
      })
  }

  /// Writes the value.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: MemberKey.self)
    for (key, value) in self { try container.encode(value, forKey: MemberKey(stringValue: key)) }
  }
}
