internal import Spec

/// A resource as tables for people.
enum ResourceTable {
  static func text(_ resource: ResourceSpec) -> String {
    var parts = [title(resource)]
    parts.append(
      TextTable.text(
        ["operation", "request", "success"],
        OperationKind.allCases.compactMap { kind in
          resource.operations[kind].map {
            [kind.rawValue, "\($0.method) \($0.path)", String($0.success)]
          }
        }))
    parts.append(
      TextTable.text(
        ["attribute", "type", "create", "update", "filter", "sort", "remarks"],
        resource.attributes.sorted { $0.key < $1.key }.map { name, attribute in
          [
            name, attribute.type.rawValue, attribute.create?.rawValue ?? "",
            attribute.update?.rawValue ?? "", mark(attribute.filter), mark(attribute.sort),
            remarks(attribute),
          ]
        }))
    if !resource.relationships.isEmpty {
      parts.append(
        TextTable.text(
          ["relationship", "leads to", "create", "update", "filter", "include", "remarks"],
          resource.relationships.sorted { $0.key < $1.key }.map { name, relationship in
            [
              name, "\(relationship.cardinality.rawValue) \(target(relationship))",
              relationship.create?.rawValue ?? "", relationship.update?.rawValue ?? "",
              mark(relationship.filter), mark(relationship.include),
              [
                relationship.createCondition?.text, relationship.updateCondition?.text,
                relationship.deprecated == true ? "deprecated" : nil,
              ]
                .compactMap { $0 }.joined(separator: "; "),
            ]
          }))
    }
    if let lifecycle = resource.lifecycle {
      parts.append(
        "ends when \(lifecycle.attribute) is \(lifecycle.terminal.joined(separator: " or ")); "
          + "progress in \(lifecycle.progress.joined(separator: ", "))")
    }
    return parts.joined(separator: "\n\n")
  }

  private static func title(_ resource: ResourceSpec) -> String {
    var title = "\(resource.resource) (singular: \(resource.singular))"
    if resource.singleton == true { title += ", singleton" }
    if resource.deprecated == true { title += ", deprecated" }
    return title
  }

  private static func mark(_ flag: Bool?) -> String { flag == true ? "yes" : "" }

  private static func target(_ relationship: RelationshipSpec) -> String {
    relationship.polymorphic == true ? "(varies)" : relationship.resource ?? "(unknown)"
  }

  private static func remarks(_ attribute: AttributeSpec) -> String {
    var out: [String] = []
    if let condition = attribute.createCondition { out.append(condition.text) }
    if let condition = attribute.updateCondition { out.append(condition.text) }
    if attribute.deprecated == true { out.append("deprecated") }
    if attribute.trigger == true { out.append("trigger") }
    if attribute.writeOnly == true { out.append("write-only") }
    if attribute.transient == true { out.append("transient") }
    if attribute.rows == true { out.append("rows") }
    if let values = attribute.values { out.append(values.joined(separator: " | ")) }
    return out.joined(separator: "; ")
  }
}
