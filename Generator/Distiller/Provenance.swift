public import Spec

/// Which pages every distilled file came from, and what they held: `Spec/provenance.json`.
public struct Provenance: Sendable, Hashable {
  /// One page as it was read.
  public struct Entry: Sendable, Hashable {
    /// The page's name.
    public var page: String
    /// The age its form tells.
    public var vintage: String
    /// The SHA-256 of its bytes, in hexadecimal.
    public var sha256: String
  }

  /// The pages of each resource, sorted by name.
  public var resources: [String: [Entry]] = [:]

  /// Reads what a spec folder holds; nil for a folder without provenance.
  /// - Throws: ``SpecError`` when it has another form.
  public init(_ tree: JSONTree?) throws(SpecError) {
    for (name, value) in tree?.object ?? [:] {
      resources[name] = try (value.array ?? []).map { (entry) throws(SpecError) in
        guard let page = entry["page"]?.string, let sha = entry["sha256"]?.string else {
          throw SpecError(
            file: "provenance.json", pointer: "/\(name)", "an entry has a page and its sha256")
        }
        return Entry(page: page, vintage: entry["vintage"]?.string ?? "", sha256: sha)
      }
    }
  }

  /// Replaces the entries of the resources that were distilled and keeps all others.
  public mutating func record(
    _ result: DistillResult, files: [SourceFile], digest: ([UInt8]) -> String
  ) {
    var hashes: [String: String] = [:]
    let bytes = Dictionary(files.map { ($0.name, $0.bytes) }) { first, _ in first }
    for (name, sources) in result.sources {
      resources[name] = sources.sorted().map { source in
        let hash = hashes[source.page] ?? digest(bytes[source.page] ?? [])
        hashes[source.page] = hash
        return Entry(page: source.page, vintage: source.vintage, sha256: hash)
      }
    }
  }

  /// The resources that were distilled from the same pages, with these pages; sorted.
  public var groups: [(pages: [String], resources: [String])] {
    Dictionary(grouping: resources.keys) { (resources[$0] ?? []).map(\.page).sorted() }
      .map { (pages: $0.key, resources: $0.value.sorted()) }
      .sorted { $0.resources.lexicographicallyPrecedes($1.resources) }
  }

  /// The pages whose content is no longer the recorded one, as messages.
  public func changed(
    _ files: [SourceFile], resources names: [String], digest: ([UInt8]) -> String
  ) -> [String] {
    var recorded: [String: String] = [:]
    for entry in names.flatMap({ resources[$0] ?? [] }) { recorded[entry.page] = entry.sha256 }
    return files.filter { recorded[$0.name] != digest($0.bytes) }.map {
      "provenance.json: error: \($0.name) has changed since it was distilled"
    }
  }

  /// The JSON of the file.
  public var tree: JSONTree {
    .object(
      resources.mapValues { entries in
        .array(
          entries.map {
            .object([
              "page": .string($0.page), "vintage": .string($0.vintage),
              "sha256": .string($0.sha256),
            ])
          })
      })
  }
}
