package import Spec

/// Decides what the file of one resource says.
package struct ResourcePlanner {
  let spec: ResourceSpec
  let specNames: SpecNames
  package let names: MemberNames
  let typeName: Identifier
  let file: String
  /// What the documentation says in sentences, when the user keeps that.
  var descriptions: ResourceDescriptions?
  /// The service's predicates, for attributes that only some of them fit.
  var predicates: [ServiceSpec.Predicate] = []
  /// What the documentation no longer has.
  var removed: [RemovedMember] = []
  /// What the resource has in common with many.
  let traits: [TraitSpec]
  /// The wire names of what the traits have.
  let shared: Set<String>

  /// - Throws: ``SpecError`` when the resource's names cannot be told apart.
  init(_ spec: ResourceSpec, in specNames: SpecNames) throws(SpecError) {
    self.spec = spec
    self.specNames = specNames
    file = "\(spec.resource).json"
    guard let typeName = specNames.type(of: spec.resource) else {
      throw SpecError(file: file, pointer: "/singular", "has no Swift name")
    }
    self.typeName = typeName
    names = try MemberNames(
      spec, file: file, acronyms: specNames.acronyms, traitTargets: specNames.traitTargets)
    traits = specNames.traits.filter { spec.has($0) }
    shared = traits.reduce(into: []) { $0.formUnion($1.members) }
  }

  /// Plans a trait as if it were a resource.
  init(trait: ResourceSpec, in specNames: SpecNames, typeName: Identifier) throws(SpecError) {
    spec = trait
    self.specNames = specNames
    self.typeName = typeName
    file = "\(trait.resource).json"
    names = try MemberNames(trait, file: file, acronyms: specNames.acronyms)
    traits = []
    shared = []
  }

  /// The plan.
  func plan() throws(SpecError) -> ResourcePlan {
    guard let property = specNames.property(of: spec.resource) else {
      throw SpecError(file: file, pointer: "/resource", "has no Swift name")
    }
    var members = members
    members.scopes = try scopes()
    var plan = ResourcePlan(
      source: file, resource: spec.resource, typeName: typeName, aliases: aliases,
      documentation: documentation, table: try spec.table(), accessors: accessors,
      enums: try enums(), create: create, update: update, conformances: conformances,
      code: specNames.code, traits: try traitUses(), members: members,
      clientProperty: MemberPlan(
        name: property, wire: spec.resource,
        documentation: DocComment("The \(code: spec.resource)."),
        deprecation: deprecation))
    plan.family = try family()
    plan.limitedFilters = try limitedFilters()
    try addRemoved(to: &plan)
    return plan
  }

  // MARK: - In the order of the wire names

  package var attributes: [(wire: String, spec: AttributeSpec)] {
    spec.attributes.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  package var relationships: [(wire: String, spec: RelationshipSpec)] {
    spec.relationships.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  // MARK: - Reading

  private var accessors: [Accessor] {
    accessors(
      attributes.filter { !shared.contains($0.wire) },
      relationships.filter { !shared.contains($0.wire) })
  }

  func accessors(
    _ attributes: [(wire: String, spec: AttributeSpec)],
    _ relationships: [(wire: String, spec: RelationshipSpec)]
  ) -> [Accessor] {
    let attributes = attributes.compactMap { wire, attribute -> Accessor? in
      guard isReadable(wire, attribute), let name = names.member(wire) else { return nil }
      let (type, reading) = read(wire, attribute)
      return Accessor(
        name: name, wire: wire, type: .optional(type), reading: reading,
        documentation: DocComment(
          MemberFacts.of(wire, attribute), said(descriptions?.attributes[wire])),
        deprecation: deprecation(of: wire, attribute, naming: names.member))
    }
    let relationships = relationships.compactMap { wire, relationship -> Accessor? in
      guard let name = names.member(wire) else { return nil }
      let target = target(of: relationship).map(nameInside)
      let one = target.map(SwiftType.resource) ?? .anyResource
      let many = relationship.cardinality == .many
      return Accessor(
        name: name, wire: wire, type: .optional(many ? .array(one) : one),
        reading: many ? .resources(target) : .resource(target),
        documentation: DocComment(
          MemberFacts.of(wire, relationship), said(descriptions?.relationships[wire])),
        deprecation: deprecation(of: wire, relationship, naming: names.member))
    }
    return attributes + relationships
  }

  /// Whether responses can hold the attribute.
  package func isReadable(_ wire: String, _ attribute: AttributeSpec) -> Bool {
    attribute.writeOnly != true && attribute.trigger != true
      && !MemberNames.documentMembers.contains(wire)
  }

  private func read(_ wire: String, _ attribute: AttributeSpec) -> (SwiftType, Accessor.Reading) {
    switch attribute.type {
    case .string:
      if let nested = names.nestedType(wire) {
        (.nested(nested, of: typeName), .openEnum(nested))
      } else {
        (.string, .string)
      }
    case .integer: (.int, .integer)
    case .float: (.double, .double)
    case .boolean: (.bool, .boolean)
    case .datetime: (.date, .date)
    case .object: (.jsonValue, .value)
    case .array: (.array(elementType(attribute)), elements(attribute))
    }
  }

  /// The type of an array's elements.
  func elementType(_ attribute: AttributeSpec) -> SwiftType {
    switch attribute.items {
    case .string: .string
    case .integer: .int
    case .float: .double
    case .boolean: .bool
    case .object: .jsonObject
    case .datetime, .array, nil: .jsonValue
    }
  }

  private func elements(_ attribute: AttributeSpec) -> Accessor.Reading {
    switch attribute.items {
    case .string: .strings
    case .integer: .integers
    case .float: .doubles
    case .boolean: .booleans
    case .object: .objects
    case .datetime, .array, nil: .array
    }
  }

  /// The target's type when it is one resource of the spec.
  func target(of relationship: RelationshipSpec) -> Identifier? {
    guard relationship.polymorphic != true else { return nil }
    return relationship.resource.flatMap(specNames.type)
  }

  /// What another resource's type is called inside this one's: where a type of the resource's own has
  /// the name, an alias at the top of the file stands for the other. So no name depends on which
  /// resources there are or what relationships lead to.
  func nameInside(_ target: Identifier) -> Identifier {
    names.isNestedType(target) ? alias(of: target)?.name ?? target : target
  }

  /// The aliases that the resource needs.
  private var aliases: [TypeAlias] {
    let hasRequests = spec.operations[.create] != nil || spec.operations[.update] != nil
    return Set(relationships.compactMap { target(of: $0.spec) } + (hasRequests ? [typeName] : []))
      .filter(names.isNestedType).sorted()
      .compactMap(alias)
  }

  /// `Incident_Status`: types that are named after resources have no `_` followed by a capital.
  private func alias(of target: Identifier) -> TypeAlias? {
    Identifier("\(typeName.name)_\(target.name)").map { TypeAlias(name: $0, target: target) }
  }

  /// What values of enumerations are called.
  var valueNames: NameAllocator {
    NameAllocator(
      style: .value, acronyms: specNames.acronyms, reserved: .enumValues, suffix: "Value")
  }

  private func enums() throws(SpecError) -> [OpenEnumPlan] {
    var plans: [OpenEnumPlan] = []
    for (wire, attribute) in attributes {
      guard let name = names.nestedType(wire), let values = attribute.values else { continue }
      let identifiers = try valueNames.names(
        for: values, file: file, pointer: "/attributes/\(wire)/values")
      plans.append(
        OpenEnumPlan(
          name: name,
          documentation: DocComment(
            "What \(code: wire) may be; other values are kept as they come."),
          values: Set(values).sorted().compactMap { value in
            identifiers[value].map {
              MemberPlan(name: $0, wire: value, documentation: DocComment("\(code: value)"))
            }
          }))
    }
    return plans
  }

  // MARK: - What it can do

  private var conformances: [Conformance] {
    func has(_ kind: OperationKind) -> Bool { spec.operations[kind] != nil }
    var list: [Conformance] = []
    if isSingleton {
      if has(.retrieve) { list.append(.singleton) }
      if has(.update) { list.append(.updatableSingleton) }
      return list
    }
    if has(.create) { list.append(.creatable) }
    if has(.list) { list.append(.listable) }
    if has(.retrieve) { list.append(.retrievable) }
    if has(.update) { list.append(.updatable) }
    if has(.delete) { list.append(.deletable) }
    if spec.lifecycle != nil, has(.retrieve) { list.append(.lifecycle) }
    return list
  }

  package var isSingleton: Bool { spec.singleton == true }

  /// Whether a name of the resource is deprecated.
  package var hasDeprecatedNames: Bool {
    spec.deprecated == true || spec.attributes.values.contains { $0.deprecated == true }
      || spec.relationships.values.contains { $0.deprecated == true }
  }
}
