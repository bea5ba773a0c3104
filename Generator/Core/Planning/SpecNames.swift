import Spec

/// The names that all files of a generation share: the resources' types and client properties.
struct SpecNames: Sendable {
  /// What the service does in its own way.
  let profile: Profile
  /// The words in capitals.
  let acronyms: Acronyms
  /// What many resources have in common.
  let traits: [TraitSpec]
  /// The associated types of the traits.
  var traitTargets: Set<String> {
    Set(
      traits.flatMap(\.relationships.keys).compactMap { TraitPlan.targetName($0, in: self)?.name })
  }
  /// What the client, and what belongs to all resources, is called.
  let code: CodeNames
  private let types: [String: Identifier]
  private let families: Set<String>
  private let properties: [String: Identifier]

  /// - Throws: ``SpecError`` when two resources cannot be told apart.
  init(
    _ resources: [ResourceSpec], profile: Profile = .commerceLayer, traits: [TraitSpec] = []
  ) throws(SpecError) {
    self.profile = profile
    self.traits = traits
    acronyms = Acronyms(profile)
    code = try CodeNames(profile)
    var stems: [String: String] = [:]
    var singulars: [String: ResourceSpec] = [:]
    for resource in resources.sorted(by: { $0.resource < $1.resource }) {
      let file = "\(resource.resource).json"
      guard Identifier.isPlain(resource.resource) else {
        throw SpecError(
          file: "resources", pointer: "/resource",
          "a resource's name is ASCII letters, digits and '_': it names a file")
      }
      if let other = stems.updateValue(resource.resource, forKey: resource.resource.lowercased()) {
        throw SpecError(
          file: file, pointer: "/resource", "differs from '\(other)' in upper and lower case only")
      }
      if let other = singulars.updateValue(resource, forKey: resource.singular) {
        throw SpecError(
          file: file, pointer: "/singular",
          "'\(resource.singular)' is the singular of \(other.resource) already")
      }
    }
    let typeNames = try Self.typeNames(acronyms, code).names(
      for: resources.map(\.singular), file: "resources", pointer: "/singular")
    var types: [String: Identifier] = [:]
    for resource in resources { types[resource.resource] = typeNames[resource.singular] }
    self.types = types
    families = Set(resources.filter { $0.members?.isEmpty == false }.map(\.resource))
    try Self.checkFamilies(of: resources)
    let names = try Self.propertyNames(acronyms).names(
      for: resources.map(\.endpointName), file: "resources", pointer: "/resource")
    var properties: [String: Identifier] = [:]
    var endpoints: [String: String] = [:]
    for resource in resources {
      properties[resource.resource] = names[resource.endpointName]
      guard let other = endpoints.updateValue(resource.resource, forKey: resource.endpointName)
      else { continue }
      throw SpecError(
        file: "\(resource.resource).json", pointer: "/operations",
        "has the endpoint of \(other) already: '\(resource.endpointName)'")
    }
    self.properties = properties
  }

  private static func typeNames(_ acronyms: Acronyms, _ code: CodeNames) -> NameAllocator {
    NameAllocator(
      style: .type, acronyms: acronyms,
      reserved: .resourceTypes.adding(code.types, reason: "the client"), suffix: "Resource")
  }

  private static func propertyNames(_ acronyms: Acronyms) -> NameAllocator {
    NameAllocator(
      style: .member, acronyms: acronyms, reserved: .clientProperties, suffix: "Resource")
  }

  /// The type of a resource; nil when the spec has no such resource.
  func type(of resource: String) -> Identifier? { types[resource] }

  /// Whether a resource is the base type of a family.
  func isFamily(_ resource: String) -> Bool { families.contains(resource) }

  /// The client's property for a resource.
  func property(of resource: String) -> Identifier? { properties[resource] }
}

extension SpecNames {
  /// What is left of the resources that the documentation no longer has.
  /// - Throws: ``SpecError`` where a name is that of a resource of the spec.
  func removedResources(_ removed: [RemovedMember]) throws(SpecError) -> [RemovedResourcePlan] {
    var plans: [RemovedResourcePlan] = []
    for member in removed where member.kind == .resource {
      guard let singular = member.singular else { continue }
      let typeText = Self.typeNames(acronyms, code).name(of: WireName(singular, acronyms))
      let propertyText = Self.propertyNames(acronyms).name(of: WireName(member.resource, acronyms))
      guard let typeName = Identifier(typeText), let property = Identifier(propertyText) else {
        throw SpecError(
          file: "\(member.resource).json", pointer: "/resource",
          "'\(typeText)' and '\(propertyText)' are not valid Swift names")
      }
      if types.values.contains(typeName) || properties.values.contains(property)
        || plans.contains(where: { $0.typeName == typeName || $0.property == property })
      {
        throw SpecError(
          file: "\(member.resource).json", pointer: "/resource",
          "is removed, but '\(typeText)' or '\(propertyText)' is the Swift name of another resource: "
            + "delete it from 'removed'")
      }
      var plan = RemovedResourcePlan(
        wire: member.resource, typeName: typeName, property: property,
        deprecation: .unavailable(since: member.since))
      if let wire = member.renamedTo {
        guard let type = types[wire], let now = properties[wire] else { continue }
        plan.successor = .init(typeName: type, property: now)
        plan.deprecation = .renamed(now)
      }
      plans.append(plan)
    }
    return plans.sorted { $0.typeName < $1.typeName }
  }
}

extension ResourceSpec {
  /// What the client's property is named after: the resource, or the endpoint of one of which there is
  /// one, `organization`.
  fileprivate var endpointName: String {
    guard singleton == true, let path = operations[.retrieve]?.path,
      let name = path.split(separator: "/").last(where: { $0 != ":id" })
    else { return resource }
    return String(name)
  }
}
