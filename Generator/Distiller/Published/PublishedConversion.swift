internal import Spec

/// Turns one resource of the published schema into the spec's form.
struct PublishedConversion {
  let resource: String
  let plurals: [String: String]
  var reader: PublishedReader
  private(set) var spec: ResourceSpec
  private(set) var evidence: [String: Evidence] = [:]
  private(set) var descriptions: ResourceDescriptions

  init(resource: String, id: String, plurals: [String: String], reader: PublishedReader) {
    self.resource = resource
    self.plurals = plurals
    self.reader = reader
    spec = ResourceSpec(resource: resource, singular: id)
    descriptions = ResourceDescriptions(resource: resource)
  }

  mutating func run(place: PublishedPlace, idPlace: PublishedPlace, facts: PublishedPlace) {
    note("/singular", idPlace)
    note("/resource", idPlace, .pluralOfName)
    spec.singleton = marked("singleton", in: facts, as: "/singleton")
    spec.deprecated = marked("deprecated", in: facts, as: "/deprecated")
    addOperations(facts)
    for (name, field) in named("fields", in: facts) {
      guard let attribute = attribute(name, field) else { continue }
      spec.attributes[name] = attribute
    }
    for (name, field) in named("relationships", in: facts) {
      guard spec.attributes[name] == nil else {
        reader.report(
          .warning, .schemaForm, at: field, of: resource,
          "is a field too; JSON:API has one name for both, the field counts")
        continue
      }
      if let relationship = relationship(name, field) { spec.relationships[name] = relationship }
    }
  }

  private mutating func addOperations(_ facts: PublishedPlace) {
    guard let actions = facts["actions"], actions.isArray else {
      reader.report(
        .warning, .schemaForm, at: facts, of: resource, "has no list of actions: no operation")
      return
    }
    let collection = spec.singleton == true ? spec.singular : resource
    for action in actions.elements {
      guard let name = action.string, let kind = OperationKind(rawValue: name) else {
        reader.report(
          .warning, .schemaForm, at: action, of: resource,
          "is an unknown action, \(Self.shown(action)); it is left out")
        continue
      }
      spec.operations[kind] = Operations.standard(
        kind, collection: collection, singleton: spec.singleton == true)
      for member in ["method", "path", "success"] {
        note(Fact.operation(kind, member), action, .standardOperation)
      }
    }
  }

  // MARK: Fields

  private mutating func attribute(_ name: String, _ field: PublishedPlace) -> AttributeSpec? {
    reader.check(field, .field)
    guard let typePlace = field["type"],
      let type = typePlace.string.flatMap(AttributeType.init(rawValue:))
    else {
      reader.report(
        .warning, .unknownType, at: field["type"] ?? field, of: resource,
        "'\(name)' has the unknown type \(field["type"].map(Self.shown) ?? "nothing"); "
          + "it is left out")
      return nil
    }
    let creatable = flag("creatable", in: field)
    let updatable = flag("updatable", in: field)
    let settable = creatable == true || updatable == true
    let fetchable = flag("fetchable", in: field) != false
    guard
      fetchable || settable || flag("filterable", in: field) == true
        || flag("sortable", in: field) == true
    else {
      reader.report(
        .note, .unreachableField, at: field, of: resource,
        "'\(name)' can be neither read nor set nor queried and is left out")
      return nil
    }
    func fact(_ member: String) -> String { Fact.attribute(name, member) }
    var attribute = AttributeSpec(type: type)
    note(fact("type"), typePlace)
    if creatable == true {
      (attribute.create, attribute.createCondition) = requirement(of: field, fact: fact)
    }
    if updatable == true, let place = field["updatable"] {
      attribute.update = .optional
      note(fact("update"), place)
    }
    attribute.filter = marked("filterable", in: field, as: fact("filter"))
    attribute.sort = marked("sortable", in: field, as: fact("sort"))
    attribute.values = texts("enum", in: field, as: fact("values"))
    attribute.deprecated = marked("deprecated", in: field, as: fact("deprecated"))
    attribute.trigger = marked("trigger", in: field, as: fact("trigger"))
    // The flag stands at verbs that take no value; a name with an underscore is one that does.
    if attribute.trigger == nil, name.hasPrefix("_"), settable, !fetchable {
      attribute.trigger = true
      note(fact("trigger"), field["fetchable"] ?? field, .underscoreIsVerb)
    }
    let idempotent = marked("idempotent", in: field, as: fact("idempotent"))
    if attribute.trigger == true { attribute.idempotent = idempotent }
    // A trigger is write-only by nature; the flag is for passwords, keys and the like.
    if !fetchable, settable, attribute.trigger == nil {
      attribute.writeOnly = true
      note(fact("write_only"), field["fetchable"] ?? field)
    }
    attribute.transient = marked("transient", in: field, as: fact("transient"))
    descriptions.attributes[name] = field["desc"]?.string
    return attribute
  }

  // MARK: Relationships

  private mutating func relationship(
    _ name: String, _ field: PublishedPlace
  ) -> RelationshipSpec? {
    reader.check(field, .relationship)
    func fact(_ member: String) -> String { Fact.relationship(name, member) }
    guard let typePlace = field["type"], let type = typePlace.string,
      let cardinality = Self.cardinalities[type]
    else {
      reader.report(
        .warning, .unknownType, at: field["type"] ?? field, of: resource,
        "'\(name)' has the unknown type \(field["type"].map(Self.shown) ?? "nothing"); "
          + "it is left out")
      return nil
    }
    var relationship = RelationshipSpec(cardinality: cardinality)
    note(fact("cardinality"), typePlace)
    if let polymorphic = marked("polymorphic", in: field, as: fact("polymorphic")) {
      relationship.polymorphic = polymorphic
      relationship.targets = texts("enum", in: field, as: fact("targets"))?.filter(Names.isWireName)
        .sorted()
    } else {
      settleTarget(&relationship, field, fact("resource"))
    }
    if flag("creatable", in: field) == true {
      (relationship.create, relationship.createCondition) = requirement(of: field, fact: fact)
    }
    if flag("updatable", in: field) == true, let place = field["updatable"] {
      relationship.update = .optional
      note(fact("update"), place)
    }
    relationship.filter = marked("filterable", in: field, as: fact("filter"))
    if flag("includable", in: field) != false {
      relationship.include = true
      note(
        fact("include"), field["includable"] ?? field,
        field["includable"] == nil ? .includableByDefault : nil)
    }
    relationship.deprecated = marked("deprecated", in: field, as: fact("deprecated"))
    descriptions.relationships[name] = field["desc"]?.string
    return relationship
  }

  private static let cardinalities: [String: Cardinality] = ["has_one": .one, "has_many": .many]

  private mutating func settleTarget(
    _ relationship: inout RelationshipSpec, _ field: PublishedPlace, _ fact: String
  ) {
    guard let place = field["class_name"], let target = place.string.flatMap({ plurals[$0] }) else {
      reader.report(
        .warning, .unknownTarget, at: field["class_name"] ?? field, of: resource,
        "leads to \(field["class_name"].map(Self.shown) ?? "nothing"), "
          + "which is no published resource")
      return
    }
    relationship.resource = target
    note(fact, place)
  }

  // MARK: Members

  private mutating func note(_ fact: String, _ place: PublishedPlace, _ rule: Rule? = nil) {
    evidence[fact] = Evidence(
      page: reader.file, line: place.line, pointer: place.pointer, rule: rule)
  }

  /// The named objects of a member, sorted; what cannot be one is remarked upon.
  private mutating func named(
    _ member: String, in facts: PublishedPlace
  ) -> [(String, PublishedPlace)] {
    guard let place = facts[member], place.isObject else {
      reader.report(
        .warning, .schemaForm, at: facts[member] ?? facts, of: resource,
        "has no object `\(member)`: none is read")
      return []
    }
    var out: [(String, PublishedPlace)] = []
    for (name, field) in place.members {
      guard Names.isWireName(name), field.isObject else {
        reader.report(
          .warning, .badName, at: field, of: resource,
          "is no plainly named object; it is left out")
        continue
      }
      guard out.count < Limits.maximumPublishedFields else {
        reader.report(
          .warning, .tooLarge, at: field, of: resource,
          "is one of more than \(Limits.maximumPublishedFields) \(member); the rest is left out")
        break
      }
      out.append((name, field))
    }
    return out.sorted { $0.0 < $1.0 }
  }

  /// A flag; nil when it is missing, null or, with a remark, no boolean.
  private mutating func flag(_ name: String, in field: PublishedPlace) -> Bool? {
    guard let place = field[name], !place.isNull else { return nil }
    guard let flag = place.bool else {
      reportKind(place, expected: "a boolean; it is not read")
      return nil
    }
    return flag
  }

  /// True with its evidence, or nil: a flag that is false is left out.
  private mutating func marked(
    _ name: String, in field: PublishedPlace, as fact: String
  ) -> Bool? {
    guard flag(name, in: field) == true, let place = field[name] else { return nil }
    note(fact, place)
    return true
  }

  /// A list of texts; what is no text is left out with a remark.
  private mutating func texts(
    _ name: String, in field: PublishedPlace, as fact: String
  ) -> [String]? {
    guard let place = field[name], !place.isNull else { return nil }
    guard place.isArray else {
      reportKind(place, expected: "a list; it is not read")
      return nil
    }
    var out: [String] = []
    for element in place.elements {
      guard let text = element.string, text.utf8.count <= Limits.maximumPublishedValueBytes else {
        reportKind(
          element,
          expected: "a text of at most \(Limits.maximumPublishedValueBytes) bytes; "
            + "the value is left out")
        continue
      }
      guard out.count < Limits.maximumPublishedValues else {
        reader.report(
          .warning, .tooLarge, at: element, of: resource,
          "is one of more than \(Limits.maximumPublishedValues) values; the rest is left out")
        break
      }
      if !out.contains(text) { out.append(text) }
    }
    guard !out.isEmpty else { return nil }
    note(fact, place)
    return out
  }

  /// What `required` says: a text nearly everywhere, a boolean in one place.
  private mutating func requirement(
    of field: PublishedPlace, fact: (String) -> String
  ) -> (Requirement, ConditionSpec?) {
    guard let place = field["required"], !place.isNull else {
      if let place = field["creatable"] { note(fact("create"), place) }
      return (.optional, nil)
    }
    note(fact("create"), place)
    let text: String
    if let written = place.string {
      text = written
    } else if let flag = place.bool {
      text = flag ? "required" : "optional"
    } else {
      reportKind(place, expected: "a text such as 'required'; it is taken for optional")
      return (.optional, nil)
    }
    let required = RequiredText.read(text)
    if let problem = required.problem {
      reader.report(
        .warning, .badRequired, at: place, of: resource, "'\(text.prefix(60))' \(problem)")
    }
    if required.condition != nil { note(fact("create_condition/text"), place) }
    return (required.requirement, required.condition.map { ConditionSpec(text: $0) })
  }

  private mutating func reportKind(_ place: PublishedPlace, expected: String) {
    reader.report(
      .warning, .schemaForm, at: place, of: resource, "is \(Self.shown(place)), not \(expected)")
  }

  private static func shown(_ place: PublishedPlace) -> String {
    switch place.value.value {
    case .string(let text): "'\(text.prefix(60))'"
    case .number(let text): String(text.prefix(60))
    case .object, .array, .bool, .null: place.value.kindName
    }
  }
}
