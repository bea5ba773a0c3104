/// One value of a ``JSONDocument``: a document and a place in it. Cheap to copy.
public struct JSONElement: Sendable {
  /// What a value is.
  public enum Kind: String, Sendable, Hashable {
    /// The literal `null`.
    case null
    /// `true` or `false`.
    case boolean
    /// A number, exact as it was written.
    case number
    /// A string.
    case string
    /// An array.
    case array
    /// An object.
    case object
  }

  @usableFromInline let document: JSONDocument
  @usableFromInline let index: Int

  @inlinable init(document: JSONDocument, index: Int) {
    self.document = document
    self.index = index
  }

  @inlinable var node: JSONIndexNode { document.nodes[index] }

  /// This value with an index of what is in it.
  @inlinable var opened: JSONElement {
    node.kind.isSealed ? document.open(index).root : self
  }

  /// What the value is.
  @inlinable public var kind: Kind {
    switch node.kind {
    case .null: .null
    case .true, .false: .boolean
    case .number: .number
    case .string, .escapedString: .string
    case .array, .sealedArray: .array
    case .object, .sealedObject: .object
    }
  }

  /// The value's bytes as they stand in the text, quotes and brackets included.
  public var rawBytes: ArraySlice<UInt8> { document.bytes[Int(node.start)..<Int(node.end)] }

  /// The offset of the value's first byte in the text.
  @inlinable public var offset: Int { Int(node.start) }

  /// Whether it is `null`.
  @inlinable public var isNull: Bool { node.kind == .null }

  /// The text when it is a string.
  public var string: String? {
    switch node.kind {
    case .string, .escapedString: JSONText.decode(document.bytes, node)
    default: nil
    }
  }

  /// The value when it is a boolean.
  public var boolean: Bool? {
    switch node.kind {
    case .true: true
    case .false: false
    default: nil
    }
  }

  /// The number with its exact text.
  public var number: JSONNumber? {
    guard node.kind == .number else { return nil }
    return JSONNumber(checked: String(decoding: rawBytes, as: UTF8.self))
  }

  /// The value when it is a whole number that fits.
  public var integer: Int? {
    guard node.kind == .number else { return nil }
    return JSONNumber.integer(rawBytes)
  }

  /// How many members or elements it has; 0 for a scalar.
  public var count: Int {
    switch kind {
    case .array: elements.reduce(0) { count, _ in count + 1 }
    case .object: members.reduce(0) { count, _ in count + 1 }
    case .null, .boolean, .number, .string: 0
    }
  }

  /// The elements of an array; none when it is something else.
  @inlinable public var elements: JSONElements { JSONElements(parent: self, wanted: .array) }

  /// The members of an object in the order of the text; none when it is something else.
  @inlinable public var members: JSONMembers { JSONMembers(parent: self) }

  /// The member of an object with this key; of equal keys the last one.
  public subscript(key: String) -> JSONElement? {
    guard kind == .object else { return nil }
    var key = key
    return key.withUTF8 { opened.find($0) }
  }

  /// The member of an object with this key; of equal keys the last one.
  package subscript(key: StaticString) -> JSONElement? {
    guard kind == .object, key.hasPointerRepresentation else { return nil }
    return opened.find(UnsafeBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount))
  }

  private func find(_ key: UnsafeBufferPointer<UInt8>) -> JSONElement? {
    let nodes = document.nodes
    let end = Int(node.next)
    var child = index + 1
    var match: Int?
    document.bytes.withUnsafeBufferPointer { bytes in
      while child < end {
        let name = nodes[child]
        if name.kind == .string {
          let length = Int(name.end - name.start) - 2
          if length == key.count, Self.equal(bytes, Int(name.start) + 1, key) { match = child + 1 }
        } else if JSONText.decode(document.bytes, name).utf8.elementsEqual(key) {
          match = child + 1
        }
        child = Int(nodes[child + 1].next)
      }
    }
    return match.map { JSONElement(document: document, index: $0) }
  }

  @inline(__always)
  private static func equal(
    _ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ key: UnsafeBufferPointer<UInt8>
  ) -> Bool {
    for offset in 0..<key.count where bytes[start + offset] != key[offset] { return false }
    return true
  }

  /// The value as a tree of its own, independent of the document.
  public var value: JSONValue {
    JSONValueReader.value(self)
  }

  /// The members with their keys as they stand in the text, undecoded.
  @inlinable package var rawMembers: JSONRawMembers { JSONRawMembers(parent: self) }

  /// Whether it is a string with this text.
  package func isString(_ text: StaticString) -> Bool {
    isString(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  /// Whether it is a string with this text.
  package func isString(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { isString($0) }
  }

  private func isString(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    let node = node
    switch node.kind {
    case .string:
      guard Int(node.end - node.start) == text.count + 2 else { return false }
      return document.bytes.withUnsafeBufferPointer { Self.equal($0, Int(node.start) + 1, text) }
    case .escapedString: return JSONText.decode(document.bytes, node).utf8.elementsEqual(text)
    default: return false
    }
  }

  /// Whether it is a string that begins with this ASCII character.
  package func begins(with character: UInt8) -> Bool {
    withStringBytes { $0.first == character } ?? false
  }

  /// Reads the bytes of a string without making one; nil unless it is a string.
  func withStringBytes<T>(_ read: (UnsafeBufferPointer<UInt8>) -> T) -> T? {
    let node = node
    switch node.kind {
    case .string:
      return document.bytes.withUnsafeBufferPointer {
        read(UnsafeBufferPointer(rebasing: $0[Int(node.start) + 1..<Int(node.end) - 1]))
      }
    case .escapedString:
      var text = JSONText.decode(document.bytes, node)
      return text.withUTF8(read)
    default: return nil
    }
  }

  @inlinable var firstChild: Int { index + 1 }
  @inlinable var endOfChildren: Int { Int(node.next) }
  @inlinable func after(_ child: Int) -> Int { Int(document.nodes[child].next) }
}

/// The elements of an array.
public struct JSONElements: Sequence, Sendable {
  @usableFromInline let parent: JSONElement
  @usableFromInline let wanted: JSONElement.Kind

  @inlinable init(parent: JSONElement, wanted: JSONElement.Kind) {
    self.parent = parent
    self.wanted = wanted
  }

  /// Walks the elements in the order of the text.
  @inlinable public func makeIterator() -> Iterator {
    guard parent.kind == wanted else { return Iterator(parent: parent, child: .max) }
    let parent = parent.opened
    return Iterator(parent: parent, child: parent.firstChild)
  }

  /// Walks the elements of an array.
  public struct Iterator: IteratorProtocol {
    @usableFromInline let parent: JSONElement
    @usableFromInline var child: Int

    @inlinable init(parent: JSONElement, child: Int) {
      self.parent = parent
      self.child = child
    }

    /// The next element, or nil at the end.
    @inlinable public mutating func next() -> JSONElement? {
      guard child < parent.endOfChildren else { return nil }
      defer { child = parent.after(child) }
      return JSONElement(document: parent.document, index: child)
    }
  }
}

/// The members of an object.
public struct JSONMembers: Sequence, Sendable {
  @usableFromInline let parent: JSONElement

  @inlinable init(parent: JSONElement) { self.parent = parent }

  /// Walks the members in the order of the text.
  @inlinable public func makeIterator() -> Iterator {
    Iterator(base: JSONElements(parent: parent, wanted: .object).makeIterator())
  }

  /// Walks the members of an object.
  public struct Iterator: IteratorProtocol {
    @usableFromInline var base: JSONElements.Iterator

    @inlinable init(base: JSONElements.Iterator) { self.base = base }

    /// The next member, or nil at the end.
    @inlinable public mutating func next() -> (key: String, value: JSONElement)? {
      guard let key = base.next(), let value = base.next() else { return nil }
      return (key.string ?? "", value)
    }
  }
}

/// The members of an object, keys undecoded.
@usableFromInline package struct JSONRawMembers: Sequence {
  @usableFromInline let parent: JSONElement

  @inlinable init(parent: JSONElement) { self.parent = parent }

  @inlinable package func makeIterator() -> Iterator {
    Iterator(base: JSONElements(parent: parent, wanted: .object).makeIterator())
  }

  @usableFromInline package struct Iterator: IteratorProtocol {
    @usableFromInline var base: JSONElements.Iterator

    @inlinable init(base: JSONElements.Iterator) { self.base = base }

    @inlinable package mutating func next() -> (key: JSONElement, value: JSONElement)? {
      guard let key = base.next(), let value = base.next() else { return nil }
      return (key, value)
    }
  }
}
