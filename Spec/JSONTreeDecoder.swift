/// Decodes values from a ``JSONTree`` that is there already, without writing and reading it again.
struct JSONTreeDecoder: Decoder {
  let tree: JSONTree
  let codingPath: [any CodingKey]
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  init(_ tree: JSONTree, at codingPath: [any CodingKey] = []) {
    self.tree = tree
    self.codingPath = codingPath
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    guard let members = tree.object else { throw mismatch([String: JSONTree].self) }
    return KeyedDecodingContainer(Members(members: members, codingPath: codingPath))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    guard let elements = tree.array else { throw mismatch([JSONTree].self) }
    return Elements(elements: elements, codingPath: codingPath)
  }

  func singleValueContainer() -> any SingleValueDecodingContainer { self }

  private func mismatch(_ type: any Any.Type) -> DecodingError {
    .typeMismatch(type, .init(codingPath: codingPath, debugDescription: "is of another type"))
  }

  /// A place in an array or object.
  private struct Place: CodingKey {
    let stringValue: String
    var intValue: Int? { Int(stringValue) }
    init(_ text: String) { stringValue = text }
    init(stringValue: String) { self.stringValue = stringValue }
    init(intValue: Int) { stringValue = String(intValue) }
  }
}

extension JSONTreeDecoder: SingleValueDecodingContainer {
  func decodeNil() -> Bool { tree == .null }

  func decode<T: Decodable>(_ type: T.Type) throws -> T {
    let value: Any? =
      switch tree {
      case .string(let text) where type == String.self: text
      case .bool(let flag) where type == Bool.self: flag
      case .integer(let number) where type == Int.self: number
      case .integer(let number) where type == Double.self: Double(number)
      case .number(let number) where type == Double.self: number
      case _ where type == JSONTree.self: tree
      default: nil
      }
    if let value = value as? T { return value }
    // The scalars that the standard library decodes would ask for themselves again and again.
    if type == String.self || type == Bool.self || type == Int.self || type == Double.self {
      throw mismatch(type)
    }
    return try T(from: self)
  }
}

extension JSONTreeDecoder {
  private struct Members<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let members: [String: JSONTree]
    let codingPath: [any CodingKey]

    var allKeys: [Key] { members.keys.compactMap(Key.init(stringValue:)) }
    func contains(_ key: Key) -> Bool { members[key.stringValue] != nil }
    func decodeNil(forKey key: Key) throws -> Bool { try decoder(key).decodeNil() }
    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
      try decoder(key).decode(type)
    }
    func decodeIfPresent<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T? {
      guard let tree = members[key.stringValue], tree != .null else { return nil }
      return try JSONTreeDecoder(tree, at: codingPath + [key]).decode(type)
    }
    // Without these the standard library's own versions for scalars would go the long way.
    func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? {
      guard let tree = members[key.stringValue], tree != .null else { return nil }
      return try JSONTreeDecoder(tree, at: codingPath + [key]).decode(type)
    }
    func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? {
      guard let tree = members[key.stringValue], tree != .null else { return nil }
      return try JSONTreeDecoder(tree, at: codingPath + [key]).decode(type)
    }
    func nestedContainer<Nested: CodingKey>(
      keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> { try decoder(key).container(keyedBy: type) }
    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
      try decoder(key).unkeyedContainer()
    }
    func superDecoder() throws -> any Decoder { JSONTreeDecoder(.object(members), at: codingPath) }
    func superDecoder(forKey key: Key) throws -> any Decoder { try decoder(key) }

    private func decoder(_ key: Key) throws -> JSONTreeDecoder {
      guard let tree = members[key.stringValue] else {
        throw DecodingError.keyNotFound(
          key, .init(codingPath: codingPath, debugDescription: "is missing"))
      }
      return JSONTreeDecoder(tree, at: codingPath + [key])
    }
  }

  private struct Elements: UnkeyedDecodingContainer {
    let elements: [JSONTree]
    let codingPath: [any CodingKey]
    var currentIndex = 0

    var count: Int? { elements.count }
    var isAtEnd: Bool { currentIndex >= elements.count }

    mutating func decodeNil() throws -> Bool {
      guard !isAtEnd, elements[currentIndex] == .null else { return false }
      currentIndex += 1
      return true
    }
    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T { try next().decode(type) }
    mutating func nestedContainer<Nested: CodingKey>(
      keyedBy type: Nested.Type
    ) throws -> KeyedDecodingContainer<Nested> { try next().container(keyedBy: type) }
    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
      try next().unkeyedContainer()
    }
    mutating func superDecoder() throws -> any Decoder { try next() }

    private mutating func next() throws -> JSONTreeDecoder {
      let path = codingPath + [Place(String(currentIndex))]
      guard !isAtEnd else {
        throw DecodingError.valueNotFound(
          JSONTree.self, .init(codingPath: path, debugDescription: "the array ends"))
      }
      defer { currentIndex += 1 }
      return JSONTreeDecoder(elements[currentIndex], at: path)
    }
  }
}
