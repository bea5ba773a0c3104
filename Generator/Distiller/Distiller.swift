internal import Spec

/// Documentation pages in, resources out: a pure function of the files' names and bytes.
///
/// The result does not depend on the order of the files.
public enum Distiller {
  /// Distils a set of pages.
  /// - Parameters:
  ///   - files: the pages, and the published schema if it is to be used.
  ///   - only: the resources wanted; empty for all.
  public static func distil(_ files: [SourceFile], only: Set<String> = []) -> DistillResult {
    var run = DistillerRun()
    run.read(files.sorted { $0.name < $1.name })
    run.assemble(only: only)
    return run.result
  }
}

/// One run of the distiller.
private struct DistillerRun {
  private var pages: [PageFacts] = []
  private var published: [String: (spec: ResourceSpec, file: String)] = [:]
  private var diagnostics: [Diagnostic] = []
  private(set) var result = DistillResult(resources: [], diagnostics: [], sources: [:])

  mutating func read(_ files: [SourceFile]) {
    let selection = PageSelection(files)
    diagnostics += selection.diagnostics
    for file in selection.pages {
      switch PageReader.read(file) {
      case .skipped(let diagnostic): diagnostics.append(diagnostic)
      case .schema: readSchema(file)
      case .page(let page):
        let (facts, remarks) = PageDistiller.distil(page)
        diagnostics += remarks
        if let facts { pages.append(facts) }
      }
    }
  }

  private mutating func readSchema(_ file: SourceFile) {
    var reader = PublishedReader(file: file)
    do throws(Diagnostic) {
      for spec in try reader.read(file.bytes) {
        if let (_, first) = published[spec.resource] {
          diagnostics.append(
            Diagnostic(
              .warning, .duplicatePage, file: file.name, line: 1,
              "\(spec.resource) is already defined in \(first)"))
        } else {
          published[spec.resource] = (spec, file.name)
        }
      }
      diagnostics += reader.diagnostics
    } catch {
      diagnostics.append(error)
    }
  }

  mutating func assemble(only: Set<String>) {
    diagnostics += ResourceNames.assign(&pages)
    diagnostics += RetiredPages.drop(from: &pages)
    let proven = Set(
      pages.filter { $0.request != nil || $0.fields != nil }.map(\.resource))
    var byResource: [String: [PageFacts]] = [:]
    for page in pages {
      guard !page.resource.isEmpty, proven.contains(page.resource) else {
        diagnostics.append(
          Diagnostic(
            .note, .notReference, file: page.file, line: page.titleLine,
            "describes no resource that has a request or a table of fields; it is left out"))
        continue
      }
      byResource[page.resource, default: []].append(page)
    }
    let known = proven.union(published.keys)
    for name in known.sorted() where only.isEmpty || only.contains(name) {
      add(name, pages: byResource[name] ?? [], known: known)
    }
    for name in only.subtracting(known).sorted() {
      let near = Nearest.suggestions(for: name, among: Array(known))
      let hint = near.isEmpty ? "" : "; did you mean \(near.joined(separator: ", "))?"
      diagnostics.append(
        Diagnostic(
          .error, .noSuchResource, file: "", line: 1,
          "no page describes the resource '\(name)'\(hint)"))
    }
    // Remarks about what was not asked for would only be noise.
    if !only.isEmpty { keepRemarks(about: only) }
    result.diagnostics = Array(Set(diagnostics)).sorted()
  }

  private mutating func add(_ name: String, pages: [PageFacts], known: Set<String>) {
    if let (spec, file) = published[name] {
      result.resources.append(spec)
      result.sources[name] = [PageSource(page: file, vintage: Vintage.schema.span)]
      for page in pages {
        diagnostics.append(
          Diagnostic(
            .note, .olderPage, file: page.file, line: page.titleLine,
            "\(name) is in the published schema, which is newer and speaks of everything"))
      }
      return
    }
    let (spec, remarks) = ResourceAssembly.assemble(name, pages: pages, knownResources: known)
    result.resources.append(spec)
    result.sources[name] = pages.map { PageSource(page: $0.file, vintage: $0.vintage.span) }
      .sorted()
    diagnostics += remarks
  }

  private mutating func keepRemarks(about only: Set<String>) {
    let others = Set(pages.filter { !only.contains($0.resource) }.map(\.file))
    let schemas = Set(published.values.map(\.file))
    diagnostics = diagnostics.filter { diagnostic in
      if diagnostic.severity == .error { return true }
      if schemas.contains(diagnostic.file) {
        return only.contains { diagnostic.message.hasPrefix($0 + ".") }
      }
      return !others.contains(diagnostic.file)
    }
  }
}
