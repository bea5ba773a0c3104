internal import GeneratorCore
internal import Spec

/// Prints the probe of one resource.
struct ResourceProbePrinter {
  let spec: ResourceSpec
  let planner: ResourcePlanner
  let plan: ResourcePlan
  private var writer = SourceWriter()

  init(spec: ResourceSpec, planner: ResourcePlanner, plan: ResourcePlan) {
    self.spec = spec
    self.planner = planner
    self.plan = plan
  }

  private var type: Identifier { plan.typeName }
  private var calls: Code { "client.\(plan.clientProperty.name)" }

  mutating func file() -> String {
    writer.line("import CommerceLayer")
    writer.line("import Foundation")
    writer.blank()
    writer.line("enum \(type)Probe: ResourceProbe {")
    let type = type
    writer.indented { $0.line("static var schema: ResourceSchema { \(type).schema }") }
    reading()
    queries()
    operations()
    requests()
    triggers()
    related()
    writer.line("}")
    return writer.text
  }

  /// A probe names deprecated things as well, which the compiler lets pass in what is deprecated
  /// itself.
  private mutating func function(
    _ head: Code, _ body: (inout SourceWriter) -> Void
  ) {
    writer.blank()
    let planner = planner
    writer.indented { writer in
      if planner.hasDeprecatedNames { writer.line("@available(*, deprecated)") }
      writer.block(head, body)
    }
  }

  // MARK: - Reading

  private mutating func reading() {
    let planner = planner
    let spec = spec
    function("static func read(_ it: \(type), _ seen: inout Seen)") { writer in
      for (wire, attribute) in planner.attributes where planner.isReadable(wire, attribute) {
        guard let name = planner.names.member(wire) else { continue }
        let raw: Code = planner.names.nestedType(wire) == nil ? "" : "?.rawValue"
        let kind: Code =
          switch attribute.type {
          case .string: "string"
          case .integer: "integer"
          case .float: "float"
          case .boolean: "boolean"
          case .datetime: "datetime"
          case .object: "object"
          case .array: "array"
          }
        writer.line("seen.\(kind)(\(literal: wire), it.\(name)\(raw))")
      }
      for (wire, relationship) in planner.relationships {
        guard let name = planner.names.member(wire) else { continue }
        let many = relationship.cardinality == .many
        writer.line(
          many
            ? "seen.many(\(literal: wire), it.\(name))" : "seen.one(\(literal: wire), it.\(name))")
      }
      if spec.attributes.isEmpty, spec.relationships.isEmpty { writer.line("_ = it") }
    }
    function("static func decode(_ bytes: Data) throws -> (Seen, Data)") { [type] writer in
      writer.line("let it = try JSONDecoder().decode(\(type).self, from: bytes)")
      writer.line("var seen = Seen(it)")
      writer.line("read(it, &seen)")
      writer.line("return (seen, try JSONEncoder().encode(it))")
    }
  }

  // MARK: - Queries

  /// What a predicate or a named filter takes, as an argument.
  private static func argument(
    _ argument: PredicatePlan.Argument, _ value: SwiftType, wire: String
  ) -> Code {
    let one = sample(value, wire: wire, values: [])
    return switch argument {
    case .value: one
    case .values: "[\(one), \(one)]"
    case .text: "\"a\""
    case .texts: "[\"a\", \"b\"]"
    case .flag: "true"
    case .object: "[\"k\": 1]"
    }
  }

  /// Reads a resource object as the base type of a family and as each of the members.
  private mutating func family() {
    guard let family = plan.family else { return }
    let type = type
    function("static func readFamily(_ bytes: Data) throws -> SeenFamily?") { writer in
      writer.line("let it = try JSONDecoder().decode(\(type).self, from: bytes)")
      writer.line("var seen = SeenFamily(kind: it.kind.rawValue)")
      for kind in family.kinds {
        writer.line("seen.kind(\(literal: kind.wire), \(type).MemberKind.\(kind.name).rawValue)")
      }
      for member in family.members {
        writer.line("seen.member(it.as(\(member).self)) { try? JSONEncoder().encode(\(type)($0)) }")
      }
      writer.line("return seen")
    }
  }

  private mutating func queries() {
    let (planner, plan) = (planner, plan)
    let type = type
    function("static func query() -> ProbedQuery<\(type)>") { writer in
      writer.line("var query = ProbedQuery<\(type)>()")
      for (wire, attribute) in planner.attributes {
        guard let name = planner.names.member(wire) else { continue }
        if attribute.filter == true, attribute.predicates == nil {
          writer.line(
            "query.filter(\(literal: wire), everyPredicate(of: Filter<\(type)>.\(name)))")
        }
        if attribute.sort == true {
          writer.line("query.sort(\(literal: wire), .\(name))")
        }
        if planner.isReadable(wire, attribute) {
          writer.line("query.field(\(literal: wire), .\(name))")
        }
      }
      for (wire, relationship) in planner.relationships {
        guard let name = planner.names.member(wire) else { continue }
        if relationship.filter == true {
          writer.line(
            "query.filter(\(literal: wire + "_id"), everyPredicate(of: Filter<\(type)>.\(name).id))"
          )
        }
        if relationship.sort == true { writer.line("query.sort(\(literal: wire), .\(name))") }
        writer.line("query.field(\(literal: wire), .\(name))")
        if relationship.include == true {
          writer.line("query.include(\(literal: wire), .\(name))")
        }
      }
      for filter in plan.limitedFilters {
        guard let name = planner.names.member(filter.wire) else { continue }
        for predicate in filter.predicates {
          let argument = Self.argument(predicate.argument, filter.value, wire: filter.wire)
          writer.line(
            "query.condition(\(literal: filter.wire + "_" + predicate.wire), .\(name).\(predicate.name)(\(argument)))"
          )
        }
      }
      for scope in plan.members.scopes {
        let argument = Self.argument(scope.argument, scope.value, wire: scope.wire)
        writer.line("query.condition(\(literal: scope.wire), .\(scope.name)(\(argument)))")
      }
      writer.line("return query")
    }
    family()
    function("static func queryNames() -> QueryNames") { $0.line("query().names") }
    guard spec.operations[.list] != nil else { return }
    function("static func listEverything(_ client: CommerceLayerClient) async throws") {
      [calls] in
      $0.line("let everything = query()")
      $0.line("_ = try await \(calls).list { $0.ask(for: everything) }")
    }
  }

  // MARK: - Operations

  private mutating func operations() {
    let calls = calls
    let type = type
    let singleton = planner.isSingleton
    if spec.operations[.retrieve] != nil {
      function("static func retrieve(_ client: CommerceLayerClient) async throws -> Seen?") {
        writer in
        writer.line(
          singleton
            ? "let it = try await \(calls).retrieve()"
            : "let it = try await \(calls).retrieve(\"some-id\")")
        writer.line("var seen = Seen(it)")
        writer.line("read(it, &seen)")
        writer.line("return seen")
      }
    }
    if spec.operations[.list] != nil {
      function("static func list(_ client: CommerceLayerClient) async throws -> [Seen]?") {
        writer in
        writer.line("let page = try await \(calls).list()")
        writer.line("return page.items.map { (it: \(type)) in")
        writer.indented { writer in
          writer.line("var seen = Seen(it)")
          writer.line("read(it, &seen)")
          writer.line("return seen")
        }
        writer.line("}")
      }
    }
    if spec.operations[.delete] != nil, !singleton {
      function("static func delete(_ client: CommerceLayerClient) async throws -> Bool") {
        $0.line("try await \(calls).delete(\"some-id\")")
        $0.line("return true")
      }
    }
  }

  // MARK: - Requests

  private mutating func requests() {
    let calls = calls
    if let create = plan.create {
      request(create, name: "createRequest", type: "\(type).Create", clearing: false)
      function(
        "static func create(_ client: CommerceLayerClient, _ edit: Edit) async throws -> Bool"
      ) { writer in
        writer.line("var request = createRequest()")
        writer.line("edit(&request.storage)")
        writer.line("_ = try await \(calls).create(request)")
        writer.line("return true")
      }
    }
    if let update = plan.update, !planner.isSingleton {
      request(update, name: "updateRequest", type: "\(type).Update", clearing: false)
      request(update, name: "clearRequest", type: "\(type).Update", clearing: true)
      function(
        "static func update(_ client: CommerceLayerClient, clear: Bool) async throws -> Bool"
      ) { writer in
        writer.line("let request = clear ? clearRequest() : updateRequest()")
        writer.line("_ = try await \(calls).update(\"some-id\", request)")
        writer.line("return true")
      }
    }
  }

  /// The values of an enumeration, or the types a polymorphic relationship may lead to.
  private static func values(of wire: String, _ spec: ResourceSpec) -> [String] {
    spec.attributes[wire]?.values ?? spec.relationships[wire]?.targets ?? []
  }

  /// - Parameter clearing: whether what can be `null` is.
  private mutating func request(
    _ request: RequestPlan, name: Code, type: Code, clearing: Bool
  ) {
    let spec = spec
    let members = planner.allMembers
    let nulls = clearing ? members.nulls + members.updateNulls : []
    let cleared = Set(nulls.map(\.wire))
    var arguments = request.arguments.filter { !cleared.contains($0.wire) }.map {
      argument -> Code in
      let value = Self.sample(
        argument.type, wire: argument.wire, values: Self.values(of: argument.wire, spec))
      return "\(label: argument.name): \(value)"
    }
    if !nulls.isEmpty {
      arguments.append("null: [\(Code.joined(nulls.map { ".\($0.name)" }, by: ", "))]")
    }
    function("private static func \(name)() -> \(type)") { writer in
      writer.line("\(type)(")
      writer.indented { writer in
        for (index, argument) in arguments.enumerated() {
          writer.line("\(argument)\(index == arguments.count - 1 ? "" : ",")")
        }
      }
      writer.line(")")
    }
  }

  /// The value that the harness expects for a wire name, as an argument of this type.
  private static func sample(_ type: SwiftType, wire: String, values: [String]) -> Code {
    switch type {
    case .optional(let inner): sample(inner, wire: wire, values: values)
    case .string: "SampleValue.string(\(literal: wire))"
    case .int: "SampleValue.integer"
    case .double: "SampleValue.float"
    case .bool: "SampleValue.boolean"
    case .date: "SampleValue.datetime"
    case .jsonValue: "SampleValue.object"
    case .jsonObject: "SampleValue.objectValue"
    case .bulkInputs: "SampleValue.rows"
    case .nested(let name, let owner):
      "\(owner).\(name)(rawValue: \(literal: values.first ?? wire))"
    case .resource, .anyResource: "nil"
    case .memberReference: ".init(.init(rawValue: \(literal: SampleMember.wire)), id: \"some-id\")"
    case .id(let target): "\(target).ID(\"some-id\")"
    case .any, .anyReference:
      "AnyResourceReference(type: \(literal: values.first ?? "things"), id: \"some-id\")"
    case .array(.jsonValue): "SampleValue.array"
    case .array(let inner): "[\(sample(inner, wire: wire, values: values))]"
    }
  }

  // MARK: - Calls of this resource alone

  private mutating func triggers() {
    let calls = calls
    function("static var triggers: [ProbedCall]") { [members = planner.allMembers, spec] writer in
      writer.line("[")
      writer.indented { writer in
        for verb in members.verbs {
          let value: Code =
            verb.value.map {
              ", \(Self.sample($0, wire: verb.wire, values: Self.values(of: verb.wire, spec)))"
            } ?? ""
          writer.line(
            "ProbedCall(\(literal: verb.wire)) { client in _ = try await \(calls).\(verb.name)(\"some-id\"\(value)) },"
          )
        }
      }
      writer.line("]")
    }
  }

  private mutating func related() {
    let calls = calls
    function("static var related: [ProbedCall]") { [members = planner.allMembers] writer in
      writer.line("[")
      writer.indented { writer in
        for related in members.related {
          writer.line(
            "ProbedCall(\(literal: related.wire)) { client in _ = try await \(calls).\(related.name)(of: \"some-id\") },"
          )
        }
      }
      writer.line("]")
    }
  }
}

/// The type of the member that requests of the probes name in a relationship to a family.
enum SampleMember { static let wire = "some_members" }
