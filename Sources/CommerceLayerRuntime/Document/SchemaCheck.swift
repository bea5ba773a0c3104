/// Compares the JSON types of a resource's attributes with its schema.
enum SchemaCheck {
  /// What to do with one value.
  enum Verdict: Equatable {
    case fits
    /// A known old form: numbers and booleans as strings, scalars where text is expected, a log
    /// object written as an array.
    case lenient
    case refused
  }

  /// Decides for one value; pure.
  static func verdict(_ value: JSONElement, for type: ResourceSchema.AttributeType) -> Verdict {
    switch (type, value.kind) {
    case (_, .null): .fits
    case (.string, .string), (.boolean, .boolean), (.object, .object), (.array, .array),
      (.float, .number):
      .fits
    case (.integer, .number): value.integer == nil ? .refused : .fits
    case (.datetime, .string):
      value.string.flatMap(ISO8601.date) == nil ? .lenient : .fits
    case (.string, .number), (.string, .boolean): .lenient
    case (.integer, .string): value.string.flatMap { Int($0) } == nil ? .refused : .lenient
    case (.float, .string): value.string.flatMap { Double($0) } == nil ? .refused : .lenient
    case (.boolean, .string): value.string.flatMap { Bool($0) } == nil ? .refused : .lenient
    case (.object, .array), (.array, .string), (.array, .object): .lenient
    case (.string, .array), (.string, .object), (.integer, .boolean), (.integer, .array),
      (.integer, .object), (.float, .boolean), (.float, .array), (.float, .object),
      (.boolean, .number), (.boolean, .array), (.boolean, .object), (.datetime, .boolean),
      (.datetime, .number), (.datetime, .array), (.datetime, .object), (.object, .boolean),
      (.object, .number), (.object, .string), (.array, .boolean), (.array, .number):
      .refused
    }
  }

  /// Checks all attributes of one resource object that the schema knows.
  /// - Throws: a protocol violation with the JSON pointer of the first value that cannot be read.
  static func check(
    _ resource: JSONElement, against schema: ResourceSchema, at pointer: String,
    context: Document.Context
  ) throws(CommerceLayerError) -> [Leniency] {
    guard let attributes = resource["attributes" as StaticString] else { return [] }
    guard attributes.kind == .object else {
      throw .protocolViolation(
        "'attributes' is an object, not \(attributes.kind.rawValue)",
        pointer: pointer + "/attributes", context)
    }
    var leniencies: [Leniency] = []
    for (name, value) in attributes.members {
      guard let attribute = schema.attribute(name) else { continue }
      switch verdict(value, for: attribute.type) {
      case .fits: continue
      case .lenient:
        leniencies.append(
          Leniency(
            pointer: "\(pointer)/attributes/\(name)", expected: attribute.type, found: value.kind))
      case .refused:
        throw .protocolViolation(
          "\(attribute.type.rawValue) was expected, not \(value.kind.rawValue)",
          pointer: "\(pointer)/attributes/\(name)", context)
      }
    }
    return leniencies
  }
}
