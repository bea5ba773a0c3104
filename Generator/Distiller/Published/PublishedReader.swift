internal import Foundation
internal import Spec

/// Reads the published schema into resources.
struct PublishedReader {
  /// The vintage provenance names: the schema describes the service as it is now.
  static let vintage = "published-schema"

  let file: String
  private(set) var diagnostics: [Diagnostic] = []
  /// Where each name is first defined, so that a remark has a line.
  private let lines: LineIndex

  init(file: SourceFile) {
    self.file = file.name
    lines = LineIndex(bytes: file.bytes)
  }

  /// - Throws: a ``Diagnostic`` when the bytes are no schema.
  mutating func read(_ bytes: [UInt8]) throws(Diagnostic) -> [ResourceSpec] {
    let schema: PublishedSchema
    do {
      schema = try JSONDecoder().decode(PublishedSchema.self, from: Data(bytes))
    } catch {
      throw Diagnostic(
        .error, .schemaForm, file: file, line: 1, "is JSON but not the published schema: \(error)",
        expected: "an array of resources with fields, relationships and actions")
    }
    var plurals: [String: String] = [:]
    for resource in schema.resources {
      plurals[Inflection.camelize(resource.id)] = Inflection.pluralize(resource.id)
    }
    return schema.resources.map { convert($0, plurals: plurals) }
      .sorted { $0.resource < $1.resource }
  }

  private mutating func convert(
    _ source: PublishedSchema.Resource, plurals: [String: String]
  ) -> ResourceSpec {
    let plural = Inflection.pluralize(source.id)
    let facts = source.attributes
    let singleton = facts.singleton == true
    var spec = ResourceSpec(
      resource: plural, singular: source.id, singleton: singleton ? true : nil,
      deprecated: facts.deprecated == true ? true : nil)
    for action in facts.actions {
      guard let kind = OperationKind(rawValue: action) else {
        report(.warning, .schemaForm, at: source.id, "\(plural): unknown action '\(action)'")
        continue
      }
      spec.operations[kind] = Operations.standard(
        kind, collection: singleton ? source.id : plural, singleton: singleton)
    }
    for (name, field) in facts.fields.sorted(by: { $0.key < $1.key }) {
      if let attribute = attribute(name, field, of: plural, id: source.id) {
        spec.attributes[name] = attribute
      }
    }
    for (name, field) in facts.relationships.sorted(by: { $0.key < $1.key }) {
      spec.relationships[name] = relationship(
        name, field, of: plural, id: source.id, plurals: plurals)
    }
    return spec
  }

  private mutating func attribute(
    _ name: String, _ field: PublishedSchema.Field, of resource: String, id: String
  ) -> AttributeSpec? {
    guard let type = AttributeType(rawValue: field.type) else {
      report(.warning, .unknownType, at: id, "\(resource).\(name) has unknown type '\(field.type)'")
      return nil
    }
    let settable = field.creatable == true || field.updatable == true
    let fetchable = field.fetchable != false
    guard fetchable || settable || field.filterable == true || field.sortable == true else {
      report(
        .note, .unreachableField, at: id,
        "\(resource).\(name) can be neither read nor set nor queried and is left out")
      return nil
    }
    var spec = AttributeSpec(type: type)
    let required = RequiredText.read(field.required ?? "optional")
    if let problem = required.problem {
      report(
        .warning, .badRequired, at: id,
        "\(resource).\(name): '\(field.required ?? "")' \(problem)")
    }
    if field.creatable == true {
      spec.create = required.requirement
      spec.condition = required.condition
    }
    if field.updatable == true { spec.update = .optional }
    spec.filter = field.filterable == true ? true : nil
    spec.sort = field.sortable == true ? true : nil
    if let values = field.values, !values.isEmpty { spec.values = values }
    spec.deprecated = field.deprecated == true ? true : nil
    // The flag stands at verbs that take no value; a name with an underscore is one that does.
    let verb = field.trigger == true || (name.hasPrefix("_") && settable && !fetchable)
    spec.trigger = verb ? true : nil
    spec.idempotent = verb && field.idempotent == true ? true : nil
    // A trigger is write-only by nature; the flag is for passwords, keys and the like.
    spec.writeOnly = !fetchable && settable && !verb ? true : nil
    spec.transient = field.transient == true ? true : nil
    return spec
  }

  private mutating func relationship(
    _ name: String, _ field: PublishedSchema.Relationship, of resource: String, id: String,
    plurals: [String: String]
  ) -> RelationshipSpec {
    var spec = RelationshipSpec(cardinality: field.type == "has_many" ? .many : .one)
    if field.polymorphic == true {
      spec.polymorphic = true
      spec.targets = field.targets.map { $0.sorted() }
    } else if let className = field.className, let target = plurals[className] {
      spec.resource = target
    } else {
      report(
        .warning, .unknownTarget, at: id,
        "\(resource).\(name) leads to '\(field.className ?? "")', which is no published resource")
    }
    if field.creatable == true {
      let text = field.required?.text ?? "optional"
      let required = RequiredText.read(text)
      if let problem = required.problem {
        report(.warning, .badRequired, at: id, "\(resource).\(name): '\(text)' \(problem)")
      }
      spec.create = required.requirement
      spec.condition = required.condition
    }
    if field.updatable == true { spec.update = .optional }
    spec.filter = field.filterable == true ? true : nil
    spec.include = field.includable == false ? nil : true
    spec.deprecated = field.deprecated == true ? true : nil
    return spec
  }

  private mutating func report(
    _ severity: Diagnostic.Severity, _ code: DiagnosticCode, at name: String, _ message: String
  ) {
    let line = lines.firstLine(containing: "\"id\": \"\(name)\"") ?? 1
    diagnostics.append(Diagnostic(severity, code, file: file, line: line, message))
  }
}
