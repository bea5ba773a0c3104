public import struct Foundation.Date

/// One resource object inside a parsed document: what every generated model reads from.
///
/// Copies share the document. Attributes are decoded when they are read; a value of another JSON
/// type than the schema's was either refused or recorded when the document was decoded.
public struct ResourceStorage: Sendable {
  let element: JSONElement
  let document: Document
  /// Values that were not of the schema's type but could be understood, as old API versions wrote
  /// them.
  public let leniencies: [Leniency]

  init(element: JSONElement, document: Document, leniencies: [Leniency] = []) {
    self.element = element
    self.document = document
    self.leniencies = leniencies
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

  /// A datetime attribute; nil when the text is no ISO 8601 time (the text stays readable by name).
  @_spi(Generated) public func date(_ name: StaticString) -> Date? {
    present(name)?.string.flatMap(ISO8601.date)
  }

  /// An attribute of any type.
  @_spi(Generated) public func value(_ name: StaticString) -> JSONValue? { present(name)?.value }

  /// An array attribute.
  @_spi(Generated) public func array(_ name: StaticString) -> [JSONValue]? {
    guard let value = present(name), value.kind == .array else { return nil }
    return value.elements.map(\.value)
  }

  /// The resources a to-many relationship leads to; nil unless the document says which.
  @_spi(Generated) public func resources(_ name: String) -> [AnyResource]? {
    resources(name, as: AnyResource.self)
  }

  /// The resources a to-many relationship leads to; nil unless the document says which. Those the
  /// document does not include have an id and a type only.
  @_spi(Generated) public func resources<R: Resource>(_ name: String, as type: R.Type) -> [R]? {
    guard let data = relationship(name)?["data"], data.kind == .array else { return nil }
    return data.elements.map { R(storage: document.resolve($0)) }
  }

  /// The resource a to-one relationship leads to; nil when empty or unknown.
  @_spi(Generated) public func resource(_ name: String) -> AnyResource? {
    resource(name, as: AnyResource.self)
  }

  /// The resource a to-one relationship leads to; nil when empty or unknown.
  @_spi(Generated) public func resource<R: Resource>(_ name: String, as type: R.Type) -> R? {
    guard let data = relationship(name)?["data"], data.kind == .object else { return nil }
    return R(storage: document.resolve(data))
  }
}

/// A value that was not of the schema's JSON type but could be understood.
public struct Leniency: Sendable, Hashable, CustomStringConvertible {
  /// The JSON pointer of the value in its document.
  public let pointer: String
  /// The schema's type.
  public let expected: ResourceSchema.AttributeType
  /// What was found.
  public let found: JSONElement.Kind

  /// The value as text.
  public var description: String { "\(pointer): \(expected.rawValue) written as \(found.rawValue)" }
}
