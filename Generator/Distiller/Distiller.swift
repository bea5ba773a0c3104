internal import NearestNames
public import Spec

/// Documentation pages in, resources out: a pure function of the files' names and bytes.
///
/// The result does not depend on the order of the files.
public enum Distiller {
  /// Distils a set of pages.
  /// - Parameters:
  ///   - files: the pages, and the published schema if it is to be used.
  ///   - only: the resources wanted; empty for all.
  ///   - known: resources that exist beside those of the pages: relationships may lead there. What
  ///     is not named here does not matter: the result depends on nothing but these arguments.
  ///   - profile: what the service, and its documentation, does in its own way.
  ///   - service: what all resources share: lists of instructions name its predicates.
  public static func distil(
    _ files: [SourceFile], only: Set<String> = [], known: Set<String> = [],
    profile: Profile = .commerceLayer, service: ServiceSpec = .commerceLayer
  ) -> DistillResult {
    let instructions = Reading.instructions(of: service)
    return Reading.$profile.withValue(profile) {
      Reading.$instructions.withValue(instructions) {
        var run = DistillerRun(elsewhere: known)
        run.read(files.sorted { $0.name < $1.name })
        run.assemble(only: only)
        return run.result
      }
    }
  }
}

/// One run of the distiller.
private struct DistillerRun {
  private let elsewhere: Set<String>
  private var pages: [PageFacts] = []
  private var published: [String: (resource: PublishedReader.Resource, file: String)] = [:]
  /// Pages of operations that no longer exist, and what says so.
  private var removed: [RemovedPages.Removed] = []
  /// The dates of the files that have any, by name.
  private var dates: [String: PageDates] = [:]
  private var diagnostics: [PageDiagnostic] = []
  private(set) var result = DistillResult(resources: [], diagnostics: [], sources: [:])

  init(elsewhere: Set<String>) { self.elsewhere = elsewhere }

  mutating func read(_ files: [SourceFile]) {
    let selection = PageSelection(files)
    diagnostics += selection.diagnostics
    for file in files { dates[file.name] = file.dates }
    for (file, index) in selection.orphans { readOrphan(file, of: index) }
    for file in selection.pages {
      switch PageReader.read(file) {
      case .skipped(let diagnostic): diagnostics.append(diagnostic)
      case .schema: readSchema(file)
      case .page(let page):
        for part in PageParts.split(page) {
          let (facts, found) = PageDistiller.distil(part)
          diagnostics += found
          if let facts { pages.append(dated(facts)) }
        }
      }
    }
  }

  /// A page's age is its date where one is known, and what its form tells where none is.
  private func dated(_ facts: PageFacts) -> PageFacts {
    guard let date = dates[facts.file]?.modified else { return facts }
    var facts = facts
    facts.vintage = PageAge(date: date)
    facts.vintageReason = dates[facts.file]?.source?.rawValue ?? "its date"
    return facts
  }

  /// A page that its index does not link describes what is removed; prose is only left out.
  private mutating func readOrphan(_ file: SourceFile, of index: String) {
    guard case .page(let page) = PageReader.read(file) else { return }
    var describesOperation = false
    for part in PageParts.split(page) {
      guard let facts = PageDistiller.distil(part).facts else { continue }
      describesOperation = describesOperation || facts.isReference
      removed.append(
        .init(
          page: dated(facts), by: Evidence(page: index, line: 1, rule: .orphanRemoved),
          vintage: "index"))
    }
    diagnostics.append(
      describesOperation
        ? PageDiagnostic(
          .warning, .orphanPage, file: file.name, line: 1,
          "is not linked from \(index): its operation is removed and left out")
        : PageDiagnostic(
          .note, .orphanPage, file: file.name, line: 1,
          "is not linked from \(index) and is left out"))
  }

  private mutating func readSchema(_ file: SourceFile) {
    var reader = PublishedReader(file: file)
    do throws(PageDiagnostic) {
      for resource in try reader.read(file.bytes) {
        let name = resource.spec.resource
        if let (_, first) = published[name] {
          diagnostics.append(
            PageDiagnostic(
              .warning, .duplicatePage, file: file.name, line: resource.line,
              "\(name) is already defined in \(first)", resource: name))
        } else {
          published[name] = (resource, file.name)
        }
      }
      diagnostics += reader.diagnostics
    } catch {
      diagnostics.append(error)
    }
  }

  mutating func assemble(only: Set<String>) {
    diagnostics += PageResources.assign(&pages)
    let (dropped, found) = RemovedPages.drop(from: &pages)
    removed += dropped
    diagnostics += found
    let proven = Set(
      pages.filter { $0.request != nil || $0.fields != nil }.map(\.resource))
    var byResource: [String: [PageFacts]] = [:]
    for page in pages {
      guard !page.resource.isEmpty, proven.contains(page.resource) else {
        diagnostics.append(
          PageDiagnostic(
            .note, .notReference, file: page.file, line: page.titleLine,
            "describes no resource that has a request or a table of fields; it is left out"))
        continue
      }
      byResource[page.resource, default: []].append(page)
    }
    let known = proven.union(published.keys)
    for name in known.sorted() where only.isEmpty || only.contains(name) {
      add(name, pages: byResource[name] ?? [], known: known.union(elsewhere))
    }
    for name in only.subtracting(known).sorted() {
      let near = NearestNames.suggestions(for: name, among: Array(known))
      let hint = near.isEmpty ? "" : "; did you mean \(near.joined(separator: ", "))?"
      diagnostics.append(
        PageDiagnostic(
          .error, .noSuchResource, file: "", line: 1,
          "no page describes the resource '\(name)'\(hint)"))
    }
    // Diagnostics about what was not asked for would only be noise.
    if !only.isEmpty { keepDiagnostics(about: only) }
    result.diagnostics = Array(Set(diagnostics)).sorted()
  }

  private mutating func add(_ name: String, pages: [PageFacts], known: Set<String>) {
    let assembled =
      pages.isEmpty
      ? nil : ResourceAssembly.assemble(name, pages: pages, knownResources: known)
    let sources = Set(
      pages.map {
        PageSource(page: $0.file, vintage: $0.vintage.span, dates: dates[$0.file])
      })
    if let (resource, file) = published[name] {
      result.resources.append(resource.spec)
      result.facts[name] = resource.facts
      result.sources[name] =
        ([
          PageSource(
            page: file, vintage: PageAge.schema.span, dates: dates[file],
            start: .init(line: resource.line, pointer: resource.pointer))
        ] + sources).sorted()
      let found = assembled.map { contradictions(of: resource, in: file, by: $0.claims) } ?? []
      tell(found, of: name, .note)
    } else if let assembled {
      result.resources.append(assembled.spec)
      result.facts[name] = assembled.facts
      result.sources[name] = sources.sorted()
      diagnostics += assembled.diagnostics
      tell(assembled.contradictions, of: name, .warning)
    }
    if let spec = published[name]?.resource.spec ?? assembled?.spec {
      result.descriptions[name] = PageDescriptions.merge(
        spec, published: published[name]?.resource.descriptions, pages: pages)
    }
    let gone = removed.compactMap { $0.contradiction(of: name) }
    tell(gone, of: name, .note)
    let others = gone.flatMap(\.claims).map {
      PageSource(
        page: $0.page, vintage: $0.vintage, dates: dates[$0.page])
    }
    result.sources[name] = Set((result.sources[name] ?? []) + others).sorted()
  }

  private mutating func tell(
    _ found: [Contradiction], of name: String, _ severity: PageDiagnostic.Severity
  ) {
    guard !found.isEmpty else { return }
    result.contradictions[name, default: []] += found
    for contradiction in found { diagnostics += contradiction.diagnostics(severity, of: name) }
  }

  /// What pages say against the published schema, which is newer and speaks of everything.
  private func contradictions(
    of resource: PublishedReader.Resource, in file: String, by pages: ClaimBook
  ) -> [Contradiction] {
    let decided = (try? Fact.all(of: resource.spec)) ?? [:]
    var book = pages
    for fact in pages.claims.keys {
      book.hear(
        fact,
        .init(
          page: file, line: resource.nearestEvidence(of: fact)?.line ?? resource.line,
          vintage: .schema, says: decided[fact]?.shown))
    }
    return book.contradictions(decided: decided)
  }

  private mutating func keepDiagnostics(about only: Set<String>) {
    let others = Set(pages.filter { !only.contains($0.resource) }.map(\.file))
    diagnostics = diagnostics.filter { diagnostic in
      if diagnostic.severity == .error { return true }
      if let resource = diagnostic.resource { return only.contains(resource) }
      return !others.contains(diagnostic.file)
    }
  }
}
