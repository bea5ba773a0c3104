internal import Spec

/// Turns one page into its facts: walks the blocks, keeps the section they stand in, and hands each
/// to the rule for it.
struct PageDistiller {
  enum Section { case none, request, arguments, fields, example, sortable, filterable, other }
  enum ListPart { case attributes, relationships }

  private(set) var facts: PageFacts
  private(set) var diagnostics: [Diagnostic]
  private let page: Page
  private var section = Section.none
  private var heading = ""
  private var part = ListPart.attributes

  /// - Returns: the facts, or nil when the page is none of the reference.
  static func distil(_ page: Page) -> (facts: PageFacts?, diagnostics: [Diagnostic]) {
    guard let (title, line) = title(of: page) else {
      let remark = Diagnostic(
        .warning, .noTitle, file: page.file, line: 1, "has no title and is left out",
        expected: "a first heading such as 'Create a widget'")
      return (nil, page.diagnostics + [remark])
    }
    var distiller = PageDistiller(page: page, title: title, line: line)
    distiller.run()
    return (distiller.facts, distiller.diagnostics)
  }

  private static func title(of page: Page) -> (PageTitle, Int)? {
    for block in page.blocks {
      guard case .heading(level: 1, let text) = block.content, !text.isEmpty else { continue }
      return (PageTitle.read(text.text), block.line)
    }
    return nil
  }

  private init(page: Page, title: PageTitle, line: Int) {
    self.page = page
    facts = PageFacts(file: page.file, title: title, titleLine: line)
    diagnostics = page.diagnostics
  }

  private mutating func run() {
    for block in page.blocks {
      switch block.content {
      // Addressed to language models, no part of the reference, and never to be followed.
      case .heading(_, let text) where text.text.lowercased().hasPrefix("agent instructions"):
        return finish()
      case .heading(let level, let text): enter(text.text, level: level)
      case .paragraph(let text): read(paragraph: text, block)
      case .table(let table): read(table: table, block)
      case .list(let items): read(list: items, block)
      case .code(let code): read(code: code, block)
      }
    }
    finish()
  }

  private mutating func finish() {
    (facts.vintage, facts.vintageReason) = Vintage.tell(page, facts: facts)
    reportMissing()
  }

  private mutating func enter(_ heading: String, level: Int) {
    let text = String(heading.lowercased().prefix { $0 != ":" })
    self.heading = heading
    switch text {
    case "request": section = .request
    case "arguments": section = .arguments
    case "example": section = .example
    case "fields": section = .fields
    case "sortable fields", "sortable attributes":
      section = .sortable
      part = .attributes
      facts.sortable = facts.sortable ?? []
      if text == "sortable fields" { facts.saysSortableFields = true }
      if text == "sortable attributes" { facts.saysSortableAttributes = true }
    case "filterable fields", "filterable attributes":
      section = .filterable
      part = .attributes
      facts.filterable = facts.filterable ?? []
    case "attributes" where section == .sortable || section == .filterable: part = .attributes
    case "relationships" where section == .sortable || section == .filterable:
      part = .relationships
    default:
      section = PageTitle.read(heading).kind == .object && level > 1 ? .fields : .other
      if level == 1 { section = facts.title.kind == .object ? .fields : .none }
    }
  }

  private mutating func read(paragraph text: Inline, _ block: Block) {
    if section == .none, facts.summary == nil { facts.summary = text.text }
    if block.tab == nil, let request = RequestLine.read(text.text) {
      if let first = facts.request, first != request {
        report(
          .warning, .methodMismatch, block.line,
          "a second request line, \(request.method) \(request.path), is not read")
      } else if facts.request == nil {
        facts.request = request
        facts.requestLine = block.line
      }
    }
    if section == .sortable || section == .filterable, NameList.isIn(paragraph: text) {
      report(
        .warning, .badListItem, block.line,
        "names in a sentence below '\(heading.prefix(60))' are not read", "a list of names")
    }
    if facts.success == nil, let status = SuccessStatus.read(text.text) {
      facts.success = status
      facts.successLine = block.line
    }
    for name in Deprecations.read(text) {
      facts.deprecated.append(.init(name: name, line: block.line))
    }
  }

  private mutating func read(table: Table, _ block: Block) {
    var reader = ArgumentTable(file: page.file)
    switch reader.form(of: table, inArguments: section == .arguments) {
    case .arguments:
      facts.arguments = (facts.arguments ?? []) + reader.arguments(table)
      facts.hasRelationTypes = facts.hasRelationTypes || reader.sawRelationTypes
      facts.hasEmptyRequired = facts.hasEmptyRequired || reader.sawEmptyRequired
      facts.hasLowerCaseRequired = facts.hasLowerCaseRequired || reader.sawLowerCaseRequired
    case .object:
      facts.fields = (facts.fields ?? []) + reader.fields(table)
      if facts.typeRowValue == nil {
        facts.typeRowValue = reader.typeRowValue
        facts.typeRowLine = reader.typeRowLine
      }
    case .other(let reason):
      let belongs: [Section] = [.arguments, .fields, .sortable, .filterable]
      let matters = belongs.contains(section) || ArgumentTable.namesArguments(table)
      report(
        matters ? .warning : .note, .otherTable, block.line, "a table is not read: \(reason)")
    }
    diagnostics += reader.diagnostics
  }

  private mutating func read(list items: [ListItem], _ block: Block) {
    guard section == .sortable || section == .filterable else {
      if NameList.isOnlyNames(items) {
        report(
          .warning, .badListItem, block.line,
          "a list of names below '\(heading.prefix(60))' is not read",
          "a heading such as 'Sortable fields' or 'Filterable fields'")
      }
      return
    }
    var names: [PageFacts.Listed] = []
    let known =
      switch (section, part) {
      case (.sortable, _): facts.sortable
      case (_, .attributes): facts.filterable
      case (_, .relationships): facts.filterableRelationships
      }
    var seen = Set((known ?? []).map(\.name))
    for item in items {
      let name = item.text.text.filter { $0 != "`" && $0 != "\\" }
      guard Names.isWireName(name) else {
        report(.warning, .badListItem, item.line, "'\(name.prefix(60))' is no name", "a wire name")
        continue
      }
      guard seen.insert(name).inserted else {
        report(.warning, .duplicateItem, item.line, "'\(name)' is listed twice")
        continue
      }
      names.append(.init(name: name, line: item.line))
    }
    switch (section, part) {
    case (.sortable, .attributes): facts.sortable = (facts.sortable ?? []) + names
    case (.sortable, .relationships):
      for name in names {
        report(
          .note, .sortableRelationships, name.line, "sorting through '\(name.name)' is left out")
      }
    case (_, .attributes): facts.filterable = (facts.filterable ?? []) + names
    case (_, .relationships):
      facts.filterableRelationships = (facts.filterableRelationships ?? []) + names
    }
  }

  private mutating func read(code: String, _ block: Block) {
    let example = ExampleCode.read(
      code, line: block.line, file: page.file, tab: block.tab,
      expectsAnswer: facts.title.kind != .operation(.delete))
    diagnostics += example.diagnostics
    switch example.content {
    case .request(let request):
      facts.requestWasRepaired = facts.requestWasRepaired || example.wasRepaired
      if facts.sentType == nil {
        facts.sentType = request.type
        facts.sentTypeLine = request.typeLine
      }
      facts.sentAttributes += request.attributes.map { .init(name: $0.name, line: $0.line) }
      facts.sentRelationships += request.relationships
      if let method = request.method, let line = facts.request, method != line.method {
        report(
          .warning, .exampleMismatch, block.line,
          "the example sends \(method), the request line says \(line.method)")
      }
    case .response(let response):
      if let first = facts.response {
        let known = Set(first.map(\.name))
        for extra in response.attributes where !known.contains(extra.name) {
          report(
            .warning, .exampleMismatch, extra.line,
            "'\(extra.name)' stands in a further response example only and is not read")
        }
        return
      }
      facts.response = response.attributes
      facts.responseType = response.type
      facts.responseTypeLine = response.typeLine
      facts.responseRelationships = response.relationships
    case .other(let why):
      if let why { report(.note, .otherCode, block.line, "code is not read: \(why)") }
    }
  }

  private mutating func report(
    _ severity: Diagnostic.Severity, _ code: DiagnosticCode, _ line: Int, _ message: String,
    _ expected: String? = nil
  ) {
    diagnostics.append(
      Diagnostic(severity, code, file: page.file, line: line, message, expected: expected))
  }

  private mutating func reportMissing() {
    guard case .operation(let kind) = facts.title.kind else { return reportUnknownTitle() }
    let line = facts.titleLine
    if let request = facts.request {
      if request.method != Operations.method(kind),
        !(kind == .update && request.method == "PUT")
      {
        report(
          .warning, .methodMismatch, facts.requestLine,
          "the title says \(kind.rawValue), the request line \(request.method)")
      }
    } else {
      report(
        .warning, .noEndpoint, line, "has no request line", "a method and a URL with /api/")
    }
    if facts.arguments == nil, kind == .create || kind == .update {
      report(.warning, .missingSection, line, "has no table of arguments")
    }
    if facts.sortable?.isEmpty ?? true, kind == .list {
      report(.warning, .missingSection, line, "has no list of sortable fields")
    }
    // Pages before 2022-09 have no such section; one that is there names something.
    if facts.filterable?.isEmpty ?? true, facts.filterableRelationships == nil, kind == .list {
      report(
        facts.filterable == nil ? .note : .warning, .missingSection, line,
        "has no list of filterable fields")
    }
    if facts.success == nil {
      report(
        .note, .missingSection, line,
        "names no status of success; \(Operations.success(kind)) is taken")
    }
    if facts.response == nil, kind != .delete {
      report(.warning, .missingSection, line, "has no readable response example")
    }
    checkRequestExample()
  }

  /// A request line or a table of arguments belongs to an operation, whatever the title says.
  private mutating func reportUnknownTitle() {
    let found =
      facts.request.map { "the request line \($0.method) \($0.path)" }
      ?? (facts.arguments == nil ? nil : "a table of arguments")
    guard let found else { return }
    report(
      .warning, .kindMismatch, facts.titleLine,
      "the title names no operation, so that \(found) is left out",
      "a title such as 'Create a widget' or 'List all widgets'")
  }

  /// The request example against the table: what it must hold, and what it must not.
  private mutating func checkRequestExample() {
    guard let arguments = facts.arguments, facts.sentType != nil else { return }
    let names = Set(arguments.map(\.name))
    for sent in facts.sentAttributes where !names.contains(sent.name) {
      report(
        .warning, .undocumentedArgument, sent.line,
        "the example sends '\(sent.name)', which the table does not list")
    }
    let sent = Set(facts.sentAttributes.map(\.name) + facts.sentRelationships.map(\.name))
    for row in arguments where row.namespace == .attributes || row.namespace == .relationships {
      if row.required?.requirement == .required, !sent.contains(row.name) {
        report(
          .note, .exampleLacksRequired, row.line,
          "'\(row.name)' is required but missing in the example")
      }
    }
  }
}
