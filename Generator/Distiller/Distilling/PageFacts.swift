internal import Spec

/// Everything one page says, each fact with its line; nothing is decided between pages yet.
struct PageFacts {
  /// One row of an argument or object table.
  struct Row: Equatable {
    enum Namespace: String { case member, attributes, relationships, links, meta }
    var namespace: Namespace
    var name: String
    /// The type, when the cell names a known one.
    var type: AttributeType?
    /// What a relationship's type says of its cardinality.
    var cardinality: Cardinality?
    var required: RequiredText?
    /// What a field table says in its Description column.
    var description: String?
    /// The values that the row lists, of an attribute, or the targets, of a relationship.
    var values: [String]?
    /// Whether the row calls it deprecated.
    var isDeprecated = false
    /// What it names to use instead.
    var replacement: String?
    var line: Int
  }

  /// One name in a list.
  struct Listed: Equatable {
    var name: String
    var line: Int
  }

  /// One attribute of a response example.
  struct Example: Equatable {
    var name: String
    /// The type the JSON shows; nil for null.
    var type: AttributeType?
    var line: Int
  }

  /// One relationship of an example.
  struct Related: Equatable {
    var name: String
    /// The type its data names, when it has any.
    var target: String?
    /// The line the target stands on.
    var targetLine: Int?
    var cardinality: Cardinality?
    var line: Int
  }

  var file: String
  var title: PageTitle
  var titleLine: Int
  /// The page's age: its date where its source tells one, else what its form tells.
  var vintage = PageAge(form: .july2022)
  var vintageReason = ""
  var resource = ""

  var request: RequestLine?
  var requestLine = 1
  var success: Int?
  /// The line of the sentence that names the status.
  var successLine: Int?
  /// The rows of the argument table; nil when the page has none.
  var arguments: [Row]?
  /// The rows of the object table; nil when the page has none.
  var fields: [Row]?
  var sortable: [Listed]?
  var filterable: [Listed]?
  /// Relationships among the sortable fields; nothing sorts through them.
  var sortableRelationships: [Listed]?
  var filterableRelationships: [Listed]?
  /// The attributes of the response example; nil when there is no readable one.
  var response: [Example]?
  /// Whether the example leaves attributes out, and says so: by an ellipsis or where it breaks off.
  var responseIsPartial = false
  var responseType: String?
  /// The line of the response's `type`.
  var responseTypeLine: Int?
  /// Whether the response's data is a list.
  var returnsMany = false
  var responseRelationships: [Related] = []
  /// What the request example sends.
  var sentAttributes: [Listed] = []
  var sentType: String?
  /// The line of the request's `type`.
  var sentTypeLine: Int?
  var sentRelationships: [Related] = []
  /// The first paragraph below the title.
  var summary: String?
  /// The operations that the prose says return the object; nil when it does not list them.
  var returning: Set<OperationKind>?
  /// The line of that sentence.
  var returningLine: Int?
  /// The operations that the prose says are not allowed.
  var denied: Set<OperationKind> = []
  /// The line of that sentence.
  var deniedLine: Int?
  /// Names that the prose calls deprecated.
  var deprecated: [Listed] = []
  /// What the prose names to use instead, by the name of what it calls deprecated.
  var replacements: [String: Listed] = [:]

  /// Whether the page describes an operation or an object, and not only speaks of one.
  var isReference: Bool { request != nil || arguments != nil || fields != nil }

  // What tells the page's age.
  var saysSortableFields = false
  var saysSortableAttributes = false
  var hasRelationTypes = false
  var hasLowerCaseRequired = false
  var hasEmptyRequired = false
  var requestWasRepaired = false

  /// The `type` row's value in the object table.
  var typeRowValue: String?
  /// The line of that row.
  var typeRowLine: Int?
}
