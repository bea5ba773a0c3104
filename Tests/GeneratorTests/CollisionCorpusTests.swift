import CompilerProofs
import ConformanceProbes
import Foundation
import Spec
import Testing

@testable import GeneratorCore

/// Names that could meet: the generated code of specs made of nothing else, as the compiler sees it.
/// Every accessor, argument, filter, sort key, field, include, trigger and related list is used once,
/// by the probes of the schema-conformance tests.
@Suite(
  .enabled(
    if: GeneratedModule.runtime != nil, "the modules lie beside the tests when SwiftPM builds"))
struct CollisionCorpusTests {
  /// What a case makes of its words.
  struct Corpus: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let words: [String]
  }

  static let corpora = [
    Corpus(
      testDescription: "types nested in resources, in singular and plural",
      words: [
        "create", "update", "updates", "filter", "filters", "path", "paths", "step", "steps",
        "sort", "sorts", "sort_only", "field", "fields", "include", "includes", "verb", "verbs",
        "related", "storage", "attribute", "attributes", "relationship", "relationships", "id",
        "raw_value", "all_cases", "create_value", "common", "tagged", "tagged_includes", "named",
      ]),
    Corpus(
      testDescription: "keywords and what only backticks allow",
      words: Keywords.escaped.union(Keywords.unusable).map { $0.lowercased() }
        + ["async", "await", "_", "__", "_1", "_init", "_self", "self_type", "init_value"]),
    Corpus(
      testDescription: "types of the runtime, of the standard library and of Foundation",
      words: [
        "resource", "resource_client", "json_value", "json_object", "nullable", "open_enum",
        "filter_field", "sort_key", "field_name", "relationship_path", "related_list", "trigger",
        "value_trigger", "any_resource", "resource_reference", "resource_id", "request_storage",
        "string", "int", "double", "bool", "date", "optional", "array", "set", "never", "void",
        "error", "sendable", "hashable", "codable", "equatable", "url", "data", "uuid", "root",
        "target", "value", "key", "next", "other", "element", "body", "foundation", "swift",
        "commerce_layer", "commerce_layer_client", "commerce_layer_service",
        "commerce_layer_runtime",
        "generated", "service_description", "generated_code",
      ]),
    Corpus(
      testDescription: "members of the runtime's types",
      words: [
        "all", "api", "list", "retrieve", "delete", "wait", "send", "page", "pages", "count",
        "exists", "name", "names", "value", "values", "path", "type", "meta", "schema", "schemas",
        "table", "storage", "json_text", "hash", "hash_value", "encode", "description",
        "debug_description", "raw_value", "is_terminal", "unchecked", "or", "and", "not", "any",
        "eq", "in", "gt", "matches", "field", "predicate", "with", "credentials", "configuration",
        "transport", "service", "links", "none", "some", "map", "client", "wire", "self", "first",
      ]),
    Corpus(
      testDescription: "spellings that make one Swift name",
      words: [
        "line_1", "line1", "line__1", "line_1_", "Line1", "url", "u_r_l", "URL", "Url", "urls",
        "sku_ids", "sku_id_s", "skuIDs", "a", "A", "_a", "__a", "a_", "x_1y", "x1_y", "_1x", "_2",
        "type_attribute", "Type", "TYPE", "id_attribute", "hash_attribute", "status_value",
        "statusValue", "capture_trigger", "capture_relationship", "void_resource",
      ]),
  ]

  @Test(arguments: corpora) func generatedCodeCompiles(corpus: Corpus) async throws {
    let folder = SpecFolder(
      resources: try Self.resources(of: corpus.words), service: try Self.service())
    let found = try await Self.module(of: folder).diagnostics()
    #expect(found.isEmpty, "\(found.count): \(found.prefix(12).joined(separator: "\n"))")
  }

  /// A resource's type beside a type of an attribute's values of the same name, in every position.
  @Test func resourcesMayBeNamedAsTypesOfValuesAre() async throws {
    let status =
      #""status": {"type": "string", "values": ["a", "status"], "create": "required", "#
      + #""update": "optional", "filter": true, "sort": true}"#
    let owners = """
      {"status_of": {"cardinality": "one", "resource": "statuses", "create": "required",
                     "update": "optional", "filter": true, "include": true},
       "statuses": {"cardinality": "many", "resource": "statuses", "create": "optional",
                    "update": "optional", "filter": true},
       "updates": {"cardinality": "many", "resource": "updates", "create": "optional",
                   "filter": true, "include": true}}
      """
    let resources = try [
      resource(
        "incidents", singular: "incident", operations: OperationKind.allCases,
        attributes: "{\(status)}", relationships: owners),
      resource(
        "statuses", singular: "status", operations: OperationKind.allCases,
        attributes: "{\(status)}", relationships: owners),
      resource(
        "updates", singular: "update", operations: OperationKind.allCases,
        attributes: "{\(status)}", relationships: owners),
    ]
    let found = try await Self.module(
      of: SpecFolder(resources: resources, service: Self.service())
    ).diagnostics()
    #expect(found.isEmpty, "\(found.joined(separator: "\n"))")
  }

  /// A warning in generated code would be one in every build of every user.
  @Test func deprecatedNamesWarnNobodyInsideTheClient() async throws {
    let flags = #""create": "optional", "update": "optional", "filter": true, "#
    let resources = try [
      resource(
        "gadgets", singular: "gadget", operations: OperationKind.allCases,
        attributes: """
          {"old": {"type": "string", "values": ["a"], \(flags) "sort": true, "deprecated": true},
           "older": {"type": "datetime", "sort": true, "deprecated": true},
           "_reset": {"type": "boolean", "update": "optional", "trigger": true,
                      "deprecated": true},
           "_reset_to": {"type": "string", "update": "optional", "trigger": true,
                         "deprecated": true}}
          """,
        relationships: """
          {"owner": {"cardinality": "one", "resource": "gadgets", \(flags) "include": true,
                     "deprecated": true},
           "parts": {"cardinality": "many", "resource": "parts", "include": true,
                     "deprecated": true},
           "spares": {"cardinality": "many", "resource": "parts", "filter": true,
                      "deprecated": true}}
          """),
      resource(
        "parts", singular: "part", operations: OperationKind.allCases,
        attributes: #"{"code": {"type": "string", "filter": true}}"#,
        more: #"{"deprecated": true}"#
      ),
    ]
    let module = try Self.module(of: SpecFolder(resources: resources, service: Self.service()))
    let found = try await module.diagnostics()
    #expect(found.isEmpty, "\(found.joined(separator: "\n"))")
    // And outside it the compiler does warn.
    let user = try await module.adding(
      """
      import CommerceLayerRuntime
      func use(_ client: CommerceLayerClient, _ gadget: Gadget) async throws {
        _ = gadget.old
        _ = try await client.gadgets.reset("a")
        _ = try await client.gadgets.list {
          $0.filter(.old.eq(.a))
          $0.sort(.older)
          $0.include(.parts)
        }
        _ = try await client.gadgets.parts(of: "a")
        _ = client.parts
      }
      """, name: "User.swift"
    ).diagnostics()
    #expect(user.count == 7 && user.allSatisfy { $0.contains("is deprecated: The API") }, "\(user)")
  }

  @Test func aRelationshipThatJoinsRenamesNoType() throws {
    let attributes = #"{"status": {"type": "string", "values": ["a"]}}"#
    let alone = try generate(
      resource("incidents", singular: "incident", attributes: attributes),
      resource("statuses", singular: "status"))
    let related = try generate(
      resource(
        "incidents", singular: "incident", attributes: attributes,
        relationships: #"{"x": {"cardinality": "one", "resource": "statuses"}}"#),
      resource("statuses", singular: "status"))
    for text in [alone, related] { expect(text, contains: "public struct Status: OpenEnum {") }
    expect(related, contains: "public typealias Incident_Status = Status")
    expect(related, contains: "public var x: Incident_Status? {")
    expect(
      related, contains: "public var x: RelatedOne<Incident, Status> { .init(self, wire: \"x\") }")
    #expect(!alone.contains("typealias"))
  }

  // MARK: - Specs made of words

  /// A resource for each word, and one that has all words as attributes and values, one that has
  /// them as relationships, and one that has them as triggers beside relationships.
  private static func resources(of words: [String]) throws -> [ResourceSpec] {
    let words = Set(words).sorted()
    var resources: [ResourceSpec] = []
    var files: Set<String> = []
    // Each resource leads to some others, so that types are named where others are nested.
    for (index, word) in words.enumerated()
    where files.insert(word.lowercased()).inserted && !filesOfAll.contains(word) {
      let near = (0..<2).map { words[(index + $0) % words.count] }
      let relationships = Set(near).sorted().map {
        """
        "\($0)": {"cardinality": "many", "resource": "\($0)", "create": "optional",
          "update": "optional", "filter": true, "include": true}
        """
      }
      resources.append(
        try resource(
          word, singular: word, operations: OperationKind.allCases,
          attributes: """
            {"kind": {"type": "string", "values": ["\(word)"], "create": "optional", "filter": true}}
            """, relationships: "{\(relationships.joined(separator: ","))}"))
    }
    let all = words.map {
      """
      "\($0)": {"type": "string", "values": ["a", "\($0)"], "create": "optional",
        "update": "optional", "filter": true, "sort": true}
      """
    }
    let values = String(decoding: try JSONEncoder().encode(words), as: UTF8.self)
    let every = #""word": {"type": "string", "values": \#(values), "filter": true}"#
    resources.append(
      try resource(
        "having_attributes", singular: "having_attribute", operations: OperationKind.allCases,
        attributes:
          "{\((all.filter { !$0.hasPrefix("\"word\"") } + [every]).joined(separator: ","))}"))
    let related = words.map {
      """
      "\($0)": {"cardinality": "one", "resource": "\($0)", "create": "optional",
        "update": "optional", "filter": true, "include": true}
      """
    }
    let verbs = words.filter { !$0.hasPrefix("_") && !words.contains("_\($0)") }.flatMap {
      [
        #""_\#($0)": {"type": "boolean", "update": "optional", "trigger": true}"#,
        #""_\#($0)_to": {"type": "string", "update": "optional", "trigger": true}"#,
      ]
    }
    resources.append(
      try resource(
        "having_relationships", singular: "having_relationship",
        operations: OperationKind.allCases,
        attributes: "{\(Set(verbs).sorted().joined(separator: ","))}",
        relationships: "{\(related.joined(separator: ","))}"))
    return resources
  }

  /// Files that are not a resource's: a resource of such a name is an error with its place.
  private static let filesOfAll: Set<String> = ["_", "client", "service"]

  private static func service() throws -> ServiceSpec {
    try SpecFolder.load(repositorySpec).service
  }

  /// The client with everything that names all of it.
  private static func module(of folder: SpecFolder) throws -> GeneratedModule {
    let support = repositorySpec.deletingLastPathComponent()
      .appending(path: "Tests/SchemaConformanceTests")
    let probes =
      try ConformanceProbes.files(for: folder).map { ($0.name, $0.text) }
      + ["ResourceProbe.swift", "SampleValue.swift"].map {
        ($0, try String(contentsOf: support.appending(path: $0), encoding: .utf8))
      }
    return GeneratedModule(
      try Generator.files(for: folder.selfContained, withClient: true).map {
        .init(name: $0.name, text: $0.text)
      }
        + probes.map { name, text in
          .init(
            name: name,
            text: text.replacing("import CommerceLayer\n", with: "import CommerceLayerRuntime\n"))
        })
  }
}
