import Foundation
import Spec
import Testing

/// The list of what the official SDK calls never null, which lies beside the repository and is not part
/// of it.
private enum NeverNullList {
  static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  static let file = root.deletingLastPathComponent().appending(path: "shared/docs/non-null.json")
  static let isThere = FileManager.default.fileExists(atPath: file.path)
}

/// The published schema does not say what may be null; `scripts/check-facts` counts everything else.
@Suite struct NeverNullTests {
  private func committed() throws -> SpecFolder {
    try SpecFolder.load(NeverNullList.root.appending(path: "Spec"))
  }

  @Test(.enabled(if: NeverNullList.isThere, "../shared/docs/non-null.json is not here"))
  func whatIsNeverNullIsThatOfTheSDK() throws {
    let tree = try JSONTree.parse(Data(contentsOf: NeverNullList.file), file: "non-null.json")
    let resources = try #require(tree["resources"])
    for resource in try committed().resources {
      let found =
        resource.attributes.filter { $0.value.neverNull == true }.map(\.key)
        + resource.relationships.filter { $0.value.neverNull == true }.map(\.key)
      let said = (resources[resource.resource]?["attributes"]?.array ?? []).compactMap(\.string)
      // The service's own template imports tax categories without a code.
      let corrected: Set<String> = resource.resource == "tax_categories" ? ["code"] : []
      #expect(
        Set(found).symmetricDifference(said).subtracting(corrected) == [],
        "\(resource.resource)")
    }
  }

  @Test func whatIsNeverNullIsNotCleared() throws {
    for resource in try committed().resources {
      for (name, attribute) in resource.attributes where attribute.trigger == true {
        for cleared in attribute.effect?.clears ?? [] {
          #expect(
            resource.attributes[cleared]?.neverNull != true
              && resource.relationships[cleared]?.neverNull != true,
            "\(resource.resource).\(name) sets \(cleared) to null")
        }
      }
      for (name, attribute) in resource.attributes where attribute.neverNull == true {
        #expect(attribute.writeOnly != true, "\(resource.resource).\(name) is never returned")
      }
    }
  }
}
