import CommerceLayer
import Foundation

/// One value of each type: what requests of the probes send and what documents hold.
enum SampleValue {
  static let integer = 42
  static let float = 2.5
  static let boolean = true
  static let datetimeText = "2026-01-02T03:04:05.678Z"
  static let datetime = Date(timeIntervalSince1970: 1_767_323_045.678)
  static let objectValue: JSONObject = ["k": [1, "two", nil]]
  static let object = JSONValue.object(objectValue)
  static let array: [JSONValue] = [1, "two", ["k": true]]
  /// Rows in the format that sorts first among those the schema names.
  static let rows = BulkInputs.csv(rowsText)
  static let rowsText = "code\nA\nB\n"

  static func string(_ wire: String) -> String { wire }

  /// What a document holds for an attribute, and a request sends.
  static func json(_ attribute: ResourceSchema.Attribute) -> JSONValue {
    switch attribute.type {
    case .string: .string(attribute.values.first ?? attribute.name)
    case .integer: .number(JSONNumber(integer))
    case .float: JSONNumber(float).map { .number($0) } ?? .null
    case .boolean: .bool(boolean)
    case .datetime: .string(datetimeText)
    case .object: object
    case .array: attribute.items.map { .array([json($0, attribute.name)]) } ?? .array(array)
    }
  }

  private static func json(_ items: ResourceSchema.AttributeType, _ name: String) -> JSONValue {
    switch items {
    case .string: .string(name)
    case .integer: .number(JSONNumber(integer))
    case .float: JSONNumber(float).map { .number($0) } ?? .null
    case .boolean: .bool(boolean)
    case .object: object
    case .datetime, .array: .array(array)
    }
  }

  /// The types of resources a relationship leads to, as far as the schema knows them.
  static func target(_ relationship: ResourceSchema.Relationship) -> String {
    relationship.target ?? relationship.targets.first ?? "things"
  }

  /// A resource object with a value for every readable attribute and linkage for every relationship.
  static func document(
    _ schema: ResourceSchema, type: String? = nil,
    attribute: (ResourceSchema.Attribute) -> JSONValue = json
  ) -> JSONValue {
    let attributes = schema.attributes.filter(\.isReadable).map { ($0.name, attribute($0)) }
    let relationships = schema.relationships.map { relationship -> (String, JSONValue) in
      let type = JSONValue.string(target(relationship))
      let one: JSONValue = ["type": type, "id": .string("\(relationship.name)-1")]
      let two: JSONValue = ["type": type, "id": .string("\(relationship.name)-2")]
      return (relationship.name, ["data": relationship.isToMany ? [one, two] : one])
    }
    return [
      "id": "some-id", "type": .string(type ?? schema.name),
      "attributes": .object(JSONObject(attributes)),
      "relationships": .object(JSONObject(relationships)),
    ]
  }
}
