internal import Spec

/// Turns one resource of the published schema into the spec's form.
///
/// Members of a field that only describe it further (values, defaults, examples) are read in
/// `PublishedConversion+Values.swift`.
struct PublishedConversion {
  /// What is known of all resources of the schema before one is converted.
  struct Index {
    /// The plural of each resource by its class: `TaxRule` → `tax_rules`.
    var plurals: [String: String] = [:]
    /// The types each resource lists as values of its `type`.
    var types: [String: [String]] = [:]

    /// The members of a family by its base type: a base lists the types of others, not its own.
    func members(of resource: String) -> [String]? {
      guard let listed = types[resource], !listed.isEmpty, !listed.contains(resource) else {
        return nil
      }
      return listed.sorted()
    }
  }

  let resource: String
  let index: Index
  var reader: PublishedReader
  var spec: ResourceSpec
  private(set) var evidence: [String: Evidence] = [:]
  private(set) var descriptions: ResourceDescriptions
  /// Requirements that depend on other attributes, until all attributes are known.
  private var conditions: [(member: String, isAttribute: Bool, PublishedPhrases.Condition)] = []
  /// Relationships that an attribute can stand for, until all attributes are known.
  private var alternatives: [(relationship: String, attribute: String, place: PublishedPlace)] = []

  init(resource: String, id: String, index: Index, reader: PublishedReader) {
    self.resource = resource
    self.index = index
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
    var order: [String] = []
    for (name, field) in named("fields", in: facts) {
      guard let attribute = attribute(name, field) else { continue }
      spec.attributes[name] = attribute
      order.append(name)
    }
    for (name, field) in named("relationships", in: facts) {
      guard spec.attributes[name] == nil else {
        reader.report(
          .warning, .schemaForm, at: field, of: resource,
          "is a field too; JSON:API has one name for both, the field counts")
        continue
      }
      guard let relationship = relationship(name, field) else { continue }
      spec.relationships[name] = relationship
      order.append(name)
    }
    if !order.isEmpty {
      spec.order = order
      note("/order", facts, .orderOfSource)
    }
    settleConditions()
    settleAlternatives()
    settleReplacements(in: facts)
    addMembers(facts)
    addScopes(facts)
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
    let meaning = phrase(of: field)
    if creatable == true {
      attribute.create = requirement(meaning, of: field, fact: fact)
      if let condition = meaning?.condition { conditions.append((name, true, condition)) }
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
    if attribute.trigger == nil, Reading.isTrigger(name), settable, !fetchable {
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
    attribute.monetizable = marked("monetizable", in: field, as: fact("monetizable"))
    attribute.prohibited = marked("prohibited", in: field, as: fact("prohibited"))
    attribute.confidential = marked("confidential", in: field, as: fact("confidential"))
    attribute.exportable = told("exportable", in: field, as: fact("exportable"))
    attribute.predicates = texts("filter_operators", in: field, as: fact("predicates"))
    addValues(to: &attribute, field, phrase: meaning, fact: fact)
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
    settleTarget(&relationship, field, fact: fact)
    let meaning = phrase(of: field)
    if flag("creatable", in: field) == true {
      relationship.create = requirement(meaning, of: field, fact: fact)
      if let condition = meaning?.condition { conditions.append((name, false, condition)) }
      if let attribute = meaning?.alternative, let place = field["required"] {
        alternatives.append((name, attribute, place))
      }
    }
    if flag("updatable", in: field) == true, let place = field["updatable"] {
      relationship.update = .optional
      note(fact("update"), place)
    }
    relationship.filter = marked("filterable", in: field, as: fact("filter"))
    relationship.sort = marked("sortable", in: field, as: fact("sort"))
    if flag("includable", in: field) != false {
      relationship.include = true
      note(
        fact("include"), field["includable"] ?? field,
        field["includable"] == nil ? .includableByDefault : nil)
    }
    relationship.prohibited = marked("prohibited", in: field, as: fact("prohibited"))
    relationship.exportable = told("exportable", in: field, as: fact("exportable"))
    relationship.deprecated = marked("deprecated", in: field, as: fact("deprecated"))
    descriptions.relationships[name] = field["desc"]?.string
    return relationship
  }

  private static let cardinalities: [String: Cardinality] = ["has_one": .one, "has_many": .many]

  private mutating func settleTarget(
    _ relationship: inout RelationshipSpec, _ field: PublishedPlace, fact: (String) -> String
  ) {
    let isFamily = flag("sti", in: field) == true
    let isPolymorphic = [flag("polymorphic", in: field), flag("abstract", in: field)].contains(true)
    let classPlace = field["class_name"]
    let resource = classPlace?.string.flatMap { index.plurals[$0] }
    let target = PublishedTarget(
      resource: resource, members: resource.flatMap(index.members),
      listed: targets("enum", in: field), isPolymorphic: isPolymorphic, isFamily: isFamily)
    let place = field["enum"] ?? field["sti"] ?? classPlace ?? field
    if let problem = target.problem {
      reader.report(
        target.isMild ? .note : .warning, .unknownTarget, at: place, of: self.resource, problem)
    }
    switch target.destination {
    case .resource(let name):
      relationship.resource = name
      note(fact("resource"), classPlace ?? field)
      if target.namesMembers {
        relationship.namesMembers = true
        note(fact("names_members"), place, .listOfMembers)
      }
    case .listed(let names):
      relationship.polymorphic = true
      relationship.targets = names
      for member in ["polymorphic", "targets"] { note(fact(member), place) }
    case .any:
      relationship.polymorphic = true
      note(fact("polymorphic"), field["polymorphic"] ?? place)
    case .unknown:
      reader.report(
        .warning, .unknownTarget, at: classPlace ?? field, of: self.resource,
        "leads to \(classPlace.map(Self.shown) ?? "nothing"), which is not a published resource")
    }
  }

  // MARK: Requirements

  /// What `required` says: a phrase nearly everywhere, a boolean in one place.
  private mutating func phrase(of field: PublishedPlace) -> PublishedPhrases.Meaning? {
    guard let place = field["required"], !place.isNull else { return nil }
    if let flag = place.bool { return .init(requirement: flag ? .required : .optional) }
    guard let text = place.string else {
      reportKind(place, expected: "a text such as 'required'; it is taken for optional")
      return nil
    }
    if let meaning = PublishedPhrases.meaning(of: text) { return meaning }
    reader.report(
      .error, .badRequired, at: place, of: resource,
      "'\(text.prefix(60))' is not a known phrase: decide in PublishedPhrases what it requires")
    let read = RequiredText.read(text)
    return .init(
      requirement: read.requirement,
      condition: read.condition.map { .init(text: $0) })
  }

  private mutating func requirement(
    _ meaning: PublishedPhrases.Meaning?, of field: PublishedPlace, fact: (String) -> String
  ) -> Requirement {
    guard let meaning, let place = field["required"] else {
      if let place = field["creatable"] { note(fact("create"), place) }
      return .optional
    }
    note(fact("create"), place)
    return meaning.requirement
  }

  /// Conditions may name any attribute, also one that stands below them.
  private mutating func settleConditions() {
    let attributes = spec.attributes
    for (name, isAttribute, condition) in conditions {
      let settled = condition.spec { name in attributes[name].map { $0.values ?? [] } }
      let create =
        isAttribute ? Fact.attribute(name, "create") : Fact.relationship(name, "create")
      let fact = create + "_condition"
      let place = evidence[create]
      evidence["\(fact)/text"] = place
      for attribute in (settled.when ?? [:]).keys { evidence["\(fact)/when/\(attribute)"] = place }
      if settled.whenGiven != nil { evidence["\(fact)/when_given"] = place }
      if isAttribute {
        spec.attributes[name]?.createCondition = settled
      } else {
        spec.relationships[name]?.createCondition = settled
      }
    }
  }

  /// In a group of alternatives none is required by itself.
  private mutating func settleAlternatives() {
    for (relationship, attribute, place) in alternatives {
      guard let other = spec.attributes[attribute], other.create != nil else {
        reader.report(
          .warning, .schemaForm, at: place, of: resource,
          "names '\(attribute)', which cannot be set on create; the relationship is required")
        spec.relationships[relationship]?.create = .required
        continue
      }
      let areUpdatable =
        other.update != nil && spec.relationships[relationship]?.update != nil
      spec.alternatives = spec.alternatives ?? [:]
      spec.alternatives?[relationship] = AlternativeSpec(
        members: [relationship, attribute].sorted(), create: .required,
        update: areUpdatable ? .optional : nil)
      for member in ["members", "create"] + (areUpdatable ? ["update"] : []) {
        note("/alternatives/\(relationship)/\(member)", place)
      }
    }
  }

  // MARK: Replacements

  /// What descriptions of deprecated members name to use instead, where that is a member or a resource
  /// which is not deprecated itself.
  private mutating func settleReplacements(in facts: PublishedPlace) {
    let deprecated = Set(spec.attributes.filter { $0.value.deprecated == true }.keys)
      .union(spec.relationships.filter { $0.value.deprecated == true }.keys)
    let members = Set(spec.attributes.keys).union(spec.relationships.keys)
    let known = members.subtracting(deprecated).union(index.plurals.values)
    for name in deprecated.sorted() {
      let isAttribute = spec.attributes[name] != nil
      let place = facts[isAttribute ? "fields" : "relationships"]?[name]?["desc"]
      guard let place, let replacement = place.string.flatMap(Replacement.read),
        known.contains(replacement), !deprecated.contains(replacement), replacement != resource
      else { continue }
      if isAttribute {
        spec.attributes[name]?.replacedBy = replacement
        note(Fact.attribute(name, "replaced_by"), place, .replacementFromProse)
      } else {
        spec.relationships[name]?.replacedBy = replacement
        note(Fact.relationship(name, "replaced_by"), place, .replacementFromProse)
      }
    }
  }

  // MARK: Families and scopes

  private mutating func addMembers(_ facts: PublishedPlace) {
    guard let members = index.members(of: resource),
      let place = facts["fields"]?["type"]?["enum"]
    else { return }
    let published = Set(index.plurals.values)
    let known = members.filter(published.contains)
    for name in members where !published.contains(name) {
      reader.report(
        .warning, .unknownTarget, at: place, of: resource,
        "names '\(name)', which is not a published resource; the family is read without it")
    }
    guard !known.isEmpty else { return }
    spec.members = known
    note("/members", place, .membersFromType)
  }

  private mutating func addScopes(_ facts: PublishedPlace) {
    guard let place = facts["filter_scopes"], !place.isNull else { return }
    guard place.isArray else {
      return reportKind(place, expected: "a list of names; it is not read")
    }
    for element in place.elements {
      guard let name = element.string, let scope = PublishedScopes.scope(name) else {
        reader.report(
          .warning, .schemaForm, at: element, of: resource,
          "is an unknown scope, \(Self.shown(element)); decide in PublishedScopes what it takes")
        continue
      }
      if let attribute = scope.attribute, spec.attributes[attribute] == nil {
        reader.report(
          .warning, .schemaForm, at: element, of: resource,
          "takes a value of '\(attribute)', which the resource does not have; it is left out")
        continue
      }
      spec.scopes = spec.scopes ?? [:]
      spec.scopes?[name] = scope
      note("/scopes/\(name)/argument", element)
      if scope.attribute != nil { note("/scopes/\(name)/attribute", element) }
    }
  }

  // MARK: Evidence

  mutating func note(_ fact: String, _ place: PublishedPlace, _ rule: Rule? = nil) {
    evidence[fact] = Evidence(
      page: reader.file, line: place.line, pointer: place.pointer, rule: rule)
  }
}
