/// Text that has broken generators, or would: in the spirit of the Big List of Naughty Strings, with
/// what aims at Swift source, its comments, DocC, build systems and terminals.
let hostileTexts: [String] =
  hostileLiterals + hostileComments + hostileScalars + hostileNames + hostileLengths

/// Aims at string literals.
private let hostileLiterals = [
  "\"", "\\", "'", "\"#; fatalError() //", "\"##\\##(x)", "\\(evil())", "\\#(evil())", "\"\"\"",
  "\"\"\"\n\"\"\"", "\\\"", "\\", "\\u{0}", "\\n", "%s%n%d", "#\"", "\"#", "\"####", "\\####(x)",
  "${x}",
  "{\"a\":1}", "[1,", "null", "true", "1e400", "-0", "NaN",
]

/// Aims at comments and what reads them.
private let hostileComments = [
  "*/", "/*", "/* */ evil()", "//", "///", "/// evil", "`", "``Symbol``", "`\n`", "@Metadata {",
  "@Comment { }", "@available(*, unavailable)", "- Parameter x: y", "- Throws: x", "# Title",
  "## Topics", "[a](b)", "![a](file:///etc/passwd)", "<b>", "<script>alert(1)</script>", "~~~",
  "```swift\nevil()\n```", "| a | b |\n|---|---|", "> quote", "* * *", "&amp;", "// MARK: - evil",
  "// swift-format-ignore-file", "// swiftlint:disable all", "TODO: x", "<#placeholder#>",
]

/// Aims at the lexer, at line numbers, at readers of the diff and at terminals.
private let hostileScalars = [
  "\n", "a\nb", "\r", "\r\n", "a\r\nb", "\t", "\u{B}", "\u{C}", "\u{0}", "a\u{0}b", "\u{1B}[31mred",
  "\u{1B}]0;title\u{7}", "\u{8}\u{8}\u{8}", "\u{7F}", "\u{80}", "\u{85}", "a\u{85}b", "\u{9B}31m",
  "\u{2028}x", "\u{2029}x", "\u{202E}reversed", "\u{202E}\u{2066}// check\u{2069}\u{2066}",
  "\u{2066}isolate\u{2069}", "\u{200B}", "a\u{200B}b", "\u{200D}", "\u{2060}", "\u{AD}", "\u{FEFF}",
  "\u{FEFF}a", "\u{FFFE}", "\u{FFFF}", "\u{10FFFF}", "\u{E000}", "\u{E0041}\u{E007F}", "\u{A0}",
  "\u{3000}", "\u{180E}", "\u{301}", "\u{301}\u{301}\u{301}a", "e\u{301}", "é", "日本", "👩‍👩‍👧", "🇩🇪",
  "👍🏽", "ﷺ", "Ω≈ç√∫", "раураl", "іmроrt", "ſelf", "ｓｅｌｆ", "\u{212A}elvin", "ı", "İ", "", " ",
  "  a  ",
]

/// Aims at names.
private let hostileNames = [
  "init", "self", "Self", "Type", "Protocol", "dynamicType", "class", "in", "Any", "actor", "await",
  "deinit", "subscript", "operator", "$0", "$", "`x`", "`", "#if", "#if DEBUG", "#endif",
  "#sourceLocation(file: \"x\", line: 1)", "#error(\"x\")", "@main", "@_silgen_name(\"x\")", "_",
  "__", "1", "1a", "a-b", "a.b", "a b", "a;b", "a,b", "a: Int = 1", "x } struct Y {",
  "x() }; evil(",
  "storage", "schema", "table", "id_", "hash", "encode", "hashValue", "description", "rawValue",
  "Int", "String", "Optional", "Never", "Sendable", "Swift", "../../etc/passwd", "/etc/passwd",
  "C:\\x", "CON", "a/b", "a~1b", "~0", "https://evil.example", "evil.example", "__proto__",
  "HasOwn",
]

/// Aims at limits.
private let hostileLengths = [
  String(repeating: "x", count: 128), String(repeating: "x", count: 129),
  String(repeating: "x", count: 10_000), String(repeating: "\"#", count: 5_000),
  String(repeating: "_", count: 128), String(repeating: "\u{301}", count: 1_000),
  String(repeating: "[", count: 1_000), String(repeating: "`", count: 1_000),
]
