internal import Spec

/// The names of sortable and filterable fields, in whatever they are written: lists, tables,
/// sentences.
extension PageDistiller {
  mutating func read(list items: [ListItem], _ block: Block) {
    enterSpoken(items.map { NameList.names(in: $0.text) })
    guard isInList else {
      if section == .arguments, readArguments(in: items) { return }
      if NameList.isOnlyNames(items) || mayList && NameList.startWithNames(items) {
        report(
          .warning, .badListItem, block.line,
          "a list of names below '\(heading.prefix(60))' is not read",
          "a heading such as 'Sortable fields' or 'Filterable fields'")
      }
      for item in items { note(deprecations: item.text, item.line) }
      return
    }
    for item in items {
      // A nested list: its parent says which half it is.
      if case .part(let part) = SectionHeading.read(item.text.text) {
        self.part = part
      } else if let names = NameList.names(in: item.text) {
        take(names, line: item.line)
      } else {
        report(
          .warning, .badListItem, item.line, "'\(item.text.text.prefix(60))' is not a name",
          "a wire name")
      }
    }
  }

  /// Names in a paragraph: those of one that holds nothing else are read, the others reported.
  mutating func readNames(in text: Inline, _ block: Block) {
    if case .part(let part) = SectionHeading.read(text.text) {
      self.part = part
    } else if let names = NameList.names(in: text.text) {
      take(names, line: block.line)
    } else if NameList.isIn(paragraph: text) {
      report(
        .warning, .badListItem, block.line,
        "names in a sentence below '\(heading.prefix(60))' are not read", "a list of names")
    }
  }

  /// A table in place of a list: the names stand in its first column.
  mutating func readNames(in table: Table, _ block: Block) {
    var isFirst = table.header.allSatisfy(\.isEmpty)
    for row in table.rows {
      let cell = row.cells.first ?? Inline()
      if let names = NameList.names(in: cell) {
        take(names, line: row.line)
      } else if !isFirst {
        report(
          .warning, .badListItem, row.line, "'\(cell.text.prefix(60))' is not a name", "a wire name"
        )
      }
      isFirst = false
    }
  }

  private mutating func take(_ names: [NameList.Name], line: Int) {
    for name in names {
      for section in section == .both ? [.sortable, .filterable] : [section] {
        take(name, for: section, line: line)
      }
    }
  }

  private mutating func take(_ name: NameList.Name, for section: Section, line: Int) {
    let part = name.part ?? self.part
    guard listed.insert("\(section) \(part) \(name.name)").inserted else {
      report(.warning, .duplicateItem, line, "'\(name.name)' is listed twice")
      return
    }
    let item = PageFacts.Listed(name: name.name, line: line)
    switch (section, part) {
    case (.sortable, .attributes): append(item, to: \.sortable)
    case (.sortable, .relationships):
      append(item, to: \.sortableRelationships)
      report(
        .note, .sortableRelationships, line, "sorting through '\(name.name)' is left out")
    case (_, .attributes): append(item, to: \.filterable)
    case (_, .relationships): append(item, to: \.filterableRelationships)
    }
  }

  /// Names that columns of ticks call sortable and filterable.
  mutating func take(_ ticked: TickedNames) {
    if ticked.sortable != nil { facts.sortable = facts.sortable ?? [] }
    if ticked.filterable != nil { facts.filterable = facts.filterable ?? [] }
    for item in ticked.sortable ?? [] {
      take(.init(name: item.name, part: item.part), for: .sortable, line: item.line)
    }
    for item in ticked.filterable ?? [] {
      take(.init(name: item.name, part: item.part), for: .filterable, line: item.line)
    }
  }

  /// Whether the page's operation is to list, as far as it is known yet.
  private var mayList: Bool {
    switch facts.title.kind {
    case .operation(let kind): kind == .list
    case .overview: facts.request.map { $0.method == "GET" && !$0.hasID } ?? false
    case .object: false
    }
  }

  /// Below a heading that speaks of sorting or filtering in other words, a list that is nothing but
  /// names is the list of them, on a page that lists and has no such list yet. Predicates look like
  /// names and are none.
  mutating func enterSpoken(_ items: [[NameList.Name]?]) {
    guard section == .other, let spoken, mayList, !items.isEmpty,
      items.allSatisfy({ $0?.isEmpty == false }),
      !items.contains(where: { $0?.contains { Reading.instructions.contains($0.name) } ?? false })
    else { return }
    let hasSortable = facts.sortable?.isEmpty == false
    let hasFilterable =
      facts.filterable?.isEmpty == false || facts.filterableRelationships != nil
    switch spoken {
    case .sortable where hasSortable, .filterable where hasFilterable: return
    case .both where hasSortable || hasFilterable: return
    default: break
    }
    section = spoken
    report(
      .note, .missingSection, headingLine,
      "'\(heading.prefix(60))' is read as a list of \(Self.shown(spoken)) fields")
  }

  private static func shown(_ section: Section) -> String {
    switch section {
    case .sortable: "sortable"
    case .both: "sortable and filterable"
    default: "filterable"
    }
  }

  /// In place: lists may be long.
  private mutating func append(
    _ item: PageFacts.Listed, to list: WritableKeyPath<PageFacts, [PageFacts.Listed]?>
  ) {
    if facts[keyPath: list] == nil { facts[keyPath: list] = [] }
    facts[keyPath: list]?.append(item)
  }
}
