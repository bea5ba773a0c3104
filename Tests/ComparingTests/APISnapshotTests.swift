import CompilerProofs
import Foundation
import GeneratorCore
import Spec
import Testing

@testable import Comparing

/// The public API as text: what the compiler says of it, and nothing that the printer did not print.
@Suite struct APISnapshotTests {
  /// The lines that one source gives.
  private func lines(_ source: String) -> [String] {
    let scanner = DeclarationScanner(source, source: "things")
    return (scanner.declarations.map(\.line) + scanner.conformances.map(\.line)).sorted()
  }

  @Test func declarationsAreReadWhateverStandsInThem() {
    let source = #"""
      // A comment with public struct Nothing {
      @_spi(Generated) public import CommerceLayerRuntime

      /// Text: public var x: Int
      public struct Thing: Resource {
        public let storage: ResourceStorage
        @_spi(Generated) public init(storage: ResourceStorage) { self.storage = storage }
        private static var table: String {
          ##"{"a":"}}\"# public var no: Int { "}"##
        }
        public static let schema = ResourceSchema(table: table)
      }

      extension Thing: CreatableResource, ListableResource,
        Common.Named {}

      extension Thing {
        public var `class`: [JSONValue]? { storage.array("cl{ass") }
        @available(*, deprecated, message: "old: (really) }")
        public var old: Bool? { storage.boolean("old") }
        public var both: Int { get { 1 } set {} }
        public protocol Filters: QueryName {}
        var hidden: Int { 1 }
      }

      extension Filter: Thing.Filters where Root == Thing {}

      extension Thing.Filters where Self == ResourceClient<Thing> {
        public static var `in`: FilterField<Thing, Thing.State> {
          .init(wire: "in")
        }
      }
      extension Thing {
        public struct State: OpenEnum {
          public static let new = Self(rawValue: "new")
        }
        public struct Create: CreateRequest {
          @_alwaysEmitIntoClient
          public init(
            weight: Double, `class`: String? = nil,
            on: Nullable<Bool>? = nil
          ) {
            storage = RequestStorage(type: "things")
          }
        }
      }
      extension FilterField where Value == [JSONValue] {
        public func any(_ flag: Bool = true) -> Filter<Root> { predicate("any", flag: flag) }
      }
      """#
    #expect(
      lines(source) == [
        "Filter: extension Filter: Thing.Filters where Root == Thing",
        "FilterField.any(_:): func any(_ flag: Bool = true) -> Filter<Root>"
          + " where Value == [JSONValue]",
        "Thing.Create.init(weight:class:on:): init(weight: Double, `class`: String? = nil, "
          + "on: Nullable<Bool>? = nil)",
        "Thing.Create: extension Thing.Create: CreateRequest",
        "Thing.Create: struct Create",
        "Thing.Filters.in: static var `in`: FilterField<Thing, Thing.State> { get }"
          + " where Self == ResourceClient<Thing>",
        "Thing.Filters: extension Thing.Filters: QueryName",
        "Thing.Filters: protocol Filters",
        "Thing.State.new: static let new: Thing.State",
        "Thing.State: extension Thing.State: OpenEnum",
        "Thing.State: struct State",
        "Thing.both: var both: Int { get set }",
        "Thing.class: var `class`: [JSONValue]? { get }",
        "Thing.old: @available(*, deprecated, message: \"old: (really) }\") "
          + "var old: Bool? { get }",
        "Thing.schema: static let schema: ResourceSchema",
        "Thing.storage: let storage: ResourceStorage",
        "Thing: extension Thing: Common.Named",
        "Thing: extension Thing: CreatableResource",
        "Thing: extension Thing: ListableResource",
        "Thing: extension Thing: Resource",
        "Thing: struct Thing",
      ])
  }

  @Test func theCommittedListIsWhatTheSpecGives() throws {
    let now = try APISnapshot(of: CommittedSpec.folder())
    let file = CommittedSpec.root.appending(path: "docs/public-api/CommerceLayer.txt")
    if ProcessInfo.processInfo.environment["UPDATE_PUBLIC_API"] != nil {
      try Data(now.text.utf8).write(to: file)
    }
    let reviewed = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    guard reviewed != now.text else { return }
    let kept = Set(reviewed.split(separator: "\n").map(String.init))
    let lines = Set(now.lines)
    let told =
      kept.subtracting(lines).sorted().prefix(20).map { "- " + $0 }
      + lines.subtracting(kept).sorted().prefix(20).map { "+ " + $0 }
    Issue.record(
      """
      The public API of CommerceLayer changed, or its list is not sorted. If that is meant, run \
      scripts/update-public-api, and say in CHANGELOG.md what it means for users.
      \(told.joined(separator: "\n"))
      """)
  }

  @Test func theListHasEveryKindOfDeclaration() throws {
    let lines = try APISnapshot(of: CommittedSpec.folder()).lines
    for part in [
      "CommerceLayerClient.init(",
      "CommerceLayerClient.skus: var skus: ResourceClient<SKU> { get }",
      "SKU: extension SKU: ListableResource", "SKU.Create.init(",
      "Import.Status.inProgress: static",
      "Filter: extension Filter: SKU.Filters where Root == SKU", "FilterField.eq(_:): func eq(",
    ] {
      #expect(lines.contains { $0.hasPrefix(part) }, "\(part)")
    }
    #expect(!lines.contains { $0.contains("@_") || $0.contains("private var table") })
  }

  /// The compiler's own list of the same module's symbols has the same lines, where both can: symbol
  /// graphs have no `where` clauses and no qualification of nested types.
  @Test(
    .enabled(
      if: GeneratedModule.runtime != nil, "the modules lie beside the tests when SwiftPM builds"))
  func theCompilerListsTheSame() async throws {
    let folder = try SpecFolder.load(CommittedSpec.root.appending(path: "Tests/Goldens/Spec"))
    let files = try Generator.files(for: folder, withClient: true)
    let graphs = try await GeneratedModule(files.map { .init(name: $0.name, text: $0.text) })
      .symbolGraphs()
    var compiled: Set<String> = []
    for data in graphs {
      for symbol in try JSONDecoder().decode(SymbolGraph.self, from: data).symbols
      where symbol.location != nil && !symbol.identifier.precise.contains("SYNTHESIZED") {
        let declaration = (symbol.declarationFragments ?? []).map(\.spelling).joined()
        compiled.insert(
          comparable("\(symbol.pathComponents.joined(separator: ".")): \(declaration)"))
      }
    }
    let snapshot = APISnapshot(files)
    // Symbol graphs leave out what has a label with `_` in front, as triggers have in updates, and name
    // the type that `Self` is in an extension of it.
    let ours = Set(
      snapshot.declarations.filter { $0.name.firstMatch(of: #/[(:]_\w/#) == nil }.map {
        let itself = "\($0.container)<Root>"
        return comparable(
          "\($0.path): "
            + ($0.constraint.hasPrefix("Root: ")
              ? $0.declaration.replacing(": Self ", with: ": \(itself) ") : $0.declaration))
      })
    #expect(ours.count > 200)
    let missing = compiled.subtracting(ours).sorted()
    let invented = ours.subtracting(compiled).sorted()
    #expect(
      missing.isEmpty && invented.isEmpty,
      """
      only the compiler lists:
      \(missing.joined(separator: "\n"))
      only the snapshot lists:
      \(invented.joined(separator: "\n"))
      """)
  }

  /// Without what symbol graphs spell in another way.
  private func comparable(_ line: String) -> String {
    let parts = line.split(separator: ": ", maxSplits: 1).map(String.init)
    let declaration = (parts.last ?? "").replacing("`", with: "")
      .replacing(#/@[A-Za-z_]+(\([^)]*\))? /#) { _ in "" }
      // `protocol Named : Resource`: the conformance has a line of its own.
      .replacing(#/^((struct|enum|protocol) \w+) ?:.*/#) { String($0.output.1) }
      .replacing(#/^(associatedtype \w+) :/#) { "\($0.output.1):" }
      .replacing(#/\b[A-Z][A-Za-z0-9_]*\.(?=[A-Z])/#) { _ in "" }
      .split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return "\(parts.first ?? ""): \(declaration)"
  }

  private struct SymbolGraph: Decodable {
    struct Symbol: Decodable {
      struct Identifier: Decodable { var precise: String }
      struct Fragment: Decodable { var spelling: String }
      struct Location: Decodable { var uri: String }
      var identifier: Identifier
      var pathComponents: [String]
      var declarationFragments: [Fragment]?
      var location: Location?
    }
    var symbols: [Symbol]
  }
}
