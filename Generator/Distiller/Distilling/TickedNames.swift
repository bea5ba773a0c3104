internal import Spec

/// The names of a table of fields that columns of ticks call sortable and filterable.
struct TickedNames {
  struct Item {
    var name: String
    var part: SectionHeading.ListPart
    var line: Int
  }

  /// Nil where there is no such column.
  private(set) var sortable: [Item]?
  private(set) var filterable: [Item]?

  mutating func add(_ name: ArgumentName, _ row: Table.Row, _ columns: TableColumns) {
    let part: SectionHeading.ListPart
    switch name.namespace {
    case .attributes: part = .attributes
    case .relationships: part = .relationships
    case .member where name.name == "id": part = .attributes
    case .member, .links, .meta: return
    }
    let item = Item(name: name.name, part: part, line: row.line)
    func isTicked(_ column: Int) -> Bool {
      row.cells.indices.contains(column)
        && (row.cells[column].text.lowercased() == "true"
          || RequiredText.read(row.cells[column].text).requirement == .required)
    }
    if let column = columns.sortable {
      sortable = (sortable ?? []) + (isTicked(column) ? [item] : [])
    }
    if let column = columns.filterable {
      filterable = (filterable ?? []) + (isTicked(column) ? [item] : [])
    }
  }
}
