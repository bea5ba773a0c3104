/// One fact on which sources disagree: what each says, newest first, and the rule that decided.
public struct Contradiction: Sendable, Hashable {
  /// What one source says of the fact.
  public struct Claim: Sendable, Hashable {
    /// The page's name.
    public var page: String
    /// The line, from 1.
    public var line: Int
    /// The span of time the source's form tells, or `published-schema`.
    public var vintage: String
    /// The value it gives; nil when it speaks of the fact and gives none.
    public var says: String?
    /// Whether the spec follows it.
    public var stands: Bool

    /// Creates a claim.
    public init(page: String, line: Int, vintage: String, says: String?, stands: Bool) {
      self.page = page
      self.line = line
      self.vintage = vintage
      self.says = says
      self.stands = stands
    }
  }

  /// The fact: a JSON pointer into the resource's file.
  public var fact: String
  /// The rule that decided.
  public var rule: Rule
  /// The claims, newest first.
  public var claims: [Claim]

  /// Creates a contradiction.
  public init(fact: String, rule: Rule, claims: [Claim]) {
    self.fact = fact
    self.rule = rule
    self.claims = claims
  }

  /// One diagnostic on each page that the spec does not follow, at its first claim.
  func diagnostics(_ severity: PageDiagnostic.Severity, of resource: String) -> [PageDiagnostic] {
    let winner = claims.first(where: \.stands)
    let decided = winner.map { "\($0.shown) in \($0.page):\($0.line)" } ?? "decided otherwise"
    var pages: Set<String> = []
    return claims.filter { !$0.stands && pages.insert($0.page).inserted }.map { claim in
      PageDiagnostic(
        severity, .contradiction, file: claim.page, line: claim.line,
        "\(resource)\(fact) is \(claim.shown) here (\(claim.vintage)) but \(decided)"
          + (winner.map { " (\($0.vintage))" } ?? "") + "; \(rule.rawValue): \(rule.text)",
        resource: resource, fact: fact)
    }
  }
}

extension Contradiction.Claim {
  /// The value in words.
  public var shown: String { says ?? "none" }
}
