internal import Spec

/// What the pages say of each attribute's type, and the rule that decides.
///
/// Newer pages come before older ones, and on pages of one age tables before examples. An older
/// table still refines a newer example where JSON cannot tell: a whole number may be a float, a
/// string may be a datetime.
struct TypeEvidence {
  /// One page's word on a type.
  struct Witness: Equatable {
    var type: AttributeType
    var isTable: Bool
    var vintage: PageAge
    var file: String
    var line: Int
  }

  private var witnesses: [String: [Witness]] = [:]

  /// Hears the pages, newest first.
  mutating func collect(_ pages: [PageFacts]) {
    for page in pages {
      for row in (page.arguments ?? []) + (page.fields ?? []) where row.namespace == .attributes {
        guard let type = row.type else { continue }
        add(row.name, Witness(type: type, isTable: true, page, row.line))
      }
      for example in page.response ?? [] {
        guard let type = example.type else { continue }
        add(example.name, Witness(type: type, isTable: false, page, example.line))
      }
    }
    for name in witnesses.keys {
      witnesses[name]?.sort {
        if $0.vintage != $1.vintage { return $0.vintage > $1.vintage }
        return $0.isTable && !$1.isTable
      }
    }
  }

  private mutating func add(_ name: String, _ witness: Witness) {
    witnesses[name, default: []].append(witness)
  }

  /// Decides the type of an attribute; nil when nobody speaks of it.
  func decide(_ name: String) -> Witness? {
    guard let all = witnesses[name], let first = all.first else { return nil }
    if !first.isTable, let table = all.first(where: \.isTable),
      Self.refines(table.type, first.type)
    {
      return table
    }
    return first
  }

  /// Whether a table's type says more than the JSON of an example can.
  static func refines(_ table: AttributeType, _ example: AttributeType) -> Bool {
    switch (table, example) {
    case (.float, .integer), (.datetime, .string), (.string, .datetime): true
    default: false
    }
  }
}

extension TypeEvidence.Witness {
  init(type: AttributeType, isTable: Bool, _ page: PageFacts, _ line: Int) {
    self.init(type: type, isTable: isTable, vintage: page.vintage, file: page.file, line: line)
  }
}
