internal import Foundation

/// The schema the service publishes: a JSON array with one object a resource. Only the facts are
/// decoded; its descriptions and examples are left where they are.
struct PublishedSchema: Decodable {
  var resources: [Resource]

  init(from decoder: any Decoder) throws {
    resources = try decoder.singleValueContainer().decode([Resource].self)
  }

  struct Resource: Decodable {
    /// The singular name: `tax_category`.
    var id: String
    var attributes: Facts
  }

  struct Facts: Decodable {
    var singleton: Bool?
    var deprecated: Bool?
    var actions: [String]
    var fields: [String: Field]
    var relationships: [String: Relationship]
  }

  struct Field: Decodable {
    var type: String
    var required: String?
    var creatable: Bool?
    var updatable: Bool?
    var fetchable: Bool?
    var filterable: Bool?
    var sortable: Bool?
    var values: [String]?
    var trigger: Bool?
    var idempotent: Bool?
    var deprecated: Bool?
    var transient: Bool?

    enum CodingKeys: String, CodingKey {
      case type, required, creatable, updatable, fetchable, filterable, sortable, trigger
      case deprecated, transient, idempotent
      case values = "enum"
    }

    init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      type = try values.decode(String.self, forKey: .type)
      required = try? values.decodeIfPresent(String.self, forKey: .required)
      creatable = try values.decodeIfPresent(Bool.self, forKey: .creatable)
      updatable = try values.decodeIfPresent(Bool.self, forKey: .updatable)
      fetchable = try values.decodeIfPresent(Bool.self, forKey: .fetchable)
      filterable = try values.decodeIfPresent(Bool.self, forKey: .filterable)
      sortable = try values.decodeIfPresent(Bool.self, forKey: .sortable)
      // Values of other JSON types exist (numbers); only closed lists of strings are facts here.
      self.values = try? values.decodeIfPresent([String].self, forKey: .values)
      trigger = try values.decodeIfPresent(Bool.self, forKey: .trigger)
      idempotent = try values.decodeIfPresent(Bool.self, forKey: .idempotent)
      deprecated = try values.decodeIfPresent(Bool.self, forKey: .deprecated)
      transient = try values.decodeIfPresent(Bool.self, forKey: .transient)
    }
  }

  struct Relationship: Decodable {
    var type: String
    var className: String?
    var polymorphic: Bool?
    /// The types a polymorphic one may lead to.
    var targets: [String]?
    var required: Requiredness?
    var creatable: Bool?
    var updatable: Bool?
    var filterable: Bool?
    var includable: Bool?
    var deprecated: Bool?

    enum CodingKeys: String, CodingKey {
      case type, polymorphic, required, creatable, updatable, filterable, includable, deprecated
      case className = "class_name"
      case targets = "enum"
    }
  }

  /// Written as a text nearly everywhere and as `true` in one place.
  enum Requiredness: Decodable {
    case text(String)
    case flag(Bool)

    init(from decoder: any Decoder) throws {
      let value = try decoder.singleValueContainer()
      self =
        if let flag = try? value.decode(Bool.self) { .flag(flag) } else {
          .text(try value.decode(String.self))
        }
    }

    var text: String {
      switch self {
      case .text(let text): text
      case .flag(let flag): flag ? "required" : "optional"
      }
    }
  }
}
