import Foundation
import Spec
import Testing

@testable import GeneratorCore

/// The documentation's sentences in comments of a client that a user generates.
@Suite struct DescriptionTests {
  private func text(_ sentence: String) throws -> String {
    var spec = ResourceSpec(
      resource: "widgets", singular: "widget",
      operations: [.retrieve: .init(method: "GET", path: "/api/widgets/:id", success: 200)])
    spec.attributes["size_code"] = .init(type: .string)
    spec.relationships["gadget"] = .init(cardinality: .one)
    let plans = try Generator.plans(
      for: [spec],
      descriptions: [
        "widgets": .init(
          resource: "widgets", description: sentence, attributes: ["size_code": sentence],
          relationships: ["gadget": sentence])
      ])
    return ResourcePrinter.print(try #require(plans.first))
  }

  @Test func theyStandInTheCommentsOfWhatTheyDescribe() throws {
    let source = try text("How large it is.")
    let lines = source.split(separator: "\n").map { $0.drop { $0 == " " } }
    let said = lines.filter { $0.replacing("\u{A0}", with: " ") == "/// `How large it is.`" }
    #expect(said.count == 3)
  }

  @Test func whatManyResourcesShareIsSaidAsMostOfThemSayIt() {
    func said(_ texts: [String]) -> String? {
      ResourceDescriptions(
        of: "Named",
        common: texts.map { ResourceDescriptions(resource: "r", attributes: ["name": $0]) }
      ).attributes["name"]
    }
    #expect(said([]) == nil)
    #expect(said(["b", "a", "b"]) == "b")
    #expect(said(["b", "a"]) == "a", "of several the first in order, whichever comes first")
  }

  @Test(arguments: [
    "a\npublic let x = 1", "*/ import Foundation /*", "`; fatalError() `", "\u{2028}let y = 2",
    "\u{202E}txet", "/// # Heading\r\nlet z = 3", String(repeating: "long ", count: 2000),
    String(repeating: "x", count: 10_000),
  ])
  func hostileSentencesStayInTheComment(sentence: String) throws {
    let plain = try text("")
    let source = try text(sentence)
    func code(_ source: String) -> [Substring] {
      source.split(whereSeparator: \.isNewline).filter { !$0.drop { $0 == " " }.hasPrefix("///") }
    }
    #expect(code(source) == code(plain))
    #expect(source.utf8.count < plain.utf8.count + 3 * 8000)
    #expect(!source.unicodeScalars.contains { $0.value == 0x2028 || $0.value == 0x202E })
  }
}
