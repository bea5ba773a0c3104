import CommerceLayer
import CommerceLayerSchema
import Foundation
import Spec
import Testing

/// The generated tables are the spec of the repository.
@Suite struct GeneratedServiceTests {
  static let folder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Spec")

  @Test func everyResourceHasItsTable() throws {
    let spec = try SpecFolder.load(Self.folder)
    let schemas = CommerceLayerService.schemas
    #expect(schemas.map(\.name) == spec.resources.map(\.resource))
    for (schema, resource) in zip(schemas, spec.resources) {
      #expect(try schema.table == resource.tree().compactText)
      #expect(schema.singular == resource.singular)
      #expect(
        schema.operations.map(\.kind.rawValue).sorted()
          == resource.operations.keys.map(\.rawValue).sorted())
      let attributes = resource.attributes.filter { $0.key != "id" }
      #expect(schema.attributes.map(\.name) == attributes.keys.sorted())
      for attribute in schema.attributes {
        let expected = try #require(attributes[attribute.name])
        #expect(attribute.type.rawValue == expected.type.rawValue)
        #expect(attribute.create?.rawValue == expected.create?.rawValue)
        #expect(attribute.isFilterable == (expected.filter ?? false))
        #expect(attribute.isSortable == (expected.sort ?? false))
        #expect(attribute.values == expected.values ?? [])
      }
      #expect(schema.relationships.map(\.name) == resource.relationships.keys.sorted())
    }
  }

  @Test func theServiceHasItsTable() throws {
    let service = try SpecFolder.load(service: Self.folder.appending(path: "service.json"))
    let description = CommerceLayerService.description
    #expect(description.mediaType == service.mediaType)
    #expect(description.maximumPageSize == service.page.maximumSize)
    #expect(description.maximumInputs == service.imports.maximumInputs)
    #expect(Set(description.predicates.keys) == Set(service.predicates.map(\.name)))
    #expect(Set(description.importables.keys) == Set(service.imports.types.keys))
  }

  @Test func theTablesAloneAreThoseOfTheClient() {
    #expect(
      CommerceLayerTables.schemas.map(\.table) == CommerceLayerService.schemas.map(\.table))
    #expect(CommerceLayerTables.schema(of: "skus")?.path == "/api/skus")
    #expect(CommerceLayerTables.schema(of: "sku") == nil)
    #expect(CommerceLayerTables.service.basePath == CommerceLayerService.description.basePath)
    #expect(CommerceLayerTables.service.predicates == CommerceLayerService.description.predicates)
  }

  @Test func generatedCodeIsOfThisVersion() {
    #expect(CommerceLayerService.generatedCodeVersion == 1)
  }
}
