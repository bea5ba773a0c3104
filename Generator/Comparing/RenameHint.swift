internal import NearestNames
internal import Spec

/// Says of what is gone whether it may only have a new name. A hint and no more: a rename breaks
/// code as a removal does.
enum RenameHint {
  /// The share of members two resources have in common, above which one may be the other.
  static let minimumOverlap = 0.6
  /// Members that every resource has, which say nothing.
  private static let common: Set<String> = [
    "id", "created_at", "updated_at", "reference", "reference_origin", "metadata", "type",
  ]

  /// A phrase about the most similar of the candidates; nil when none is similar enough.
  static func successor(of resource: ResourceSpec, among candidates: [ResourceSpec]) -> String? {
    let best =
      candidates
      .map { (name: $0.resource, overlap: overlap(resource, $0)) }
      .filter { $0.overlap >= minimumOverlap }
      .max { ($0.overlap, $1.name) < ($1.overlap, $0.name) }
    return best.map {
      "perhaps a rename: `\($0.name)` has \(Int(($0.overlap * 100).rounded())) % of its members"
    }
  }

  /// The same for one attribute: alike in everything but the name, and that is close.
  static func attribute(
    _ name: String, _ attribute: AttributeSpec, among candidates: [String: AttributeSpec]
  ) -> String {
    let alike = candidates.filter { $0.value.type == attribute.type }.keys.sorted()
    guard let near = NearestNames.suggestion(for: name, among: alike) else { return "" }
    return "; perhaps a rename: `\(near)` is of the same type"
  }

  /// Members of the same name and type, as a share of all that either has.
  private static func overlap(_ one: ResourceSpec, _ other: ResourceSpec) -> Double {
    let (left, right) = (members(one), members(other))
    let all = left.union(right).count
    return all == 0 ? 0 : Double(left.intersection(right).count) / Double(all)
  }

  private static func members(_ resource: ResourceSpec) -> Set<String> {
    Set(
      resource.attributes.map { "\($0.key) \($0.value.type.rawValue)" }
        + resource.relationships.map { "\($0.key) \($0.value.cardinality.rawValue)" }
    ).filter { !common.contains(String($0.prefix { $0 != " " })) }
  }
}
