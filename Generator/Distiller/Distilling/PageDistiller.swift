internal import Spec

/// Turns one page into its facts: walks the blocks, keeps the section they stand in, and hands each
/// to the rule for it.
struct PageDistiller {
  enum Section: Equatable {
    case none, request, arguments, fields, example, sortable, filterable, both, other
  }

  var facts: PageFacts
  var diagnostics: [PageDiagnostic]
  let page: ParsedPage
  var section = Section.none
  var heading = ""
  var headingLine = 1
  /// What a heading in other words may be about, until a list below it shows it.
  var spoken: Section?
  /// The namespace that a heading inside the arguments or fields gives to the bare names below it.
  var namespace: PageFacts.Row.Namespace?
  var part = SectionHeading.ListPart.attributes
  /// The tab that a heading or a line of its own names where the layout has no tabs.
  var spokenTab: String?
  /// A method whose URL stands in the next block.
  private var pendingMethod: (text: String, line: Int, pieces: Int)?
  /// The names of lists so far, each with its section.
  var listed: Set<String> = []
  var shown: Set<String> = []
  /// A method and a path that only a sentence or a table names.
  var proseRequest: (request: RequestLine, line: Int)?
  /// How many request lines differ from the first.
  var furtherRequests = 0
  /// The names of arguments that stand in no table, with their lines.
  var looseNames: [(name: ArgumentName, line: Int)] = []

  /// - Returns: the facts, or nil when the page is none of the reference.
  static func distil(_ page: ParsedPage) -> (facts: PageFacts?, diagnostics: [PageDiagnostic]) {
    guard let choice = TitleChoice.read(page) else {
      let diagnostic = PageDiagnostic(
        .warning, .noTitle, file: page.file, line: 1, "has no title and is left out",
        expected: "a first heading such as 'Create a widget'")
      return (nil, page.diagnostics + [diagnostic])
    }
    var distiller = PageDistiller(page: page, choice)
    distiller.run(from: choice.block)
    return (distiller.facts, distiller.diagnostics)
  }

  private init(page: ParsedPage, _ choice: TitleChoice) {
    self.page = page
    facts = PageFacts(file: page.file, title: choice.title, titleLine: choice.line)
    diagnostics = page.diagnostics
    if let guess = choice.guess {
      report(.note, .titleGuess, choice.line, guess, "a first heading such as 'Create a widget'")
    }
  }

  private mutating func run(from start: Int) {
    section = facts.title.kind == .object ? .fields : .none
    for block in page.blocks.dropFirst(start + 1) {
      if let method = pendingMethod, !isText(block) { giveUp(method) }
      switch block.content {
      // Addressed to language models, no part of the reference, and never to be followed.
      case .heading(_, let text) where text.text.lowercased().hasPrefix("agent instructions"):
        return finish()
      case .heading(let level, let text): enter(text.text, level: level, block)
      case .paragraph(let text):
        note(looseNames: text.text, block.line)
        read(paragraph: text, block)
      case .table(let table): read(table: table, block)
      case .list(let items):
        for item in items { note(looseNames: item.text.text, item.line) }
        read(list: items, block)
      case .code(let code):
        note(looseNames: code, block.line)
        read(code: code, block)
      }
    }
    finish()
  }

  private func isText(_ block: Block) -> Bool {
    if case .paragraph = block.content { true } else { false }
  }

  private mutating func finish() {
    if let method = pendingMethod { giveUp(method) }
    settleRequest()
    settleKind()
    let (form, reason) = Vintage.tell(page, facts: facts)
    (facts.vintage, facts.vintageReason) = (PageAge(form: form), reason)
    reportMissing()
    reportLooseNames()
  }

  private mutating func enter(_ heading: String, level: Int, _ block: Block) {
    if block.tab == nil, take(request: heading, line: block.line) { return }
    let found = SectionHeading.read(heading)
    if case .part(let part) = found {
      if isInList || spoken != nil {
        self.part = part
        return
      }
      if section == .arguments || section == .fields {
        namespace = part == .attributes ? .attributes : .relationships
        return
      }
    }
    // Tabs that became headings.
    if section == .example, found == .request || found == .response {
      spokenTab = found == .request ? "Request" : "Response"
      return
    }
    self.heading = heading
    headingLine = block.line
    spokenTab = nil
    (spoken, namespace) = (nil, nil)
    switch found {
    case .request: section = .request
    case .response:
      section = .example
      spokenTab = "Response"
    case .arguments: section = .arguments
    case .example: section = .example
    case .fields: section = .fields
    case .sortable(let part): enterSortable(.sortable, part, heading)
    case .both(let part): enterSortable(.both, part, heading)
    case .filterable(let part):
      section = .filterable
      self.part = part
      if part == .attributes { facts.filterable = facts.filterable ?? [] }
    case .part, nil:
      section = PageTitle.read(heading).kind == .object ? .fields : .other
      speak(of: SectionHeading.spoken(heading))
    }
  }

  private mutating func speak(of found: SectionHeading?) {
    switch found {
    case .sortable(let part): (spoken, self.part) = (.sortable, part)
    case .filterable(let part): (spoken, self.part) = (.filterable, part)
    case .both(let part): (spoken, self.part) = (.both, part)
    default: break
    }
  }

  /// Whether names are expected, and nothing else.
  var isInList: Bool { section == .sortable || section == .filterable || section == .both }

  private mutating func enterSortable(
    _ section: Section, _ part: SectionHeading.ListPart, _ heading: String
  ) {
    self.section = section
    self.part = part
    facts.sortable = facts.sortable ?? []
    let words = heading.lowercased().split { !$0.isLetter }
    if words.contains("fields") { facts.saysSortableFields = true }
    if words.contains("attributes") { facts.saysSortableAttributes = true }
  }

  private mutating func read(paragraph text: Inline, _ block: Block) {
    if section == .none, facts.summary == nil { facts.summary = text.text }
    if block.tab == nil, readRequest(text.text, line: block.line) { return }
    if section == .none || section == .request, proseRequest == nil {
      proseRequest = RequestLine.spoken(in: text.text).map { ($0, block.line) }
    }
    if section == .example, let tab = SectionHeading.read(text.text), text.text.count < 20 {
      if tab == .request || tab == .response {
        spokenTab = tab == .request ? "Request" : "Response"
        return
      }
    }
    if section == .other, NameList.isIn(paragraph: text) {
      enterSpoken([NameList.names(in: text.text)])
    }
    if isInList { readNames(in: text, block) }
    if facts.success == nil, let status = SuccessStatus.read(text.text) {
      facts.success = status
      facts.successLine = block.line
    }
    if facts.returning == nil, let operations = OperationProse.returning(text.text) {
      facts.returning = operations
      facts.returningLine = block.line
    }
    let denied = OperationProse.denied(text.text)
    if !denied.isEmpty {
      facts.denied.formUnion(denied)
      facts.deniedLine = facts.deniedLine ?? block.line
    }
    note(deprecations: text, block.line)
  }

  mutating func note(deprecations text: Inline, _ line: Int) {
    for name in Deprecations.read(text) {
      facts.deprecated.append(.init(name: name, line: line))
      if let replacement = Replacement.read(text.text) {
        facts.replacements[name] = .init(name: replacement, line: line)
      }
      report(.note, .deprecated, line, "'\(name)' is called deprecated")
    }
  }

  // MARK: Request lines

  /// Reads a request line, also one whose method and URL copying has broken into pieces.
  private mutating func readRequest(_ text: String, line: Int) -> Bool {
    if let pending = pendingMethod {
      let joined = pending.text + (pending.pieces == 0 ? " " : "") + text
      if take(request: joined, line: pending.line) {
        pendingMethod = nil
        return true
      }
      if pending.pieces < Self.requestPieces, !text.contains(" "), text.contains("/") {
        pendingMethod = (joined, pending.line, pending.pieces + 1)
        return true
      }
      giveUp(pending)
    }
    if RequestLine.methods.contains(text) {
      pendingMethod = (text, line, 0)
      return true
    }
    if text == "/:id" || text == ":id", let request = facts.request, !request.hasID {
      facts.request?.path += "/:id"
      return true
    }
    return take(request: text, line: line)
  }

  /// How many pieces a broken URL may have before its last.
  private static let requestPieces = 3

  private mutating func giveUp(_ method: (text: String, line: Int, pieces: Int)) {
    pendingMethod = nil
    guard section == .request, facts.request == nil else { return }
    report(
      .warning, .noEndpoint, method.line, "no path of the service follows '\(method.text)'",
      "a method and a URL with \(Reading.profile.basePath)")
  }

  /// - Returns: whether the text is a request line.
  mutating func take(request text: String, line: Int) -> Bool {
    guard let request = RequestLine.read(text) else { return false }
    if let first = facts.request, first != request {
      furtherRequests += 1
      report(
        .warning, .methodMismatch, line,
        "a second request line, \(request.method) \(request.path), is not read")
    } else if facts.request == nil {
      facts.request = request
      facts.requestLine = line
    }
    return true
  }

  // MARK: Tables

  mutating func read(table: Table, _ block: Block) {
    if !ArgumentTable.namesArguments(table) {
      if section == .other {
        enterSpoken(table.rows.map { $0.cells.first.flatMap { NameList.names(in: $0) } })
      }
      if isInList { return readNames(in: table, block) }
    }
    if readRequest(in: table) { return }
    var reader = ArgumentTable(file: page.file, namespace: namespace ?? Reading.bareNamespace)
    do throws(TableColumns.Rejection) {
      let columns = try TableColumns.read(
        table, inArguments: section == .arguments,
        belongs: section == .arguments || section == .fields,
        isObject: facts.title.kind == .object)
      let rows = reader.read(columns, line: block.line)
      note(deprecated: rows)
      switch columns.form {
      case .arguments:
        facts.arguments = (facts.arguments ?? []) + rows
        facts.hasRelationTypes = facts.hasRelationTypes || reader.sawRelationTypes
        facts.hasEmptyRequired = facts.hasEmptyRequired || reader.sawEmptyRequired
        facts.hasLowerCaseRequired = facts.hasLowerCaseRequired || reader.sawLowerCaseRequired
      case .object:
        facts.fields = (facts.fields ?? []) + rows
        take(reader.listed)
        if facts.typeRowValue == nil {
          facts.typeRowValue = reader.typeRowValue
          facts.typeRowLine = reader.typeRowLine
        }
      }
    } catch {
      let matters = section == .arguments || section == .fields
      report(
        matters ? .warning : .note, .otherTable, block.line,
        "a table is not read: \(error.reason)",
        matters ? "Body Parameter | Type | Required, or Field | Type | Description" : nil)
    }
    diagnostics += reader.diagnostics
  }

  mutating func report(
    _ severity: PageDiagnostic.Severity, _ code: DiagnosticCode, _ line: Int, _ message: String,
    _ expected: String? = nil
  ) {
    diagnostics.append(
      PageDiagnostic(severity, code, file: page.file, line: line, message, expected: expected))
  }
}
