/// Compares the JSON types of a resource's attributes with its schema.
struct SchemaCheck {
  /// What to do with one value.
  enum Verdict: Equatable {
    case fits
    /// A known old form: numbers and booleans as strings, scalars where text is expected, a log
    /// object written as an array.
    case lenient
    /// Cannot be read as this type.
    case invalid
  }

  /// Decides for one value; pure.
  static func verdict(_ value: JSONElement, for type: ResourceSchema.AttributeType) -> Verdict {
    switch (type, value.kind) {
    case (_, .null): .fits
    case (.string, .string), (.boolean, .boolean), (.object, .object), (.array, .array),
      (.float, .number):
      .fits
    case (.integer, .number): value.integer == nil ? .invalid : .fits
    case (.datetime, .string):
      value.date == nil ? .lenient : .fits
    case (.string, .number), (.string, .boolean): .lenient
    case (.integer, .string): value.string.flatMap { Int($0) } == nil ? .invalid : .lenient
    case (.float, .string): value.string.flatMap { Double($0) } == nil ? .invalid : .lenient
    case (.boolean, .string): value.string.flatMap { Bool($0) } == nil ? .invalid : .lenient
    case (.object, .array), (.array, .string), (.array, .object): .lenient
    case (.string, .array), (.string, .object), (.integer, .boolean), (.integer, .array),
      (.integer, .object), (.float, .boolean), (.float, .array), (.float, .object),
      (.boolean, .number), (.boolean, .array), (.boolean, .object), (.datetime, .boolean),
      (.datetime, .number), (.datetime, .array), (.datetime, .object), (.object, .boolean),
      (.object, .number), (.object, .string), (.array, .boolean), (.array, .number):
      .invalid
    }
  }

  let schema: ResourceSchema
  let context: Document.Context
  /// The keys of the last resource and what the schema says of them: resources of one list have the
  /// same attributes in the same order, as a rule.
  private var keys: [Key] = []

  private struct Key {
    let element: JSONElement
    let type: ResourceSchema.AttributeType?
  }

  init(schema: ResourceSchema, context: Document.Context) {
    self.schema = schema
    self.context = context
  }

  private mutating func type(
    of key: JSONElement, position: Int
  ) -> ResourceSchema.AttributeType? {
    if position < keys.count, keys[position].element.rawBytes == key.rawBytes {
      return keys[position].type
    }
    let type = key.string.flatMap(schema.attribute)?.type
    if position < keys.count {
      keys[position] = Key(element: key, type: type)
    } else {
      keys.append(Key(element: key, type: type))
    }
    return type
  }

  /// Checks all attributes of one resource object that the schema knows; its structure has been
  /// checked before.
  /// - Throws: When reading is strict, a protocol violation with the JSON pointer of the first value
  ///   that cannot be read.
  mutating func attributes(
    of resource: JSONElement, at place: Place, _ log: inout DiagnosticLog
  ) throws(CommerceLayerError) -> [Coercion] {
    guard let attributes = resource["attributes" as StaticString] else { return [] }
    var coercions: [Coercion] = []
    var position = 0
    for (key, value) in attributes.rawMembers {
      let type = type(of: key, position: position)
      position += 1
      guard let type else { continue }
      switch Self.verdict(value, for: type) {
      case .fits: continue
      case .lenient:
        coercions.append(
          Coercion(
            pointer: place.pointer("attributes", key.string ?? ""), expected: type,
            found: value.kind))
      case .invalid:
        try log.report(
          .invalidAttribute, "\(type.rawValue) was expected, not \(value.kind.rawValue)",
          at: place.pointer("attributes", key.string ?? ""))
      }
    }
    return coercions
  }

  /// Compares the linkage there is with the schema.
  func relationships(
    of resource: JSONElement, at place: Place, _ log: inout DiagnosticLog
  ) {
    guard let all = resource["relationships" as StaticString] else { return }
    for (key, relationship) in all.rawMembers {
      // Linkage that cannot be read has been reported already.
      guard let data = relationship["data" as StaticString], data.isLinkage, !data.isNull,
        let name = key.string, let known = schema.relationship(name)
      else { continue }
      let pointer = place.pointer("relationships", name, "data")
      if known.isToMany != (data.kind == .array) {
        log.add(
          Diagnostic(
            kind: .cardinality, pointer: pointer,
            message:
              "\(data.kind.rawValue) where the schema says \(known.isToMany ? "many" : "one")"))
      }
      guard let target = known.target, !known.isPolymorphic else { continue }
      let identifiers = data.kind == .array ? Array(data.elements) : [data]
      if let other = identifiers.first(where: {
        $0["type" as StaticString]?.isString(target) != true && !isMember($0, of: target)
      }) {
        log.add(
          Diagnostic(
            kind: .unexpectedType, pointer: pointer,
            message: "'\(other["type"]?.string ?? "")' where the schema says '\(target)'"))
      }
    }
  }

  /// Whether an identifier names a member of the family whose base type is `target`.
  private func isMember(_ identifier: JSONElement, of target: String) -> Bool {
    guard let base = context.schemas?.schema(of: target),
      let type = identifier["type" as StaticString]?.string
    else { return false }
    return base.accepts(type, in: context.schemas)
  }
}
