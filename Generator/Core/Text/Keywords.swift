/// Words of the language that need care when a name of the spec equals one.
enum Keywords {
  /// Names that may stand in backticks.
  static let escaped: Set<String> = [
    // Declarations.
    "associatedtype", "class", "deinit", "enum", "extension", "fileprivate", "func", "import",
    "inout", "internal", "let", "operator", "precedencegroup", "private", "protocol", "public",
    "rethrows", "static", "struct", "subscript", "typealias", "var",
    // Statements.
    "break", "case", "catch", "continue", "default", "defer", "do", "else", "fallthrough", "for",
    "guard", "if", "in", "repeat", "return", "switch", "throw", "where", "while",
    // Expressions and types.
    "Any", "as", "false", "is", "nil", "super", "throws", "true", "try",
    // Contextual words that the parser takes for something else at the head of an expression.
    "actor", "any", "async", "await", "borrow", "consume", "copy", "discard", "each", "macro",
    "some", "then", "unsafe", "yield",
  ]

  /// Names that even backticks do not make ordinary: `x.self`, `X.Type` and `X.init` mean something
  /// else whatever is declared.
  static let unusable: Set<String> = ["init", "self", "Self", "Type", "Protocol", "dynamicType"]
}
