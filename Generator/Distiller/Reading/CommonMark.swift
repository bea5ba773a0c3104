private import CCmarkGFM
private import Foundation

/// Markdown to HTML through cmark-gfm, with the position of every block in its attributes.
enum CommonMark {
  /// The attribute cmark-gfm writes positions into: `3:1-4:20`.
  static let positionAttribute = "data-sourcepos"

  // Raw HTML is let through: pages carry `<b>`, `<a>` and `<details>`. The result is parsed, never
  // shown, so there is nothing to protect a browser from.
  private static let options =
    CMARK_OPT_SOURCEPOS | CMARK_OPT_UNSAFE | CMARK_OPT_VALIDATE_UTF8

  /// cmark-gfm keeps its extensions in a global list that must be filled once.
  private static let registered: Void = cmark_gfm_core_extensions_ensure_registered()

  /// - Returns: the HTML, or nil when cmark-gfm runs out of memory.
  static func html(from markdown: String) -> String? {
    _ = registered
    guard let parser = cmark_parser_new(options) else { return nil }
    defer { cmark_parser_free(parser) }
    if let table = cmark_find_syntax_extension("table") {
      cmark_parser_attach_syntax_extension(parser, table)
    }
    var bytes = Array(markdown.utf8).map { CChar(bitPattern: $0) }
    cmark_parser_feed(parser, &bytes, bytes.count)
    guard let document = cmark_parser_finish(parser) else { return nil }
    defer { cmark_node_free(document) }
    guard
      let rendered = cmark_render_html(
        document, options, cmark_parser_get_syntax_extensions(parser))
    else { return nil }
    defer { free(rendered) }
    return String(cString: rendered)
  }
}
