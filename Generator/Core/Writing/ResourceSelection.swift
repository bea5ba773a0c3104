import Foundation
import NearestNames
import Spec

/// The resources someone picked by name.
struct ResourceSelection: Sendable, Hashable {
  let names: [String]
  /// Where the names stand, for messages.
  let source: String

  /// Reads names that are separated by commas.
  /// - Throws: ``UsageError`` when there are none.
  init(_ list: String) throws(UsageError) {
    names = list.split { $0 == "," || $0 == " " }.map(String.init)
    source = "cl-generate"
    if names.isEmpty { throw UsageError("--only needs the names of resources: skus,prices") }
  }

  /// Reads the file in which a target says what to generate into it.
  /// - Parameter isRequired: Whether the file must name resources; nil without any, otherwise.
  /// - Throws: ``SelectionError`` when the file does not have its form or names nothing.
  init?(file: URL, isRequired: Bool) throws(SelectionError) {
    struct Form: Decodable { var resources: [String]? }
    source = file.path
    let form = (try? Data(contentsOf: file)).flatMap {
      try? JSONDecoder().decode(Form.self, from: $0)
    }
    if let form, form.resources == nil, !isRequired { return nil }
    guard let names = form?.resources, !names.isEmpty else {
      throw SelectionError(
        description: source
          + #": error: must name the resources to generate: {"resources": ["skus", "prices"]}"#)
    }
    self.names = names
  }

  /// The spec with these resources alone. What relates to others reads as `AnyResource`, as does
  /// what relates to a resource the spec does not know.
  /// - Throws: ``SelectionError`` that names what is not a resource of the spec.
  func applied(to spec: SpecFolder) throws(SelectionError) -> SpecFolder {
    let known = spec.resources.map(\.resource)
    let unknown = names.filter { !known.contains($0) }
    guard unknown.isEmpty else {
      throw SelectionError(
        description: unknown.map { name in
          let near = NearestNames.suggestions(for: name, among: known).map { "'\($0)'" }
          let hint = near.isEmpty ? "" : "; did you mean \(near.joined(separator: " or "))?"
          return "\(source): error: there is no resource '\(name)'\(hint)"
        }.joined(separator: "\n"))
    }
    var picked = spec
    picked.resources.removeAll { !names.contains($0.resource) }
    picked.removed.removeAll {
      $0.kind == .resource && !names.contains($0.renamedTo ?? $0.resource)
    }
    return picked
  }
}

/// Names of resources that cannot be used; one line for each.
public struct SelectionError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The message.
  public let description: String
}
