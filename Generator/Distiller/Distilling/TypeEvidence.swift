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
    var vintage: Vintage
    var file: String
    var line: Int
  }

  /// What was decided, and against whom.
  struct Decision {
    var winner: Witness
    var type: AttributeType { winner.type }
    var file: String { winner.file }
    var line: Int { winner.line }
    var losers: [Witness]

    /// Why the winner stands.
    func reason(against loser: Witness) -> String {
      if winner.vintage > loser.vintage { return "the newer page counts" }
      if winner.vintage < loser.vintage { return "an example cannot tell, the table counts" }
      return winner.isTable && !loser.isTable
        ? "the table counts before the example" : "the first of pages of one age counts"
    }
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
  func decide(_ name: String) -> Decision? {
    guard let all = witnesses[name], var winner = all.first else { return nil }
    if !winner.isTable, let table = all.first(where: \.isTable),
      Self.refines(table.type, winner.type)
    {
      winner = table
    }
    var heard: Set<String> = []
    let losers = all.filter {
      $0.type != winner.type && !(!$0.isTable && Self.refines(winner.type, $0.type))
        && heard.insert($0.file).inserted
    }
    return Decision(winner: winner, losers: losers)
  }

  /// Whether a table's type says more than the JSON of an example can.
  private static func refines(_ table: AttributeType, _ example: AttributeType) -> Bool {
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
