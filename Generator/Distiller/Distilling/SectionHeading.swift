/// The sections of a reference page, told by the words of their headings.
enum SectionHeading: Equatable {
  case request, response, arguments, example, fields
  case sortable(ListPart), filterable(ListPart)
  /// One list of names that can be both sorted and filtered by.
  case both(ListPart)
  /// A heading that only has a meaning inside a list's section.
  case part(ListPart)

  /// The two halves of a list of names.
  enum ListPart: Equatable { case attributes, relationships }

  /// Reads a heading; nil when it names no section.
  ///
  /// What stands around the words does not matter: colons, anchors, emphasis. Lists were called
  /// `Sortable attributes` and `Sortable fields` in turn, so that only the first word decides.
  static func read(_ heading: String) -> SectionHeading? {
    let words = words(of: heading)
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
    let part = part(words)
    switch first {
    case "sortable", "filterable":
      if words.contains("sortable"), words.contains("filterable") { return .both(part) }
      return first == "sortable" ? .sortable(part) : .filterable(part)
    default: return nil
    }
  }

  /// Reads a heading that speaks of sorting or filtering in other words: `You can sort by`,
  /// `Filters`, `Attributes you can filter by`. Such headings also stand above lists of predicates
  /// and instructions, so that what is below them counts only where it is nothing but names.
  static func spoken(_ heading: String) -> SectionHeading? {
    let words = words(of: heading)
    guard words.count <= maximumSpokenWords else { return nil }
    let sorts = words.contains { ["sort", "sorts", "sorting", "sorted", "sortable"].contains($0) }
    let filters = words.contains {
      ["filter", "filters", "filtering", "filtered", "filterable"].contains($0)
    }
    switch (sorts, filters) {
    case (true, true): return .both(part(words))
    case (true, false): return .sortable(part(words))
    case (false, true): return .filterable(part(words))
    case (false, false): return nil
    }
  }

  private static func words(of heading: String) -> [String] {
    heading.lowercased().split { !$0.isLetter }.map(String.init)
  }

  private static func part(_ words: [String]) -> ListPart {
    words.contains("relationships") && !words.contains("attributes") ? .relationships : .attributes
  }

  /// The most words a list's heading has; more make a sentence.
  private static let maximumWords = 5
  /// The most words of one that says it in other words.
  private static let maximumSpokenWords = 8
}
