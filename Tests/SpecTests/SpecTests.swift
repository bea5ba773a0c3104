import Foundation
import Spec
import Testing

@Suite struct CanonicalJSONTests {
  @Test func keysAreSortedAndIndented() throws {
    let tree = try JSONTree.parse(Data(#"{"b":[1,2.5,null,true],"a":{},"c":[]}"#.utf8), file: "x")
    #expect(
      tree.canonicalText == """
        {
          "a": {},
          "b": [
            1,
            2.5,
            null,
            true
          ],
          "c": []
        }

        """)
    #expect(tree.compactText == #"{"a":{},"b":[1,2.5,null,true],"c":[]}"#)
  }

  @Test func controlsAreEscaped() throws {
    let tree = JSONTree.string("a\"\\\n\t\u{1}é\u{2028}")
    #expect(tree.compactText == "\"a\\\"\\\\\\n\\t\\u0001é\u{2028}\"")
    #expect(try JSONTree.parse(Data(tree.compactText.utf8), file: "x") == tree)
  }

  @Test func invalidTextNamesTheFile() {
    #expect { try JSONTree.parse(Data("{".utf8), file: "broken.json") } throws: {
      ($0 as? SpecError)?.file == "broken.json"
    }
  }
}

@Suite struct CorrectionTests {
  private func apply(
    _ path: String, _ value: JSONTree?, was: JSONTree? = nil, to tree: inout JSONTree
  ) throws -> Correction.Outcome {
    try Correction(path: path, was: was, value: value, reason: "r", source: "s")
      .apply(to: &tree, file: "c")
  }

  @Test func setsAndRemoves() throws {
    var tree = JSONTree.object(["a": .object(["x": .integer(1)])])
    #expect(try apply("/a/y", .bool(true), to: &tree) == .applied)
    #expect(tree["a"]?["y"] == .bool(true))
    #expect(try apply("/a/x", nil, was: .integer(1), to: &tree) == .applied)
    #expect(tree == .object(["a": .object(["y": .bool(true)])]))
  }

  @Test func whatChangesNothingSaysSo() throws {
    var tree = JSONTree.object(["a": .object(["x": .integer(1)])])
    #expect(try apply("/a/x", .integer(1), was: .integer(2), to: &tree) == .overtaken)
    #expect(try apply("/a/gone", nil, to: &tree) == .overtaken)
  }

  @Test func aThirdValueIsNotCoveredUp() throws {
    var tree = JSONTree.object(["a": .object(["x": .integer(3)])])
    #expect(
      try apply("/a/x", .integer(2), was: .integer(1), to: &tree)
        == .contradicted(.integer(3)))
    #expect(tree["a"]?["x"] == .integer(2))
    #expect(try apply("/a/y", .integer(2), was: .integer(1), to: &tree) == .contradicted(nil))
    tree = .object(["a": .object(["x": .integer(3)])])
    #expect(try apply("/a/x", .integer(2), to: &tree) == .contradicted(.integer(3)))
  }

  @Test func oneFileSpeaksOfManyResources() throws {
    func correction(
      _ path: String, resources: [String]? = nil, places: [String: [String]]? = nil
    ) -> Correction {
      Correction(
        path: path, value: .bool(true), reason: "r", source: "s", resources: resources,
        places: places)
    }
    let book = try CorrectionBook([
      ("own.json", Corrections(resource: "kites", corrections: [correction("/singleton")])),
      (
        "many.json",
        Corrections(
          resource: nil,
          corrections: [
            correction("/attributes/_fly/idempotent", resources: ["*"]),
            correction("/deprecated", resources: ["kites"]),
            correction(
              "/never_null", places: ["kites": ["/attributes/size"], "balls": ["/attributes/x"]]),
          ])
      ),
    ])
    let kites = JSONTree.object([
      "attributes": .object(["_fly": .object([:]), "size": .object([:])])
    ])
    #expect(
      try book.entries(of: "kites", kites).map(\.correction.path) == [
        "/attributes/_fly/idempotent", "/deprecated", "/attributes/size/never_null", "/singleton",
      ])
    #expect(
      try book.entries(of: "balls", .object([:])).map(\.correction.path)
        == ["/attributes/x/never_null"])
    #expect(book.misplaced(["kites"]).map(\.pointer) == ["/corrections/2"])
    #expect(book.misplaced(["balls"]).map(\.file) == ["own.json", "many.json", "many.json"])
    #expect(throws: SpecError.self) {
      try CorrectionBook([
        ("many.json", Corrections(resource: nil, corrections: [correction("/singleton")]))
      ])
    }
  }

  @Test func pointersAreUnescaped() throws {
    var tree = JSONTree.object([:])
    #expect(try apply("/a~1b~0c", .null, to: &tree) == .applied)
    #expect(tree["a/b~c"] == .null)
  }

  @Test(arguments: ["", "a", "/missing/x", "/a/x/y"])
  func badPathsAreErrors(path: String) {
    #expect(throws: SpecError.self) {
      var tree = JSONTree.object(["a": .object(["x": .integer(1)])])
      _ = try Correction(path: path, value: .null, reason: "r", source: "s").apply(
        to: &tree, file: "c")
    }
  }
}

@Suite struct ValidationTests {
  private static func resource(_ change: (inout [String: JSONTree]) -> Void) -> JSONTree {
    var members: [String: JSONTree] = [
      "resource": .string("widgets"), "singular": .string("widget"),
      "operations": .object([
        "list": .object([
          "method": .string("GET"), "path": .string("/api/widgets"), "success": .integer(200),
        ])
      ]),
      "attributes": .object(["code": .object(["type": .string("string")])]),
      "relationships": .object([:]),
    ]
    change(&members)
    return .object(members)
  }

  @Test func aPlainResourceIsValidAndKeepsItsForm() throws {
    let tree = Self.resource { _ in }
    let resource = try ResourceSpec(validating: tree, file: "widgets.json")
    #expect(resource.attributes["code"] == .init(type: .string))
    #expect(try resource.tree() == tree)
  }

  private static let bad: [(String, JSONTree)] = [
    ("/extra", resource { $0["extra"] = .null }),
    (
      "/attributes/code/nullable",
      resource {
        $0["attributes"] = .object([
          "code": .object(["type": .string("string"), "nullable": .bool(true)])
        ])
      }
    ),
    (
      "/attributes/code/type",
      resource { $0["attributes"] = .object(["code": .object(["type": .string("text")])]) }
    ),
    (
      "/attributes/code/create",
      resource {
        $0["attributes"] = .object([
          "code": .object(["type": .string("string"), "create": .string("conditional")])
        ])
      }
    ),
    (
      "/attributes/a b",
      resource { $0["attributes"] = .object(["a b": .object(["type": .string("string")])]) }
    ),
    ("/resource", resource { $0["resource"] = .string("wid\"gets") }),
    (
      "/operations/list/path",
      resource {
        $0["operations"] = .object([
          "list": .object([
            "method": .string("GET"), "path": .string("https://evil/api/x"),
            "success": .integer(200),
          ])
        ])
      }
    ),
    (
      "/operations/list/method",
      resource {
        $0["operations"] = .object([
          "list": .object([
            "method": .string("BREW"), "path": .string("/api/x"), "success": .integer(200),
          ])
        ])
      }
    ),
    (
      "/operations/list/success",
      resource {
        $0["operations"] = .object([
          "list": .object([
            "method": .string("GET"), "path": .string("/api/x"), "success": .integer(500),
          ])
        ])
      }
    ),
    (
      "/relationships/code",
      resource { $0["relationships"] = .object(["code": .object(["cardinality": .string("one")])]) }
    ),
    (
      "/lifecycle/attribute",
      resource {
        $0["lifecycle"] = .object([
          "attribute": .string("none"), "terminal": .array([]), "progress": .array([]),
        ])
      }
    ),
  ]

  @Test(arguments: [
    ("/attributes/code/example", #"{"type": "string", "example": "two words"}"#),
    ("/attributes/code/example", #"{"type": "object", "example": {"a": 1}}"#),
    (
      "/attributes/code/example",
      "{\"type\": \"string\", \"example\": \"\(String(repeating: "x", count: 41))\"}"
    ),
    ("/attributes/code/properties/a..b", #"{"type": "object", "properties": {"a..b": "string"}}"#),
    ("/attributes/code/properties/a;b", #"{"type": "object", "properties": {"a;b": "string"}}"#),
    ("/attributes/code/predicates/1", #"{"type": "string", "predicates": ["eq", "\"); drop"]}"#),
    ("/attributes/code/items", #"{"type": "string", "items": "string"}"#),
  ])
  func hostileFactsAreRejected(pointer: String, attribute: String) throws {
    let tree = try JSONTree.parse(Data(attribute.utf8), file: "a")
    let resource = Self.resource { $0["attributes"] = .object(["code": tree]) }
    #expect { _ = try ResourceSpec(validating: resource, file: "widgets.json") } throws: {
      ($0 as? SpecError)?.pointer == pointer
    }
  }

  @Test(arguments: bad)
  func violationsNameTheirPointer(pointer: String, tree: JSONTree) {
    #expect { _ = try ResourceSpec(validating: tree, file: "widgets.json") } throws: { error in
      guard let error = error as? SpecError else { return false }
      return error.pointer == pointer && error.file == "widgets.json"
    }
  }
}

@Suite struct SpecFolderTests {
  private func folder(_ files: [String: String]) throws -> URL {
    let root = FileManager.default.temporaryDirectory.appending(path: "spec-\(UUID().uuidString)")
    let repository = URL(filePath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    for name in ["resources", "corrections"] {
      try FileManager.default.createDirectory(
        at: root.appending(path: name), withIntermediateDirectories: true)
    }
    try FileManager.default.copyItem(
      at: repository.appending(path: "Spec/service.json"),
      to: root.appending(path: "service.json"))
    for (name, text) in files {
      try Data(text.utf8).write(to: root.appending(path: name))
    }
    return root
  }

  private static let widgets = """
    {"resource": "widgets", "singular": "widget", "operations": {}, "attributes":
    {"code": {"type": "string"}}, "relationships": {}}
    """

  private func correction(_ path: String, _ value: String) -> String {
    """
    {"resource": "widgets", "corrections":
    [{"path": "\(path)", "value": \(value), "reason": "r", "source": "s"}]}
    """
  }

  @Test func correctionsAreApplied() throws {
    let root = try folder([
      "resources/widgets.json": Self.widgets,
      "corrections/widgets.json": correction("/attributes/code/sort", "true"),
    ])
    defer { try? FileManager.default.removeItem(at: root) }
    let spec = try SpecFolder.load(root)
    #expect(spec.resources.first?.attributes["code"]?.sort == true)
    #expect(spec.staleCorrections.isEmpty)
  }

  @Test func staleCorrectionsAreFound() throws {
    let root = try folder([
      "resources/widgets.json": Self.widgets,
      "corrections/widgets.json": correction("/attributes/code/type", "\"string\""),
    ])
    defer { try? FileManager.default.removeItem(at: root) }
    #expect(try SpecFolder.load(root).staleCorrections.map(\.pointer) == ["/attributes/code/type"])
  }

  @Test func whatAllShareIsCorrectedLikeAResource() throws {
    func correction(_ was: Int, _ value: Int) -> String {
      """
      {"resource": "service", "corrections": [{"path": "/imports/maximum_inputs", "was": \(was), "value": \(value),
        "reason": "r", "source": "s"}]}
      """
    }
    let root = try folder(["corrections/service.json": correction(10_000, 20_000)])
    defer { try? FileManager.default.removeItem(at: root) }
    let corrected = try SpecFolder.load(root)
    #expect(corrected.service.imports.maximumInputs == 20_000)
    #expect(corrected.staleCorrections.isEmpty)
    let file = root.appending(path: "corrections/service.json")
    for (was, value) in [(10_000, 10_000), (5_000, 20_000)] {
      try Data(correction(was, value).utf8).write(to: file)
      let stale = try SpecFolder.load(root).staleCorrections
      #expect(stale.map(\.file) == ["corrections/service.json"])
      #expect(stale.map(\.pointer) == ["/imports/maximum_inputs"])
    }
    try Data(correction(10_000, 20_000).replacing("service", with: "skus").utf8).write(to: file)
    #expect(throws: SpecError.self) { try SpecFolder.load(root) }
  }

  @Test func whatNothingReadsOfServiceIsRejected() throws {
    let root = try folder([:])
    defer { try? FileManager.default.removeItem(at: root) }
    let file = root.appending(path: "service.json")
    let text = try String(contentsOf: file, encoding: .utf8)
    try Data(text.replacing("\"maximum_size\"", with: "\"colour\": 1, \"maximum_size\"").utf8)
      .write(to: file)
    #expect { try SpecFolder.load(root) } throws: {
      ($0 as? SpecError)?.pointer == "/page/colour"
    }
  }

  @Test func correctionsNeedTheirResource() throws {
    let root = try folder(["corrections/widgets.json": correction("/a", "1")])
    defer { try? FileManager.default.removeItem(at: root) }
    #expect(throws: SpecError.self) { try SpecFolder.load(root) }
  }

  @Test func filesAreNamedAfterTheirResource() throws {
    let root = try folder(["resources/gadgets.json": Self.widgets])
    defer { try? FileManager.default.removeItem(at: root) }
    #expect(throws: SpecError.self) { try SpecFolder.load(root) }
  }

  @Test func theCommittedSpecLoads() throws {
    let repository = URL(filePath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let spec = try SpecFolder.load(repository.appending(path: "Spec"))
    #expect(spec.staleCorrections.isEmpty)
    let imports = try #require(spec.resources.first { $0.resource == "imports" })
    #expect(imports.operations.count == 5)
    #expect(imports.lifecycle?.terminal == ["completed", "interrupted"])
    let importable = imports.attributes["resource_type"]?.values ?? []
    #expect(importable.sorted() == spec.service.imports.types.keys.sorted())
    #expect(Set(importable).isSubset(of: spec.resources.map(\.resource)))
    for (type, facts) in spec.service.imports.types {
      let resource = try #require(spec.resources.first { $0.resource == type })
      for key in facts.key where !key.hasSuffix("_id") {
        #expect(resource.attributes[key] != nil, "\(type) is keyed by \(key)")
      }
    }
  }
}
