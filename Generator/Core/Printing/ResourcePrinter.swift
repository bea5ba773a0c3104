/// Prints the file of one resource.
struct ResourcePrinter {
  let plan: ResourcePlan
  private var writer = SourceWriter()

  init(_ plan: ResourcePlan) { self.plan = plan }

  /// The file's text.
  static func print(_ plan: ResourcePlan) -> String {
    var printer = ResourcePrinter(plan)
    printer.file()
    return printer.writer.text
  }

  private mutating func file() {
    writer.line("@_spi(Generated) public import CommerceLayerRuntime")
    if plan.usesDate { writer.line("public import struct Foundation.Date") }
    writer.blank()
    writer.comment(plan.documentation)
    let plan = plan
    writer.block("public struct \(plan.typeName): Resource") { writer in
      Self.storage(plan, &writer)
      for accessor in plan.accessors { Self.accessor(accessor, &writer) }
      for openEnum in plan.enums { Self.openEnum(openEnum, &writer) }
      if let create = plan.create {
        Self.request(create, "public struct Create: CreateRequest", &writer)
      }
      if let update = plan.update {
        Self.request(update, "public struct Update: UpdateRequest", &writer)
      }
    }
    conformances()
    queries()
    methods()
    writer.blank()
    writer.block("extension CommerceLayerClient") { writer in
      writer.comment(plan.clientProperty.documentation)
      writer.short(
        "public var \(plan.clientProperty.name): ResourceClient<\(plan.typeName)>",
        "ResourceClient(api: api)")
    }
  }

  private static func storage(_ plan: ResourcePlan, _ writer: inout SourceWriter) {
    writer.line("/// Where the values are.")
    writer.line("public let storage: ResourceStorage")
    writer.blank()
    writer.line("/// Wraps a resource object.")
    writer.line(
      "@_spi(Generated) public init(storage: ResourceStorage) { self.storage = storage }")
    writer.blank()
    writer.line("/// What the documentation says of the resource.")
    writer.line("public static let schema = ResourceSchema(")
    writer.indented { $0.line("table: \(literal: plan.table))") }
  }

  private static func accessor(_ accessor: Accessor, _ writer: inout SourceWriter) {
    writer.blank()
    writer.comment(accessor.documentation)
    let wire = SwiftStringLiteral(accessor.wire)
    let body: Code =
      switch accessor.reading {
      case .string: "storage.string(\(wire))"
      case .openEnum(let name): "storage.string(\(wire)).map(\(name).init(rawValue:))"
      case .integer: "storage.integer(\(wire))"
      case .double: "storage.double(\(wire))"
      case .boolean: "storage.boolean(\(wire))"
      case .date: "storage.date(\(wire))"
      case .value: "storage.value(\(wire))"
      case .array: "storage.array(\(wire))"
      case .resource(nil): "storage.resource(\(wire))"
      case .resource(let target?): "storage.resource(\(wire), as: \(target).self)"
      case .resources(nil): "storage.resources(\(wire))"
      case .resources(let target?): "storage.resources(\(wire), as: \(target).self)"
      }
    writer.short("public var \(accessor.name): \(accessor.type.code)", body)
  }

  private static func openEnum(_ plan: OpenEnumPlan, _ writer: inout SourceWriter) {
    writer.blank()
    writer.comment(plan.documentation)
    writer.block("public struct \(plan.name): OpenEnum") { writer in
      writer.line("/// The value as it goes over the wire.")
      writer.line("public let rawValue: String")
      writer.blank()
      writer.line("/// Wraps a value, documented or not.")
      writer.line("public init(rawValue: String) { self.rawValue = rawValue }")
      for value in plan.values {
        writer.blank()
        writer.comment(value.documentation)
        writer.line("public static let \(value.name) = Self(rawValue: \(literal: value.wire))")
      }
    }
  }

  private static func request(
    _ plan: RequestPlan, _ head: Code, _ writer: inout SourceWriter
  ) {
    writer.blank()
    writer.comment(plan.documentation)
    writer.block(head) { writer in
      writer.line("/// The members to send.")
      writer.line("public var storage: RequestStorage")
      writer.blank()
      writer.comment(plan.initializerDocumentation)
      writer.list(
        "public init(",
        plan.arguments.map {
          $0.isOptional ? "\($0.name): \($0.type.code) = nil" : "\($0.name): \($0.type.code)"
        }, ") {")
      writer.indented { writer in
        writer.line("storage = RequestStorage(type: \(literal: plan.resource))")
        for argument in plan.arguments {
          writer.line(
            argument.isRelationship
              ? "storage.relate(\(literal: argument.wire), \(argument.name))"
              : "storage.set(\(literal: argument.wire), \(argument.name))")
        }
      }
      writer.line("}")
    }
  }

  private mutating func conformances() {
    guard !plan.conformances.isEmpty else { return }
    writer.blank()
    let names = plan.conformances.map { conformance -> Code in
      switch conformance {
      case .creatable: "CreatableResource"
      case .listable: "ListableResource"
      case .retrievable: "RetrievableResource"
      case .updatable: "UpdatableResource"
      case .deletable: "DeletableResource"
      case .lifecycle: "LifecycleResource"
      case .singleton: "SingletonResource"
      }
    }
    // One extension a protocol keeps every line short.
    for name in names { writer.line("extension \(plan.typeName): \(name) {}") }
  }

  private mutating func queries() {
    let owner = plan.typeName
    let filters = plan.filters
    extend("extension Filter where Root == \(owner)", filters.map(\.documentation)) {
      writer, index in
      let filter = filters[index]
      let type: Code =
        filter.isRelationship
        ? "RelationshipFilter<\(owner)>"
        : "FilterField<\(owner), \(filter.value.code(qualified: true))>"
      writer.short("public static var \(filter.name): \(type)", ".init(\(literal: filter.wire))")
    }
    members("extension SortKey where Root == \(owner)", plan.sorts)
    members("extension FieldName where Root == \(owner)", plan.fields)
    members("extension Include where Root == \(owner)", plan.includes)
  }

  private mutating func members(_ head: Code, _ members: [MemberPlan]) {
    extend(head, members.map(\.documentation)) { writer, index in
      let member = members[index]
      writer.short("public static var \(member.name): Self", ".init(\(literal: member.wire))")
    }
  }

  private mutating func methods() {
    let owner = plan.typeName
    let triggers = plan.triggers
    let related = plan.related
    let documentation = triggers.map(\.documentation) + related.map(\.documentation)
    extend("extension ResourceClient where Root == \(owner)", documentation) { writer, index in
      if index < triggers.count {
        Self.trigger(triggers[index], owner, &writer)
      } else {
        Self.related(related[index - triggers.count], &writer)
      }
    }
  }

  private static func trigger(
    _ plan: MemberPlan, _ owner: Identifier, _ writer: inout SourceWriter
  ) {
    writer.line("@discardableResult")
    writer.list(
      "public func \(plan.name)(", ["_ id: String", "options: RequestOptions = .init()"],
      ") async throws -> \(owner) {")
    writer.indented { $0.line("try await trigger(\(literal: plan.wire), id: id, options: options)") }
    writer.line("}")
  }

  private static func related(_ plan: RelatedPlan, _ writer: inout SourceWriter) {
    let target: Code = plan.target.map { "\($0)" } ?? "AnyResource"
    if plan.isToMany {
      writer.list(
        "public func \(plan.name)(",
        ["of id: String", "_ query: (inout ListQuery<\(target)>) -> Void = { _ in }"],
        ") async throws -> Page<\(target)> {")
      writer.indented {
        $0.line("try await related(\(literal: plan.wire), of: id, as: \(target).self, query)")
      }
    } else {
      writer.list(
        "public func \(plan.name)(", ["of id: String"], ") async throws -> \(target)? {")
      writer.indented {
        $0.line("try await relatedOne(\(literal: plan.wire), of: id, as: \(target).self)")
      }
    }
    writer.line("}")
  }

  /// An extension of documented members; nothing when there are none.
  private mutating func extend(
    _ head: Code, _ documentation: [DocComment],
    _ member: (inout SourceWriter, Int) -> Void
  ) {
    guard !documentation.isEmpty else { return }
    writer.blank()
    writer.block(head) { writer in
      for (index, comment) in documentation.enumerated() {
        if index > 0 { writer.blank() }
        writer.comment(comment)
        member(&writer, index)
      }
    }
  }
}
