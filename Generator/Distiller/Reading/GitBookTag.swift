/// A tag of GitBook's: `{% name key="value" %}`.
struct GitBookTag {
  var name: String
  private let body: Substring

  init(_ text: Substring) {
    body = text.drop { $0 == " " }
    name = String(body.prefix { $0 != " " })
  }

  /// What a tag is to a reader.
  enum Meaning: Equatable {
    case comment(PageComment)
    case pageReference
    /// A part of the layout that holds content but says nothing itself.
    case layout
    /// A reference in a form that is not read, up to the tag that ends it.
    case foreignReference(ends: String)
    case unknown
  }

  var meaning: Meaning {
    switch name {
    case "tab": .comment(.tab(value("title") ?? ""))
    case "endtab", "endtabs", "tabs": .comment(.endTab)
    case "hint": .comment(.hint(value("style") ?? "info"))
    case "endhint": .comment(.endHint)
    case "page-ref", "endpage-ref", "content-ref", "endcontent-ref": .pageReference
    case "embed", "endembed", "code", "endcode", "file", "endfile", "columns", "endcolumns",
      "column", "endcolumn", "stepper", "endstepper", "step", "endstep", "updates", "endupdates",
      "update", "endupdate":
      .layout
    case "api-method": .foreignReference(ends: "endapi-method")
    case "swagger": .foreignReference(ends: "endswagger")
    case "openapi": .foreignReference(ends: "endopenapi")
    case "openapi-operation": .foreignReference(ends: "endopenapi-operation")
    default: .unknown
    }
  }

  /// The value of `name="…"`.
  func value(_ key: String) -> String? {
    guard let start = body.firstRange(of: key + "=\"") else { return nil }
    return String(body[start.upperBound...].prefix { $0 != "\"" })
  }
}
