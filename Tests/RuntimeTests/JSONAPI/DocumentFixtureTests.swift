import Foundation
import Testing

@testable import CommerceLayerRuntime

/// The published JSON:API documents, valid and invalid, each with what a client does with it.
@Suite struct DocumentFixtureTests {
  /// What the decoder does with a document that JSON:API forbids.
  enum Outcome: Sendable, Equatable {
    /// Class A: members that are not defined are ignored.
    case ignored
    /// Class B: names that are not allowed are read like others.
    case named
    /// Class C: a protocol violation with this pointer.
    case rejected(String)
    /// Class C with a sensible reading: read, and recorded at this pointer.
    case recorded(Diagnostic.Kind, String)
    /// Allowed since JSON:API 1.1.
    case allowed
  }

  /// Every invalid response, its class and what we do. The pointers are ours: where the fixture names
  /// the object that lacks a member, we name the member.
  static let outcomes: [String: Outcome] = [
    // A: additional members.
    "jsonapi/jsonapi_with_not_allowed_members": .ignored,
    "relationships/link_name_not_allowed": .ignored,
    "relationships/relationship_must_not_have_additional_properties": .ignored,
    "relationships/to_many_linkage_not_valid": .ignored,
    "relationships/to_one_linkage_not_valid": .ignored,
    "resource/with_additional_properties": .ignored,
    "resource_identifier/with_additional_properties": .ignored,
    "top-level/links_must_not_have_additional_properties": .ignored,
    "top-level/with_additional_properties": .ignored,
    // B: names.
    "attributes/attributes_member_not_valid": .named,
    "attributes/attributes_must_not_have_id_member": .named,
    "attributes/attributes_must_not_have_type_member": .named,
    "jsonapi/meta_is_not_valid": .named,
    "meta/meta_must_have_valid_members": .named,
    "relationships/meta_not_valid": .named,
    "relationships/relationship_must_not_be_named_id": .named,
    "relationships/relationship_must_not_be_named_type": .named,
    "relationships/relationship_name_is_not_valid": .named,
    "resource/relationship_named_id": .named,
    "resource/relationship_named_type": .named,
    "resource/type_must_not_be_empty": .named,
    "resource/type_value_is_not_valid": .named,
    "resource_identifier/type_must_not_be_empty": .named,
    "resource_identifier/type_value_is_not_valid": .named,
    // C: structure.
    "data/data_can_not_be_a_string": .rejected("/data"),
    "data/data_can_not_be_array_of_string": .rejected("/data/0"),
    "errors/error_must_be_an_object": .rejected("/errors/0"),
    "errors/errors_must_be_an_array": .rejected("/errors"),
    "errors/invalid_error_objects": .rejected("/errors/0"),
    "included/included_member_must_be_collection": .rejected("/included"),
    "included/included_resource_not_valid": .rejected("/included/0/id"),
    "included/resource_included_twice": .recorded(.duplicate, "/included/1"),
    "invalid_multi": .rejected("/data/id"),
    "jsonapi/not_an_object": .rejected("/jsonapi"),
    "jsonapi/version_is_not_a_string": .rejected("/jsonapi/version"),
    "links/link_href_must_be_a_string": .rejected("/links/self/href"),
    "links/link_must_be_string_or_object": .rejected("/links/self"),
    "links/link_must_be_valid_uri": .allowed,
    "links/links_must_be_an_object": .rejected("/links"),
    "meta/meta_must_be_an_object": .rejected("/meta"),
    "relationships/linkage_must_be_object": .rejected("/data/relationships/author/data"),
    "relationships/links_not_valid": .rejected("/data/relationships/author/links"),
    "relationships/relationship_must_not_be_empty": .rejected("/data/relationships/author"),
    "relationships/relationships_is_not_an_object": .rejected("/data/relationships"),
    "resource/id_must_be_string": .rejected("/data/id"),
    "resource/resource_must_have_id_member": .rejected("/data/id"),
    "resource/resource_must_have_type_member": .rejected("/data/type"),
    "resource/type_must_be_string": .rejected("/data/type"),
    "resource_collection/resource_included_twice": .recorded(.duplicate, "/data/1"),
    "resource_identifier/id_must_be_string": .rejected("/data/id"),
    "resource_identifier/resource_must_have_id_member": .rejected("/data/id"),
    "resource_identifier/resource_must_have_type_member": .rejected("/data/type"),
    "resource_identifier/type_must_be_string": .rejected("/data/type"),
    // What comes with errors is an error: the errors are in it.
    "top-level/data_and_errors_must_not_coexist": .rejected("/errors"),
    "top-level/included_must_not_be_alone": .recorded(.includedAlone, "/included"),
    "top-level/invalid_root": .rejected(""),
    "top-level/no_mandatory_top_level_members": .rejected(""),
  ]

  private static let invalid = "jsonapi/tests/response/invalid"
  private static let valid = "jsonapi/tests/response/valid"

  /// Reads a document to its end: everything in it that a program could ask for.
  static func read(
    _ bytes: [UInt8], _ reading: ResponseReading = .lenient
  ) throws -> Document {
    let document = try Document(parsing: bytes, context: .init(reading: reading))
    guard let data = document.root["data"] else { return document }
    let resources =
      data.kind == .array
      ? try document.many(AnyResource.self)
      : try document.one(AnyResource.self).map { [$0] } ?? []
    for resource in resources + document.includedResources {
      for name in resource.storage.attributeNames { _ = resource[name] }
      for (name, _) in resource.storage.element["relationships"]?.members ?? document.root.members {
        _ = resource.linkage(name).resources?.map(\.id)
      }
    }
    return document
  }

  static func rejection(
    _ bytes: [UInt8], _ reading: ResponseReading = .strict
  ) -> CommerceLayerError? {
    do {
      _ = try read(bytes, reading)
      return nil
    } catch {
      return error as? CommerceLayerError ?? CommerceLayerError(.init(rawValue: "foreign"), "")
    }
  }

  @Test func everyInvalidDocumentHasAnOutcome() {
    let files = FixtureFiles.files(in: Self.invalid).map { String($0.dropLast(5)) }
    #expect(Set(files) == Set(Self.outcomes.keys))
    func count(_ outcome: Outcome) -> Int { Self.outcomes.values.count { $0 == outcome } }
    #expect(count(.ignored) == 9 && count(.named) == 15 && Self.outcomes.count == 57)
  }

  @Test(arguments: outcomes.sorted { $0.key < $1.key })
  func everyInvalidDocumentIsReadAsDecided(name: String, outcome: Outcome) throws {
    let bytes = try FixtureFiles.bytes("\(Self.invalid)/\(name).json")
    switch outcome {
    case .ignored, .named, .allowed:
      #expect(try Self.read(bytes).diagnostics == [])
      #expect(try Self.read(bytes, .strict).diagnostics == [])
    case .rejected(let pointer):
      let error = try #require(Self.rejection(bytes))
      #expect(error.kind == .protocolViolation)
      #expect(error.pointer == pointer)
    case .recorded(let kind, let pointer):
      let diagnostics = try Self.read(bytes).diagnostics
      #expect(diagnostics.map(\.kind) == [kind] && diagnostics.map(\.pointer) == [pointer])
    }
  }

  /// What holds no resource that could be told apart, or errors, is an error however it is read.
  static let unreadable: Set<String> = [
    "data/data_can_not_be_a_string", "data/data_can_not_be_array_of_string",
    "errors/error_must_be_an_object", "errors/errors_must_be_an_array",
    "errors/invalid_error_objects", "invalid_multi", "resource/id_must_be_string",
    "resource/resource_must_have_id_member", "resource/resource_must_have_type_member",
    "resource/type_must_be_string", "resource_identifier/id_must_be_string",
    "resource_identifier/resource_must_have_id_member",
    "resource_identifier/resource_must_have_type_member",
    "resource_identifier/type_must_be_string", "top-level/data_and_errors_must_not_coexist",
    "top-level/invalid_root", "top-level/no_mandatory_top_level_members",
  ]

  @Test(arguments: outcomes.sorted { $0.key < $1.key })
  func lenientReadingLosesNoResource(name: String, outcome: Outcome) throws {
    guard case .rejected(let pointer) = outcome else { return }
    let bytes = try FixtureFiles.bytes("\(Self.invalid)/\(name).json")
    if Self.unreadable.contains(name) {
      #expect(Self.rejection(bytes, .lenient)?.kind == .protocolViolation)
    } else {
      #expect(try Self.read(bytes).diagnostics.map(\.pointer).contains(pointer))
    }
  }

  @Test(arguments: FixtureFiles.files(in: "\(valid)/with_success"))
  func everyValidDocumentIsRead(name: String) throws {
    let document = try Self.read(try FixtureFiles.bytes("\(Self.valid)/with_success/\(name)"))
    #expect(document.diagnostics == [])
  }

  @Test(arguments: ["errors_and_meta", "only_errors/one_error"])
  func errorsOfAValidDocumentAreRead(name: String) throws {
    let bytes = try FixtureFiles.bytes("\(Self.valid)/with_failure/\(name).json")
    let errors = APIError.read(try JSONDocument(parsing: bytes).root)
    #expect(errors.first?.code == "0x002" && errors.first?.status == "400")
    #expect(errors.first?.pointer == "/data/id")
    #expect(Self.rejection(bytes)?.errors == errors)
  }

  @Test func dataBesideErrorsIsNotRelied() throws {
    let name = "\(Self.invalid)/top-level/data_and_errors_must_not_coexist.json"
    let error = try #require(Self.rejection(try FixtureFiles.bytes(name)))
    #expect(error.errors.map(\.title) == ["Oh no!"])
  }

  @Test func ofIncludedResourcesThatAreThereTwiceTheFirstCounts() throws {
    let text = """
      {"data":{"type":"a","id":"1","relationships":{"b":{"data":{"type":"b","id":"2"}}}},
       "included":[{"type":"b","id":"2","attributes":{"n":"first"}},
                   {"type":"b","id":"2","attributes":{"n":"second"}}]}
      """
    let document = try Self.read(Array(text.utf8))
    let one = try #require(try document.one(AnyResource.self))
    #expect(one.linkage("b").resources?.first?["n"] == "first")
    #expect(document.includedResources.count == 1)
  }

  @Test(arguments: ["links", "meta", "jsonapi", "included"])
  func nullWhereAMemberMayBeLeftOutIsNothing(name: String) throws {
    _ = try Self.read(Array(#"{"data":null,"\#(name)":null}"#.utf8))
    for inner in ["links", "meta", "attributes", "relationships"] {
      _ = try Self.read(Array(#"{"data":{"type":"a","id":"1","\#(inner)":null}}"#.utf8))
    }
  }
}
