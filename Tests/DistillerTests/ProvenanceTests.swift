import Foundation
import Spec
import Testing

@testable import Distiller

/// Every fact knows its page and line, and provenance keeps them.
@Suite struct ProvenanceTests {
  /// What has no place, and what has a place and is not a fact.
  private func untraced(_ result: DistillResult) throws -> [String] {
    try result.resources.flatMap { resource -> [String] in
      let facts = Set(try Fact.all(of: resource).keys)
      let traced = Set((result.facts[resource.resource] ?? [:]).keys)
      return facts.symmetricDifference(traced).map { "\(resource.resource)\($0)" }
    }
  }

  private func line(_ fact: String, _ result: DistillResult) -> Int? {
    result.facts["widgets"]?[fact]?.line
  }

  @Test func everyFactOfPagesHasAPlace() throws {
    let result = Fixtures.distil(Fixtures.create, Fixtures.list, MergeTests.oldUpdate)
    #expect(try untraced(result) == [])
    #expect(result.facts["widgets"]?.isEmpty == false)
  }

  @Test func thePlaceIsTheLineThatSaysIt() {
    let result = Fixtures.distil(Fixtures.create, Fixtures.list)
    let create = Fixtures.create
    #expect(
      line("/attributes/size_code/create", result)
        == Fixtures.line(of: "attributes.**size_code**", in: create))
    #expect(
      line("/attributes/weight/create_condition/text", result)
        == Fixtures.line(of: "attributes.**weight**", in: create))
    #expect(
      line("/attributes/made_at/type", result) == Fixtures.line(of: "\"made_at\"", in: create))
    #expect(
      line("/operations/create/success", result) == Fixtures.line(of: "`201 Created`", in: create))
    #expect(
      line("/relationships/gadget/resource", result)
        == Fixtures.line(of: "\"type\": \"gadgets\"", in: create))
    #expect(
      result.facts["widgets"]?["/attributes/parts_count/sort"]
        == Evidence(page: "b.md", line: Fixtures.line(of: "parts\\_count", in: Fixtures.list)))
    #expect(
      result.facts["widgets"]?["/attributes/_polish/trigger"]
        == Evidence(
          page: "a.md", line: Fixtures.line(of: "_polish", in: create), rule: .underscoreIsVerb))
  }

  @Test(arguments: ["resources-2022", "api-2021", "seeds", "published-schema"])
  func everyFactOfTheCorporaHasAPlace(folder: String) throws {
    try #require(
      SharedPages.isThere(folder) || !SharedPages.isThere(""),
      "the shared documents are there without \(folder)")
    guard SharedPages.isThere(folder) else {
      print("skipped: \(folder) is not beside the package")
      return
    }
    let result = Distiller.distil(try SharedPages.files(folder))
    #expect(try untraced(result) == [])
    #expect(!result.resources.isEmpty)
  }

  @Test func provenanceReadsBackWhatItWrote() throws {
    let files = [
      SourceFile(name: "p/a.md", text: Fixtures.create),
      SourceFile(name: "p/b.md", text: MergeTests.oldUpdate),
      SourceFile(name: "schema.json", text: PublishedFixtures.schema),
    ]
    let result = Distiller.distil(files)
    var provenance = try Provenance(nil)
    provenance.record(result, files: files) { "\($0.count)" }
    let parsed = try JSONTree.parse(
      Data(provenance.tree.canonicalText.utf8), file: "provenance.json")
    #expect(try Provenance(parsed) == provenance)
    for (name, record) in provenance.resources {
      #expect(record.facts == result.facts[name])
      #expect(record.contradictions == (result.contradictions[name] ?? []))
      #expect(provenance.moved(result, of: name) == [])
    }
    #expect(provenance.resources["widgets"]?.contradictions.isEmpty == false)
  }

  @Test func anotherPlaceIsAProblem() throws {
    let files = [SourceFile(name: "a.md", text: Fixtures.create)]
    var provenance = try Provenance(nil)
    provenance.record(Distiller.distil(files), files: files) { "\($0.count)" }
    let moved = Distiller.distil([SourceFile(name: "a.md", text: "\n\n" + Fixtures.create)])
    #expect(provenance.moved(moved, of: "widgets").contains { $0.contains("/singular") })
    let tree = try #require(moved.resources.first).tree()
    #expect(provenance.untraced(tree, of: "widgets") == [])
    provenance.resources["widgets"]?.facts["/attributes/size_code/type"] = nil
    provenance.resources["widgets"]?.facts["/attributes/nothing/type"] = Evidence(
      page: "a.md", line: 1)
    #expect(provenance.untraced(tree, of: "widgets").count == 2)
  }

  @Test(arguments: [
    #"{"w": []}"#, #"{"w": {"pages": [{}]}}"#,
    #"{"w": {"pages": [], "facts": {"a/b": "type 0:1"}}}"#,
    #"{"w": {"pages": [{"page": "p", "sha256": "s"}], "facts": {"a/b": "type 0:x"}}}"#,
    #"{"w": {"pages": [{"page": "p", "sha256": "s"}], "facts": {"a/b": "type 0:1 no-rule"}}}"#,
    #"{"w": {"pages": [{"page": "p", "sha256": "s"}], "facts": {"a/b": "type 0:99999999999"}}}"#,
    #"{"w": {"pages": [], "contradictions": [{"fact": "/x"}]}}"#,
  ])
  func damagedProvenanceIsAnErrorWithAPlace(text: String) throws {
    let tree = try JSONTree.parse(Data(text.utf8), file: "provenance.json")
    let error = #expect(throws: SpecError.self) { try Provenance(tree) }
    #expect(error?.pointer.hasPrefix("/w") == true)
  }

  @Test func correctionsNameThemselves() throws {
    let files = [SourceFile(name: "a.md", text: Fixtures.create)]
    let result = Distiller.distil(files)
    var provenance = try Provenance(nil)
    provenance.record(result, files: files) { "\($0.count)" }
    let place = FactTrace.CorrectionPlace(
      file: "corrections/widgets.json", line: 3, reason: "r", source: "s")
    let traces = try FactTrace.traces(
      of: try #require(result.resources.first).tree(),
      corrections: [
        (
          Correction(
            path: "/operations/delete",
            value: .object(["method": .string("DELETE"), "path": .string("/api/widgets/:id")]),
            reason: "r", source: "s"), place
        ),
        (
          Correction(
            path: "/attributes/weight/create", value: .string("optional"), reason: "r",
            source: "s"), place
        ),
        (Correction(path: "/attributes/sealed", value: nil, reason: "r", source: "s"), place),
      ], record: provenance.resources["widgets"])
    func source(_ fact: String) -> FactTrace.Source? {
      traces.first { $0.fact == fact }?.source
    }
    #expect(source("/operations/delete/method") == .correction(place))
    #expect(source("/attributes/weight/create") == .correction(place))
    #expect(source("/attributes/sealed/type") == .correction(place))
    #expect(traces.first { $0.fact == "/attributes/sealed/type" }?.value == nil)
    #expect(
      source("/attributes/weight/type")
        == .page(
          Evidence(page: "a.md", line: Fixtures.line(of: "**weight**", in: Fixtures.create)),
          vintage: "2022-07"))
    #expect(!traces.contains { $0.source == .unknown })
  }

  @Test func correctionsHaveLines() {
    let text = """
      {
        "corrections": [
          {"path": "/a"},
          {
            "path": "/b"
          }
        ]
      }
      """
    #expect(FactTrace.correctionLines(Array(text.utf8)) == [3, 4])
    #expect(FactTrace.correctionLines(Array("rubbish".utf8)) == [])
  }

  @Test func provenanceKeepsWhatWasNotDistilled() throws {
    let old = JSONTree.object([
      "gadgets": .object([
        "pages": .array([
          .object(["page": .string("g.md"), "sha256": .string("00"), "vintage": .string("x")])
        ]),
        "facts": .object([:]),
      ])
    ])
    var provenance = try Provenance(old)
    let file = SourceFile(name: "a.md", text: Fixtures.create)
    provenance.record(Distiller.distil([file]), files: [file]) { "len\($0.count)" }
    #expect(provenance.resources.keys.sorted() == ["gadgets", "widgets"])
    #expect(provenance.resources["widgets"]?.pages.first?.sha256 == "len\(file.bytes.count)")
    #expect(try Provenance(provenance.tree) == provenance)
    #expect(provenance.changed([file], resources: ["widgets"]) { _ in "other" }.count == 1)
    #expect(provenance.groups.map(\.resources) == [["gadgets"], ["widgets"]])
  }
}
