/// Collects lines of source in the house style: two spaces, 100 columns except for literals.
///
/// It lays out; what is written is decided elsewhere.
package struct SourceWriter {
  static let width = 100

  package private(set) var text = ""
  private var indentation = ""

  /// Creates a writer of nothing yet.
  package init() {}

  /// One line.
  package mutating func line(_ code: Code) {
    text += code.source.isEmpty ? "\n" : indentation + code.source + "\n"
  }

  /// An empty line.
  package mutating func blank() { text += "\n" }

  /// A documentation comment.
  mutating func comment(_ comment: DocComment) {
    for line in comment.lines(width: Self.width - indentation.count) {
      text += indentation + line + "\n"
    }
  }

  /// What makes the compiler warn of the declaration that follows, or reject it.
  mutating func deprecation(_ deprecation: Deprecation?) {
    if let deprecation { line("@available(\(deprecation.availability))") }
  }

  /// `head {`, the body one step deeper, `}`.
  package mutating func block(_ head: Code, _ body: (inout SourceWriter) -> Void) {
    line("\(head) {")
    indented(body)
    line("}")
  }

  /// `head { body }` on one line where it fits, on three otherwise.
  mutating func short(_ head: Code, _ body: Code) {
    let one: Code = "\(head) { \(body) }"
    if fits(one) {
      line(one)
    } else {
      block(head) { $0.line(body) }
    }
  }

  /// `head(items)tail` on one line where it fits; otherwise the items on lines of their own, as
  /// many on each as fit.
  mutating func list(
    _ head: Code, _ items: [Code], _ tail: Code, endsWithComma: Bool = false
  ) {
    let one: Code = "\(head)\(Code.joined(items, by: ", "))\(tail)"
    if fits(one) {
      line(one)
      return
    }
    line(head)
    indented { writer in
      var current: Code = ""
      for (index, item) in items.enumerated() {
        let last = index == items.count - 1
        let piece: Code = last && !endsWithComma ? item : "\(item),"
        let longer: Code = current.source.isEmpty ? piece : "\(current) \(piece)"
        if !current.source.isEmpty, !writer.fits(longer) {
          writer.line(current)
          current = piece
        } else {
          current = longer
        }
      }
      writer.line(current)
    }
    line(tail)
  }

  /// `head items tail` with as many lines as the items need.
  mutating func wrapped(_ head: Code, _ items: [Code], _ tail: Code) {
    var current = head
    let outer = indentation
    for (index, item) in items.enumerated() {
      let piece: Code = index == items.count - 1 ? "\(item)\(tail)" : "\(item),"
      let longer: Code = "\(current) \(piece)"
      if fits(longer) {
        current = longer
      } else {
        line(current)
        indentation = outer + "  "
        current = piece
      }
    }
    line(current)
    indentation = outer
  }

  /// `head(arguments)` on one line where it fits, otherwise the arguments on the next.
  mutating func call(_ head: Code, _ arguments: Code) {
    let one: Code = "\(head)(\(arguments))"
    if fits(one) {
      line(one)
    } else {
      line("\(head)(")
      indented { $0.line("\(arguments))") }
    }
  }

  private func fits(_ code: Code) -> Bool {
    indentation.utf8.count + code.source.utf8.count <= Self.width
  }

  package mutating func indented(_ body: (inout SourceWriter) -> Void) {
    indentation += "  "
    body(&self)
    indentation.removeLast(2)
  }
}
