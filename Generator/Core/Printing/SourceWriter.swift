/// Collects lines of source in the house style: two spaces, 100 columns except for literals.
///
/// It lays out; what is written is decided elsewhere.
struct SourceWriter {
  static let width = 100

  private(set) var text = ""
  private var indentation = ""

  /// One line.
  mutating func line(_ code: Code) {
    text += code.source.isEmpty ? "\n" : indentation + code.source + "\n"
  }

  /// An empty line.
  mutating func blank() { text += "\n" }

  /// A documentation comment.
  mutating func comment(_ comment: DocComment) {
    for line in comment.lines(width: Self.width - indentation.count) {
      text += indentation + line + "\n"
    }
  }

  /// `head {`, the body one step deeper, `}`.
  mutating func block(_ head: Code, _ body: (inout SourceWriter) -> Void) {
    line("\(head) {")
    indented(body)
    line("}")
  }

  /// `head { body }` on one line where it fits, on three otherwise.
  mutating func short(_ head: Code, _ body: Code) {
    let one: Code = "\(head) { \(body) }"
    if indentation.count + one.source.count <= Self.width {
      line(one)
    } else {
      block(head) { $0.line(body) }
    }
  }

  /// `head(items)tail` on one line where it fits, otherwise an item a line.
  mutating func list(_ head: Code, _ items: [Code], _ tail: Code) {
    let one: Code = "\(head)\(Code.joined(items, by: ", "))\(tail)"
    if indentation.count + one.source.count <= Self.width {
      line(one)
      return
    }
    line(head)
    indented { writer in
      for (index, item) in items.enumerated() {
        writer.line(index == items.count - 1 ? item : "\(item),")
      }
    }
    line(tail)
  }

  mutating func indented(_ body: (inout SourceWriter) -> Void) {
    indentation += "  "
    body(&self)
    indentation.removeLast(2)
  }
}
