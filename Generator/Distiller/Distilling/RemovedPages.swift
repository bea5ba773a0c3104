internal import Spec

/// Finds pages of removed operations without an index: where a page of the same resource, no older
/// than they are, says that the operation is none of the resource's.
///
/// Two sentences are evidence: that the object is returned by certain operations, and that certain
/// operations are not allowed. Deletions return nothing, so that only the second speaks of them.
enum RemovedPages {
  /// A page of a removed operation, and what removes it.
  struct Removed {
    var page: PageFacts
    /// Where it is said.
    var by: Evidence
    /// The age of the page that says it.
    var vintage: String

    /// The operation that one source describes and the other denies; nil when the page describes
    /// none of the resource.
    func contradiction(of resource: String) -> Contradiction? {
      guard case .operation(let kind) = page.title.kind, let request = page.request,
        request.collection == resource || page.resource == resource
      else { return nil }
      return Contradiction(
        fact: "/operations/\(kind.rawValue)", rule: by.rule ?? .orphanRemoved,
        claims: [
          .init(page: by.page, line: by.line, vintage: vintage, says: nil, stands: true),
          .init(
            page: page.file, line: page.requestLine, vintage: page.vintage.span,
            says: "\(request.method) \(request.path)", stands: false),
        ])
    }
  }

  /// Takes the pages out and reports each.
  static func drop(from pages: inout [PageFacts]) -> (
    dropped: [Removed], diagnostics: [PageDiagnostic]
  ) {
    let witnesses = Dictionary(
      grouping: pages.filter { $0.returning != nil || !$0.denied.isEmpty }, by: \.resource)
    var diagnostics: [PageDiagnostic] = []
    var dropped: [Removed] = []
    pages.removeAll { page in
      guard case .operation(let kind) = page.title.kind, !page.resource.isEmpty,
        let (witness, line) = contradiction(kind, page, witnesses[page.resource] ?? [])
      else { return false }
      diagnostics.append(
        PageDiagnostic(
          .warning, .orphanPage, file: page.file, line: page.titleLine,
          "\(witness.file):\(line) says that '\(kind.rawValue)' is not an operation of "
            + "\(page.resource): it is removed and left out"))
      dropped.append(
        Removed(
          page: page, by: Evidence(page: witness.file, line: line, rule: .removedByProse),
          vintage: witness.vintage.span))
      return true
    }
    return (dropped, diagnostics)
  }

  private static func contradiction(
    _ kind: OperationKind, _ page: PageFacts, _ witnesses: [PageFacts]
  ) -> (PageFacts, line: Int)? {
    for witness in witnesses where witness.file != page.file && isOfTheTime(witness, page) {
      if witness.denied.contains(kind) { return (witness, witness.deniedLine ?? 1) }
      if kind != .delete, let returning = witness.returning, !returning.contains(kind) {
        return (witness, witness.returningLine ?? 1)
      }
    }
    return nil
  }

  /// Whether a page is not older than another, as far as forms can tell: overviews were edited by
  /// hand and keep the form of the step before.
  private static func isOfTheTime(_ witness: PageFacts, _ page: PageFacts) -> Bool {
    witness.vintage.isAtMostOneFormOlder(than: page.vintage)
  }
}
