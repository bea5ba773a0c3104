internal import Spec

/// The sentences that sources say of a resource. They are kept only on request, for the user's own
/// generation. The only facts that rest on them are values, targets and marks of deprecation
/// (``ValueList``, ``Deprecations``).
enum PageDescriptions {
  /// The longest description kept, in characters.
  static let maximumLength = 2000

  /// The newest source's words for everything the resource has.
  static func merge(
    _ spec: ResourceSpec, published: ResourceDescriptions?, pages: [PageFacts]
  ) -> ResourceDescriptions {
    var out = ResourceDescriptions(resource: spec.resource)
    if let published {
      out.attributes = published.attributes.compactMapValues(clean)
      out.relationships = published.relationships.compactMapValues(clean)
    }
    let newestFirst = pages.sorted {
      $0.vintage != $1.vintage ? $0.vintage > $1.vintage : $0.file < $1.file
    }
    for page in newestFirst {
      if page.title.kind == .overview, out.description == nil {
        out.description = page.summary.flatMap(clean)
      }
      for row in page.fields ?? [] {
        guard let text = row.description.flatMap(clean) else { continue }
        if spec.attributes[row.name] != nil, out.attributes[row.name] == nil {
          out.attributes[row.name] = text
        }
        if spec.relationships[row.name] != nil, out.relationships[row.name] == nil {
          out.relationships[row.name] = text
        }
      }
    }
    return out
  }

  /// One line without blanks at its ends, cut when it is long; nil when nothing is left.
  static func clean(_ text: String) -> String? {
    let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    if words.isEmpty { return nil }
    return words.count > maximumLength ? words.prefix(maximumLength) + "…" : words
  }
}
