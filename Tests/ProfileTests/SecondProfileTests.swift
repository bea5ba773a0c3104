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

  @Test func theGeneratedClientCompiles() throws {
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
    let diagnostics = try typeCheck(files.map { ($0.name, $0.text) } + [("Use.swift", use)])
    #expect(diagnostics == "")
    let text = files.map(\.text).joined()
    #expect(!text.contains("CommerceLayerClient"))
    #expect(!text.contains("/api/"))
    #expect(!text.contains("Trigger<"))
  }

  @Test func theTablesAloneCompile() throws {
    let spec = SpecFolder(
      resources: Array(try distilled().values), service: service, profile: profile)
    let files = try Generator.files(for: spec, module: .schema)
    let use = """
      import CommerceLayerRuntime
      let path = LibraryTables.schema(of: "books")?.path
      let size = LibraryTables.service.basePath
      """
    #expect(try typeCheck(files.map { ($0.name, $0.text) } + [("Use.swift", use)]) == "")
  }

  @Test func aVocabularyNeedsTheNameOfItsModule() throws {
    let spec = SpecFolder(resources: [], service: service, profile: profile)
    #expect(throws: SpecError.self) { try Generator.files(for: spec, module: .vocabulary) }
  }

  /// What the compiler has to say about some sources that import the runtime.
  private func typeCheck(_ sources: [(name: String, text: String)]) throws -> String {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "profile-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    var files: [String] = []
    for source in sources {
      let file = folder.appending(path: source.name)
      try Data(source.text.utf8).write(to: file)
      files.append(file.path)
    }
    let modules = try #require(Self.modules, "the build folder of the runtime was not found")
    let compiler = Process()
    compiler.executableURL = URL(filePath: "/usr/bin/env")
    compiler.arguments =
      ["swiftc", "-typecheck", "-parse-as-library", "-swift-version", "6", "-I", modules]
      + ["ExistentialAny", "InternalImportsByDefault", "MemberImportVisibility"].flatMap {
        ["-enable-upcoming-feature", $0]
      } + files
    let log = folder.appending(path: "log")
    try Data().write(to: log)
    compiler.standardError = try FileHandle(forWritingTo: log)
    compiler.standardOutput = FileHandle.nullDevice
    try compiler.run()
    compiler.waitUntilExit()
    let said = try String(contentsOf: log, encoding: .utf8)
    return compiler.terminationStatus == 0 ? said : "exit \(compiler.terminationStatus)\n\(said)"
  }

  /// Where the modules of this build lie: beside the program that runs the tests.
  private static var modules: String? {
    var folder = URL(filePath: CommandLine.arguments[0]).standardizedFileURL
    while folder.path.count > 1 {
      folder = folder.deletingLastPathComponent()
      let modules = folder.appending(path: "Modules")
      let module = modules.appending(path: "CommerceLayerRuntime.swiftmodule")
      if FileManager.default.fileExists(atPath: module.path) { return modules.path }
    }
    return nil
  }
}
