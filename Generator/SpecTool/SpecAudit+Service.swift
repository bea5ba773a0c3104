internal import Spec

extension SpecAudit {
  mutating func checkService() {
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
        report("/error_codes/\(status)", "is not an HTTP status of an error")
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
  mutating func checkImports() {
    let types = spec.service.imports.types
    for (name, type) in types.sorted(by: { $0.key < $1.key }) {
      let pointer = "/imports/types/\(name)"
      guard let resource = byName[name] else {
        report(pointer, SpecLoading.unknown(name, among: Array(byName.keys)))
        continue
      }
      for field in type.key where !Self.isRowField(field, of: resource) {
        report(
          pointer + "/key",
          "'\(field)' is not an attribute of \(name), nor the id of a relationship")
      }
      if let parent = type.parent, resource.relationships[parent]?.cardinality != .one {
        report(pointer + "/parent", "'\(parent)' is not a relationship of \(name) to one")
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
