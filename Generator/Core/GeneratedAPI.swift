public import Spec

/// What the generated code of one resource offers: names and types, decided exactly as the
/// generator decides them. Two versions of a spec are compared by it, so that a change that renames
/// or retypes a symbol shows even where no fact about that symbol changed.
public struct GeneratedAPI: Sendable, Hashable {
  /// What a symbol is.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// The resource's type.
    case type
    /// The client's property.
    case client
    /// The name of an attribute or relationship as accessor, argument, filter, sort key and field.
    case member
    /// The type of a property that is read.
    case accessor
    /// The type of the values an attribute is compared with.
    case filter
    /// The method of a verb.
    case trigger
    /// What a method that follows a relationship returns.
    case related
    /// The type of an attribute's listed values.
    case valueType
    /// One listed value.
    case value
  }

  /// One symbol.
  public struct Symbol: Sendable, Hashable {
    /// What it is.
    public var kind: Kind
    /// Where in the resource's file it comes from, as a JSON pointer.
    public var pointer: String
    /// The value, for a symbol of kind `value`; else empty.
    public var value = ""
    /// The Swift name.
    public var name: String
    /// The Swift type, where the kind has one; else empty.
    public var type = ""
  }

  /// One argument of an initializer.
  public struct Argument: Sendable, Hashable {
    /// Its label.
    public var label: String
    /// Where in the resource's file it comes from, as a JSON pointer.
    public var pointer: String
    /// Whether it may be left out.
    public var isOptional: Bool
    /// The Swift type.
    public var type: String
  }

  /// All symbols, in no promised order.
  public var symbols: Set<Symbol>
  /// The arguments of the create request in order; nil when there is none.
  public var create: [Argument]?
  /// The arguments of the update request in order; nil when there is none.
  public var update: [Argument]?

  /// What is generated for each of the resources, by resource.
  /// - Throws: ``SpecError`` when names cannot be told apart: nothing is generated then.
  public static func all(
    of resources: [ResourceSpec]
  ) throws(SpecError) -> [String: GeneratedAPI] {
    let names = try SpecNames(resources)
    var found: [String: GeneratedAPI] = [:]
    for resource in resources {
      let planner = try ResourcePlanner(resource, in: names)
      found[resource.resource] = GeneratedAPI(try planner.plan(), planner)
    }
    return found
  }

  private init(_ plan: ResourcePlan, _ planner: ResourcePlanner) {
    let spec = planner.spec
    func pointer(_ wire: String) -> String {
      (spec.attributes[wire] == nil ? "/relationships/" : "/attributes/") + wire
    }
    symbols = [
      Symbol(kind: .type, pointer: "/singular", name: plan.typeName.name),
      Symbol(kind: .client, pointer: "/resource", name: plan.clientProperty.name.name),
    ]
    for wire in Array(spec.attributes.keys) + Array(spec.relationships.keys) {
      guard let name = planner.names.member(wire) else { continue }
      symbols.insert(Symbol(kind: .member, pointer: pointer(wire), name: name.name))
    }
    // A trait's members are the resource's own for who uses them.
    let members = planner.allMembers
    for accessor in planner.accessors(planner.attributes, planner.relationships) {
      symbols.insert(
        Symbol(
          kind: .accessor, pointer: pointer(accessor.wire), name: accessor.name.name,
          type: accessor.type.code(qualified: true).source))
    }
    for filter in members.filters where !filter.isRelationship {
      symbols.insert(
        Symbol(
          kind: .filter, pointer: pointer(filter.wire), name: filter.name.name,
          type: filter.type.code(qualified: true).source))
    }
    for trigger in members.verbs {
      symbols.insert(
        Symbol(
          kind: .trigger, pointer: pointer(trigger.wire), name: trigger.name.name,
          type: trigger.value?.code(qualified: true).source ?? ""))
    }
    for related in members.related {
      symbols.insert(
        Symbol(
          kind: .related, pointer: pointer(related.wire), name: related.name.name,
          type: "\(related.isToMany ? "many" : "one") \(related.target?.name ?? "AnyResource")"))
    }
    for (wire, attribute) in spec.attributes where attribute.values != nil {
      guard let type = planner.names.nestedType(wire) else { continue }
      let place = "\(pointer(wire))/values"
      symbols.insert(
        Symbol(
          kind: .valueType, pointer: place, name: type.name,
          type: "\(plan.typeName.name).\(type.name)"))
      for value in plan.enums.first(where: { $0.name == type })?.values ?? [] {
        symbols.insert(
          Symbol(kind: .value, pointer: place, value: value.wire, name: value.name.name))
      }
    }
    func arguments(_ request: RequestPlan?) -> [Argument]? {
      request?.arguments.map {
        Argument(
          label: $0.name.name, pointer: pointer($0.wire), isOptional: $0.isOptional,
          type: $0.type.code(qualified: true).source)
      }
    }
    create = arguments(plan.create)
    update = arguments(plan.update)
  }
}
