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
    let typeNames = try NameAllocator(
      style: .type, acronyms: acronyms,
      reserved: .resourceTypes.adding(code.types, reason: "the client"), suffix: "Resource"
    ).names(for: resources.map(\.singular), file: "resources", pointer: "/singular")
    var types: [String: Identifier] = [:]
    for resource in resources { types[resource.resource] = typeNames[resource.singular] }
    self.types = types
    properties = try NameAllocator(
      style: .member, acronyms: acronyms, reserved: .clientProperties, suffix: "Resource"
    ).names(for: resources.map(\.resource), file: "resources", pointer: "/resource")
  }

  /// The type of a resource; nil when the spec has no such resource.
  func type(of resource: String) -> Identifier? { types[resource] }

  /// The client's property for a resource.
  func property(of resource: String) -> Identifier? { properties[resource] }
}
