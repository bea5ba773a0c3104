import CommerceLayerRuntime

/// An attribute that is worked out from others whenever a record is read, so that it cannot disagree
/// with them. None of these can be filtered or sorted by.
enum DerivedAttribute: Sendable, Hashable {
  /// An amount in cents as a number of the currency's units.
  case float(cents: String)
  /// An amount in cents as text.
  case formatted(cents: String)

  /// The derived attributes of a schema, by name: the `_float` and `formatted_` of every `_cents`.
  static func all(of schema: ResourceSchema) -> [String: DerivedAttribute] {
    var all: [String: DerivedAttribute] = [:]
    for attribute in schema.attributes where attribute.isReadable {
      all[attribute.name] = DerivedAttribute(attribute.name, of: schema)
    }
    return all
  }

  /// Nil when the attribute is stored.
  init?(_ name: String, of schema: ResourceSchema) {
    let cents: String
    if name.hasSuffix(Suffix.float) {
      cents = name.dropLast(Suffix.float.count) + Suffix.cents
      self = .float(cents: cents)
    } else if name.hasPrefix(Suffix.formatted) {
      cents = name.dropFirst(Suffix.formatted.count) + Suffix.cents
      self = .formatted(cents: cents)
    } else {
      return nil
    }
    guard schema.attribute(cents) != nil else { return nil }
  }

  /// The parts of the names of amounts.
  enum Suffix {
    static let cents = "_cents"
    static let float = "_float"
    static let formatted = "formatted_"
  }

  /// The amount that it shows.
  var cents: String {
    switch self {
    case .float(let cents), .formatted(let cents): cents
    }
  }

  /// The currency of a record.
  /// - Parameter text: The text of an attribute of the record.
  static func currency(_ text: (String) -> String?) -> String {
    text(StoredAttribute.currency) ?? text(StoredAttribute.hiddenCurrency)
      ?? Money.organizationCurrency
  }

  /// The value for an amount as JSON; null when there is none.
  func json(_ amount: Int?, in format: Money.Format) -> [UInt8] {
    guard let amount else { return Array("null".utf8) }
    return switch self {
    case .float: format.float(amount)
    case .formatted: format.formatted(amount)
    }
  }
}

/// Names of attributes that behavior reads and writes in records of many types.
enum StoredAttribute {
  static let currency = "currency_code"
  /// The currency of a record whose type has no attribute for it; not part of any document.
  static let hiddenCurrency = "$currency_code"
  static let status = "status"
}
