import CommerceLayerRuntime

/// An attribute that is worked out from others whenever a record is read, so that it cannot disagree
/// with them. None of these can be filtered or sorted by.
enum DerivedAttribute: Sendable, Hashable {
  /// An amount in another form, and the attribute with the cents.
  case amount(Amount, cents: String)
  /// What the dates of a record make of it: `disabled`, `expired`, `pending` or `active`.
  case status
  /// Whether that is `active`.
  case active

  enum Amount: Sendable, Hashable {
    /// As a number of the currency's units.
    case float
    /// As text.
    case formatted

    /// The value as JSON; null when there is no amount.
    func json(_ amount: Int?, in format: Money.Format) -> [UInt8] {
      guard let amount else { return Array("null".utf8) }
      return switch self {
      case .float: format.float(amount)
      case .formatted: format.formatted(amount)
      }
    }
  }

  /// The derived attributes of a schema, by name: the `_float` and `formatted_` of every `_cents`, and what
  /// dates decide.
  static func all(of schema: ResourceSchema) -> [String: DerivedAttribute] {
    var all: [String: DerivedAttribute] = [:]
    for attribute in schema.attributes where attribute.isReadable {
      all[attribute.name] = DerivedAttribute(attribute.name, of: schema)
    }
    return all
  }

  /// Nil when the attribute is stored.
  init?(_ name: String, of schema: ResourceSchema) {
    if name.hasSuffix(Suffix.float) {
      self = .amount(.float, cents: name.dropLast(Suffix.float.count) + Suffix.cents)
    } else if name.hasPrefix(Suffix.formatted) {
      self = .amount(.formatted, cents: name.dropFirst(Suffix.formatted.count) + Suffix.cents)
    } else if name == StoredAttribute.status, Self.isDated(schema) {
      self = .status
    } else if name == Dates.active, Self.isDated(schema) {
      self = .active
    } else {
      return nil
    }
    if case .amount(_, let cents) = self, schema.attribute(cents) == nil { return nil }
  }

  enum Dates {
    static let active = "active"
    static let start = "starts_at"
    static let end = "expires_at"
    static let disabled = "disabled_at"
  }

  private static func isDated(_ schema: ResourceSchema) -> Bool {
    [Dates.active, Dates.start, Dates.end].allSatisfy { schema.attribute($0) != nil }
  }

  /// The status of a record whose dates decide it: promotions, links, schedulers of price lists.
  /// - Parameters:
  ///   - text: The text of an attribute of the record.
  ///   - time: The time of the response.
  static func status(_ text: (String) -> String?, time: String) -> String {
    if text(Dates.disabled) != nil { return "disabled" }
    if let end = text(Dates.end), end <= time { return "expired" }
    if let start = text(Dates.start), start > time { return "pending" }
    return Dates.active
  }

  /// The parts of the names of amounts.
  enum Suffix {
    static let cents = "_cents"
    static let float = "_float"
    static let formatted = "formatted_"
  }

  /// The currency of a record.
  /// - Parameter text: The text of an attribute of the record.
  static func currency(_ text: (String) -> String?) -> String {
    text(StoredAttribute.currency) ?? text(StoredAttribute.hiddenCurrency)
      ?? Money.organizationCurrency
  }
}

/// Names of attributes that behavior reads and writes in records of many types.
enum StoredAttribute {
  static let currency = "currency_code"
  /// The currency of a record whose type has no attribute for it; not part of any document.
  static let hiddenCurrency = "$currency_code"
  static let status = "status"
}
