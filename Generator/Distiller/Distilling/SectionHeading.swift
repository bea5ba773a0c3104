/// The sections of a reference page, told by the words of their headings.
enum SectionHeading: Equatable {
  case request, response, arguments, example, fields
  case sortable(ListPart), filterable(ListPart)
  /// A heading that only has a meaning inside a list's section.
  case part(ListPart)

  /// The two halves of a list of names.
  enum ListPart: Equatable { case attributes, relationships }

  /// Reads a heading; nil when it names no section.
  ///
  /// What stands around the words does not matter: colons, anchors, emphasis. Lists were called
  /// `Sortable attributes` and `Sortable fields` in turn, so that only the first word decides.
  static func read(_ heading: String) -> SectionHeading? {
    let words = heading.lowercased().split { !$0.isLetter }.map(String.init)
    switch words {
    case ["request"]: return .request
    case ["response"]: return .response
    case ["arguments"], ["body", "parameters"]: return .arguments
    case ["example"], ["examples"]: return .example
    case ["fields"]: return .fields
    case ["attributes"]: return .part(.attributes)
    case ["relationships"]: return .part(.relationships)
    default: break
    }
    guard let first = words.first, words.count <= maximumWords else { return nil }
    let isRelationships = words.contains("relationships") && !words.contains("attributes")
    switch first {
    case "sortable": return .sortable(isRelationships ? .relationships : .attributes)
    case "filterable": return .filterable(isRelationships ? .relationships : .attributes)
    default: return nil
    }
  }

  /// The most words a list's heading has; more make a sentence.
  private static let maximumWords = 5
}
