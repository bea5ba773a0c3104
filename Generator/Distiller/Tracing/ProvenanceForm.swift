internal import Spec

/// How one record of provenance is written in JSON.
enum ProvenanceForm {
  // MARK: Writing

  static func tree(_ record: Provenance.Record) -> JSONTree {
    let indexes = Dictionary(
      record.pages.enumerated().map { ($1.page, $0) }, uniquingKeysWith: { first, _ in first })
    var members: [String: JSONTree] = ["pages": .array(record.pages.map(page))]
    var groups: [String: [(members: [String], place: String)]] = [:]
    for (fact, evidence) in record.facts.sorted(by: { $0.key < $1.key }) {
      let (group, member) = split(fact)
      guard let index = indexes[evidence.page] else { continue }
      let place = place(evidence, index, record.pages[index], group: group)
      if let same = groups[group]?.firstIndex(where: { $0.place == place }) {
        groups[group]?[same].members.append(member)
      } else {
        groups[group, default: []].append(([member], place))
      }
    }
    members["facts"] = .object(
      groups.mapValues { entries in
        .string(
          entries.map { "\($0.members.joined(separator: ",")) \($0.place)" }
            .joined(separator: separator))
      })
    if !record.contradictions.isEmpty {
      members["contradictions"] = .array(record.contradictions.map { tree($0, indexes) })
    }
    return .object(members)
  }

  private static let separator = ", "
  /// The group of the facts that belong to the resource itself.
  private static let ownGroup = "resource"

  private static func page(_ entry: Provenance.Entry) -> JSONTree {
    var members: [String: JSONTree] = [
      "page": .string(entry.page), "vintage": .string(entry.vintage),
      "sha256": .string(entry.sha256),
    ]
    if let modified = entry.dates?.modified { members["modified"] = .string(modified.description) }
    if let source = entry.dates?.source { members["modified_by"] = .string(source.rawValue) }
    if let verified = entry.dates?.verified { members["verified"] = .string(verified.description) }
    if let start = entry.start {
      members["line"] = .integer(start.line)
      members["pointer"] = .string(start.pointer)
    }
    return .object(members)
  }

  /// `/attributes/size/type` → `attributes/size` and `type`; `/singular` → `resource` and `singular`.
  private static func split(_ fact: String) -> (group: String, member: String) {
    guard let group = Fact.group(fact) else { return (ownGroup, String(fact.dropFirst())) }
    return (String(group.dropFirst()), String(fact.dropFirst(group.count + 1)))
  }

  private static func place(
    _ evidence: Evidence, _ index: Int, _ page: Provenance.Entry, group: String
  ) -> String {
    var words = ["\(index):\(evidence.line - (page.start?.line ?? 0))"]
    if let pointer = evidence.pointer {
      let base = base(of: group, start: page.start)
      words.append(
        pointer.hasPrefix(base + "/") ? String(pointer.dropFirst(base.count + 1)) : pointer)
    }
    if let rule = evidence.rule { words.append(rule.rawValue) }
    return words.joined(separator: " ")
  }

  /// Where the published schema keeps what a group is about.
  private static func base(of group: String, start: PageSource.Start?) -> String {
    let own = start?.pointer ?? ""
    if group == ownGroup { return own }
    let root = own + "/attributes"
    if group.hasPrefix("attributes/") { return "\(root)/fields/\(group.dropFirst(11))" }
    return group.hasPrefix("relationships/") ? "\(root)/\(group)" : root
  }

  private static func tree(
    _ contradiction: Contradiction, _ indexes: [String: Int]
  ) -> JSONTree {
    .object([
      "fact": .string(contradiction.fact), "rule": .string(contradiction.rule.rawValue),
      "claims": .array(
        contradiction.claims.map { claim in
          var members: [String: JSONTree] = [
            "page": .string(claim.page), "line": .integer(claim.line),
            "vintage": .string(claim.vintage),
          ]
          if let says = claim.says { members["says"] = .string(says) }
          if claim.stands { members["stands"] = .bool(true) }
          return .object(members)
        }),
    ])
  }

  // MARK: Reading

  static func record(_ tree: JSONTree, at pointer: String) throws(SpecError) -> Provenance.Record {
    func fail(_ message: String, _ place: String = "") -> SpecError {
      SpecError(file: "provenance.json", pointer: pointer + place, message)
    }
    guard let entries = tree["pages"]?.array else {
      throw fail("a resource has pages, facts and contradictions; write it with cl-spec distill")
    }
    let pages = try entries.map { (entry) throws(SpecError) -> Provenance.Entry in
      guard let page = entry["page"]?.string, let sha = entry["sha256"]?.string else {
        throw fail("an entry has a page and its sha256", "/pages")
      }
      let start = entry["line"]?.integer.map {
        PageSource.Start(line: $0, pointer: entry["pointer"]?.string ?? "")
      }
      return .init(
        page: page, vintage: entry["vintage"]?.string ?? "", dates: dates(entry), sha256: sha,
        start: start)
    }
    var facts: [String: Evidence] = [:]
    for (group, value) in tree["facts"]?.object ?? [:] {
      for text in (value.string ?? "").split(separator: separator) {
        guard let (members, evidence) = place(text, group: group, pages: pages) else {
          throw fail("'\(text.prefix(60))' is not 'facts page:line'", "/facts/\(group)")
        }
        let root = group == ownGroup ? "" : "/\(group)"
        for member in members { facts["\(root)/\(member)"] = evidence }
      }
    }
    let contradictions = try (tree["contradictions"]?.array ?? []).map {
      (entry) throws(SpecError) -> Contradiction in
      guard let contradiction = contradiction(entry) else {
        throw fail("a contradiction has a fact, a rule and claims", "/contradictions")
      }
      return contradiction
    }
    return .init(pages: pages, facts: facts, contradictions: contradictions)
  }

  private static func dates(_ entry: JSONTree) -> PageDates? {
    let dates = PageDates(
      modified: entry["modified"]?.string.flatMap { PageDate($0) },
      source: entry["modified_by"]?.string.flatMap(PageDates.Source.init(rawValue:)),
      verified: entry["verified"]?.string.flatMap { PageDate($0) })
    return dates == PageDates() ? nil : dates
  }

  /// Reads `create,type 0:21 required assumed-optional`.
  private static func place(
    _ text: Substring, group: String, pages: [Provenance.Entry]
  ) -> (members: [Substring], Evidence)? {
    var words = text.split(separator: " ")
    guard words.count >= 2 else { return nil }
    let place = words[1].split(separator: ":", omittingEmptySubsequences: false)
    guard place.count == 2, let index = Int(place[0]), pages.indices.contains(index),
      let line = Int(place[1]), line.magnitude < Int32.max
    else { return nil }
    let members = words[0].split(separator: ",")
    words.removeFirst(2)
    let start = pages[index].start
    var evidence = Evidence(page: pages[index].page, line: line + (start?.line ?? 0))
    if start != nil, let member = words.first {
      evidence.pointer =
        member.hasPrefix("/") ? String(member) : "\(base(of: group, start: start))/\(member)"
      words.removeFirst()
    }
    if let name = words.first {
      guard let rule = Rule(rawValue: String(name)) else { return nil }
      evidence.rule = rule
    }
    return (members, evidence)
  }

  private static func contradiction(_ tree: JSONTree) -> Contradiction? {
    guard let fact = tree["fact"]?.string,
      let rule = tree["rule"]?.string.flatMap(Rule.init(rawValue:)),
      let claims = tree["claims"]?.array
    else { return nil }
    var out = Contradiction(fact: fact, rule: rule, claims: [])
    for claim in claims {
      guard let page = claim["page"]?.string, let line = claim["line"]?.integer else { return nil }
      out.claims.append(
        .init(
          page: page, line: line, vintage: claim["vintage"]?.string ?? "",
          says: claim["says"]?.string, stands: claim["stands"]?.bool ?? false))
    }
    return out
  }
}
