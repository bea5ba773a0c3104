import CompilerProofs
import Distiller
import Foundation
import GeneratorCore
import Spec
import Testing

/// Another service than Commerce Layer, from its pages to a client that compiles: what is Commerce
/// Layer's is in its profile and nowhere else.
@Suite struct SecondProfileTests {
  private let profile: Profile
  private let service: ServiceSpec

  init() throws {
    profile = try Self.written(LendingLibrary.profile) { try Profile.load($0) }
    service = try Self.written(LendingLibrary.service) { try SpecFolder.load(service: $0) }
  }

  private static func written<Value>(
    _ text: String, _ read: (URL) throws -> Value
  ) throws -> Value {
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).json")
    try Data(text.utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    return try read(file)
  }

  private func distilled() throws -> [String: ResourceSpec] {
    let result = Distiller.distil(LendingLibrary.pages, profile: profile, service: service)
    #expect(result.diagnostics.filter { $0.severity == .error }.isEmpty)
    return Dictionary(
      uniqueKeysWithValues: result.resources.map { ($0.resource, $0) })
  }

  @Test func readsTablesWithoutPrefixesBelowAnotherBasePath() throws {
    let resources = try distilled()
    #expect(resources.keys.sorted() == ["books", "loans"])
    let books = try #require(resources["books"])
    #expect(books.operations[.create]?.path == "/v2/books")
    #expect(books.operations[.list]?.path == "/v2/books")
    #expect(books.attributes["title"]?.create == .required)
    #expect(books.attributes["main_ddc"]?.create == .optional)
    #expect(books.attributes["pages_count"]?.type == .integer)
    #expect(books.relationships["shelf"]?.create == .required)
    #expect(books.relationships["shelf"]?.cardinality == .one)
    #expect(books.relationships["attic"] == nil, "the page in drafts/ is read")
    #expect(books.attributes["title"]?.filter == true)
    #expect(books.attributes["title"]?.sort == true)
    #expect(resources["loans"]?.attributes["days"]?.create == .required)
    #expect(resources["loans"]?.relationships["book"]?.create == .required)
  }

  @Test func makesNoTriggerOfANameWithAnUnderscore() throws {
    let draft = try #require(try distilled()["books"]?.attributes["_draft"])
    #expect(draft.trigger == nil)
    #expect(draft.writeOnly == true)
  }

  @Test func takesTheProfilesStandInsAndNotCommerceLayers() throws {
    let holder = try #require(try distilled()["books"]?.relationships["holder"])
    #expect(holder.polymorphic == true)
    #expect(holder.resource == nil)
  }

  @Test func commerceLayersProfileReadsThesePagesOtherwise() throws {
    let result = Distiller.distil(LendingLibrary.pages)
    #expect(result.resources.allSatisfy { $0.operations[.create] == nil })
  }

  @Test func theGeneratedClientCompiles() async throws {
    let resources = try distilled().values.map { resource in
      try ResourceSpec(
        validating: resource.tree(), file: "\(resource.resource).json", profile: profile)
    }
    let spec = SpecFolder(resources: resources, service: service, profile: profile)
    let files = try Generator.files(for: spec, withClient: true)
    let use = """
      import CommerceLayerRuntime

      func use(_ endpoint: ServiceEndpoint) async throws {
        let client = try LibraryClient(endpoint: endpoint, credentials: .clientCredentials(id: "i", secret: "hushcanary"))
        let books = try await client.books.list {
          $0.filter(.title.among(["A", "B"]))
          $0.filter(.pagesCount.above(100))
          $0.filter(.mainDDC.is("813"))
          $0.sort(.title)
        }
        let titles: [String] = books.compactMap(\\.title)
        _ = try await client.books.create(.init(title: titles[0], shelf: .init(type: "shelves", id: "a")))
        _ = Library.description.maximumPageSize
      }
      """
    let diagnostics = try await typeCheck(files, use)
    #expect(diagnostics == [])
    let text = files.map(\.text).joined()
    #expect(!text.contains("CommerceLayerClient"))
    #expect(!text.contains("/api/"))
    #expect(!text.contains("Trigger<"))
  }

  @Test func theTablesAloneCompile() async throws {
    let spec = SpecFolder(
      resources: Array(try distilled().values), service: service, profile: profile)
    let files = try Generator.files(for: spec, module: .schema)
    let use = """
      import CommerceLayerRuntime
      let path = LibraryTables.schema(of: "books")?.path
      let size = LibraryTables.service.basePath
      """
    #expect(try await typeCheck(files, use) == [])
  }

  @Test func aVocabularyNeedsTheNameOfItsModule() throws {
    let spec = SpecFolder(resources: [], service: service, profile: profile)
    #expect(throws: SpecError.self) { try Generator.files(for: spec, module: .vocabulary) }
  }

  /// The compiler's diagnostics of generated files and a user's file beside them.
  private func typeCheck(_ files: [Generator.File], _ use: String) async throws -> [String] {
    try #require(GeneratedModule.runtime != nil, "the build folder of the runtime was not found")
    return try await GeneratedModule(files.map { .init(name: $0.name, text: $0.text) })
      .adding(use, name: "Use.swift").diagnostics()
  }
}
