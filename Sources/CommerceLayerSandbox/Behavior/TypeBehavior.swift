import CommerceLayerRuntime

/// What the sandbox does with records of one type beyond keeping what it is sent. Worked out from the
/// schema once for each sandbox: a million imported rows parse nothing twice.
final class TypeBehavior: Sendable {
  let schema: ResourceSchema
  let newValues: NewRecordValues
  /// Attributes that are worked out on reading, by name.
  let derived: [String: DerivedAttribute]
  let layout: DocumentLayout
  let requirements: RequiredFields.Requirements
  /// Rules of the values of its attributes, by name.
  let valueRules: [String: ValueRules.Rule]
  let settling: [Settling]
  let rollUp: RollUp?
  let twins: [Twin]
  /// The to-one relationships that lead to what a record has its currency from, nearest first. Markets
  /// have none themselves and lead to their price list.
  let currencySources: [String]
  /// Whether the currency is kept although the type has no attribute for it.
  let hidesCurrency: Bool
  /// Attributes that are filled from related records.
  let copies: [ItemCopy]

  /// An attribute and a to-one relationship that name one record: `sku_code` and `sku`.
  struct Twin: Sendable, Hashable {
    let attribute: String
    let relationship: String
    let target: String
    /// The attribute of the target that the twin's attribute repeats: `code`.
    let key: String
    /// Whether the record is made when the key names none.
    let makesRecords: Bool
  }

  /// An attribute that is filled from a related record when it is blank.
  struct ItemCopy: Sendable, Hashable {
    let attribute: String
    let relationship: String
    let source: String
    /// Whether it is filled again when the relationship changes.
    let follows: Bool
  }

  init(_ schema: ResourceSchema, key: (String) -> [String]) {
    self.schema = schema
    newValues = NewRecordValues(schema)
    derived = DerivedAttribute.all(of: schema)
    layout = DocumentLayout(schema, derived: derived)
    requirements = RequiredFields.Requirements(schema)
    valueRules = ValueRules.rules(of: schema)
    settling = Settling.all(of: schema)
    rollUp = RollUp.all[schema.name]
    twins = Self.twins(schema, key: key)
    let hasAmounts = schema.attributes.contains {
      !$0.isTrigger && $0.name.hasSuffix(DerivedAttribute.Suffix.cents)
    }
    let currency = schema.attribute(StoredAttribute.currency)
    hidesCurrency = hasAmounts && currency == nil
    currencySources = Self.currencySources.filter {
      schema.relationship($0)?.isToMany == false
    }
    copies = Self.copies[schema.name] ?? []
  }

  /// Relationships to what has or leads to a currency, nearest first. "inherited from the associated
  /// price list", "from the order's market": published schema, 2026.
  private static let currencySources = [
    "order", "line_item", "price", "price_list", "return", "order_subscription", "shipping_method",
    "market",
  ]

  /// `sku_code` and `sku`, `customer_email` and `customer`, wherever a schema has both.
  private static func twins(_ schema: ResourceSchema, key: (String) -> [String]) -> [Twin] {
    schema.attributes.compactMap { attribute in
      for (suffix, name) in [("_code", "code"), ("_email", "email")]
      where attribute.name.hasSuffix(suffix) && !attribute.isTrigger {
        let stem = String(attribute.name.dropLast(suffix.count))
        guard let relationship = schema.relationship(stem), !relationship.isToMany,
          let target = relationship.target
        else { continue }
        // "customer_email finds or creates the customer": an email address is enough to be one.
        let makesRecords = name == "email" && key(target) == [name]
        return Twin(
          attribute: attribute.name, relationship: stem, target: target, key: name,
          makesRecords: makesRecords && attribute.create != nil)
      }
      return nil
    }
  }

  /// Sources: the descriptions of the attributes in the published schema of 2026
  /// (https://docs.commercelayer.io/core/api-reference).
  private static let copies: [String: [ItemCopy]] = [
    "line_items": [
      ItemCopy(attribute: "name", relationship: "item", source: "name", follows: false),
      ItemCopy(attribute: "image_url", relationship: "item", source: "image_url", follows: false),
    ],
    "line_item_options": [
      ItemCopy(attribute: "name", relationship: "sku_option", source: "name", follows: false),
      ItemCopy(
        attribute: "unit_amount_cents", relationship: "sku_option", source: "price_amount_cents",
        follows: false),
    ],
    "customer_addresses": [
      ItemCopy(attribute: "name", relationship: "address", source: "name", follows: true)
    ],
    "return_line_items": [
      ItemCopy(attribute: "name", relationship: "line_item", source: "name", follows: true),
      ItemCopy(
        attribute: "sku_code", relationship: "line_item", source: "sku_code", follows: false),
      ItemCopy(
        attribute: "bundle_code", relationship: "line_item", source: "bundle_code", follows: false),
      ItemCopy(
        attribute: "image_url", relationship: "line_item", source: "image_url", follows: false),
      ItemCopy(
        attribute: returnedAmount, relationship: "line_item", source: "unit_amount_cents",
        follows: false),
    ],
  ]

  /// The unit amount of the line item that is returned; only the sum is shown.
  static let returnedAmount = "$unit_amount_cents"
}
