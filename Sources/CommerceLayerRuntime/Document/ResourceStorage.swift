public import struct Foundation.Date

/// One resource object inside a parsed document: what every generated model reads from.
///
/// Copies share the document. Attributes are decoded when they are read. A value of another JSON type
/// than the schema's was reported when the document was read: as a ``Coercion`` when it can be
/// understood, else as a ``Diagnostic``.
public struct ResourceStorage: Sendable {
  let element: JSONElement
  let document: Document
  /// Values that were not of the schema's type but could be understood, as old API versions wrote
  /// them.
  public let coercions: [Coercion]

  /// Whether the document names this resource but does not hold it: it has a type and an id only.
  public let isIdentifier: Bool

  init(
    element: JSONElement, document: Document, coercions: [Coercion] = [],
    isIdentifier: Bool = false
  ) {
    self.element = element
    self.document = document
    self.coercions = coercions
    self.isIdentifier = isIdentifier
  }

  /// The JSON:API type.
  public var type: String { element["type"]?.string ?? "" }
  /// The id; empty when the resource has none.
  public var id: String { element["id"]?.string ?? "" }
  /// The attribute of this name as it stands in the document.
  public func element(_ name: String) -> JSONElement? { element["attributes"]?[name] }
  /// The relationship object of this name as it stands in the document.
  public func relationship(_ name: String) -> JSONElement? { element["relationships"]?[name] }
  /// The names of the attributes that are present.
  public var attributeNames: [String] { element["attributes"]?.members.map(\.key) ?? [] }
  /// The resource object's bytes.
  public var rawBytes: ArraySlice<UInt8> { element.rawBytes }
  /// The resource object's `meta`.
  public var meta: JSONValue? { element["meta"]?.value }
  /// A link of the resource object: `self`; nil when it is absent or null.
  public func link(_ name: String) -> Link? { Link(element["links"]?[name]) }
  /// What in the document contradicts JSON:API or the schema.
  public var diagnostics: [Diagnostic] { document.diagnostics }
  /// The resources that were sent along, also those no relationship leads to.
  public var included: [AnyResource] { document.includedResources }

  private func present(_ name: StaticString) -> JSONElement? {
    guard let value = element["attributes" as StaticString]?[name], !value.isNull else {
      return nil
    }
    return value
  }
}

// One overload for each wire type, none of them generic: what compiles fast at the size of the
// whole API.
extension ResourceStorage {
  /// A string attribute; a number or boolean reads as its text.
  @_spi(Generated) public func string(_ name: StaticString) -> String? {
    guard let value = present(name) else { return nil }
    switch value.kind {
    case .string: return value.string
    case .number, .boolean: return String(decoding: value.rawBytes, as: UTF8.self)
    case .null, .array, .object: return nil
    }
  }

  /// An integer attribute; a string of digits reads as the number.
  @_spi(Generated) public func integer(_ name: StaticString) -> Int? {
    guard let value = present(name) else { return nil }
    return value.integer ?? value.string.flatMap { Int($0) }
  }

  /// A float attribute; a numeric string reads as the number.
  @_spi(Generated) public func double(_ name: StaticString) -> Double? {
    guard let value = present(name) else { return nil }
    return value.number?.double ?? value.string.flatMap { Double($0) }
  }

  /// A boolean attribute; `"true"` and `"false"` read as booleans.
  @_spi(Generated) public func boolean(_ name: StaticString) -> Bool? {
    guard let value = present(name) else { return nil }
    return value.boolean ?? value.string.flatMap { Bool($0) }
  }

  /// A datetime attribute; nil when the text is not an ISO 8601 time (the text stays readable by name).
  @_spi(Generated) public func date(_ name: StaticString) -> Date? {
    present(name)?.date
  }

  /// An attribute of any type.
  @_spi(Generated) public func value(_ name: StaticString) -> JSONValue? { present(name)?.value }

  /// An array attribute.
  @_spi(Generated) public func array(_ name: StaticString) -> [JSONValue]? {
    guard let value = present(name), value.kind == .array else { return nil }
    return value.elements.map(\.value)
  }
}

// Arrays whose elements are of one type; nil when one of them is of another type. The array stays
// readable by name.
extension ResourceStorage {
  /// An array of strings.
  @_spi(Generated) public func strings(_ name: StaticString) -> [String]? {
    elements(name) { $0.string }
  }

  /// An array of integers.
  @_spi(Generated) public func integers(_ name: StaticString) -> [Int]? {
    elements(name) { $0.integer }
  }

  /// An array of floats.
  @_spi(Generated) public func doubles(_ name: StaticString) -> [Double]? {
    elements(name) { $0.number?.double }
  }

  /// An array of booleans.
  @_spi(Generated) public func booleans(_ name: StaticString) -> [Bool]? {
    elements(name) { $0.boolean }
  }

  /// An array of objects.
  @_spi(Generated) public func objects(_ name: StaticString) -> [JSONObject]? {
    elements(name) { $0.value.object }
  }

  private func elements<Element>(
    _ name: StaticString, _ read: (JSONElement) -> Element?
  ) -> [Element]? {
    guard let array = present(name), array.kind == .array else { return nil }
    var elements: [Element] = []
    for element in array.elements {
      guard let element = read(element) else { return nil }
      elements.append(element)
    }
    return elements
  }
}

/// A value that was not of the schema's JSON type but could be understood.
public struct Coercion: Sendable, Hashable, CustomStringConvertible {
  /// The JSON pointer of the value in its document.
  public let pointer: String
  /// The schema's type.
  public let expected: ResourceSchema.AttributeType
  /// What was found.
  public let found: JSONElement.Kind

  /// The value as text.
  public var description: String { "\(pointer): \(expected.rawValue) written as \(found.rawValue)" }
}
