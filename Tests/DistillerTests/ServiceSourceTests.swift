import Foundation
import Spec
import Testing

@testable import Distiller

/// `service.json` is written by hand: every fact has a named source, and nothing is named that is not
/// there.
@Suite struct ServiceSourceTests {
  private let service = JSONTree.object([
    "page": .object(["maximum_size": .integer(25)]), "pages": .integer(1),
    "imports": .object(["types": .object(["skus": .object(["key": .array([])])])]),
  ])

  private func problems(_ entries: [ServiceSources.Entry]) -> [String] {
    ServiceSources(entries: entries).problems(in: service)
  }

  @Test func everyFactHasASource() {
    #expect(
      problems([
        .init(source: "guide", facts: ["/page", "/pages"]),
        .init(source: "other guide", facts: ["/imports"]),
      ]) == [])
    #expect(
      problems([.init(source: "guide", facts: ["/page", "/imports"])]) == [
        "provenance.json: error: names no source for service.json/pages"
      ], "/page does not speak of /pages")
    #expect(problems([]).count == 3)
  }

  @Test func nothingIsNamedThatIsNotThere() {
    let all = ServiceSources.Entry(source: "guide", facts: ["/page", "/pages", "/imports"])
    #expect(problems([all, .init(source: "x", facts: ["/gone"])]).count == 1)
    #expect(problems([all, .init(source: "x", facts: ["/page"])]).count == 1, "named twice")
    #expect(problems([all, .init(source: " ", facts: ["/imports/types"])]).count == 1)
  }

  @Test func theLongestPointerCounts() {
    let sources = ServiceSources(entries: [
      .init(source: "far", facts: ["/imports"]), .init(source: "near", facts: ["/imports/types"]),
    ])
    #expect(sources.source(of: "/imports/types/skus/key") == "near")
    #expect(sources.source(of: "/imports/maximum") == "far")
    #expect(sources.source(of: "/importstypes") == nil)
  }

  @Test func distillingKeepsTheRecord() throws {
    let entry = ServiceSources.Entry(source: "guide", facts: ["/page"])
    var provenance = try Provenance(
      .object([
        "service": .array([
          .object(["source": .string("guide"), "facts": .array([.string("/page")])])
        ])
      ]))
    #expect(provenance.resources.isEmpty)
    let page = SourceFile(name: "a.md", text: Fixtures.create)
    provenance.record(Distiller.distil([page]), files: [page]) { _ in "0" }
    let again = try Provenance(provenance.tree)
    #expect(again.service.entries == [entry])
    #expect(again.resources.keys.sorted() == ["widgets"])
  }

  @Test(arguments: [
    #"{"source": "x", "facts": ["/a"]}"#, #"[{"source": "x"}]"#, #"[{"facts": ["/a"]}]"#,
    #"[{"source": "x", "facts": ["a"]}]"#, #"[{"source": "x", "facts": [1]}]"#,
    #"[{"source": "x", "facts": ["/a"], "colour": 1}]"#, "7",
  ])
  func anotherFormIsAnError(record: String) throws {
    let tree = try JSONTree.parse(Data("{\"service\": \(record)}".utf8), file: "p")
    #expect { try Provenance(tree) } throws: {
      ($0 as? SpecError)?.pointer.hasPrefix("/service") == true
    }
  }

  @Test func correctionsComeBeforeSources() throws {
    let traces = try FactTrace.traces(
      ofService: service,
      corrections: [
        (
          Correction(
            path: "/pages", was: .integer(1), value: .integer(2), reason: "r", source: "s"),
          .init(file: "corrections/service.json", line: 3, reason: "r", source: "s")
        )
      ], sources: ServiceSources(entries: [.init(source: "guide", facts: ["/page", "/pages"])]))
    let sources = Dictionary(uniqueKeysWithValues: traces.map { ($0.fact, $0.source) })
    #expect(sources["/page/maximum_size"] == .named("guide"))
    #expect(sources["/imports/types/skus/key"] == .unknown)
    guard case .correction(let place)? = sources["/pages"] else {
      Issue.record("the correction is not named")
      return
    }
    #expect(place.line == 3)
  }
}
