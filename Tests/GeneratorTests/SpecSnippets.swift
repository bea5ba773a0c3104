import Foundation
import Spec
import Testing

@testable import GeneratorCore

/// A resource from a few lines of JSON; names and paths that a snippet is not about are filled in.
func resource(
  _ name: String = "things", singular: String = "thing", operations: [OperationKind] = [],
  attributes: String = "{}", relationships: String = "{}", more: String = "{}"
) throws -> ResourceSpec {
  func object(_ text: String) throws -> JSONTree {
    try JSONTree.parse(Data(text.utf8), file: "snippet")
  }
  var tree: [String: JSONTree] = try object(more).object ?? [:]
  tree["resource"] = .string(name)
  tree["singular"] = .string(singular)
  tree["attributes"] = try object(attributes)
  tree["relationships"] = try object(relationships)
  let one = tree["singleton"] == nil ? "/:id" : ""
  tree["operations"] = .object(
    Dictionary(
      uniqueKeysWithValues: operations.map { kind in
        let (method, suffix, success) =
          switch kind {
          case .create: ("POST", "", 201)
          case .list: ("GET", "", 200)
          case .retrieve: ("GET", one, 200)
          case .update: ("PATCH", one, 200)
          case .delete: ("DELETE", one, 204)
          }
        return (
          kind.rawValue,
          .object([
            "method": .string(method), "path": .string("/api/\(name)\(suffix)"),
            "success": .integer(success),
          ])
        )
      }))
  return try ResourceSpec(validating: .object(tree), file: "\(name).json")
}

/// The generated text of the first resource, the others being known to it.
func generate(_ resources: ResourceSpec...) throws -> String {
  let plans = try Generator.plans(for: resources)
  let plan = try #require(plans.first { $0.resource == resources.first?.resource })
  return ResourcePrinter.print(plan)
}

/// The words in capitals of this repository's profile.
let acronyms = Acronyms(.commerceLayer)

/// Expects `snippet` in `text`, whatever the indentation.
func expect(
  _ text: String, contains snippet: String, sourceLocation: SourceLocation = #_sourceLocation
) {
  func flat(_ text: String) -> String {
    text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
      .joined(separator: "\n")
  }
  #expect(flat(text).contains(flat(snippet)), "\n\(text)", sourceLocation: sourceLocation)
}

/// The spec of this repository.
let repositorySpec = URL(filePath: #filePath)
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  .appending(path: "Spec")

/// The service facts of the repository, without its files.
func service(_ predicates: [String] = []) throws -> ServiceSpec {
  let text = """
    {"media_type": "application/vnd.api+json",
     "page": {"default_size": 10, "maximum_size": 25},
     "imports": {"maximum_inputs": 1, "maximum_running": 1, "error_threshold_percent": 1,
                 "types": {}},
     "predicates": [\(predicates.joined(separator: ","))],
     "error_codes": {}, "rate_limits": {}, "cacheable": []}
    """
  return try JSONDecoder().decode(ServiceSpec.self, from: Data(text.utf8))
}
