public import Spec

/// The Swift names inside one resource and where in its file they come from.
public struct GeneratedNames: Sendable, Hashable {
  /// The resource's type.
  public let type: String
  /// A JSON pointer into the resource's file by the name of an accessor, an argument, a filter, a sort
  /// key, a field or an include.
  public let members: [String: String]
  /// The same by the name of a call of the client, other than the operations.
  public let calls: [String: String]
  /// The same by the name of a type of values.
  public let nestedTypes: [String: String]

  /// The names of each of the resources, by resource.
  /// - Throws: ``SpecError`` when names cannot be told apart: nothing is generated then.
  public static func all(
    of resources: [ResourceSpec]
  ) throws(SpecError) -> [String: GeneratedNames] {
    let names = try SpecNames(resources)
    var found: [String: GeneratedNames] = [:]
    for resource in resources {
      let planner = try ResourcePlanner(resource, in: names)
      found[resource.resource] = GeneratedNames(resource, planner.names, type: planner.typeName)
    }
    return found
  }

  private init(_ spec: ResourceSpec, _ names: MemberNames, type: Identifier) {
    self.type = type.name
    var (members, calls, nestedTypes) = ([String: String](), [String: String](), [String: String]())
    for wire in spec.attributes.keys {
      let pointer = "/attributes/\(wire)"
      if let name = names.member(wire) { members[name.name] = pointer }
      if let name = names.verb(wire) { calls[name.name] = pointer }
      if let name = names.nestedType(wire) { nestedTypes[name.name] = pointer + "/values" }
    }
    for wire in spec.relationships.keys {
      let pointer = "/relationships/\(wire)"
      if let name = names.member(wire) { members[name.name] = pointer }
      if let name = names.related(wire), calls[name.name] == nil { calls[name.name] = pointer }
    }
    (self.members, self.calls, self.nestedTypes) = (members, calls, nestedTypes)
  }
}
