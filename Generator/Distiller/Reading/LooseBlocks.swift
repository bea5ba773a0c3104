/// Gathers what tools that turn pages into Markdown or HTML take apart: a heading and its words, a
/// section's name that is a heading no more, the cells of a table, each a paragraph of its own.
enum LooseBlocks {
  static func gathered(_ page: ParsedPage) -> ParsedPage {
    var page = page
    page.blocks = withWords(page.blocks)
    if !page.blocks.contains(where: isSectionHeading) { page.blocks = withHeadings(page.blocks) }
    page.blocks = withTables(page.blocks)
    return page
  }

  // MARK: Headings

  /// The paragraph behind a heading without words holds them.
  private static func withWords(_ blocks: [Block]) -> [Block] {
    var out: [Block] = []
    for block in blocks {
      if case .heading(let level, let empty)? = out.last?.content, empty.isEmpty,
        case .paragraph(let text) = block.content, text.text.count < maximumHeading,
        RequestLine.read(text.text) == nil
      {
        out[out.count - 1] = block
        out[out.count - 1].content = .heading(level: level, text)
      } else {
        out.append(block)
      }
    }
    return out
  }

  private static func isSectionHeading(_ block: Block) -> Bool {
    guard case .heading(_, let text) = block.content else { return false }
    return SectionHeading.read(text.text) != nil
  }

  /// Paragraphs that are nothing but a section's name. The names of tabs stay what they are.
  private static func withHeadings(_ blocks: [Block]) -> [Block] {
    blocks.map { block in
      guard case .paragraph(let text) = block.content, block.tab == nil,
        text.text.count < maximumHeading, !text.text.contains("_"),
        text.text.first?.isUppercase ?? false, let section = SectionHeading.read(text.text)
      else { return block }
      if case .part = section { return block }
      var block = block
      block.content = .heading(level: 3, text)
      return block
    }
  }

  /// The longest heading, in characters.
  private static let maximumHeading = 60

  // MARK: Tables

  /// Paragraphs that are the cells of a table: a parameter, then its type and its requirement or
  /// description.
  private static func withTables(_ blocks: [Block]) -> [Block] {
    var out: [Block] = []
    var index = 0
    while index < blocks.count {
      let (table, end) = table(at: index, in: blocks)
      if let table {
        out.append(Block(content: .table(table), line: blocks[index].line))
      } else {
        out += blocks[index..<max(end, index + 1)]
      }
      index = max(end, index + 1)
    }
    return out
  }

  /// The table that starts at a block, and the block behind the cells, also where they make none.
  private static func table(at start: Int, in blocks: [Block]) -> (Table?, end: Int) {
    var table = Table(header: [], rows: [])
    var index = start
    while let cell = cell(at: index, in: blocks), cell.text.first?.isUppercase ?? false,
      let titles = TextLine.headerCells(cell.text)
    {
      table.header += titles.map { Inline(text: $0) }
      index += 1
    }
    while let name = cell(at: index, in: blocks), TextLine.isParameter(plain(name)) {
      var row = Table.Row(cells: [name], line: blocks[index].line)
      index += 1
      while row.cells.count < width, !isComplete(row), let next = cell(at: index, in: blocks),
        !TextLine.isParameter(plain(next))
      {
        row.cells.append(next)
        index += 1
      }
      table.rows.append(row)
    }
    let isOne =
      table.rows.count >= minimumRows && ArgumentTable.namesArguments(table)
      && table.rows.contains { $0.cells.count > 1 }
    return (isOne ? table : nil, index)
  }

  /// How many cells a row has.
  private static let width = 3
  /// Fewer rows are a sentence that names an argument.
  private static let minimumRows = 2

  /// Whether a row without a type is complete: its requirement has come.
  private static func isComplete(_ row: Table.Row) -> Bool {
    row.cells.count == 2 && RequiredText.isOne(row.cells[1].text)
  }

  private static func cell(at index: Int, in blocks: [Block]) -> Inline? {
    guard blocks.indices.contains(index), blocks[index].tab == nil,
      case .paragraph(let text) = blocks[index].content
    else { return nil }
    return text
  }

  private static func plain(_ text: Inline) -> String { text.text.filter { $0 != "\\" } }
}
