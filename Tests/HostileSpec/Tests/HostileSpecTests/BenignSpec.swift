import Foundation
import GeneratorCore
import Spec
import Testing

/// A small valid spec that uses every member a spec can have, as the files of a spec folder.
enum BenignSpec {
  /// The files by path in the folder.
  static func files() throws -> [String: JSONTree] {
    try texts.mapValues { try JSONTree.parse(Data($0.utf8), file: "benign") }
  }

  private static let texts = [
    "resources/gadgets.json": """
    {
      "resource": "gadgets", "singular": "gadget", "deprecated": true,
      "operations": {
        "create": {"method": "POST", "path": "/api/gadgets", "success": 201},
        "list": {"method": "GET", "path": "/api/gadgets", "success": 200},
        "retrieve": {"method": "GET", "path": "/api/gadgets/:id", "success": 200},
        "update": {"method": "PATCH", "path": "/api/gadgets/:id", "success": 200},
        "delete": {"method": "DELETE", "path": "/api/gadgets/:id", "success": 204}
      },
      "attributes": {
        "id": {"type": "string", "filter": true, "sort": true, "id": true},
        "code": {"type": "string", "filter": true, "predicates": ["in"], "example": "K7"},
        "state": {"type": "string", "values": ["idle", "in_motion"], "filter": true, "sort": true,
                  "create": "conditional", "update": "optional",
                  "create_condition": {"text": "if it has a motor", "when": {"count": [1]},
                                       "when_given": ["weight"]}},
        "motor": {"type": "object", "create": "optional", "transient": true, "deprecated": true,
                  "confidential": true, "exportable": true, "properties": {"kind": "string"}},
        "parts": {"type": "array", "items": "object", "create": "required", "rows": true},
        "weight": {"type": "float", "create": "required", "update": "optional", "filter": true,
                   "prohibited": true},
        "count": {"type": "integer", "filter": true, "sort": true, "default": 1, "monetizable": true},
        "built_at": {"type": "datetime", "update": "optional", "filter": true},
        "secret": {"type": "string", "create": "optional", "write_only": true},
        "_halt": {"type": "boolean", "update": "optional", "trigger": true, "idempotent": true},
        "_push": {"type": "string", "update": "optional", "trigger": true}
      },
      "relationships": {
        "depot": {"cardinality": "one", "resource": "depots", "create": "required",
                  "update": "optional", "filter": true, "sort": true, "include": true},
        "spares": {"cardinality": "many", "resource": "depots", "create": "conditional",
                   "create_condition": {"text": "unless it is new"}, "include": true, "deprecated": true,
                   "exportable": true, "prohibited": true},
        "owner": {"cardinality": "one", "polymorphic": true, "targets": ["depots", "gadgets"],
                  "include": true}
      },
      "lifecycle": {"attribute": "state", "terminal": ["idle"], "progress": ["count"]},
      "members": ["gizmos"], "order": ["state", "weight"],
      "scopes": {"with_state": {"argument": "value", "attribute": "state"}},
      "alternatives": {"depot": {"members": ["depot", "secret"], "create": "required",
                                 "update": "optional"}}
    }
    """,
    "resources/depots.json": """
    {
      "resource": "depots", "singular": "depot", "singleton": true,
      "operations": {
        "retrieve": {"method": "GET", "path": "/api/depot", "success": 200},
        "update": {"method": "PATCH", "path": "/api/depot", "success": 200}
      },
      "attributes": {"name": {"type": "string", "update": "optional"}},
      "relationships": {
        "guards": {"cardinality": "many", "resource": "gadgets", "include": true, "names_members": true}
      }
    }
    """,
    "corrections/gadgets.json": """
    {
      "resource": "gadgets",
      "corrections": [
        {"path": "/attributes/color", "value": {"type": "string", "values": ["deep_red"]},
         "reason": "the page has no such row", "source": "read elsewhere"},
        {"path": "/attributes/weight/sort", "value": true, "reason": "tried", "source": "tried"},
        {"path": "/attributes/secret/create", "was": "optional", "reason": "tried twice", "source": "tried"}
      ]
    }
    """,
    "corrections/shared.json": """
    {
      "corrections": [
        {"path": "/never_null", "places": {"gadgets": ["/attributes/code"]}, "value": true,
         "reason": "said elsewhere", "source": "tried"},
        {"path": "/attributes/name/never_null", "resources": ["depots"], "value": true,
         "reason": "said elsewhere", "source": "tried"}
      ]
    }
    """,
    "service.json": """
    {
      "media_type": "application/vnd.api+json",
      "page": {"default_size": 10, "maximum_size": 25},
      "imports": {
        "maximum_inputs": 100, "maximum_running": 2, "error_threshold_percent": 10,
        "types": {"gadgets": {"key": ["state", "count"], "parent": "depot", "nested": ["spares"]}}
      },
      "predicates": [
        {"name": "eq", "argument": "value", "id": true,
         "types": ["string", "integer", "float", "boolean", "datetime"]},
        {"name": "in", "argument": "values", "types": ["datetime", "string"]},
        {"name": "cont", "argument": "text", "types": ["string"]},
        {"name": "cont_any", "argument": "texts", "types": ["string"]},
        {"name": "true", "argument": "flag", "types": ["boolean"]},
        {"name": "has", "argument": "object", "types": ["object", "array"]},
        {"name": "gt", "argument": "value", "id": true, "types": ["integer", "float", "datetime"]}
      ],
      "error_codes": {"422": ["SOME_CODE"]},
      "rate_limits": {
        "cacheable": {"average_live": 1, "average_test": 1, "average_seconds": 60,
                      "burst_live": 1, "burst_test": 1, "burst_seconds": 10}
      },
      "cacheable": ["gadgets"]
    }
    """,
  ]
}

/// The benign spec has every member that the spec of the repository has, in every kind of object:
/// what joins the spec joins the hostile tests or fails here.
@Suite struct BenignSpecTests {
  @Test func itHasEveryKindOfMember() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Sources/Spec")
    var wanted: Set<String> = []
    for kind in ["resources", "corrections"] {
      let files = try SpecFolder.jsonFiles(in: folder.appending(path: kind))
      #expect(!files.isEmpty)
      for file in files {
        wanted.formUnion(Self.members(try read(file), of: kind))
      }
    }
    wanted.formUnion(Self.members(try read(folder.appending(path: "service.json")), of: "service"))
    var there: Set<String> = []
    for (path, tree) in try BenignSpec.files() {
      there.formUnion(Self.members(tree, of: String(path.prefix { $0 != "/" && $0 != "." })))
    }
    #expect(wanted.subtracting(there).sorted() == [])
  }

  @Test func itIsValidAndNothingOfItIsStale() throws {
    let output = try SpecOnDisk.generate(BenignSpec.files())
    #expect(output.staleCorrections.isEmpty)
    for file in output.files {
      let source = SwiftSource(file.text)
      #expect(source.diagnostics == [])
      #expect(source.strangeTrivia == [])
      #expect(source.hiddenCharacters == [])
      #expect(source.literals.allSatisfy { $0 != nil })
    }
  }

  private func read(_ file: URL) throws -> JSONTree {
    try JSONTree.parse(Data(contentsOf: file), file: file.lastPathComponent)
  }

  /// The members by the path of their kind; names that the spec itself decides stand as `*`.
  private static func members(_ tree: JSONTree, of kind: String) -> Set<String> {
    let maps: Set = [
      "resources/attributes", "resources/relationships", "service/imports/types",
      "service/error_codes", "service/rate_limits", "corrections/corrections/places",
      "resources/scopes", "resources/alternatives", "resources/attributes/*/properties",
      "resources/attributes/*/create_condition/when",
    ]
    var found: Set<String> = []
    func walk(_ node: JSONTree, _ path: String) {
      switch node {
      case .object(let members):
        for (name, value) in members {
          let step = path + "/" + (maps.contains(path) ? "*" : name)
          found.insert(step)
          // What a correction sets is a part of a resource.
          if step != "corrections/corrections/value" { walk(value, step) }
        }
      case .array(let elements): for element in elements { walk(element, path) }
      case .null, .bool, .integer, .number, .string: break
      }
    }
    walk(tree, kind)
    return found
  }
}
