public import Spec

/// Where every fact of the spec was read, and what the sources disagreed on:
/// `Spec/provenance.json`.
///
/// One member a resource, and one for `service.json` (``ServiceSources``):
///
///     "widgets": {
///       "pages": [{"page": "widgets/create.md", "vintage": "2022-07", "sha256": "…"}],
///       "facts": {"attributes/size": "create 0:21, type 0:21"},
///       "contradictions": [{"fact": "/attributes/size/type", "rule": "newer-wins", "claims": […]}]
///     }
///
/// The facts of one attribute, relationship or operation share a line. Each place is
/// `page:line`, the page counted in `pages` from 0; the name of a rule follows where the source does
/// not spell the fact out. A page with `line` and `pointer` describes many resources, this one from
/// there on: its lines count from that line, so that a change of one resource leaves the others'
/// entries as they are, and a place ends with the name of the member it was read from. A page whose
/// source tells its dates has `modified`, `modified_by` and `verified`, the day a pull last saw it.
public struct Provenance: Sendable, Hashable {
  /// One page as it was read.
  public struct Entry: Sendable, Hashable {
    /// The page's name.
    public var page: String
    /// Its age: the month of its date, or the span its form tells.
    public var vintage: String
    /// When it was last changed and last seen, where something tells.
    public var dates: PageDates?
    /// The SHA-256 of its bytes, in hexadecimal.
    public var sha256: String
    /// Where the resource starts in a file that describes many.
    public var start: PageSource.Start?
  }

  /// What is known of one resource.
  public struct Record: Sendable, Hashable {
    /// The pages it was distilled from, sorted by name.
    public var pages: [Entry]
    /// Where each fact was read, by JSON pointer.
    public var facts: [String: Evidence]
    /// What the pages disagreed on.
    public var contradictions: [Contradiction]
  }

  /// The records by resource.
  public var resources: [String: Record] = [:]
  /// Where the facts of `service.json` were read.
  public var service = ServiceSources()

  /// Provenance of no resource.
  public static let none = Provenance()

  private init() {}

  /// Reads what a spec folder holds; nil for a folder without provenance.
  /// - Throws: ``SpecError`` when it has another form.
  public init(_ tree: JSONTree?) throws(SpecError) {
    for (name, value) in tree?.object ?? [:] {
      if name == ServiceSources.record {
        service = try ServiceSources(value)
      } else {
        resources[name] = try ProvenanceForm.record(value, at: "/\(name)")
      }
    }
  }

  /// Replaces the records of the resources that were distilled and keeps all others.
  public mutating func record(
    _ result: DistillResult, files: [SourceFile], digest: ([UInt8]) -> String
  ) {
    var hashes: [String: String] = [:]
    let bytes = Dictionary(files.map { ($0.name, $0.bytes) }) { first, _ in first }
    for (name, sources) in result.sources {
      let pages = sources.sorted().map { source in
        let hash = hashes[source.page] ?? digest(bytes[source.page] ?? [])
        hashes[source.page] = hash
        return Entry(
          page: source.page, vintage: source.vintage, dates: source.dates, sha256: hash,
          start: source.start)
      }
      resources[name] = Record(
        pages: pages, facts: result.facts[name] ?? [:],
        contradictions: result.contradictions[name] ?? [])
    }
  }

  /// The resources that were recorded before and that the run that should give them again does not;
  /// sorted.
  /// - Parameters:
  ///   - covers: whether the run read a page of this name, or would have if it were still there. A
  ///     resource of whose pages some are not covered may still be described by those.
  ///   - only: the resources that the run was for; empty for all.
  public func vanished(
    from result: DistillResult, covers: (String) -> Bool, only: Set<String> = []
  ) -> [String] {
    let given = Set(result.resources.map(\.resource))
    return resources.filter { name, record in
      !given.contains(name) && (only.isEmpty || only.contains(name)) && !record.pages.isEmpty
        && record.pages.allSatisfy { covers($0.page) }
    }.keys.sorted()
  }

  /// What the recorded facts of some resources take for resources that exist beside their pages: the
  /// targets that were told from the names of relationships alone.
  public func assumedTargets(_ distilled: [ResourceSpec]) -> Set<String> {
    var names: Set<String> = []
    for resource in distilled {
      for (name, relationship) in resource.relationships {
        let fact = Fact.relationship(name, "resource")
        guard resources[resource.resource]?.facts[fact]?.rule == .targetFromName,
          let target = relationship.resource
        else { continue }
        names.insert(target)
      }
    }
    return names
  }

  /// The dates recorded of a page, by which a later run tells its age again.
  public func dates(of page: String) -> PageDates? {
    for record in resources.values {
      if let entry = record.pages.first(where: { $0.page == page && $0.dates != nil }) {
        return entry.dates
      }
    }
    return nil
  }

  /// The resources that were distilled from the same pages, with these pages; sorted.
  public var groups: [(pages: [String], resources: [String])] {
    Dictionary(grouping: resources.keys) { (resources[$0]?.pages ?? []).map(\.page).sorted() }
      .map { (pages: $0.key, resources: $0.value.sorted()) }
      .sorted { $0.resources.lexicographicallyPrecedes($1.resources) }
  }

  /// The pages whose content is no longer the recorded one, as messages.
  public func changed(
    _ files: [SourceFile], resources names: [String], digest: ([UInt8]) -> String
  ) -> [String] {
    var recorded: [String: String] = [:]
    for entry in names.flatMap({ resources[$0]?.pages ?? [] }) {
      recorded[entry.page] = entry.sha256
    }
    return files.filter { recorded[$0.name] != digest($0.bytes) }.map {
      "provenance.json: error: \($0.name) has changed since it was distilled"
    }
  }

  /// Facts of a resource as it was distilled that have no place, and places of facts it does not
  /// have; sorted.
  public func untraced(_ distilled: JSONTree, of name: String) -> [String] {
    let facts = Set(Fact.leaves(of: distilled).keys)
    let traced = Set((resources[name]?.facts ?? [:]).keys)
    return facts.subtracting(traced).sorted().map {
      "provenance.json: error: tells no page and line for \(name)\($0)"
    }
      + traced.subtracting(facts).sorted().map {
        "provenance.json: error: traces \(name)\($0), which resources/\(name).json does not hold"
      }
  }

  /// The facts that another distillation of the same pages reads elsewhere, and the disagreements
  /// that it finds otherwise; sorted.
  public func moved(_ result: DistillResult, of name: String) -> [String] {
    let recorded = resources[name]?.facts ?? [:]
    let found = result.facts[name] ?? [:]
    let places = Set(recorded.keys).union(found.keys).sorted().filter {
      recorded[$0] != found[$0]
    }
    var problems = places.map { fact in
      "provenance.json: error: \(name)\(fact) is not read from "
        + "\(recorded[fact]?.place ?? "nowhere") but from \(found[fact]?.place ?? "nowhere")"
    }
    if (resources[name]?.contradictions ?? []) != (result.contradictions[name] ?? []) {
      problems.append("provenance.json: error: the contradictions of \(name) are other ones")
    }
    return problems
  }

  /// The JSON of the file.
  public var tree: JSONTree {
    var members = resources.mapValues(ProvenanceForm.tree)
    members[ServiceSources.record] = service.tree
    return .object(members)
  }
}
