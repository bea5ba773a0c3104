internal import Foundation
internal import Spec

/// What must hold in a spec beyond the form of its files: that what names something names something
/// there is, and that facts of one thing do not contradict each other.
struct SpecAudit {
  let spec: SpecFolder
  /// Resources that relationships may lead to although nothing describes them.
  private let unpublished: Set<String>
  let byName: [String: ResourceSpec]
  private var problems: [SpecError] = []

  private init(_ spec: SpecFolder, unpublished: Set<String>) {
    self.spec = spec
    self.unpublished = unpublished
    byName = Dictionary(spec.resources.map { ($0.resource, $0) }) { first, _ in first }
  }

  /// Everything that is wrong, in the order of the files.
  static func problems(in spec: SpecFolder, unpublished: Set<String> = []) -> [SpecError] {
    var audit = SpecAudit(spec, unpublished: unpublished)
    for resource in spec.resources {
      audit.checkOperations(of: resource)
      audit.checkAttributes(of: resource)
      audit.checkRelationships(of: resource)
      audit.checkLifecycle(of: resource)
      audit.checkFamily(of: resource)
      audit.checkAlternatives(of: resource)
      audit.checkScopes(of: resource)
      audit.checkReplacements(of: resource)
    }
    audit.checkAddresses()
    audit.checkUnpublished()
    audit.checkService()
    audit.checkImports()
    return audit.problems
  }

  mutating func report(_ resource: ResourceSpec, _ pointer: String, _ message: String) {
    problems.append(
      SpecError(file: "\(resource.resource).json", pointer: pointer, message))
  }

  mutating func report(_ pointer: String, _ message: String) {
    problems.append(SpecError(file: "service.json", pointer: pointer, message))
  }

  // MARK: - Resources

  private static let methods: [OperationKind: Set<String>] = [
    .create: ["POST"], .list: ["GET"], .retrieve: ["GET"], .update: ["PATCH", "PUT"],
    .delete: ["DELETE"],
  ]

  private mutating func checkOperations(of resource: ResourceSpec) {
    let isSingleton = resource.singleton == true
    if resource.operations.isEmpty { report(resource, "/operations", "there is no way to call it") }
    for (kind, operation) in resource.operations.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      let pointer = "/operations/\(kind.rawValue)"
      if Self.methods[kind]?.contains(operation.method) != true {
        report(
          resource, pointer + "/method",
          "\(operation.method) is not a method to \(kind.rawValue) with"
        )
      }
      let takesID = operation.path.split(separator: "/").contains(":id")
      let isAboutOne = [.retrieve, .update, .delete].contains(kind)
      if isAboutOne, takesID == isSingleton {
        report(
          resource, pointer + "/path",
          isSingleton ? "a singleton has no id" : "what it is about needs ':id'")
      }
      if !isAboutOne, takesID {
        report(resource, pointer + "/path", "':id' is the id of one, and this is about none or all")
      }
    }
    if isSingleton, resource.operations[.list] != nil {
      report(resource, "/operations/list", "there is one of it, so there is nothing to list")
    }
  }

  private mutating func checkAttributes(of resource: ResourceSpec) {
    for (name, attribute) in resource.attributes.sorted(by: { $0.key < $1.key }) {
      let pointer = "/attributes/\(name)"
      if let values = attribute.values {
        if attribute.type != .string {
          report(resource, pointer + "/values", "only strings have values listed")
        }
        if values.isEmpty { report(resource, pointer + "/values", "a list of no values") }
        if let twice = values.first(where: { value in values.count { $0 == value } > 1 }) {
          report(resource, pointer + "/values", "'\(twice)' is listed twice")
        }
      }
      let isSettable = attribute.create != nil || attribute.update != nil
      if attribute.trigger == true, !isSettable {
        report(resource, pointer, "a trigger that nothing can send")
      }
      if attribute.writeOnly == true, !isSettable {
        report(resource, pointer, "is write-only and cannot be written")
      }
      if let expected = expectedType(of: name), attribute.type != expected {
        report(
          resource, pointer + "/type",
          "'\(name)' is \(attribute.type.rawValue); by its name it is \(expected.rawValue)")
      }
      checkValues(of: name, attribute, resource)
      checkCondition(attribute.createCondition, resource, pointer + "/create_condition")
      checkCondition(attribute.updateCondition, resource, pointer + "/update_condition")
      if attribute.trigger == true, attribute.effect == nil {
        report(
          resource, pointer + "/effect",
          "no source says what the trigger changes: say it in corrections/effects.json, "
            + "or that it is unknown")
      }
    }
  }

  /// What stands for something deprecated is there, and is not deprecated itself.
  private mutating func checkReplacements(of resource: ResourceSpec) {
    func check(_ name: String?, at pointer: String, mayBeMember: Bool = true) {
      guard let name else { return }
      let member: Bool? =
        mayBeMember
        ? resource.attributes[name].map { $0.deprecated == true }
          ?? resource.relationships[name].map { $0.deprecated == true } : nil
      guard let isDeprecated = member ?? byName[name].map({ $0.deprecated == true }) else {
        return report(
          resource, pointer + "/replaced_by",
          mayBeMember
            ? "'\(name)' is not an attribute or relationship of \(resource.resource), nor a resource"
            : "'\(name)' is not a resource of the spec")
      }
      if isDeprecated {
        report(resource, pointer + "/replaced_by", "'\(name)' is deprecated itself")
      }
    }
    check(resource.replacedBy, at: "", mayBeMember: false)
    for (name, attribute) in resource.attributes.sorted(by: { $0.key < $1.key }) {
      check(attribute.replacedBy, at: "/attributes/\(name)")
    }
    for (name, relationship) in resource.relationships.sorted(by: { $0.key < $1.key }) {
      check(relationship.replacedBy, at: "/relationships/\(name)")
    }
  }

  /// Values that an attribute says of itself are values of it.
  private mutating func checkValues(
    of name: String, _ attribute: AttributeSpec, _ resource: ResourceSpec
  ) {
    let pointer = "/attributes/\(name)"
    for (member, value) in [("default", attribute.defaultValue), ("example", attribute.example)] {
      guard let value else { continue }
      if !Self.fits(value, attribute.type) {
        report(
          resource, "\(pointer)/\(member)",
          "\(value.compactText) is not a value of type \(attribute.type.rawValue)")
      }
      if member == "default", let text = value.string, let values = attribute.values,
        !values.contains(text)
      {
        report(resource, "\(pointer)/default", "'\(text)' is not one of the values listed")
      }
    }
    if attribute.confidential == true || attribute.writeOnly == true, attribute.example != nil {
      report(resource, pointer + "/example", "a secret has no example")
    }
    if attribute.isID == true, attribute.type != .string {
      report(resource, pointer + "/id", "an id is a string")
    }
    if attribute.monetizable == true, !name.hasSuffix("_cents") {
      let amount =
        name.hasPrefix("formatted_")
        ? String(name.dropFirst("formatted_".count)) : name.replacing("_float", with: "")
      if resource.attributes[amount + "_cents"]?.type != .integer {
        report(
          resource, pointer + "/monetizable",
          "is derived from '\(amount)_cents', which is not an integer attribute")
      }
    }
    for predicate in attribute.predicates ?? []
    where !spec.service.predicates.contains(where: { $0.name == predicate }) {
      report(
        resource, pointer + "/predicates", "'\(predicate)' is not a predicate of service.json")
    }
  }

  /// The values a condition asks for are values of the attributes it names.
  private mutating func checkCondition(
    _ condition: ConditionSpec?, _ resource: ResourceSpec, _ pointer: String
  ) {
    for (name, values) in (condition?.when ?? [:]).sorted(by: { $0.key < $1.key }) {
      guard let attribute = resource.attributes[name] else {
        report(resource, "\(pointer)/when/\(name)", "'\(name)' is not an attribute")
        continue
      }
      for value in values where value != .null {
        let isListed = value.string.flatMap { attribute.values?.contains($0) } ?? true
        if !Self.fits(value, attribute.type) || !isListed {
          report(
            resource, "\(pointer)/when/\(name)",
            "\(value.compactText) is not a value of '\(name)': it would never apply")
        }
      }
      if values.isEmpty { report(resource, "\(pointer)/when/\(name)", "it would never apply") }
    }
  }

  private static func fits(_ value: JSONTree, _ type: AttributeType) -> Bool {
    switch (type, value) {
    case (.string, .string), (.datetime, .string), (.integer, .integer), (.float, .integer),
      (.float, .number), (.boolean, .bool), (.object, .object), (.array, .array):
      true
    default: false
    }
  }

  /// What the ending of a name says of the type; the whole API keeps to it.
  private func expectedType(of name: String) -> AttributeType? {
    if spec.profile.isTrigger(name) { return nil }
    if name.hasSuffix("_at") { return .datetime }
    if name.hasSuffix("_count") { return .integer }
    if let amounts = spec.profile.amounts, name.hasSuffix(amounts.centsSuffix) { return .integer }
    return nil
  }

  private mutating func checkRelationships(of resource: ResourceSpec) {
    for (name, relationship) in resource.relationships.sorted(by: { $0.key < $1.key }) {
      let pointer = "/relationships/\(name)"
      if relationship.polymorphic != true, relationship.resource == nil {
        report(resource, pointer, "does not say what it leads to, and is not polymorphic")
      }
      if let target = relationship.resource {
        checkTarget(target, of: resource, at: pointer + "/resource")
      }
      for (index, target) in (relationship.targets ?? []).enumerated() {
        checkTarget(target, of: resource, at: "\(pointer)/targets/\(index)")
      }
      checkCondition(relationship.createCondition, resource, pointer + "/create_condition")
      checkCondition(relationship.updateCondition, resource, pointer + "/update_condition")
    }
  }

  private mutating func checkTarget(
    _ target: String, of resource: ResourceSpec, at pointer: String
  ) {
    guard byName[target] == nil, !unpublished.contains(target) else { return }
    report(resource, pointer, SpecLoading.unknown(target, among: Array(byName.keys)))
  }

  private mutating func checkLifecycle(of resource: ResourceSpec) {
    guard let lifecycle = resource.lifecycle else { return }
    for name in lifecycle.progress where resource.attributes[name]?.type != .integer {
      report(resource, "/lifecycle/progress", "'\(name)' is not an integer attribute")
    }
    if lifecycle.terminal.isEmpty {
      report(resource, "/lifecycle/terminal", "names no state: waiting would never end")
    }
    guard let values = resource.attributes[lifecycle.attribute]?.values else { return }
    for state in lifecycle.terminal where !values.contains(state) {
      report(
        resource, "/lifecycle/terminal", "'\(state)' is not a value of '\(lifecycle.attribute)'")
    }
  }

  /// The members of a family are resources, and not base types themselves.
  private mutating func checkFamily(of resource: ResourceSpec) {
    guard let members = resource.members else { return }
    if members.isEmpty { report(resource, "/members", "a family without members") }
    for (index, member) in members.enumerated() {
      checkTarget(member, of: resource, at: "/members/\(index)")
      if member == resource.resource {
        report(resource, "/members/\(index)", "a base type is not a member of its own family")
      } else if byName[member]?.members != nil {
        report(resource, "/members/\(index)", "'\(member)' is a base type itself")
      }
      if members.firstIndex(of: member) != index {
        report(resource, "/members/\(index)", "'\(member)' is listed twice")
      }
    }
    if members != members.sorted() { report(resource, "/members", "the members are not sorted") }
  }

  /// Whatever can stand for something else can be sent, and is not required by itself.
  private mutating func checkAlternatives(of resource: ResourceSpec) {
    for (name, group) in (resource.alternatives ?? [:]).sorted(by: { $0.key < $1.key }) {
      let pointer = "/alternatives/\(name)"
      if group.create == nil, group.update == nil {
        report(resource, pointer, "says neither what create nor what update takes")
      }
      for (kind, requirement) in [("create", group.create), ("update", group.update)] {
        guard let requirement else { continue }
        if requirement == .conditional {
          report(resource, "\(pointer)/\(kind)", "a group is required or optional")
        }
        for member in group.members {
          let own = resource.requirement(of: member, on: kind)
          if own == nil {
            report(resource, "\(pointer)/members", "'\(member)' cannot be set on \(kind)")
          } else if own == .required {
            report(
              resource, "\(pointer)/members",
              "'\(member)' is required on \(kind) by itself: nothing can stand for it")
          }
        }
      }
    }
  }

  /// Named filters do not hide filters by attributes, and take values there are.
  private mutating func checkScopes(of resource: ResourceSpec) {
    for (name, scope) in (resource.scopes ?? [:]).sorted(by: { $0.key < $1.key }) {
      if let attribute = scope.attribute, resource.attributes[attribute] == nil {
        report(resource, "/scopes/\(name)/attribute", "'\(attribute)' is not an attribute")
      }
      let isValue = [.value, .values].contains(scope.argument)
      if isValue, scope.attribute == nil {
        report(resource, "/scopes/\(name)", "takes a value, and does not say of which attribute")
      }
      if !isValue, scope.attribute != nil {
        report(resource, "/scopes/\(name)/attribute", "takes no value of an attribute")
      }
    }
  }

  /// Two operations of one address would be one.
  private mutating func checkAddresses() {
    var owners: [String: String] = [:]
    for resource in spec.resources {
      for (kind, operation) in resource.operations.sorted(by: { $0.key.rawValue < $1.key.rawValue })
      {
        let name = "\(resource.resource).\(kind.rawValue)"
        let address = "\(operation.method) \(operation.path)"
        if let other = owners.updateValue(name, forKey: address) {
          report(resource, "/operations/\(kind.rawValue)", "\(address) is \(other) already")
        }
      }
    }
  }

  /// A resource that is described by now need not be excused.
  private mutating func checkUnpublished() {
    for name in unpublished.sorted() where byName[name] != nil {
      problems.append(
        SpecError(file: "\(name).json", "is in the spec: do not name it as unpublished"))
    }
  }
}

extension ResourceSpec {
  /// Whether an attribute or relationship must be given; nil when it cannot be set.
  fileprivate func requirement(of name: String, on operation: String) -> Requirement? {
    if let attribute = attributes[name] {
      return operation == "create" ? attribute.create : attribute.update
    }
    return operation == "create" ? relationships[name]?.create : relationships[name]?.update
  }
}
