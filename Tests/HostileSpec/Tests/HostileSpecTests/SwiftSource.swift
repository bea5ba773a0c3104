import SwiftDiagnostics
import SwiftParser
import SwiftParserDiagnostics
import SwiftSyntax
import Synchronization

/// A generated file as the compiler's own parser sees it.
struct SwiftSource {
  let text: String
  private let tree: SourceFileSyntax

  init(_ text: String) {
    self.text = text
    tree = Parser.parse(source: text)
  }

  /// What the parser complains of, with line and column.
  var diagnostics: [String] {
    guard tree.hasError || tree.hasWarning else { return [] }
    let converter = SourceLocationConverter(fileName: "generated", tree: tree)
    return ParseDiagnosticsGenerator.diagnostics(for: tree).map {
      let place = $0.location(converter: converter)
      return "\(place.line):\(place.column): \($0.message)"
    }
  }

  /// The tokens of each declaration, names and texts aside; declarations, parameters and statements
  /// in no order, because names decide it: equal for files that declare the same kinds of things
  /// with the same modifiers, types and bodies.
  var skeleton: [String] {
    tree.statements.map { Self.skeleton(of: Syntax($0)) }.sorted()
  }

  private static func skeleton(of node: Syntax) -> String {
    if let token = node.as(TokenSyntax.self) { return word(token) ?? "" }
    var parts = node.children(viewMode: .sourceAccurate).map(skeleton)
    switch node.kind {
    case .memberBlockItemList, .codeBlockItemList, .functionParameterList, .arrayElementList:
      parts.sort()
    default: break
    }
    // A text with escapes is several pieces of one text.
    var words: [String] = []
    for part in parts where !part.isEmpty && !(part == "text" && words.last == "text") {
      words.append(part)
    }
    return words.joined(separator: node.kind == .memberBlockItemList ? "\n" : " ")
  }

  private static func word(_ token: TokenSyntax) -> String? {
    switch token.tokenKind {
    case .identifier, .dollarIdentifier: "name"
    case .stringSegment: "text"
    case .rawStringPoundDelimiter, .comma: nil
    default: token.text
    }
  }

  /// The values of all string literals; nil for one that interpolates.
  var literals: [String?] {
    let finder = LiteralFinder(viewMode: .sourceAccurate)
    finder.walk(tree)
    return finder.values
  }

  private final class LiteralFinder: SyntaxVisitor {
    var values: [String?] = []
    override func visit(_ node: StringLiteralExprSyntax) -> SyntaxVisitorContinueKind {
      values.append(node.representedLiteralValue)
      return .visitChildren
    }
  }

  /// What stands between tokens and is neither layout nor a comment to the end of a line.
  var strangeTrivia: [String] {
    var strange: [String] = []
    for token in tree.tokens(viewMode: .sourceAccurate) {
      for piece in token.leadingTrivia.pieces + token.trailingTrivia.pieces {
        switch piece {
        case .spaces, .newlines, .docLineComment, .lineComment: continue
        default: strange.append("\(piece)")
        }
      }
    }
    return strange
  }

  /// Characters that print as something else than they are, or not at all.
  var hiddenCharacters: [String] {
    text.unicodeScalars.filter { scalar in
      switch scalar.properties.generalCategory {
      case .control: scalar != "\n"
      case .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator,
        .nonspacingMark, .enclosingMark, .spacingMark:
        true
      default: false
      }
    }.map { "U+" + String($0.value, radix: 16, uppercase: true) }
  }

  /// Names that are declared and cannot be used after a dot as they are written.
  var unusableNames: [String] {
    let finder = NameFinder(viewMode: .sourceAccurate)
    finder.walk(tree)
    return finder.names.filter { !Self.isUsable($0) }.sorted()
  }

  /// Verdicts on names so far: the same few come again and again.
  private static let usable = Mutex<[String: Bool]>([:])

  private static func isUsable(_ name: String) -> Bool {
    if let known = usable.withLock({ $0[name] }) { return known }
    let plain = name.hasPrefix("`") ? String(name.dropFirst().dropLast()) : name
    let verdict =
      plain.isValidSwiftIdentifier(for: .memberAccess)
      && (name.hasPrefix("`") || plain.isValidSwiftIdentifier(for: .variableName))
    usable.withLock { $0[name] = verdict }
    return verdict
  }

  private final class NameFinder: SyntaxVisitor {
    var names: Set<String> = []
    override func visit(_ node: IdentifierPatternSyntax) -> SyntaxVisitorContinueKind {
      names.insert(node.identifier.text)
      return .visitChildren
    }
    override func visit(_ node: FunctionDeclSyntax) -> SyntaxVisitorContinueKind {
      names.insert(node.name.text)
      return .visitChildren
    }
    override func visit(_ node: StructDeclSyntax) -> SyntaxVisitorContinueKind {
      names.insert(node.name.text)
      return .visitChildren
    }
    override func visit(_ node: FunctionParameterSyntax) -> SyntaxVisitorContinueKind {
      if node.firstName.text != "_" { names.insert(node.firstName.text) }
      return .visitChildren
    }
  }
}
