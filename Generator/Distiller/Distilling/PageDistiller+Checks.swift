internal import Spec

/// What a page should have and has not, and where its parts disagree.
extension PageDistiller {
  /// A title that names no operation leaves it to the request line, which can only mean one. So does
  /// a title whose words fit a list and one resource alike: `Get SKUs`.
  mutating func settleKind() {
    guard let request = facts.request else {
      // `List prices` is what a page without a request speaks of.
      if facts.title.isAmbiguous, facts.response == nil, facts.sortable == nil {
        facts.title.kind = .overview
      }
      return
    }
    guard furtherRequests == 0 else { return }
    if request.isNested { return leaveOut(nested: request) }
    guard let kind = kind(of: request) else { return }
    switch facts.title.kind {
    case .overview:
      facts.title = PageTitle(kind: .operation(kind), subject: "")
      report(
        .warning, .kindMismatch, facts.titleLine,
        "the title names no operation; the request line makes it '\(kind.rawValue)'",
        "a title such as 'Create a widget' or 'List all widgets'")
    case .operation(let told) where told != kind && request.method == Operations.method(told):
      facts.title.kind = .operation(kind)
      let fits = kind == .list && Inflection.isPlural(Names.slug(facts.title.subject))
      report(
        fits ? .note : .warning, .kindMismatch, facts.titleLine,
        "the title says '\(told.rawValue)'; \(request.method) \(request.path) and its response make "
          + "it '\(kind.rawValue)'",
        "a title such as 'List all widgets' or 'Retrieve a widget'")
    case .operation, .object: break
    }
  }

  private func kind(of request: RequestLine) -> OperationKind? {
    switch request.method {
    case "POST": return request.hasID ? nil : .create
    case "PATCH", "PUT": return .update
    case "DELETE": return .delete
    case "GET" where request.hasID:
      return facts.returnsMany && facts.title.kind == .operation(.list) ? .list : .retrieve
    case "GET":
      if facts.returnsMany { return .list }
      let isTitledList = facts.title.kind == .operation(.list)
      let sorts = facts.sortable?.isEmpty == false
      // A response that shows one is believed before a list of names, which may be the site's frame.
      if facts.response != nil { return sorts && isTitledList ? .list : .retrieve }
      // Without a response the path alone tells a collection from a singleton.
      let isPlural = Inflection.isPlural(request.collection)
      return isPlural || isTitledList || sorts && facts.title.kind == .overview ? .list : .retrieve
    default: return nil
    }
  }

  /// A path through one resource to another is not an operation of the first.
  private mutating func leaveOut(nested request: RequestLine) {
    report(
      .warning, .kindMismatch, facts.requestLine,
      "\(request.method) \(request.path) leads through '\(request.collection)' to something else; "
        + "the operation is left out",
      "a path such as \(Reading.profile.basePath)widgets or \(Reading.profile.basePath)widgets/:id")
    facts.title.kind = .overview
    (facts.request, facts.success, facts.arguments, facts.response) = (nil, nil, nil, nil)
    (facts.sortable, facts.filterable) = (nil, nil)
    (facts.sortableRelationships, facts.filterableRelationships) = (nil, nil)
    (facts.responseRelationships, facts.sentRelationships) = ([], [])
  }

  /// Keeps the arguments that a text outside of tables names.
  mutating func note(looseNames text: String, _ line: Int) {
    guard text.contains("attributes.") || text.contains("relationships.") else { return }
    for (offset, words) in text.split(separator: "\n", omittingEmptySubsequences: false)
      .enumerated()
    {
      for word in words.split(whereSeparator: \.isWhitespace) {
        let bare = word.drop { "*|`•".contains($0) }
        guard bare.hasPrefix("attributes.") || bare.hasPrefix("relationships."),
          looseNames.count < Self.maximumLooseNames,
          let name = ArgumentName.read(String(bare.prefix { !",:;|)".contains($0) }))
        else { continue }
        looseNames.append((name, line + offset))
      }
    }
  }

  /// The most names kept.
  private static let maximumLooseNames = 1000
  /// One name is what a sentence speaks of.
  private static let minimumLooseNames = 2

  /// Reports arguments that no table of the page lists: a table that was not recognized as one.
  mutating func reportLooseNames() {
    let rows = (facts.arguments ?? []) + (facts.fields ?? [])
    let listed = Set(rows.map { "\($0.namespace.rawValue).\($0.name)" })
    let loose = looseNames.filter {
      !listed.contains("\($0.name.namespace.rawValue).\($0.name.name)")
    }
    let names = Set(loose.map(\.name.name))
    guard let first = loose.first, names.count >= Self.minimumLooseNames else { return }
    report(
      .warning, .otherTable, first.line,
      "'\(first.name.name)' and \(names.count - 1) other names of arguments stand in no table that is "
        + "recognized; they are not read",
      "a table with the columns Body Parameter, Type and Required, or Field, Type and Description")
  }

  mutating func reportMissing() {
    guard case .operation(let kind) = facts.title.kind else { return reportUnknownTitle() }
    let line = facts.titleLine
    if let request = facts.request {
      check(request, against: kind)
    } else {
      report(
        .warning, .noEndpoint, line, "has no request line",
        "a method and a URL with \(Reading.profile.basePath)")
    }
    if facts.arguments == nil, kind == .create || kind == .update {
      report(
        .warning, .missingSection, line, "has no table of arguments",
        "Body Parameter | Type | Required")
    }
    if facts.sortable?.isEmpty ?? true, kind == .list {
      report(
        .warning, .missingSection, line, "has no list of sortable fields",
        "names below 'Sortable fields'")
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

  private mutating func check(_ request: RequestLine, against kind: OperationKind) {
    if request.method != Operations.method(kind), !(kind == .update && request.method == "PUT") {
      report(
        .warning, .methodMismatch, facts.requestLine,
        "the title says \(kind.rawValue), the request line \(request.method)",
        Operations.method(kind))
    }
    // Singletons have no id in their path, and no list.
    if request.hasID, kind == .create || kind == .list {
      report(
        .warning, .methodMismatch, facts.requestLine,
        "the title says \(kind.rawValue), but the path ends in an id", "a path without :id")
    }
    let subject = Names.slug(facts.title.subject)
    if !subject.isEmpty, !Self.isSame(subject, request.collection) {
      report(
        .warning, .nameMismatch, facts.titleLine,
        "the title speaks of '\(facts.title.subject.prefix(60))', the path of "
          + "'\(request.collection)'; the path counts")
    }
    if let stem = FileStem.operation(page.file), stem != kind {
      report(
        .warning, .kindMismatch, facts.titleLine,
        "the file is named for \(stem.rawValue), the title says \(kind.rawValue); the title counts")
    }
  }

  /// Whether a title's words and a path mean one resource: number and joints do not matter.
  static func isSame(_ slug: String, _ collection: String) -> Bool {
    func bare(_ name: String) -> String { name.filter { $0 != "_" } }
    let names = [collection, Inflection.singularize(collection), Inflection.pluralize(collection)]
    return names.contains { bare($0) == bare(slug) }
      || bare(Inflection.pluralize(slug)) == bare(collection)
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
    for sent in facts.sentAttributes
      + facts.sentRelationships.map({ .init(name: $0.name, line: $0.line) })
    where !names.contains(sent.name) {
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

/// What a file's name says of the page, where it says anything.
enum FileStem {
  /// `widgets/create.md`, `create_widget.md` → create.
  static func operation(_ file: String) -> OperationKind? {
    let stem = (file.split(separator: "/").last ?? "").prefix { $0 != "." }
    guard file.hasSuffix(".md") else { return nil }
    let word = stem.prefix { $0 != "_" && $0 != "-" }
    return OperationKind(rawValue: String(word))
  }
}
