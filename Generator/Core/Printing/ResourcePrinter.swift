/// Prints the file of one resource.
///
/// What goes where decides how much is compiled after an edit, because the compiler tracks changes
/// by the bodies of types. The resource's own body holds nothing that an edit of the spec changes;
/// accessors are in an extension and the table in a getter's body. Statics for queries and methods
/// of the client are members of protocols of this file alone, to which the runtime's generic types
/// conform: were they members of `Filter` and the like, then every file that has a `createdAt`
/// would depend on every other one. `docs/decisions` has the measurements.
struct ResourcePrinter {
  let plan: ResourcePlan
  var writer = SourceWriter()

  /// The file's text.
  static func print(_ plan: ResourcePlan) -> String {
    var printer = ResourcePrinter(plan: plan)
    printer.file()
    return printer.writer.text
  }

  private mutating func file() {
    writer.line("@_spi(Generated) public import CommerceLayerRuntime")
    if let vocabulary = plan.code.vocabulary, plan.traits.contains(where: \.targets.isEmpty) {
      writer.line("public import \(vocabulary)")
    }
    if plan.usesDate {
      writer.blank()
      writer.line("public import struct Foundation.Date")
    }
    for alias in plan.aliases {
      writer.blank()
      writer.line(
        "/// The resource `\(alias.target)`, where `\(plan.typeName).\(alias.target)` hides it.")
      writer.line("public typealias \(alias.name) = \(alias.target)")
    }
    writer.blank()
    writer.comment(plan.documentation)
    resource()
    conformances()
    family()
    accessors()
    nestedTypes()
    limitedFilters()
    members()
    writer.blank()
    let property = plan.clientProperty
    let type: Code = "ResourceClient<\(plan.typeName)>"
    writer.block("extension \(plan.code.client)") { writer in
      writer.comment(property.documentation)
      writer.deprecation(property.deprecation)
      writer.short("public var \(property.name): \(type)", "ResourceClient(api: api)")
    }
  }

  private mutating func resource() {
    let plan = plan
    writer.block("public struct \(plan.typeName): Resource") { writer in
      writer.line("/// Where the values are.")
      writer.line("public let storage: ResourceStorage")
      writer.line("/// Wraps a resource object.")
      writer.line(
        "@_spi(Generated) public init(storage: ResourceStorage) { self.storage = storage }")
      writer.line("/// What the documentation says of the resource.")
      writer.line("public static let schema = ResourceSchema(table: table)")
      writer.block("private static var table: String") { $0.line("\(literal: plan.table)") }
    }
  }

  private mutating func conformances() {
    let conformances =
      plan.conformances.map { conformance -> Code in
        switch conformance {
        case .creatable: "CreatableResource"
        case .listable: "ListableResource"
        case .retrievable: "RetrievableResource"
        case .updatable: "UpdatableResource"
        case .deletable: "DeletableResource"
        case .lifecycle: "LifecycleResource"
        case .singleton: "SingletonResource"
        case .updatableSingleton: "UpdatableSingleton"
        }
      }
      + plan.traits.map { use in
        // What the trait's relationships lead to is said once, in the service's file.
        use.targets.isEmpty ? "Common.\(use.trait)" : "\(plan.code.service).\(use.trait)"
      }
    guard !conformances.isEmpty else { return }
    writer.blank()
    writer.wrapped("extension \(plan.typeName):", conformances, " {}")
  }

  /// Accessors, and the protocols for what is not a member of the resource itself.
  private mutating func accessors() {
    let (accessors, kinds) = (plan.accessors, plan.members.kinds)
    guard !accessors.isEmpty || !kinds.isEmpty else { return }
    writer.blank()
    writer.block("extension \(plan.typeName)") { writer in
      for accessor in accessors { Self.accessor(accessor, &writer) }
      for kind in kinds {
        writer.line(kind.documentation)
        writer.line(
          kind.refinesQueryName
            ? "public protocol \(kind.name): QueryName {}" : "public protocol \(kind.name) {}")
      }
    }
  }

  static func accessor(_ accessor: Accessor, _ writer: inout SourceWriter) {
    writer.comment(accessor.documentation)
    writer.deprecation(accessor.deprecation)
    writer.short(
      "public var \(accessor.name): \(accessor.type.code)",
      reading(accessor.reading, SwiftStringLiteral(accessor.wire)))
  }

  private static func reading(_ reading: Accessor.Reading, _ wire: SwiftStringLiteral) -> Code {
    switch reading {
    case .string: "storage.string(\(wire))"
    case .openEnum(let name): "storage.string(\(wire)).map(\(name).init(rawValue:))"
    case .integer: "storage.integer(\(wire))"
    case .double: "storage.double(\(wire))"
    case .boolean: "storage.boolean(\(wire))"
    case .date: "storage.date(\(wire))"
    case .value: "storage.value(\(wire))"
    case .array: "storage.array(\(wire))"
    case .strings: "storage.strings(\(wire))"
    case .integers: "storage.integers(\(wire))"
    case .doubles: "storage.doubles(\(wire))"
    case .booleans: "storage.booleans(\(wire))"
    case .objects: "storage.objects(\(wire))"
    case .resource(nil): "storage.resource(\(wire))"
    case .resource(let target?): "storage.resource(\(wire), as: \(target).self)"
    case .resources(nil): "storage.resources(\(wire))"
    case .resources(let target?): "storage.resources(\(wire), as: \(target).self)"
    }
  }

  /// Enumerations and request bodies.
  private mutating func nestedTypes() {
    let plan = plan
    guard !plan.enums.isEmpty || plan.create != nil || plan.update != nil else { return }
    writer.blank()
    writer.block("extension \(plan.typeName)") { writer in
      var isFirst = true
      for enumeration in plan.enums {
        if !isFirst { writer.blank() }
        isFirst = false
        Self.enumeration(enumeration, &writer)
      }
      for (request, head) in [
        (plan.create, "public struct Create: CreateRequest" as Code),
        (plan.update, "public struct Update: UpdateRequest"),
      ] {
        guard let request else { continue }
        if !isFirst { writer.blank() }
        isFirst = false
        Self.request(request, head, &writer)
      }
    }
  }

  static func enumeration(_ plan: OpenEnumPlan, _ writer: inout SourceWriter) {
    writer.comment(plan.documentation)
    writer.block("public struct \(plan.name): OpenEnum") { writer in
      writer.line("/// The value as it goes over the wire.")
      writer.line("public let rawValue: String")
      writer.line("/// Wraps a value, documented or not.")
      writer.line("public init(rawValue: String) { self.rawValue = rawValue }")
      for value in plan.values {
        writer.deprecation(value.deprecation)
        writer.line("public static let \(value.name) = Self(rawValue: \(literal: value.wire))")
      }
    }
  }
}
