internal import Spec

/// What every `required` phrase of the published schema says, in one table.
///
/// The phrases are cells of the service's own documentation: a closed list, matched letter by letter.
/// One that is not here is an error, because nobody has decided whether the argument must be given.
enum PublishedPhrases {
  /// What a phrase says of an argument on create.
  struct Meaning: Equatable {
    var requirement: Requirement
    var condition: Condition?
    /// The value the service fills in, where the phrase names one.
    var defaultValue: JSONTree?
    /// The attribute that can be given in its place.
    var alternative: String?
  }

  /// When an argument must be given: in words, and as far as attributes tell, as data.
  struct Condition: Equatable {
    var text: String
    var test: Test?
  }

  /// A condition over other attributes of the resource.
  enum Test: Equatable {
    /// Must be given when the attribute has this value.
    case equals(String, JSONTree)
    /// Must be given when the attribute has another one of its listed values.
    case differs(String, JSONTree)
    /// Must be given when any of these is given.
    case given([String])
  }

  /// What a phrase says; nil for one that nobody has decided about.
  static func meaning(of phrase: String) -> Meaning? { table[phrase] }

  /// How many phrases are known.
  static var count: Int { table.count }

  private static let table: [String: Meaning] = {
    var table: [String: Meaning] = [
      "required": .init(requirement: .required),
      "optional": .init(requirement: .optional),
    ]
    func add(_ phrases: [String: Meaning]) { table.merge(phrases) { one, _ in one } }
    add(defaults.mapValues { .init(requirement: .optional, defaultValue: $0) })
    add(conditions.mapValues { .init(requirement: .conditional, condition: $0) })
    add(alternatives.mapValues { .init(requirement: .optional, alternative: $0) })
    for phrase in filledIn { table[phrase] = .init(requirement: .optional) }
    return table
  }()

  /// The service fills in this value.
  private static let defaults: [String: JSONTree] = [
    "optional, default is 'false'": .bool(false),
    "optional, deafult is 'false'": .bool(false),
    "optional, default 'false'": .bool(false),
    "optional, default is 'true'": .bool(true),
    "optional, deafult is 'true'": .bool(true),
    "optional, default is '0'": .integer(0),
    "optional, default is \"0\"": .integer(0),
    "optional, default is '1'": .integer(1),
    "optional, default is '2'": .integer(2),
    "optional, default is '71'": .integer(71),
    "optional, default is '3600'": .integer(3600),
    "optional, default is one day (1440 minutes)": .integer(1440),
    "optional, default is 0.0": .integer(0),
    "optional, default is 'en'": .string("en"),
    "optional, default is 'PDF'": .string("PDF"),
    "optional, default is 'by_frequency'": .string("by_frequency"),
    "optional, default is 'cloud'": .string("cloud"),
    "optional, default is 'flat'": .string("flat"),
    "optional, default is 'no_split'": .string("no_split"),
    "optional, default is 'unknown'": .string("unknown"),
    "optional, default to \"commercelayer.link\"": .string("commercelayer.link"),
    "optional, default to {}": .object([:]),
    // Whoever relies on a default need not send the argument.
    "required, default to 'MATCH_CODE'": .string("MATCH_CODE"),
  ]

  /// The service fills in a value that is not always the same one, or none.
  private static let filledIn = [
    "optional, default is 'null'",
    "optional, default is null",
    "optional, default is 'false' or set by tax calculator",
    "optional, default is 'Webhook {id}'",
    "optional, default is stock item one",
    "optional, default to current time",
    "optional, default to numeric ID",
    "optional, default to one month since current time",
    "optional, default to resource specific list",
    "optional, default to tax calculator generic freight code",
    "optional, default to titleized payment source type",
    "optional, inherited by item",
    "optional, set by scope",
    "required, auto generated if missing",
    "required, created by gateway",
    "required, created if null",
  ]

  /// What must be given depends. The text always says when it *must* be given.
  private static let conditions: [String: Condition] = [
    "required if 'business' is 'false'": .init(
      text: "if business is false", test: .equals("business", .bool(false))),
    "required if 'business' is 'true'": .init(
      text: "if business is true", test: .equals("business", .bool(true))),
    "required, if async_api is truthy": .init(
      text: "if async_api is true", test: .equals("async_api", .bool(true))),
    "required, if manual is falsy": .init(
      text: "if manual is false", test: .equals("manual", .bool(false))),
    "required, unless activate_by_source_order": .init(
      text: "unless activate_by_source_order is true",
      test: .equals("activate_by_source_order", .bool(false))),
    "required, if external scheme": .init(
      text: "if scheme is external", test: .equals("scheme", .string("external"))),
    "optional, if cloud": .init(
      text: "unless kind is cloud", test: .differs("kind", .string("cloud"))),
    "optional, unless min or max weight are specified": .init(
      text: "if min_weight or max_weight is given", test: .given(["max_weight", "min_weight"])),
    // The market, the scope of the token or the country decide: no attribute of the request tells.
    "required, unless inherited by market": .init(text: "unless inherited from the market"),
    "required, unless in scope": .init(text: "unless the access token is for one market"),
    "required, unless computed": .init(text: "unless the service computes it"),
    "required, but for some countries": .init(text: "except in some countries"),
  ]

  /// The attribute that can be given in place of the relationship.
  private static let alternatives = [
    "required, if not set through the sku_code attribute": "sku_code"
  ]
}

extension PublishedPhrases.Condition {
  /// The condition for the spec. A test that names what the resource does not have is dropped: the
  /// text remains.
  /// - Parameter values: the listed values of an attribute; nil for a name the resource does not have.
  func spec(values: (String) -> [String]?) -> ConditionSpec {
    switch test {
    case .equals(let name, let value):
      guard values(name) != nil else { return ConditionSpec(text: text) }
      return ConditionSpec(text: text, when: [name: [value]])
    case .differs(let name, let value):
      let others = (values(name) ?? []).map(JSONTree.string).filter { $0 != value }
      return ConditionSpec(text: text, when: others.isEmpty ? nil : [name: others])
    case .given(let names):
      let known = names.filter { values($0) != nil }
      return ConditionSpec(text: text, whenGiven: known.isEmpty ? nil : known)
    case nil: return ConditionSpec(text: text)
    }
  }
}
