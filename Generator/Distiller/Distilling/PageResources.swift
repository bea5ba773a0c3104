internal import Spec

/// Decides which resource each page is about.
///
/// Asked in this order: the path of the request line, the JSON type of the examples, the `type` row
/// of the object table, a slug of the title, the folder. A singleton's path is singular
/// (`/api/shop`) while its JSON type is plural (`shops`): the type names the resource.
enum PageResources {
  /// Sets every page's resource and reports disagreements.
  static func assign(_ pages: inout [PageFacts]) -> [PageDiagnostic] {
    var diagnostics: [PageDiagnostic] = []
    // Path segment to resource, from pages that show both.
    var aliases: [String: String] = [:]
    for page in pages {
      guard let collection = page.request?.collection, let type = page.responseType,
        Names.isWireName(type), collection != type, Inflection.pluralize(collection) == type
      else { continue }
      aliases[collection] = type
    }
    for index in pages.indices {
      let (name, found) = name(of: pages[index], aliases: aliases)
      pages[index].resource = name
      diagnostics += found
    }
    // Pages without a request line are only guessed at: prefer a name that another page proves.
    let proven = Set(pages.filter { $0.request != nil }.map(\.resource))
    for index in pages.indices where pages[index].request == nil {
      let candidates = guesses(for: pages[index]).map { aliases[$0] ?? $0 }
      if let known = candidates.first(where: proven.contains) { pages[index].resource = known }
    }
    diagnostics += folderDiagnostics(pages, proven: proven)
    return diagnostics
  }

  /// Pages in the folder of another resource: copied there, or their path was.
  private static func folderDiagnostics(_ pages: [PageFacts], proven: Set<String>)
    -> [PageDiagnostic]
  {
    pages.compactMap { page in
      guard let folder = page.file.split(separator: "/").dropLast().last else { return nil }
      let name = String(folder).replacing("-", with: "_")
      guard !page.resource.isEmpty, name != page.resource, proven.contains(name) else { return nil }
      return PageDiagnostic(
        .warning, .nameMismatch, file: page.file,
        line: page.request == nil ? page.titleLine : page.requestLine,
        "lies in the folder of '\(name)' but is about '\(page.resource)'; the page counts")
    }
  }

  private static func name(
    of page: PageFacts, aliases: [String: String]
  ) -> (String, [PageDiagnostic]) {
    guard let request = page.request else {
      return (guesses(for: page).map { aliases[$0] ?? $0 }.first ?? "", [])
    }
    let collection = aliases[request.collection] ?? request.collection
    var diagnostics: [PageDiagnostic] = []
    let types = [
      (page.responseType, page.responseTypeLine), (page.sentType, page.sentTypeLine),
    ]
    for (type, line) in types {
      guard let type, type != collection else { continue }
      diagnostics.append(
        PageDiagnostic(
          .warning, .typeMismatch, file: page.file, line: line ?? page.requestLine,
          "the path is of '\(collection)' but an example's type is '\(type)'; the path counts"))
      break
    }
    return (collection, diagnostics)
  }

  /// What a page without a request line may be about, best first.
  private static func guesses(for page: PageFacts) -> [String] {
    var out: [String] = []
    if let type = page.typeRowValue { out.append(type) }
    let slug = Names.slug(page.title.subject)
    if Names.isWireName(slug) {
      out.append(page.title.kind == .object ? Inflection.pluralize(slug) : slug)
      out.append(Inflection.pluralize(slug))
      out.append(slug)
    }
    let folders = page.file.split(separator: "/").dropLast()
    if let folder = folders.last {
      let name = String(folder).replacing("-", with: "_")
      if Names.isWireName(name) { out.append(name) }
    }
    return out
  }
}
