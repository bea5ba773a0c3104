public import Spec

/// Where the facts of `service.json` were read: the record `service` of `Spec/provenance.json`.
///
/// The file is written by hand from guides of the service, so that its sources are named and not
/// located:
///
///     "service": [{"source": "importing guide, 2026", "facts": ["/imports"]}, …]
///
/// A pointer speaks of everything below it; of several the longest counts.
public struct ServiceSources: Sendable, Hashable {
  /// One source and the facts that were read there.
  public struct Entry: Sendable, Hashable {
    /// The source and its year.
    public var source: String
    /// JSON pointers into `service.json`.
    public var facts: [String]

    /// Creates an entry.
    public init(source: String, facts: [String]) {
      self.source = source
      self.facts = facts
    }
  }

  /// The name of the record in `provenance.json`, which is not a resource's.
  static let record = "service"

  /// The sources, in the order of the file.
  public var entries: [Entry]

  /// Creates a record.
  public init(entries: [Entry] = []) { self.entries = entries }

  /// Reads the record.
  /// - Throws: ``SpecError`` when it has another form.
  init(_ tree: JSONTree) throws(SpecError) {
    func failure(_ pointer: String) -> SpecError {
      SpecError(
        file: "provenance.json", pointer: "/\(Self.record)\(pointer)",
        "expected a list of objects with 'source' and a list 'facts' of JSON pointers")
    }
    guard let elements = tree.array else { throw failure("") }
    entries = []
    for (index, element) in elements.enumerated() {
      guard let source = element["source"]?.string, let facts = element["facts"]?.array,
        element.object?.count == 2, facts.allSatisfy({ $0.string?.hasPrefix("/") == true })
      else { throw failure("/\(index)") }
      entries.append(Entry(source: source, facts: facts.compactMap(\.string)))
    }
  }

  /// The JSON of the record; nil when it is empty.
  var tree: JSONTree? {
    guard !entries.isEmpty else { return nil }
    return .array(
      entries.map {
        .object(["source": .string($0.source), "facts": .array($0.facts.map(JSONTree.string))])
      })
  }

  /// The source of a fact; nil when none is named.
  public func source(of fact: String) -> String? {
    var best: (length: Int, source: String)?
    for entry in entries {
      for pointer in entry.facts where Self.covers(pointer, fact) {
        if best.map({ $0.length < pointer.utf8.count }) ?? true {
          best = (pointer.utf8.count, entry.source)
        }
      }
    }
    return best?.source
  }

  private static func covers(_ pointer: String, _ fact: String) -> Bool {
    fact == pointer || fact.hasPrefix(pointer + "/")
  }

  /// Facts without a source, and sources of facts that are not there; sorted.
  /// - Parameter service: the content of `service.json`.
  public func problems(in service: JSONTree) -> [String] {
    let facts = Fact.leaves(of: service).keys.sorted()
    var problems = facts.filter { source(of: $0) == nil }.map {
      "provenance.json: error: names no source for service.json\($0)"
    }
    var seen: Set<String> = []
    for entry in entries {
      if entry.source.allSatisfy(\.isWhitespace) {
        problems.append("provenance.json: error: a source of service.json has no name")
      }
      for pointer in entry.facts {
        if !facts.contains(where: { Self.covers(pointer, $0) }) {
          problems.append(
            "provenance.json: error: names a source for service.json\(pointer), which is not there")
        }
        if !seen.insert(pointer).inserted {
          problems.append("provenance.json: error: names two sources for service.json\(pointer)")
        }
      }
    }
    return problems
  }
}
