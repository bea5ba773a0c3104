import Spec

/// Documentation made of the spec's facts.
extension ResourcePlanner {
  var documentation: DocComment {
    var first: DocText =
      isSingleton
      ? "The \(code: spec.resource) resource, of which there is one."
      : "The \(code: spec.resource) resource."
    if spec.deprecated == true {
      first =
        spec.replacedBy.map { "\(first) Deprecated in favor of \(code: $0)." }
        ?? "\(first) Deprecated."
    }
    let endpoints = OperationKind.allCases.compactMap { spec.operations[$0] }.map {
      "\($0.method) \($0.path)"
    }
    let lifecycle: DocText =
      spec.lifecycle.map {
        "It has ended when \(code: $0.attribute) is one of \(codes: $0.terminal)."
      } ?? ""
    return DocComment(
      first, said(descriptions?.description),
      endpoints.isEmpty ? "" : "Endpoints: \(codes: endpoints).", lifecycle)
  }

  /// The documentation's own words, in code spans like all text that is not the generator's.
  func said(_ description: String?) -> DocText {
    guard let description, description.contains(where: { !$0.isWhitespace }) else { return "" }
    return "\(phrase: description)"
  }
}
