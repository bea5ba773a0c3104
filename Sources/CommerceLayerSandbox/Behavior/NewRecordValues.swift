import CommerceLayerRuntime

/// What a new record of one type holds beside what it was given, worked out once for each type.
///
/// Three rules, in this order: the facts of the spec (default values, listed states, what is never
/// null), the few values of ``special(_:_:)`` with their sources, and a value by type that a reader
/// recognizes as made up.
struct NewRecordValues: Sendable {
  /// Where a value comes from.
  enum Source: Sendable, Hashable {
    case constant(JSONValue)
    /// A number of its own: the record's sequence with what stands before and after it.
    case number(prefix: String, suffix: String)
    /// The record's sequence as a number.
    case sequence
    /// A text of letters and digits that no other record has.
    case token
    /// As ``token``, in the form of a UUID.
    case uuid
    /// The currency of what the record belongs to.
    case currency
    /// The time of its creation.
    case now
    /// The value of another attribute of the record.
    case copy(of: String)
    /// The `name` attribute in lowercase letters, digits and hyphens, with the record's sequence.
    case slug
    /// A text that says that it is made up.
    case madeUp(String)
    /// The slug of the organization.
    case organizationSlug
    /// The kind of application that the credentials are of.
    case applicationKind
  }

  let values: [(name: String, source: Source)]
  /// Attributes that are never null.
  let neverNull: [String]

  init(_ schema: ResourceSchema) {
    var values: [(name: String, source: Source)] = []
    for attribute in schema.attributes where attribute.isReadable && !attribute.isRows {
      guard !Self.clock.contains(attribute.name),
        DerivedAttribute(attribute.name, of: schema) == nil,
        let source = Self.source(attribute, schema)
      else { continue }
      values.append((attribute.name, source))
    }
    // A copy comes after what it copies.
    values.sort { !$0.source.isCopy && $1.source.isCopy }
    self.values = values
    neverNull = schema.attributes.filter {
      $0.isReadable && $0.isNeverNull && !Self.clock.contains($0.name)
    }.map(\.name)
  }

  /// Attributes that the table of records keeps itself.
  private static let clock: Set<String> = ["created_at", "updated_at"]

  private static func source(
    _ attribute: ResourceSchema.Attribute, _ schema: ResourceSchema
  ) -> Source? {
    let name = attribute.name
    if let special = special(schema.name, name) { return special }
    if let value = attribute.defaultValue, value != .null { return .constant(value) }
    let isOwn = attribute.create == nil
    // "The currency ... automatically inherited from": published schema, 2026.
    if name == StoredAttribute.currency, attribute.create != .optional { return .currency }
    // The first state that the schema lists is the one it calls the default.
    if isOwn, name == StoredAttribute.status || name.hasSuffix("_status"),
      let first = attribute.values.first
    {
      return .constant(.string(first))
    }
    if name == "shared_secret" { return .token }
    if isOwn, name == "token" { return .token }
    // An order's `number` can be given for plans that allow it, and is made up otherwise.
    if name == "number", attribute.create != .required {
      return attribute.type == .integer ? .sequence : .number(prefix: "", suffix: "")
    }
    if isOwn, attribute.type == .integer,
      name.hasSuffix(DerivedAttribute.Suffix.cents) || name.hasSuffix("_count")
    {
      return .constant(0)
    }
    guard attribute.isNeverNull else { return nil }
    return placeholder(attribute, schema)
  }

  private static func placeholder(
    _ attribute: ResourceSchema.Attribute, _ schema: ResourceSchema
  ) -> Source {
    if let first = attribute.values.first { return .constant(.string(first)) }
    switch attribute.type {
    case .integer: return .constant(0)
    case .float: return .constant(.number(JSONNumber(0)))
    case .boolean: return .constant(false)
    case .array: return .constant([])
    case .object: return .constant([:])
    case .datetime: return .now
    case .string: return .madeUp(attribute.name)
    }
  }

  /// What the spec's facts do not tell. The source of each is the published schema of 2026
  /// (https://docs.commercelayer.io/core/api-reference), the description of the attribute, unless
  /// another one is named.
  private static func special(_ type: String, _ name: String) -> Source? {
    switch (type, name) {
    // Generated when it is not given.
    case ("gift_cards", "code"): .uuid
    // Never null in the types of the official SDK, 7.11.
    case ("tax_categories", "code"): .madeUp("code")
    case ("gift_cards", "initial_balance_cents"): .copy(of: "balance_cents")
    // Numbers of transactions and shipments: the examples `42/T/001` and `#1234/S/001`.
    case ("authorizations", "number"), ("captures", "number"), ("refunds", "number"),
      ("voids", "number"), ("transactions", "number"):
      .number(prefix: "", suffix: "/T/001")
    case ("shipments", "number"): .number(prefix: "#", suffix: "/S/001")
    // A record that is there was processed: the sandbox makes no failing transaction.
    case ("authorizations", "succeeded"), ("captures", "succeeded"), ("refunds", "succeeded"),
      ("voids", "succeeded"):
      .constant(true)
    case ("orders", "editable"): .constant(true)
    case ("sku_lists", "slug"): .slug
    case ("organizations", "slug"): .organizationSlug
    case ("applications", "kind"): .applicationKind
    case ("organizations", "name"), ("applications", "name"): .madeUp("name")
    // It starts closed.
    case (_, "circuit_state"): .constant("closed")
    default: nil
    }
  }
}

extension NewRecordValues.Source {
  fileprivate var isCopy: Bool { if case .copy = self { true } else { false } }
}

/// Values that are made up for one record. Which ones depends on the sandbox's seed and on the
/// record's sequence alone, so that the same requests give the same values, and no two records share
/// one.
struct MadeUpValues: Sendable {
  let seed: UInt64

  /// 32 hexadecimal digits. The second half permutes the sequence, so that no two are alike.
  func token(_ sequence: Int64, _ salt: String) -> String {
    let number = UInt64(bitPattern: sequence)
    let mixed = Self.mix(number ^ seed)
    let start = salt.utf8.reduce(mixed) { Self.mix($0 ^ UInt64($1)) }
    return Self.hexadecimal(start) + Self.hexadecimal(mixed)
  }

  /// A token in place of another one, made of it alone.
  static func renewed(_ token: String) -> String {
    let start = token.utf8.reduce(UInt64(token.utf8.count)) { mix($0 ^ UInt64($1)) }
    return hexadecimal(start) + hexadecimal(mix(start))
  }

  /// The digits of ``token(_:_:)`` as a UUID of version 4 has them.
  func uuid(_ sequence: Int64, _ salt: String) -> String {
    let digits = Array(token(sequence, salt))
    func text(_ range: Range<Int>) -> String { String(digits[range]) }
    return [text(0..<8), text(8..<12), "4" + text(13..<16), "a" + text(17..<20), text(20..<32)]
      .joined(separator: "-")
  }

  /// A text that a reader recognizes as made up, of the form its name asks for.
  func text(_ name: String, type: String, _ sequence: Int64) -> String {
    let word = "sandbox-\(name.replacing("_", with: "-"))-\(sequence)"
    if name == "email" || name.hasSuffix("_email") { return "\(word)@example.com" }
    if name == "url" || name.hasSuffix("_url") { return "https://example.com/\(word)" }
    return word
  }

  /// A text as it stands in an address.
  static func slug(_ text: String) -> String {
    let words = text.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
    return words.joined(separator: "-")
  }

  /// A bijection of 64 bits that scatters neighbors (the finalizer of SplitMix64).
  private static func mix(_ value: UInt64) -> UInt64 {
    var value = value &+ 0x9E37_79B9_7F4A_7C15
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }

  private static func hexadecimal(_ value: UInt64) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: 16 - text.count) + text
  }
}
