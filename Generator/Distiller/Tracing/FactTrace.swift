public import Spec

/// One fact of a resource as users see it, with where it comes from: a page, or a correction.
public struct FactTrace: Sendable, Hashable {
  /// Where a fact comes from.
  public enum Source: Sendable, Hashable {
    /// A page, with the span of time its form tells.
    case page(Evidence, vintage: String)
    /// A source that is named and not located, as for `service.json`.
    case named(String)
    /// A hand-written correction.
    case correction(CorrectionPlace)
    /// Nothing is recorded.
    case unknown
  }

  /// A correction and where it stands.
  public struct CorrectionPlace: Sendable, Hashable {
    /// The file, below the spec folder.
    public var file: String
    /// The line the correction starts on.
    public var line: Int
    /// Why the documentation is not enough.
    public var reason: String
    /// Where the fact was read.
    public var source: String

    /// Creates the place of a correction.
    public init(file: String, line: Int, reason: String, source: String) {
      self.file = file
      self.line = line
      self.reason = reason
      self.source = source
    }
  }

  /// The JSON pointer into the resource's file.
  public var fact: String
  /// The value; nil for a fact that a correction removes.
  public var value: JSONTree?
  /// Where it comes from.
  public var source: Source

  /// Traces every fact of a corrected resource, sorted by pointer.
  /// - Parameters:
  ///   - distilled: the resource as its pages gave it.
  ///   - corrections: the corrections applied to it, in order.
  ///   - record: where the distilled facts were read.
  /// - Throws: ``SpecError`` when a correction cannot be applied.
  public static func traces(
    of distilled: JSONTree, corrections: [(correction: Correction, place: CorrectionPlace)],
    record: Provenance.Record?
  ) throws(SpecError) -> [FactTrace] {
    var tree = distilled
    var corrected: [String: CorrectionPlace] = [:]
    for (correction, place) in corrections {
      let before = Fact.leaves(of: tree)
      _ = try correction.apply(to: &tree, file: place.file)
      let after = Fact.leaves(of: tree)
      for fact in Set(before.keys).union(after.keys) where before[fact] != after[fact] {
        corrected[fact] = place
      }
    }
    let facts = Fact.leaves(of: tree)
    let vintages = Dictionary((record?.pages ?? []).map { ($0.page, $0.vintage) }) { one, _ in one }
    return Set(facts.keys).union(corrected.keys).sorted().map { fact in
      let source: Source =
        if let place = corrected[fact] {
          .correction(place)
        } else if let evidence = record?.facts[fact] {
          .page(evidence, vintage: vintages[evidence.page] ?? "")
        } else {
          .unknown
        }
      return FactTrace(fact: fact, value: facts[fact], source: source)
    }
  }

  /// Traces every fact of `service.json`, sorted by pointer.
  /// - Throws: ``SpecError`` when a correction cannot be applied.
  public static func traces(
    ofService service: JSONTree,
    corrections: [(correction: Correction, place: CorrectionPlace)], sources: ServiceSources
  ) throws(SpecError) -> [FactTrace] {
    try traces(of: service, corrections: corrections, record: nil).map { trace in
      guard case .unknown = trace.source, let source = sources.source(of: trace.fact) else {
        return trace
      }
      var trace = trace
      trace.source = .named(source)
      return trace
    }
  }

  /// The line each correction of a file starts on, in order; empty when it is not such a file.
  public static func correctionLines(_ bytes: [UInt8]) -> [Int] {
    guard let (root, _) = try? LocatedJSON.read(bytes) else { return [] }
    return PublishedPlace(root: root)["corrections"]?.elements.map(\.line) ?? []
  }
}
