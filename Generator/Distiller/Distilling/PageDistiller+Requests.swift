internal import Spec

/// Requests that no request line names.
extension PageDistiller {
  /// A table in place of a request line: `Method | Endpoint`.
  mutating func readRequest(in table: Table) -> Bool {
    guard section != .example,
      table.header.contains(where: {
        ["method", "verb", "http method"].contains($0.text.lowercased())
      })
    else { return false }
    var found = false
    for row in table.rows {
      let text = row.cells.map(\.text).joined(separator: " ")
      if take(request: text, line: row.line) { found = true }
    }
    return found
  }

  /// Rows that say themselves that they are deprecated.
  mutating func note(deprecated rows: [PageFacts.Row]) {
    for row in rows
    where row.isDeprecated
      && !facts.deprecated.contains(where: {
        $0.name == row.name
      })
    {
      facts.deprecated.append(.init(name: row.name, line: row.line))
      if let name = row.replacement {
        facts.replacements[row.name] = .init(name: name, line: row.line)
      }
      report(.note, .deprecated, row.line, "'\(row.name)' is called deprecated")
    }
  }

  /// A page without a request line has its method and path in a sentence at least.
  mutating func settleRequest() {
    guard facts.request == nil, case .operation(let kind) = facts.title.kind,
      let (request, line) = proseRequest, request.method == Operations.method(kind),
      Self.isSame(Names.slug(facts.title.subject), request.collection),
      facts.arguments != nil || facts.response != nil || facts.sortable != nil
    else { return }
    (facts.request, facts.requestLine) = (request, line)
    report(
      .warning, .noEndpoint, line,
      "has no request line; the sentence's \(request.method) \(request.path) is taken",
      "a method and a URL with \(Reading.profile.basePath)")
  }

  /// A list in place of a table of arguments: `attributes.x (string, required)`.
  /// - Returns: whether its items are arguments.
  mutating func readArguments(in items: [ListItem]) -> Bool {
    guard items.contains(where: { ListedArgument.row($0, namespace: namespace) != nil }) else {
      return false
    }
    var table = Table(header: ["name", "type", "required"].map { Inline(text: $0) }, rows: [])
    for item in items {
      if let row = ListedArgument.row(item, namespace: namespace) {
        table.rows.append(row)
      } else {
        report(
          .warning, .badName, item.line, "'\(item.text.text.prefix(60))' names no argument",
          "attributes.x or relationships.x, its type and Required or Optional")
      }
    }
    read(table: table, Block(content: .table(table), line: items[0].line))
    return true
  }
}

/// An argument that is an item of a list.
enum ListedArgument {
  /// The cells that the item has in place of a row: name, type, requirement.
  static func row(
    _ item: ListItem, namespace: PageFacts.Row.Namespace?
  ) -> Table.Row? {
    let text = item.text.text
    let name = text.prefix { !$0.isWhitespace && $0 != ":" && $0 != "(" && $0 != "," }
    guard ArgumentName.read(String(name), namespace: namespace) != nil else { return nil }
    var words = text.dropFirst(name.count).drop { " :(–—-".contains($0) }
    if let end = words.firstIndex(of: ")") { words = words[..<end] }
    let type = words.prefix { $0.isLetter || $0 == "[" || $0 == "]" || $0 == "-" }
    guard TypeName.read(String(type)) != nil else { return nil }
    let required = words.dropFirst(type.count).drop { " ,:–—-".contains($0) }
    return .init(
      cells: [String(name), String(type), String(required)].map { Inline(text: $0) },
      line: item.line)
  }
}
