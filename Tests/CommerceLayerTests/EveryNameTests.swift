import CommerceLayer
import CompilerProofs
import Foundation
import Spec
import Testing

@testable import GeneratorCore

/// What a user writes beside Foundation means one thing.
@Suite(
  .enabled(if: Compiler.modules != nil, "the modules lie beside the tests when SwiftPM builds"))
struct EveryNameTests {
  @Test func everyResourceTypeIsUnambiguousBesideFoundation() async throws {
    let types = CommerceLayerService.resourceTypes.map { String(describing: $0) }
    #expect(types.count == CommerceLayerService.schemas.count)
    let uses = types.enumerated().map { "  let v\($0): \($1)? = nil; _ = v\($0)" }
    let program = """
      import CommerceLayer
      import Foundation

      func everyName() {
      \(uses.joined(separator: "\n"))
      }

      func foundationsOwn(_ bundle: Bundle, _ notification: Notification) -> Void {
        _ = bundle.bundlePath
        _ = notification.name.rawValue
      }
      """
    let result = try await Compiler.check(program)
    #expect(result.succeeded, "\(result.errors)")
  }

  /// Every attribute and relationship of every resource compiles wherever the schema allows it, in
  /// implicit member position: as a filter, as an alternative of another one, behind a relationship, as
  /// a sort key, as a field, as an include, as what is set to null. A public member of the runtime's
  /// query types would hide an attribute of its name in one of these positions.
  @Test func noNameIsHiddenInAnyPosition() async throws {
    let plans = try QueryPositions(spec: SpecFolder.load(Self.spec).resources)
    // The spec that the client was generated from, not a part of it.
    #expect(plans.resources.count == CommerceLayerService.schemas.count)
    #expect(
      plans.filters > 1_000 && plans.alternatives == plans.filters && plans.throughPaths > 500)
    let result = try await Compiler.check(plans.program)
    #expect(result.succeeded, "\(result.errors.prefix(20).joined(separator: "\n"))")
  }

  private static let spec = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Spec")
}

/// A program that names everything once in each position.
private struct QueryPositions {
  var resources: [String] = []
  private(set) var filters = 0
  private(set) var alternatives = 0
  private(set) var throughPaths = 0
  private var functions: [String] = []

  var program: String {
    "import CommerceLayer\nimport Foundation\n\n" + functions.joined(separator: "\n")
  }

  init(spec: [ResourceSpec]) throws {
    let names = try SpecNames(spec)
    let planners = try spec.map { try ResourcePlanner($0, in: names) }
    let members = Dictionary(
      planners.map { ($0.typeName.name, $0.allMembers) }, uniquingKeysWith: { first, _ in first })
    var (reached, included): (Set<String>, Set<String>) = ([], [])
    for planner in planners {
      let type = planner.typeName.name
      guard let all = members[type] else { continue }
      resources.append(type)
      var lines: [String] = []
      for filter in all.filters where !filter.isRelationship {
        let name = Self.swift(filter.name)
        guard filter.limited == nil else {
          // It has a type of its own with the few predicates it allows.
          lines.append("  _ = Filter<\(type)>.\(name)")
          continue
        }
        lines.append("  list.filter(.\(name).null())")
        lines.append("  list.filter(.\(name).or(.\(name)).notNull())")
        (filters, alternatives) = (filters + 1, alternatives + 1)
      }
      let paths =
        all.paths.map { ($0.name, $0.target?.name, true) }
        + all.steps.map { ($0.name, $0.target?.name, false) }
        + all.filters.filter(\.isRelationship).map { ($0.name, Self.target($0), true) }
      for (name, target, filters) in paths where filters {
        lines.append("  list.filter(.\(Self.swift(name)).id.or(.\(Self.swift(name)).id).null())")
        // What follows a path is looked up among the target's names: one path to each will do.
        guard let target, reached.insert(target).inserted, let others = members[target] else {
          continue
        }
        for other in others.filters where !other.isRelationship && other.limited == nil {
          lines.append("  list.filter(.\(Self.swift(name)).\(Self.swift(other.name)).null())")
          throughPaths += 1
        }
        for other in others.paths {
          lines.append("  list.filter(.\(Self.swift(name)).\(Self.swift(other.name)).id.null())")
        }
        if let other = others.filters.first(where: { !$0.isRelationship && $0.limited == nil }) {
          let path = "\(Self.swift(name)).\(Self.swift(other.name))"
          lines.append("  list.filter(.\(path).or(.\(path)).null())")
        }
      }
      for name in all.sorts + all.sortOnly {
        lines.append("  list.sort(.\(Self.swift(name.name)))")
      }
      for name in all.sorts + all.fields + all.includes {
        lines.append("  list.fields(.\(Self.swift(name.name)))")
      }
      for name in all.includes { lines.append("  list.include(.\(Self.swift(name.name)))") }
      for (name, target, _) in all.paths.map({ ($0.name, $0.target?.name, 0) })
        + all.steps.map({ ($0.name, $0.target?.name, 0) })
      {
        guard let target, included.insert(target).inserted, let others = members[target] else {
          continue
        }
        for other in others.includes {
          lines.append("  one.include(.\(Self.swift(name)).\(Self.swift(other.name)))")
        }
      }
      for name in all.nulls + all.createNulls where planner.create != nil {
        lines.append("  create.setNull([CreateNull<\(type)>]([.\(Self.swift(name.name))]))")
      }
      for name in all.nulls + all.updateNulls where planner.update != nil {
        lines.append("  create.setNull([UpdateNull<\(type)>]([.\(Self.swift(name.name))]))")
      }
      functions.append(
        """
        func \(type)Names(
          _ list: inout ListQuery<\(type)>, _ one: inout ResourceQuery<\(type)>,
          _ create: inout RequestStorage
        ) {
        \(lines.joined(separator: "\n"))
        }

        """)
    }
  }

  /// As generated code writes it, with backticks around keywords.
  private static func swift(_ name: Identifier) -> String { ("\(name)" as Code).source }

  private static func target(_ filter: FilterPlan) -> String? {
    if case .resource(let name) = filter.type { name.name } else { nil }
  }
}
