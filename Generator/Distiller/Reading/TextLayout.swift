/// Saved pages whose code and tables have no elements of their own, every line standing in a block:
/// they are read like text copied from them.
enum TextLayout {
  /// Whether a page is laid out in lines.
  static func isOne(_ page: ParsedPage) -> Bool {
    page.blocks.contains { block in
      guard case .paragraph(let text) = block.content else { return false }
      return text.text == "{" || text.text.hasPrefix("curl -") || text.text.hasPrefix("{ \"data\"")
    }
      && !page.blocks.contains { block in
        switch block.content {
        case .code, .table: true
        default: false
        }
      }
  }

  /// Reads the page's lines.
  static func read(_ page: ParsedPage) -> ParsedPage {
    var lines: [String] = []
    var numbers: [Int] = []
    func add(_ text: String, _ line: Int) {
      lines.append(text)
      numbers.append(line)
    }
    for block in page.blocks {
      switch block.content {
      case .heading(_, let text), .paragraph(let text): add(text.text, block.line)
      case .list(let items): for item in items { add("• " + item.text.text, item.line) }
      case .table, .code: break
      }
    }
    var read = TextReader.read(lines: lines, numbers: numbers, file: page.file)
    read.kind = page.kind
    read.marks = page.marks
    read.diagnostics += page.diagnostics
    return read
  }
}
