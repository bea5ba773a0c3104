/// Reads the public declarations of generated Swift sources.
///
/// What the printer wrote is what users get, so the public API is read from that and can say nothing
/// else. It reads what a formatted, correct source can hold, not Swift at large: comments, literals
/// and bodies are passed over by their delimiters. A test compares the result with the compiler's own
/// list of symbols.
struct DeclarationScanner {
  private(set) var declarations: [APIDeclaration] = []
  private(set) var conformances: [APIConformance] = []

  private let text: [UInt8]
  private let source: String
  private var position = 0

  /// What the declarations at hand are in.
  private struct Container {
    var path = ""
    var constraint = ""
    var isProtocol = false
  }

  private enum Ending { case line, body, end }

  /// - Parameters:
  ///   - text: a whole source file.
  ///   - source: what its declarations are said to come from.
  init(_ text: String, source: String) {
    self.text = Array(text.utf8)
    self.source = source
    scan(in: Container())
  }

  private mutating func scan(in container: Container) {
    while true {
      let (text, ending) = header()
      if let header = DeclarationHeader(text) {
        declare(header, ending: ending, in: container)
      } else if ending == .body {
        skipBody()
      }
      if ending == .end { return }
    }
  }

  private mutating func declare(
    _ header: DeclarationHeader, ending: Ending, in container: Container
  ) {
    let isPublic = header.isPublic || container.isProtocol
    func path(_ name: String) -> String {
      container.path.isEmpty ? name : "\(container.path).\(name)"
    }
    switch header.kind {
    case "extension":
      note(header.inherited, of: header.name, where: header.constraint)
      scanBody(ending, in: Container(path: header.name, constraint: header.constraint))
    case "struct", "enum", "class", "actor", "protocol":
      guard isPublic else { return skipBody(ending) }
      add(header, "\(header.kind) \(header.name)\(header.generics)", in: container)
      note(header.inherited, of: path(header.name), where: "")
      scanBody(
        ending, in: Container(path: path(header.name), isProtocol: header.kind == "protocol"))
    case "import": break
    default:
      var accessors = ""
      if ending == .body {
        let start = position
        skipBody()
        if header.kind == "var" {
          accessors = isSettable(start..<position) ? " { get set }" : " { get }"
        }
      }
      guard isPublic else { return }
      add(header, header.signature(in: container.path) + accessors, in: container)
    }
  }

  private mutating func add(
    _ header: DeclarationHeader, _ declaration: String, in container: Container
  ) {
    declarations.append(
      APIDeclaration(
        container: container.path, constraint: container.constraint, kind: header.kind,
        name: header.symbolName, declaration: declaration, availability: header.availability,
        source: source))
  }

  private mutating func note(_ inherited: [String], of subject: String, where constraint: String) {
    conformances += inherited.map {
      APIConformance(subject: subject, protocolName: $0, constraint: constraint, source: source)
    }
  }

  // MARK: - Text

  /// Everything up to a body, the end of the container, or the end of a line that ends a declaration;
  /// with single blanks.
  private mutating func header() -> (String, Ending) {
    var out: [UInt8] = []
    var depth = 0
    func finished() -> String {
      let end = out.last == UInt8(ascii: " ") ? out.dropLast() : out[...]
      return String(decoding: end, as: UTF8.self)
    }
    func blank() { if let last = out.last, last != UInt8(ascii: " ") { out.append(0x20) } }
    while position < text.count {
      let byte = text[position]
      switch byte {
      case UInt8(ascii: "/") where follows("//"):
        while position < text.count, text[position] != 0x0A { position += 1 }
      case UInt8(ascii: "\""),
        UInt8(ascii: "#") where isLiteral:
        let start = position
        skipLiteral()
        out += text[start..<position]
      case UInt8(ascii: "{") where depth == 0:
        position += 1
        return (finished(), .body)
      case UInt8(ascii: "}") where depth == 0:
        position += 1
        return (finished(), .end)
      case 0x0A, 0x20, 0x09:
        position += 1
        if byte == 0x0A, depth == 0, ends(finished()) { return (finished(), .line) }
        blank()
      default:
        if "([".utf8.contains(byte) { depth += 1 }
        if ")]".utf8.contains(byte) { depth -= 1 }
        out.append(byte)
        position += 1
      }
    }
    return (finished(), .end)
  }

  /// Whether a line break ends the declaration.
  private func ends(_ header: String) -> Bool {
    guard DeclarationHeader(header) != nil,
      ![",", "->", "=", ":", "where"].contains(where: header.hasSuffix)
    else { return false }
    var next = position
    while next < text.count, text[next] == 0x20 || text[next] == 0x0A { next += 1 }
    return !["{", "where ", "->", ".", "throws", "async"].contains {
      text[next...].starts(with: $0.utf8)
    }
  }

  private func follows(_ word: StaticString) -> Bool {
    text[position...].starts(with: word.description.utf8)
  }

  /// Whether a literal begins at a `#` or a quote.
  private var isLiteral: Bool {
    text[position...].first { $0 != UInt8(ascii: "#") } == UInt8(ascii: "\"")
  }

  private mutating func skipLiteral() {
    var pounds = 0
    while text[position] == UInt8(ascii: "#") { (pounds, position) = (pounds + 1, position + 1) }
    let mark = Array(repeating: UInt8(ascii: "#"), count: pounds)
    let quotes = follows("\"\"\"") ? 3 : 1
    let closing = Array(repeating: UInt8(ascii: "\""), count: quotes) + mark
    let escape = [UInt8(ascii: "\\")] + mark
    position += quotes
    while position < text.count, !text[position...].starts(with: closing) {
      position += text[position...].starts(with: escape) ? escape.count + 1 : 1
    }
    position = min(position + closing.count, text.count)
  }

  private mutating func scanBody(_ ending: Ending, in container: Container) {
    if ending == .body { scan(in: container) }
  }

  private mutating func skipBody(_ ending: Ending) { if ending == .body { skipBody() } }

  /// Passes over everything up to the brace that closes the body at hand.
  private mutating func skipBody() {
    var depth = 1
    while position < text.count, depth > 0 {
      switch text[position] {
      case UInt8(ascii: "/") where follows("//"):
        while position < text.count, text[position] != 0x0A { position += 1 }
        continue
      case UInt8(ascii: "\""),
        UInt8(ascii: "#") where isLiteral:
        skipLiteral()
        continue
      case UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: "}"): depth -= 1
      default: break
      }
      position += 1
    }
  }

  /// Whether a property's body begins with accessors that set.
  private func isSettable(_ body: Range<Int>) -> Bool {
    let words = String(decoding: text[body], as: UTF8.self)
      .split { !$0.isLetter && $0 != "_" && $0 != "{" && $0 != "}" }
    guard let first = words.first, ["get", "set", "_read", "_modify"].contains(first) else {
      return false
    }
    return words.contains("set") || words.contains("_modify")
  }
}

/// A declaration up to its body.
struct DeclarationHeader {
  let kind: String
  let modifiers: [String]
  let isPublic: Bool
  /// The `@available` attribute as it is written; nil when there is none.
  let availability: String?
  /// The name, for an extension the path of what it extends; without backticks.
  let name: String
  let generics: String
  /// What stands behind `:` in the declaration of a type.
  let inherited: [String]
  /// What stands behind `where`.
  let constraint: String
  /// All that follows the kind.
  private let rest: String

  private static let types: Set<String> = [
    "struct", "enum", "class", "actor", "protocol", "extension",
  ]
  private static let kinds = types.union([
    "import", "func", "var", "let", "init", "init?", "subscript", "typealias", "associatedtype",
    "case",
  ])
  private static let access: Set<String> = [
    "public", "open", "internal", "private", "fileprivate", "package", "nonisolated",
  ]

  /// Reads a header; nil when none is complete.
  init?(_ text: String) {
    var rest = Substring(text)
    var modifiers: [String] = []
    var availability: String?
    var isHidden = false
    while true {
      rest = rest.drop { $0 == " " }
      guard let first = rest.first else { return nil }
      if first == "@" {
        let attribute = Self.attribute(&rest)
        if attribute.hasPrefix("@available") { availability = attribute }
        if attribute.hasPrefix("@_spi") { isHidden = true }
        continue
      }
      let word = rest.prefix { $0.isLetter || $0 == "_" }
      guard !word.isEmpty else { return nil }
      rest = rest.dropFirst(word.count)
      if Self.kinds.contains(String(word)) {
        kind = String(word)
        break
      }
      modifiers.append(String(word))
    }
    rest = rest.drop { $0 == " " }
    guard !rest.isEmpty else { return nil }
    self.modifiers = modifiers.filter { !Self.access.contains($0) }
    self.availability = availability
    isPublic = !isHidden && (modifiers.contains("public") || modifiers.contains("open"))
    self.rest = String(rest)
    let unquoted = rest.replacing("`", with: "")
    var tail: Substring
    if kind == "init" {
      name = "init"
      tail = rest
    } else {
      let isPath = kind == "extension" || kind == "import"
      name = String(
        unquoted.prefix { $0.isLetter || $0.isNumber || $0 == "_" || (isPath && $0 == ".") })
      tail = Substring(unquoted).dropFirst(name.count)
    }
    generics = tail.first == "<" ? String(Self.balanced(&tail)) : ""
    guard Self.types.contains(kind) else {
      (inherited, constraint) = ([], "")
      return
    }
    let parts = tail.split(separator: " where ", maxSplits: 1, omittingEmptySubsequences: false)
    constraint = parts.count > 1 ? Self.trimmed(parts[1]) : ""
    inherited =
      parts.first.map { list in
        list.drop { $0 == ":" || $0 == " " }.split(separator: ",").map(Self.trimmed)
      }?.filter { !$0.isEmpty } ?? []
  }

  /// The name as lists of symbols have it: `init(weight:depot:)`.
  var symbolName: String {
    guard kind == "func" || kind == "init" else { return name }
    let labels = APIParameter.list(in: rest).map { "\($0.label):" }.joined()
    return "\(name)(\(labels))"
  }

  /// The declaration in one line, without access and attributes, with the type of what it declares.
  func signature(in container: String) -> String {
    let front = modifiers.map { $0 + " " }.joined()
    switch kind {
    case "init": return front + "init" + Self.tidy(rest)
    case "var", "let":
      let stored = rest.split(separator: " = ", maxSplits: 1).map(String.init)
      let declared = stored.first ?? rest
      return declared.contains(":")
        ? "\(front)\(kind) \(declared)"
        : "\(front)\(kind) \(declared): \(Self.type(of: stored.last ?? "", in: container))"
    default: return "\(front)\(kind) \(Self.tidy(rest))"
    }
  }

  /// The type of an initial value: of `Self(rawValue: "x")` the container, of `Schema.version` the
  /// type whose static it is.
  private static func type(of value: String, in container: String) -> String {
    let path = value.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }
    if path == "Self" { return container }
    if value.dropFirst(path.count).first == "(" { return String(path) }
    return path.split(separator: ".").dropLast().joined(separator: ".")
  }

  /// Without what wrapping leaves behind.
  private static func tidy(_ text: String) -> String {
    trimmed(text[...]).replacing("( ", with: "(").replacing(" )", with: ")")
  }

  private static func trimmed(_ text: Substring) -> String {
    String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }

  private static func attribute(_ rest: inout Substring) -> String {
    var out = String(rest.prefix { $0 != " " && $0 != "(" })
    rest = rest.dropFirst(out.count)
    if rest.first == "(" { out += balanced(&rest) }
    return out
  }

  /// Takes what stands in parentheses or angle brackets off the front, with them.
  private static func balanced(_ rest: inout Substring) -> Substring {
    var depth = 0
    var isText = false
    for index in rest.indices {
      switch rest[index] {
      case "\"": isText.toggle()
      case "(", "<", "[": if !isText { depth += 1 }
      case ")", "]": if !isText { depth -= 1 }
      case ">":
        if !isText, index == rest.startIndex || rest[rest.index(before: index)] != "-" {
          depth -= 1
        }
      default: break
      }
      if depth == 0 {
        let taken = rest[...index]
        rest = rest[rest.index(after: index)...]
        return taken
      }
    }
    defer { rest = "" }
    return rest
  }
}
