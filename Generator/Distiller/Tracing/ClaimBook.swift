internal import Spec

/// What every page says of every fact, so that disagreements can be listed whole.
struct ClaimBook {
  /// What one page says.
  struct Claim {
    var page: String
    var line: Int
    var vintage: PageAge
    /// nil when the page has the section but not the fact.
    var says: String?
    /// Whether an argument or field table says it, and not an example.
    var isTable = true
  }

  private(set) var claims: [String: [Claim]] = [:]

  mutating func hear(_ fact: String, _ says: String?, _ page: PageFacts, line: Int) {
    claims[fact, default: []].append(
      Claim(page: page.file, line: line, vintage: page.vintage, says: says))
  }

  mutating func hear(_ fact: String, _ claim: Claim) {
    claims[fact, default: []].append(claim)
  }

  /// The facts whose claims do not agree, with the rule that decided each; sorted by fact.
  /// - Parameter decided: the facts of the resource as it came out.
  func contradictions(decided: [String: JSONTree]) -> [Contradiction] {
    let members = Set(decided.keys.compactMap(Fact.group))
    var merged: [String: [Claim]] = [:]
    for (fact, heard) in claims.sorted(by: { $0.key < $1.key }) {
      guard let group = Fact.group(fact), !members.contains(group) else {
        merged[fact, default: []] += heard
        continue
      }
      // What was dropped as a whole is one contradiction, not one a flag.
      merged[group, default: []] += heard.map { claim in
        var whole = claim
        whole.says = claim.says.map { _ in Self.kind(of: group) }
        return whole
      }
    }
    return merged.keys.sorted().compactMap { fact in
      // A condition goes with its requirement, which is listed itself.
      if fact.hasSuffix("_condition/text"), decided[fact] == nil { return nil }
      return contradiction(
        of: fact, merged[fact] ?? [], decided: decided[fact]?.shown, members: members)
    }
  }

  /// What a source that speaks of a member says that it is.
  private static func kind(of group: String) -> String {
    if group.hasPrefix("/attributes/") { return "an attribute" }
    return group.hasPrefix("/relationships/") ? "a relationship" : "an operation"
  }

  private func contradiction(
    of fact: String, _ all: [Claim], decided: String?, members: Set<String>
  ) -> Contradiction? {
    // What the newest source adds, older ones did not deny: a section without a fact only speaks
    // when the fact was dropped.
    let heard = all.filter { $0.says != nil || decided == nil }
    guard heard.contains(where: { $0.says != decided && !Self.agrees($0, decided) }) else {
      return nil
    }
    let ordered = heard.enumerated().sorted {
      if $0.element.vintage != $1.element.vintage {
        return $0.element.vintage > $1.element.vintage
      }
      return $0.offset < $1.offset
    }.map(\.element)
    var seen: Set<String> = []
    let listed = ordered.filter { seen.insert("\($0.page):\($0.line):\($0.says ?? "")").inserted }
    let winner = listed.first { $0.says == decided }
    guard let loser = listed.first(where: { $0.says != decided && !Self.agrees($0, decided) })
    else {
      return nil
    }
    return Contradiction(
      fact: fact, rule: Self.rule(winner, against: loser, fact: fact, members: members),
      claims: listed.map {
        .init(
          page: $0.page, line: $0.line, vintage: $0.vintage.span, says: $0.says,
          stands: $0.says == decided || Self.agrees($0, decided))
      })
  }

  /// Whether an example's JSON leaves room for the decided type.
  private static func agrees(_ claim: Claim, _ decided: String?) -> Bool {
    guard !claim.isTable, let says = claim.says.flatMap(AttributeType.init(rawValue:)),
      let type = decided.flatMap(AttributeType.init(rawValue:))
    else { return false }
    return TypeEvidence.refines(type, says)
  }

  private static func rule(
    _ winner: Claim?, against loser: Claim, fact: String, members: Set<String>
  ) -> Rule {
    guard let winner else {
      let twin = fact.replacing("/attributes/", with: "/relationships/")
      return members.contains(twin) ? .relationshipOverAttribute : .newerWins
    }
    if winner.vintage > loser.vintage { return .newerWins }
    if winner.vintage < loser.vintage {
      return winner.isTable && !loser.isTable ? .tableRefinesExample : .newerWins
    }
    if winner.isTable, !loser.isTable { return .tableOverExample }
    return .firstOfOneAge
  }
}
