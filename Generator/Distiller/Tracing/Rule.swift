/// Every rule by which the distiller decides between sources, or reads a fact that no source spells
/// out. The raw value is the name that diagnostics, provenance and `docs/decisions/spec.md`
/// use.
public enum Rule: String, Sendable, Hashable, CaseIterable {
  // Between sources that disagree.
  /// The newest source that can speak of a fact decides it.
  case newerWins = "newer-wins"
  /// Of one age, an argument or field table counts before the JSON of an example.
  case tableOverExample = "table-over-example"
  /// JSON cannot tell a float from a whole number or a datetime from a string; an older table can.
  case tableRefinesExample = "table-refines-example"
  /// Of one age and form, the first page counts: by operation, then by name.
  case firstOfOneAge = "first-of-one-age"
  /// What one source calls a relationship is not an attribute: JSON:API shares their names.
  case relationshipOverAttribute = "relationship-over-attribute"
  /// A page that no index links describes an operation that is removed.
  case orphanRemoved = "orphan-removed"
  /// A page of the same resource, no older, says that the operation is none of the resource's.
  case removedByProse = "removed-by-prose"

  // Without a source that says so.
  /// The resource is named as in the path of its requests.
  case nameFromPath = "name-from-path"
  /// The resource is named by the title or the type row of a page without a request line.
  case nameFromTitle = "name-from-title"
  /// The singular of the resource's name.
  case singularOfName = "singular-of-name"
  /// The plural of the published singular.
  case pluralOfName = "plural-of-name"
  /// The method, path and status that every operation of a kind has.
  case standardOperation = "standard-operation"
  /// The path takes no id and there is no list: there is one of it.
  case pathWithoutID = "path-without-id"
  /// Every id is a string.
  case idIsString = "id-is-string"
  /// No source tells the type: a datetime when the name ends in `_at`, a string otherwise.
  case typeFromName = "type-from-name"
  /// A table without requirements: its arguments are optional.
  case assumedOptional = "assumed-optional"
  /// Links do not tell how many there are: a name that reads as a plural leads to many.
  case cardinalityFromName = "cardinality-from-name"
  /// The relationship leads to the resource of its own name.
  case targetFromName = "target-from-name"
  /// Examples send a type that is not a resource: the target varies.
  case standInType = "stand-in-type"
  /// Settable, shown by no response and named in no list.
  case neverReturned = "never-returned"
  /// Settable, never returned, with a leading underscore: a verb.
  case underscoreIsVerb = "underscore-is-verb"
  /// The names of attributes and relationships stand in the order of the source.
  case orderOfSource = "order-of-source"
  /// A base type lists the types of its family, and not its own, as values of `type`.
  case membersFromType = "members-from-type"
  /// A relationship to a family that lists the types of its members, without the base type, is set with
  /// the type of a member.
  case listOfMembers = "list-of-members"
  /// What a sentence names to use instead of something deprecated.
  case replacementFromProse = "replacement-from-prose"
  /// The elements of an array have the type of those in its example.
  case itemsFromExample = "items-from-example"
  /// Relationships can be included unless the source says otherwise.
  case includableByDefault = "includable-by-default"

  /// The rule in a few words, for diagnostics.
  public var text: String {
    switch self {
    case .newerWins: "the newest source that can speak of it counts"
    case .tableOverExample: "of one age the table counts before the example"
    case .tableRefinesExample: "an example cannot tell, the table counts"
    case .firstOfOneAge: "of one age the first page counts"
    case .relationshipOverAttribute: "a relationship is not an attribute"
    case .orphanRemoved: "no index links the page: its operation is removed"
    case .removedByProse: "a page of the same time says that the operation does not exist"
    case .nameFromPath: "the path names the resource"
    case .nameFromTitle: "the title names the resource"
    case .singularOfName: "the singular of the name"
    case .pluralOfName: "the plural of the name"
    case .standardOperation: "as every operation of this kind"
    case .pathWithoutID: "the path takes no id and there is no list"
    case .idIsString: "every id is a string"
    case .typeFromName: "no source tells the type; the name does"
    case .assumedOptional: "the table tells no requirement"
    case .cardinalityFromName: "links do not tell how many; the name does"
    case .targetFromName: "it leads to the resource of its name"
    case .standInType: "the type sent is not a resource: the target varies"
    case .neverReturned: "settable, but no response shows it and no list names it"
    case .underscoreIsVerb: "settable, never returned, with a leading underscore"
    case .orderOfSource: "in the order of the source"
    case .membersFromType: "its type lists the types of others, not its own"
    case .listOfMembers: "it lists the types of the members, without the base type"
    case .replacementFromProse: "a sentence names what to use instead"
    case .itemsFromExample: "the elements of its example have this type"
    case .includableByDefault: "no source says otherwise"
    }
  }
}
