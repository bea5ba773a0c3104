internal import Foundation
internal import Spec

/// What must hold in a spec beyond the form of its files: that what names something names something
/// there is, and that facts of one thing do not contradict each other.
struct SpecAudit {
  private let spec: SpecFolder
  /// Resources that relationships may lead to although nothing describes them.
  private let unpublished: Set<String>
  private let byName: [String: ResourceSpec]
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
    }
    audit.checkAddresses()
    audit.checkUnpublished()
    audit.checkService()
    audit.checkImports()
    return audit.problems
  }

  private mutating func report(_ resource: ResourceSpec, _ pointer: String, _ message: String) {
    problems.append(
      SpecError(file: "\(resource.resource).json", pointer: pointer, message))
  }

  private mutating func report(_ pointer: String, _ message: String) {
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
          resource, pointer + "/method", "\(operation.method) is no method to \(kind.rawValue) with"
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
      report(resource, "/lifecycle/progress", "'\(name)' is no integer attribute")
    }
    if lifecycle.terminal.isEmpty {
      report(resource, "/lifecycle/terminal", "names no state: waiting would never end")
    }
    guard let values = resource.attributes[lifecycle.attribute]?.values else { return }
    for state in lifecycle.terminal where !values.contains(state) {
      report(
        resource, "/lifecycle/terminal", "'\(state)' is no value of '\(lifecycle.attribute)'")
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

  // MARK: - service.json

  private mutating func checkService() {
    let service = spec.service
    if service.page.defaultSize < 1 || service.page.defaultSize > service.page.maximumSize {
      report("/page", "the default size lies between 1 and the maximum size")
    }
    if service.imports.maximumInputs < 1 || service.imports.maximumRunning < 1 {
      report("/imports", "the limits are positive")
    }
    if !(0...100).contains(service.imports.errorThresholdPercent) {
      report("/imports/error_threshold_percent", "a percentage lies between 0 and 100")
    }
    for name in service.cacheable where byName[name] == nil {
      report("/cacheable", SpecLoading.unknown(name, among: Array(byName.keys)))
    }
    for (status, codes) in service.errorCodes.sorted(by: { $0.key < $1.key }) {
      if Int(status).map({ (400...599).contains($0) }) != true {
        report("/error_codes/\(status)", "is no HTTP status of an error")
      }
      if Set(codes).count != codes.count {
        report("/error_codes/\(status)", "lists a code twice")
      }
    }
    for (name, limit) in service.rateLimits.sorted(by: { $0.key < $1.key })
    where limit.averageLive < 1 || limit.averageTest < 1 || limit.averageSeconds < 1 {
      report("/rate_limits/\(name)", "a limit is positive")
    }
  }

  /// Importable types are resources, and their rows can hold the key and the parent.
  private mutating func checkImports() {
    let types = spec.service.imports.types
    for (name, type) in types.sorted(by: { $0.key < $1.key }) {
      let pointer = "/imports/types/\(name)"
      guard let resource = byName[name] else {
        report(pointer, SpecLoading.unknown(name, among: Array(byName.keys)))
        continue
      }
      for field in type.key where !Self.isRowField(field, of: resource) {
        report(
          pointer + "/key", "'\(field)' is no attribute of \(name), nor the id of a relationship")
      }
      if let parent = type.parent, resource.relationships[parent]?.cardinality != .one {
        report(pointer + "/parent", "'\(parent)' is no relationship of \(name) to one")
      }
    }
    guard let listed = byName["imports"]?.attributes["resource_type"]?.values else { return }
    let difference = Set(listed).symmetricDifference(types.keys).sorted()
    if !difference.isEmpty {
      report(
        "/imports/types",
        "and the values of imports.resource_type differ by \(difference.joined(separator: ", "))")
    }
  }

  /// Rows name attributes, and relationships to one by `<name>_id`.
  private static func isRowField(_ field: String, of resource: ResourceSpec) -> Bool {
    if resource.attributes[field] != nil { return true }
    guard field.hasSuffix("_id") else { return false }
    return resource.relationships[String(field.dropLast("_id".count))]?.cardinality == .one
  }
}
