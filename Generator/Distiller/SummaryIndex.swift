/// The table of contents of a documentation repository: pages it does not link are retired.
struct SummaryIndex {
  /// The folder the index stands in, with a trailing slash; empty at the top.
  let folder: String
  private let linked: Set<String>

  /// Whether a file is a table of contents.
  static func isIndex(_ name: String) -> Bool {
    (name.split(separator: "/").last ?? "").lowercased() == "summary.md"
  }

  init(_ file: SourceFile) {
    let cut = file.name.lastIndex(of: "/").map { file.name.index(after: $0) }
    folder = cut.map { String(file.name[..<$0]) } ?? ""
    var links: Set<String> = []
    var rest = Substring(String(decoding: file.bytes, as: UTF8.self))
    while let open = rest.firstRange(of: "](") {
      let target = rest[open.upperBound...].prefix { $0 != ")" && $0 != "\n" }
      rest = rest[target.endIndex...]
      var path = target.filter { $0 != "\\" && $0 != "<" && $0 != ">" }
      if let fragment = path.firstIndex(of: "#") { path = String(path[..<fragment]) }
      if path.hasPrefix("./") { path.removeFirst(2) }
      if path.hasSuffix("/") { path += "README.md" }
      links.insert(String(path))
    }
    linked = links
  }

  /// Whether a page below the index's folder is missing from it.
  func isOrphan(_ name: String) -> Bool {
    guard name.hasPrefix(folder) else { return false }
    return !linked.contains(String(name.dropFirst(folder.count)))
  }
}
