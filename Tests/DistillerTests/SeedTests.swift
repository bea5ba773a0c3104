import Comparing
import Distiller
import Foundation
import Spec
import Testing

/// The five documents as they are. Skipped, and shown as skipped, where they are not at hand.
@Suite(.enabled(if: SharedPages.isThere("seeds"), "the seed documents are not beside the package"))
struct SeedTests {
  private func imports() throws -> (ResourceSpec, DistillResult) {
    let result = Distiller.distil(try SharedPages.files("seeds"))
    return (try #require(result.resources.first), result)
  }

  @Test func oneResourceWithoutErrors() throws {
    let (imports, result) = try imports()
    #expect(result.resources.count == 1)
    #expect(imports.resource == "imports")
    #expect(imports.singular == "import")
    #expect(!result.hasErrors)
  }

  @Test func argumentsOfCreate() throws {
    let attributes = try imports().0.attributes.filter { $0.value.create != nil }
    #expect(
      attributes.filter { $0.value.create == .required }.keys.sorted() == [
        "inputs", "resource_type",
      ])
    #expect(
      attributes.filter { $0.value.create == .optional }.keys.sorted() == [
        "cleanup_records", "format", "metadata", "parent_resource_id", "reference",
        "reference_origin",
      ])
    #expect(attributes["inputs"]?.type == .array)
    #expect(attributes["cleanup_records"]?.type == .boolean)
    #expect(attributes["metadata"]?.type == .object)
  }

  @Test func argumentsOfUpdate() throws {
    let attributes = try imports().0.attributes.filter { $0.value.update != nil }
    #expect(attributes.keys.sorted() == ["metadata", "reference"])
  }

  @Test func sortableAndFilterable() throws {
    let (imports, _) = try imports()
    let sortable = imports.attributes.filter { $0.value.sort == true }.keys
    let filterable = imports.attributes.filter { $0.value.filter == true }.keys
    #expect(sortable.count == 18)
    #expect(filterable.count == 16)
    #expect(Set(sortable).subtracting(filterable) == ["format", "attachment_url"])
    #expect(
      imports.relationships
        == ["events": .init(cardinality: .many, resource: "events", filter: true)])
  }

  @Test func responses() throws {
    let attributes = try imports().0.attributes
    #expect(attributes.count == 23)
    for name in ["errors_count", "warnings_count", "processed_count", "inputs_size"] {
      #expect(attributes[name]?.type == .integer)
    }
    for name in ["started_at", "completed_at", "interrupted_at", "created_at", "updated_at"] {
      #expect(attributes[name]?.type == .datetime)
    }
    #expect(attributes["errors_log"]?.type == .object)
    #expect(
      attributes.filter { $0.value.deprecated == true }.keys.sorted() == [
        "cleanup_records", "destroyed_count",
      ])
  }

  @Test func operations() throws {
    #expect(
      try imports().0.operations == [
        .create: .init(method: "POST", path: "/api/imports", success: 201),
        .list: .init(method: "GET", path: "/api/imports", success: 200),
        .update: .init(method: "PATCH", path: "/api/imports/:id", success: 200),
      ])
  }

  @Test func disagreementsAreDiagnosticsWithLines() throws {
    let (_, result) = try imports()
    let warnings = result.diagnostics.filter { $0.severity == .warning }
    #expect(warnings.allSatisfy { $0.file.contains("004_") })
    #expect(warnings.map(\.line) == [44, 77, 78, 79, 80, 89, 96])
    #expect(warnings.map(\.code) == [.repairedJSON] + Array(repeating: .contradiction, count: 6))
  }

  @Test func everyOrderGivesTheSameBytes() throws {
    let files = try SharedPages.files("seeds")
    let expected = Distiller.distil(files)
    let bytes = try expected.resources.map { try $0.tree().canonicalText }
    for order in permutations(of: files) {
      let result = Distiller.distil(order)
      #expect(try result.resources.map { try $0.tree().canonicalText } == bytes)
      #expect(result.diagnostics == expected.diagnostics)
    }
  }

  @Test func theCommittedSpecIsWhatTheSeedsGive() throws {
    let file = SharedPages.root.appending(path: "Spec/resources/imports.json")
    #expect(try imports().0.tree().canonicalText == String(contentsOf: file, encoding: .utf8))
  }

  private func permutations(of files: [SourceFile]) -> [[SourceFile]] {
    guard files.count > 1 else { return [files] }
    return files.indices.flatMap { index in
      var rest = files
      let first = rest.remove(at: index)
      return permutations(of: rest).map { [first] + $0 }
    }
  }
}

/// The sample pages and the published schema: nothing crashes and no diagnostic is false.
@Suite struct CorpusTests {
  @Test(
    .enabled(
      if: SharedPages.isThere("resources-2022"), "the pages of 2022 are not beside the package"))
  func pagesOf2022() throws {
    let result = Distiller.distil(try SharedPages.files("resources-2022"))
    #expect(result.resources.count == 15)
    // Removed: the object's page and the overview say so.
    let removed = ["create", "delete", "update"].map { "resources-2022/payment_gateways/\($0).md" }
    let warnings = result.diagnostics.filter { $0.severity > .note }
    #expect(warnings.map(\.file) == removed)
    #expect(warnings.allSatisfy { $0.code == .orphanPage })
    let gateways = result.resources.first { $0.resource == "payment_gateways" }
    #expect(gateways?.operations.keys.map(\.rawValue).sorted() == ["list", "retrieve"])
    let skus = try #require(result.resources.first { $0.resource == "skus" })
    #expect(skus.operations.count == 5)
    #expect(skus.relationships["shipping_category"]?.create == .required)
    let gifts = try #require(result.resources.first { $0.resource == "gift_cards" })
    #expect(gifts.attributes["_purchase"]?.trigger == true)
    let shop = try #require(result.resources.first { $0.resource == "organizations" })
    #expect(shop.singleton == true)
  }

  /// The one warning is true: the object's page says that nothing updates an import.
  @Test(
    .enabled(if: SharedPages.isThere("api-2021"), "the pages of 2021 are not beside the package"))
  func pagesOf2021() throws {
    let result = Distiller.distil(try SharedPages.files("api-2021"))
    #expect(result.resources.count == 15)
    let warnings = result.diagnostics.filter { $0.severity > .note }
    #expect(warnings.map(\.code) == [.orphanPage])
    #expect(warnings.allSatisfy { $0.file.hasSuffix("update_import.md") })
  }

  @Test(
    .enabled(if: SharedPages.isThere("published-schema"), "the schema is not beside the package"))
  func publishedSchema() throws {
    let result = Distiller.distil(try SharedPages.files("published-schema"))
    #expect(result.resources.count == 135)
    let warnings = result.diagnostics.filter { $0.severity > .note }
    #expect(
      warnings.map(\.message) == [
        "organizations: /74/attributes/fields/imports_trigger_webhooks/default gives the default "
          + "false to 'imports_trigger_webhooks', a field of type integer; it is not read"
      ])
    let file = SharedPages.root.appending(path: "Spec/corrections/accepted-warnings.txt")
    let accepted = try AcceptedWarnings(
      String(contentsOf: file, encoding: .utf8), file: "accepted-warnings.txt")
    let verdict = accepted.judge(
      result.diagnostics, files: ["published-schema/resources.json"])
    #expect(verdict.unexpected == [])
    #expect(verdict.stale == [])
    for resource in result.resources {
      let tree = try resource.tree()
      #expect(try ResourceSpec(validating: tree, file: "\(resource.resource).json") == resource)
    }
  }

  @Test(
    .enabled(
      if: SharedPages.isThere("published-schema") && SharedPages.isThere("seeds"),
      "the documents are not beside the package"))
  func importsAgreeWithTheSchemaButForCorrections() throws {
    let seeds = Distiller.distil(try SharedPages.files("seeds"))
    let schema = Distiller.distil(try SharedPages.files("published-schema"), only: ["imports"])
    let corrections = try JSONDecoder().decode(
      Corrections.self,
      from: Data(contentsOf: SharedPages.root.appending(path: "Spec/corrections/imports.json")))
    let comparison = try SourceComparison(
      distilled: try #require(seeds.resources.first).tree(),
      corrections: corrections.corrections, other: try #require(schema.resources.first).tree(),
      file: "imports.json")
    #expect(comparison.unexplained == [])
    #expect(!comparison.differences.isEmpty)
  }
}
