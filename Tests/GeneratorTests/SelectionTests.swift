import Foundation
import Spec
import Testing

@testable import GeneratorCore

/// Some resources of a spec are generated without the others.
@Suite struct SelectionTests {
  private func spec() throws -> SpecFolder {
    var thing = try resource()
    thing.relationships["other"] = RelationshipSpec(cardinality: .one, resource: "others")
    return try SpecFolder(
      resources: [resource("others", singular: "other"), thing], service: service())
  }

  @Test func onlyThePickedResourcesHaveFiles() throws {
    let picked = try ResourceSelection("things").applied(to: spec())
    let files = try Generator.files(for: picked, withClient: true)
    #expect(
      files.map(\.name) == [
        "things.generated.swift", "service.generated.swift", "client.generated.swift",
      ])
  }

  @Test func relationshipsToWhatWasNotPickedAreOfAnyResource() throws {
    let all = try #require(try Generator.files(for: spec()).first { $0.name.hasPrefix("things") })
    #expect(all.text.contains("var other: Other?"))
    let picked = try ResourceSelection("things").applied(to: spec())
    let file = try #require(try Generator.files(for: picked).first)
    #expect(file.text.contains("var other: AnyResource?"))
  }

  @Test func inOneFileTheNamesOfTheFilesDoNotDependOnWhatIsPicked() throws {
    let one = try ResourceSelection("things").applied(to: spec())
    for spec in [one, try spec()] {
      let files = try Generator.files(for: spec, withClient: true, inOneFile: true)
      #expect(
        files.map(\.name) == [
          "resources.generated.swift", "service.generated.swift", "client.generated.swift",
        ])
      #expect(files.first?.text.contains("struct Other") == (spec.resources.count == 2))
    }
  }

  @Test func anUnknownNameIsToldWithWhatMayHaveBeenMeant() throws {
    let error = #expect(throws: SelectionError.self) {
      try ResourceSelection("thing, others,zzzzzzzzz").applied(to: spec())
    }
    #expect(
      error?.description == """
        cl-generate: error: there is no resource 'thing'; did you mean 'things'?
        cl-generate: error: there is no resource 'zzzzzzzzz'
        """)
  }

  @Test(arguments: ["", ",", " , "]) func noNamesAreAnError(_ list: String) {
    #expect(throws: UsageError.self) {
      try GenerateCommand(["--output", "a", "--spec", "b", "--only", list])
    }
  }

  @Test func theClientTypeIsThatOfTheCommerceLayerModule() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let written = try String(
      contentsOf: root.appending(path: "Generated/CommerceLayerClient.swift"), encoding: .utf8)
    let file = try #require(try Generator.files(for: spec(), withClient: true).last)
    #expect(file.text.hasPrefix(Generator.header))
    #expect(file.text.split(separator: "\n\n", maxSplits: 1).last.map(String.init) == written)
  }
}
