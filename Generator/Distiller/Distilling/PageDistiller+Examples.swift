internal import Spec

/// What the examples of a page show.
extension PageDistiller {
  mutating func read(code: String, _ block: Block) {
    let example = ExampleCode.read(
      code, lines: block.codeLines, file: page.file, tab: block.tab ?? spokenTab,
      expectsResponse: facts.title.kind != .operation(.delete),
      expectsRequest: facts.title.kind == .operation(.create) && facts.sentType == nil)
    diagnostics += example.diagnostics
    switch example.content {
    case .request(let request):
      take(request, isRepaired: example.wasRepaired, line: block.line)
    case .response(let response):
      if facts.response != nil {
        for extra in response.attributes where !shown.contains(extra.name) {
          report(
            .warning, .exampleMismatch, extra.line,
            "'\(extra.name)' stands in a further response example only and is not read")
        }
        return
      }
      facts.response = response.attributes
      facts.responseIsPartial = response.isPartial
      shown = Set(response.attributes.map(\.name))
      facts.responseType = response.type
      facts.responseTypeLine = response.typeLine
      facts.responseRelationships = response.relationships
      facts.returnsMany = response.isList
    case .requestLine(let line):
      report(
        .warning, .otherCode, block.line, "a request line stands in a block of code",
        "a method and a URL in a paragraph")
      if section == .request || section == .none { _ = take(request: line, line: block.line) }
    case .other(let why):
      if let why { report(.note, .otherCode, block.line, "code is not read: \(why)") }
    }
  }

  private mutating func take(_ request: ExampleCode.Sent, isRepaired: Bool, line: Int) {
    facts.requestWasRepaired = facts.requestWasRepaired || isRepaired
    if facts.sentType == nil {
      facts.sentType = request.type
      facts.sentTypeLine = request.typeLine
    }
    facts.sentAttributes += request.attributes.map { .init(name: $0.name, line: $0.line) }
    facts.sentRelationships += request.relationships
    guard let told = facts.request else { return }
    if let method = request.method, method != told.method {
      report(
        .warning, .exampleMismatch, line,
        "the example sends \(method), the request line says \(told.method)")
    }
    if let collection = request.collection, collection != told.collection {
      report(
        .warning, .exampleMismatch, line,
        "the example is sent to '\(collection)', the request line says '\(told.collection)'")
    }
  }
}
