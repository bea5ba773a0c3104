import CommerceLayerRuntime
import NearestNames

/// Holds the values of JSON rows to the types of the schema. Pure.
enum JSONCoercion {
  /// Whether a value is what the schema asks for. What is sent is held to it strictly, but for `1` and
  /// `0` as booleans, which the documentation itself writes.
  static func fits(_ value: JSONElement, _ type: ResourceSchema.AttributeType) -> Bool {
    switch type {
    case .string: value.kind == .string
    case .integer: value.integer != nil
    case .float: value.kind == .number
    case .boolean: value.kind == .boolean
    case .datetime: value.string.map(CellCoercion.isDate) ?? false
    case .object: value.kind == .object
    case .array: value.kind == .array
    }
  }

  /// A value of another type as the one that is asked for, where nothing is lost; nil when it is
  /// rejected.
  static func coerced(
    _ value: JSONElement, _ type: ResourceSchema.AttributeType, _ options: RowOptions
  ) -> [UInt8]? {
    if type == .boolean {
      let text = value.string ?? value.number?.text
      return text.flatMap(CellCoercion.boolean).map { Array(($0 ? "true" : "false").utf8) }
    }
    guard options.coerces else { return nil }
    switch (type, value.kind) {
    case (.string, .number): return JSONValue.string(value.number?.text ?? "").bytes
    case (.string, .boolean):
      return JSONValue.string(value.boolean == true ? "true" : "false").bytes
    case (.integer, .string), (.float, .string), (.integer, .number):
      guard let text = value.string ?? value.number?.text,
        case .literal(let literal) = CellCoercion.value(
          of: text, as: type, decimalComma: options.usesDecimalComma, coerces: true)
      else { return nil }
      return Array(literal.utf8)
    default: return nil
    }
  }

  /// Why a value is rejected, and what to do.
  static func mismatch(
    _ value: JSONElement, _ type: ResourceSchema.AttributeType, _ name: String
  ) -> String {
    let text = TerminalSafe.text(
      String(decoding: value.rawBytes.prefix(60), as: UTF8.self), limit: 40)
    let said =
      switch value.kind {
      case .object: "an object"
      case .array: "an array"
      case .string: "the string \(text)"
      case .null, .boolean, .number: text
      }
    var remedy = ""
    switch (type, value.kind) {
    case (.string, .number): remedy = "; write it in quotes, \"\(text)\", or add --coerce"
    case (.integer, .string), (.float, .string):
      remedy = "; write it without quotes, or add --coerce"
    case (.boolean, _): remedy = "; write true or false"
    default: break
    }
    return "'\(name)' is \(CellCoercion.noun(type)), not \(said)\(remedy)"
  }

  /// Why a related record cannot be sent: a name that its schema does not have, a value that does not
  /// fit.
  static func problem(_ element: JSONElement, _ target: ResourceSchema) -> String? {
    for (name, value) in element.members {
      if name == "id" || name == "type" { continue }
      if let attribute = target.attribute(name) {
        guard value.isNull || fits(value, attribute.type) else {
          return "'\(name)' is not \(CellCoercion.noun(attribute.type))"
        }
        continue
      }
      let stem = name.hasSuffix("_id") ? String(name.dropLast(3)) : name
      if target.relationship(stem) != nil { continue }
      let suggestion = NearestNames.suggestion(for: name, among: target.attributes.map(\.name))
      return "\(target.name) have no '\(TerminalSafe.text(name, limit: 60))'"
        + (suggestion.map { "; did you mean '\($0)'?" } ?? "")
    }
    return nil
  }

  /// A key that stands twice in an object somewhere in a value. Readers differ on which counts, so
  /// such a row has no one meaning. The reader bounds the depth at 64.
  static func duplicateKey(in value: JSONElement) -> String? {
    var seen: Set<String> = []
    for (key, member) in value.members {
      guard seen.insert(key).inserted else { return key }
      if let inner = duplicateKey(in: member) { return inner }
    }
    for element in value.elements {
      if let inner = duplicateKey(in: element) { return inner }
    }
    return nil
  }

  /// What a value is, for people.
  static func noun(_ kind: JSONElement.Kind) -> String {
    switch kind {
    case .array: "an array"
    case .null: "null"
    case .object: "an object"
    case .boolean, .number, .string: "a \(kind.rawValue)"
    }
  }
}
