/// The names of sortable and filterable fields, in whatever they are written: lists, tables,
/// sentences.
extension PageDistiller {
  mutating func read(list items: [ListItem], _ block: Block) {
    guard section == .sortable || section == .filterable else {
      if NameList.isOnlyNames(items) {
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
          .warning, .badListItem, item.line, "'\(item.text.text.prefix(60))' is no name",
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
          .warning, .badListItem, row.line, "'\(cell.text.prefix(60))' is no name", "a wire name")
      }
      isFirst = false
    }
  }

  private mutating func take(_ names: [NameList.Name], line: Int) {
    for name in names { take(name, line: line) }
  }

  private mutating func take(_ name: NameList.Name, line: Int) {
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

  /// In place: lists may be long.
  private mutating func append(
    _ item: PageFacts.Listed, to list: WritableKeyPath<PageFacts, [PageFacts.Listed]?>
  ) {
    if facts[keyPath: list] == nil { facts[keyPath: list] = [] }
    facts[keyPath: list]?.append(item)
  }
}
