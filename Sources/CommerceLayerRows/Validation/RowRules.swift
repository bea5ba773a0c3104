public import CommerceLayerRuntime
import NearestNames

/// What a row of one importable type can hold and what it must, from the type's schema.
public struct RowRules: Sendable {
  /// The resource type: `skus`.
  public let type: String
  /// The row fields that together identify a record; empty for a type without a known key.
  public let key: [String]
  /// The relationship that a parent id stands for.
  public let parent: String?
  /// The id of all rows' parent.
  public let parentID: String?
  /// The schema; nil when this build's spec lacks the resource, and rows are only checked for
  /// being objects.
  public let schema: ResourceSchema?
  /// To-many relationships whose records a row can hold.
  let nested: Set<String>
  /// The schemas of related resources, by type.
  let related: [String: ResourceSchema]
  let requirements: CreateRequirements

  /// Whether rows can be told apart by a key, so that sending one twice leaves one record.
  public var isKeyed: Bool { !key.isEmpty }

  /// Creates the rules of a type.
  /// - Throws: ``RowRulesError`` when the type cannot be imported, or has no parent to stand for.
  public init(
    type: String, parentID: String? = nil, service: ServiceDescription,
    schemas: [ResourceSchema]
  ) throws(RowRulesError) {
    guard let importable = service.importables[type] else {
      let known = service.importables.keys.sorted()
      throw .unknownType(
        type, suggestion: NearestNames.suggestion(for: type, among: known), known: known)
    }
    if parentID != nil, importable.parent == nil { throw .noParent(type) }
    self.type = type
    key = importable.key
    parent = importable.parent
    self.parentID = parentID
    nested = Set(importable.nested)
    related = Dictionary(schemas.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    schema = related[type]
    requirements = CreateRequirements(schema)
  }

  /// What begins the sentence on what a row lacks that nothing names; nil for a type without a key.
  var unnamedRow: String? {
    guard isKeyed else { return nil }
    let names = key.map { "'\($0)'" }.joined(separator: " and ")
    return "without \(names) or 'id' it makes a new record, and "
  }

  /// The field of a row that the id given for all rows stands for: `price_list_id`; nil for a type
  /// without a parent.
  public var parentField: String? { parent.map { "\($0)_id" } }
}

/// Why there are no rules for a type.
public enum RowRulesError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The type cannot be imported.
  case unknownType(String, suggestion: String?, known: [String])
  /// A parent was given for a type without one.
  case noParent(String)

  /// What is wrong, in a sentence.
  public var description: String {
    switch self {
    case .unknownType(let type, let suggestion, let known):
      "'\(TerminalSafe.text(type, limit: 60))' cannot be imported"
        + (suggestion.map { "; did you mean '\($0)'?" }
          ?? "; what can: \(known.joined(separator: ", "))")
    case .noParent(let type): "\(type) have no parent"
    }
  }
}

// MARK: - Names

/// What a name in a row stands for.
package enum RowName: Sendable, Hashable {
  /// The record's id.
  case id
  case attribute(ResourceSchema.Attribute)
  /// `<relationship>_id` under this name.
  case relationshipID(ResourceSchema.Relationship, name: String)
  /// A part of the key the schema does not list.
  case keyPart
  /// Names of tags, separated by commas in one cell or as an array.
  case tags(ResourceSchema.Relationship)
  /// Related records inside a JSON row.
  case nested(ResourceSchema.Relationship)
  /// One attribute of related records, `price_tiers.up_to`: further lines are further records.
  case toMany(ResourceSchema.Relationship, type: ResourceSchema.AttributeType)
  /// One attribute of a related record, `address.line_1`.
  case toOne(ResourceSchema.Relationship, attribute: String, type: ResourceSchema.AttributeType)
  /// A related record as an export writes it: reduced to its id.
  case reducible(ResourceSchema.Relationship)
  /// Known, but not imported.
  case passedOver(PassedOver)
  /// Not known at all.
  case unknown(reason: String)

  /// Why a known name is not sent.
  package enum PassedOver: String, Sendable, Hashable {
    /// The resource type, which the import names already.
    case type
    /// The service computes it.
    case readOnly
    /// Related records that rows of this type do not make.
    case related
    /// The importer's own columns in a report.
    case report
  }
}

extension RowRules {
  /// Returns what a name in a row stands for.
  /// - Parameters:
  ///   - allowsPaths: Whether `relationship.attribute` is a name, as in CSV.
  ///   - suggests: Whether the reason of an unknown name says what may be meant, which takes a look at
  ///     all known ones.
  package func meaning(of name: String, allowsPaths: Bool, suggests: Bool = true) -> RowName {
    if name == "id" { return .id }
    if ReportColumns.names.contains(name) { return .passedOver(.report) }
    guard let schema else { return .keyPart }
    if let attribute = schema.attribute(name) {
      if attribute.create != nil || attribute.update != nil || key.contains(name) {
        return .attribute(attribute)
      }
      return .passedOver(.readOnly)
    }
    if name == "type" { return .passedOver(.type) }
    if name.hasSuffix("_id"), let relationship = schema.relationship(String(name.dropLast(3))),
      !relationship.isToMany
    {
      return relationshipID(relationship)
    }
    if key.contains(name) || name == parentField { return .keyPart }
    if let relationship = schema.relationship(name) { return whole(relationship) }
    if let dot = name.firstIndex(of: ".") {
      let stem = String(name[..<dot])
      guard allowsPaths else {
        return .unknown(
          reason: "'\(shown(name))' is a column of CSV files; in JSON write "
            + "{\"\(shown(stem))\": {…}} or '\(shown(stem))_id'")
      }
      return path(stem, String(name[name.index(after: dot)...]), name, schema, suggests)
    }
    if !allowsPaths, name == "data" || name == "attributes" {
      return .unknown(
        reason:
          "'\(name)' belongs to a JSON:API document; a row is the object of attributes alone: "
          + "{\"\(key.first ?? "name")\": …}")
    }
    return .unknown(
      reason: "\(type) have no '\(shown(name))'"
        + (suggests ? suggestion(for: name, among: settableNames) : ""))
  }

  /// The name that a row can hold and that is meant by an unknown one; nil when none is near.
  package func nearestName(to name: String) -> String? {
    NearestNames.suggestion(for: name, among: settableNames)
  }

  private func shown(_ text: String) -> String { TerminalSafe.text(text, limit: 60) }

  private func suggestion(for name: String, among names: [String]) -> String {
    guard let found = NearestNames.suggestion(for: name, among: names) else { return "" }
    guard let other = name.unicodeScalars.first(where: { !$0.isASCII }) else {
      return "; did you mean '\(found)'?"
    }
    // Letters of other scripts look the same.
    let digits = String(other.value, radix: 16, uppercase: true)
    let padding = String(repeating: "0", count: max(0, 4 - digits.count))
    return
      "; did you mean '\(found)'? (its '\(TerminalSafe.text(String(other)))' is U+\(padding)\(digits))"
  }

  private func isSettable(_ relationship: ResourceSchema.Relationship) -> Bool {
    relationship.create != nil || relationship.update != nil || relationship.name == parent
      || key.contains("\(relationship.name)_id")
  }

  private func relationshipID(_ relationship: ResourceSchema.Relationship) -> RowName {
    isSettable(relationship)
      ? .relationshipID(relationship, name: "\(relationship.name)_id") : .passedOver(.readOnly)
  }

  private func whole(_ relationship: ResourceSchema.Relationship) -> RowName {
    if relationship.target == "tags", relationship.isToMany { return .tags(relationship) }
    if relationship.isToMany {
      return nested.contains(relationship.name) ? .nested(relationship) : .passedOver(.related)
    }
    return isSettable(relationship) ? .reducible(relationship) : .passedOver(.readOnly)
  }

  private func path(
    _ stem: String, _ attributeName: String, _ name: String, _ schema: ResourceSchema,
    _ suggests: Bool
  ) -> RowName {
    guard let relationship = schema.relationship(stem) else {
      let suggestion =
        suggests
        ? NearestNames.suggestion(for: stem, among: schema.relationships.map(\.name)) : nil
      return .unknown(
        reason: "\(type) have no relationship '\(shown(stem))'"
          + (suggestion.map { "; did you mean '\($0).\(shown(attributeName))'?" } ?? ""))
    }
    if relationship.target == "tags", relationship.isToMany,
      attributeName == "name" || attributeName == "id"
    {
      return .tags(relationship)
    }
    let target = relationship.target.flatMap { related[$0] }
    let attribute = target?.attribute(attributeName)
    if let target, attribute == nil, attributeName != "id", attributeName != "type",
      !attributeName.hasSuffix("_id"), !attributeName.contains(".")
    {
      guard suggests else {
        return .unknown(reason: "\(target.name) have no '\(shown(attributeName))'")
      }
      return .unknown(
        reason: "\(target.name) have no '\(shown(attributeName))'"
          + (NearestNames.suggestion(for: attributeName, among: target.attributes.map(\.name)).map {
            "; did you mean '\(stem).\($0)'?"
          } ?? ""))
    }
    let type = attribute?.type ?? .string
    if relationship.isToMany {
      guard nested.contains(relationship.name) else { return .passedOver(.related) }
      if attributeName == "type" { return .passedOver(.type) }
      return .toMany(relationship, type: type)
    }
    guard isSettable(relationship) else { return .passedOver(.readOnly) }
    if attributeName == "id" { return .relationshipID(relationship, name: "\(stem)_id") }
    if attributeName == "type" { return .passedOver(.type) }
    if let attribute, attribute.create == nil, attribute.update == nil {
      return .passedOver(.readOnly)
    }
    return .toOne(relationship, attribute: attributeName, type: type)
  }

  /// The names a row can hold, for suggestions.
  package var settableNames: [String] {
    guard let schema else { return key }
    return ["id"] + key
      + schema.attributes.filter { $0.create != nil || $0.update != nil }.map(\.name)
      + schema.relationships.filter { isSettable($0) || nested.contains($0.name) }.map {
        $0.isToMany ? $0.name : "\($0.name)_id"
      }
  }
}

/// The columns that a report has beside the row's own.
package enum ReportColumns {
  /// What the rows are: a report of another type is noticed by it.
  package static let type = "_type"
  package static let line = "_line"
  package static let outcome = "_outcome"
  package static let reason = "_reason"
  package static let names = [type, line, outcome, reason]
  /// The member that holds a row which is not JSON.
  package static let source = "_source"
}

// MARK: - Requirements

/// What a row must hold to make a record: one bit for each attribute and relationship that can
/// satisfy something, so that checking a row is comparing bits.
struct CreateRequirements: Sendable {
  /// A set of names.
  typealias Mask = UInt64

  struct Required: Sendable {
    let mask: Mask
    /// What to call it: `'sku' or 'sku_code'`.
    let names: String
    /// The field that a service says it of: `sku_id`.
    let field: String
  }

  struct Conditional: Sendable {
    let mask: Mask
    let name: String
    let condition: ResourceSchema.Condition
    /// The names of which giving one makes it required.
    let givenMask: Mask
  }

  private(set) var required: [Required] = []
  private(set) var conditional: [Conditional] = []
  private var bits: [String: Mask] = [:]
  private let defaults: [String: JSONValue]

  init(_ schema: ResourceSchema?) {
    defaults = Dictionary(
      (schema?.attributes ?? []).compactMap { attribute in
        attribute.defaultValue.map { (attribute.name, $0) }
      }, uniquingKeysWith: { first, _ in first })
    guard let schema else { return }
    func field(_ name: String) -> String {
      schema.relationship(name) == nil ? name : "\(name)_id"
    }
    let single =
      schema.attributes.filter { $0.create == .required }.map(\.name)
      + schema.relationships.filter { $0.create == .required }.map(\.name)
    for name in single where schema.alternatives(to: name).isEmpty {
      required.append(.init(mask: bit(name), names: Self.list([name]), field: field(name)))
    }
    for alternative in schema.alternatives where alternative.create == .required {
      let mask = alternative.members.reduce(0) { $0 | bit($1) }
      let name =
        alternative.members.first { schema.relationship($0) != nil } ?? alternative.members.first
      required.append(
        .init(mask: mask, names: Self.list(alternative.members), field: field(name ?? "base")))
    }
    let conditions =
      schema.attributes.map { ($0.name, $0.createCondition) }
      + schema.relationships.map { ($0.name, $0.createCondition) }
    for (name, condition) in conditions {
      guard let condition, condition.isCheckable else { continue }
      let mask = schema.alternatives(to: name).flatMap(\.members).reduce(bit(name)) { $0 | bit($1) }
      let given = condition.whenGiven.reduce(0) { $0 | bit($1) }
      conditional.append(
        .init(mask: mask, name: name, condition: condition, givenMask: given))
    }
  }

  /// More names than bits: the last bit stands for all that are left, which checks less and never
  /// rejects what is complete.
  private mutating func bit(_ name: String) -> Mask {
    if let bit = bits[name] { return bit }
    let bit: Mask = 1 << Mask(min(bits.count, 63))
    bits[name] = bit
    return bit
  }

  private static func list(_ names: [String]) -> String {
    names.map { "'\($0)'" }.joined(separator: " or ")
  }

  /// What a value under a name satisfies. `customer.email` stands for the customer and for
  /// `customer_email`.
  func satisfied(by meaning: RowName, name: String) -> Mask {
    func bit(_ name: String) -> Mask { bits[name] ?? 0 }
    switch meaning {
    case .attribute(let attribute): return bit(attribute.name)
    case .relationshipID(let relationship, _): return bit(relationship.name)
    case .toOne(let relationship, let attribute, _):
      return bit(relationship.name) | bit("\(relationship.name)_\(attribute)")
    case .reducible(let relationship), .nested(let relationship), .toMany(let relationship, _),
      .tags(let relationship):
      return bit(relationship.name)
    case .keyPart:
      // `customer_id` where only `customer_email` is an attribute.
      let stem = name.hasSuffix("_id") ? String(name.dropLast(3)) : name
      return bits.filter { $0.key == stem || $0.key.hasPrefix(stem + "_") }.values.reduce(0, |)
    case .id, .passedOver, .unknown: return 0
    }
  }

  func satisfied(byParent parent: String?) -> Mask { parent.flatMap { bits[$0] } ?? 0 }

  /// Whether everything is there that is always needed.
  @inline(__always)
  func isMet(_ given: Mask) -> Bool {
    for requirement in required where requirement.mask & given == 0 { return false }
    return conditional.isEmpty
  }

  /// What is missing for a record to be made, in words.
  /// - Parameter value: The value of an attribute in the row; nil when it is not there.
  func missing(_ given: Mask, value: (String) -> JSONValue?) -> [RowReason] {
    var missing = required.filter { $0.mask & given == 0 }.map {
      RowReason(field: $0.field, rule: .blank, text: "\($0.names) is required")
    }
    func add(_ name: String, when: String) {
      missing.append(
        RowReason(field: name, rule: .blank, text: "'\(name)' is required when \(when)"))
    }
    for item in conditional where item.mask & given == 0 {
      if item.givenMask & given != 0 {
        let names = item.condition.whenGiven.map { "'\($0)'" }.joined(separator: " or ")
        add(item.name, when: "\(names) is given")
        continue
      }
      guard !item.condition.when.isEmpty else { continue }
      var reasons: [String] = []
      let holds = item.condition.when.sorted { $0.key < $1.key }.allSatisfy { name, values in
        let actual = value(name) ?? defaults[name] ?? .null
        reasons.append("'\(name)' is \(TerminalSafe.text(actual.text, limit: 40))")
        return values.contains(actual)
      }
      if holds { add(item.name, when: reasons.joined(separator: " and ")) }
    }
    return missing
  }
}
