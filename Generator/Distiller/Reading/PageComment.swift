/// The comments that carry GitBook tags, and tables of other Markdown, through the HTML.
enum PageComment: Equatable {
  case tab(String)
  case endTab
  case hint(String)
  case endHint
  /// A table that was read ahead of the parser, by its number.
  case table(Int)

  private static let prefix = "cl:"

  /// The comment as HTML. The value is spelled in hexadecimal so that nothing in it can end the
  /// comment.
  var text: String {
    let (name, value) =
      switch self {
      case .tab(let title): ("tab", title)
      case .endTab: ("endtab", "")
      case .hint(let style): ("hint", style)
      case .endHint: ("endhint", "")
      case .table(let number): ("table", String(number))
      }
    let hex = value.utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    return "<!--\(Self.prefix)\(name) \(hex)-->"
  }

  /// Reads a comment's content; nil for any other comment.
  init?(_ content: String) {
    guard content.hasPrefix(Self.prefix) else { return nil }
    let parts = content.dropFirst(Self.prefix.count).split(separator: " ")
    var bytes: [UInt8] = []
    if parts.count > 1 {
      var rest = parts[1]
      while rest.count >= 2 {
        bytes.append(UInt8(rest.prefix(2), radix: 16) ?? 0x3F)
        rest = rest.dropFirst(2)
      }
    }
    let value = String(decoding: bytes, as: UTF8.self)
    switch parts.first {
    case "tab": self = .tab(value)
    case "endtab": self = .endTab
    case "hint": self = .hint(value)
    case "endhint": self = .endHint
    case "table":
      guard let number = Int(value) else { return nil }
      self = .table(number)
    default: return nil
    }
  }
}
