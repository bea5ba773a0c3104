internal import Spec

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

/// Which files are pages to be read, and what is to be said of the others.
struct PageSelection {
  private(set) var pages: [SourceFile] = []
  /// Pages that their index does not link, with the name of the index.
  private(set) var orphans: [(file: SourceFile, index: String)] = []
  private(set) var diagnostics: [Diagnostic] = []

  init(_ files: [SourceFile]) {
    let indexes = files.filter { SummaryIndex.isIndex($0.name) }.map(SummaryIndex.init)
    var ignored: [String: (first: String, count: Int)] = [:]
    for file in files where !SummaryIndex.isIndex(file.name) {
      let folders = file.name.split(separator: "/").dropLast()
      if let folder = folders.first(where: {
        Reading.profile.pages.ignoredFolders.contains(String($0))
      }) {
        let known = ignored[String(folder)]
        ignored[String(folder)] = (known?.first ?? file.name, (known?.count ?? 0) + 1)
        continue
      }
      if indexes.contains(where: { $0.folder + "README.md" == file.name }) { continue }
      if let index = indexes.first(where: { $0.isOrphan(file.name) }) {
        orphans.append((file, index.folder + "SUMMARY.md"))
        diagnostics.append(
          Diagnostic(
            .warning, .orphanPage, file: file.name, line: 1,
            "is linked from no index: its operation is retired and left out"))
        continue
      }
      pages.append(file)
    }
    for (folder, found) in ignored.sorted(by: { $0.key < $1.key }) {
      diagnostics.append(
        Diagnostic(
          .note, .notReference, file: found.first, line: 1,
          "the \(found.count) \(found.count == 1 ? "file" : "files") of '\(folder)' repeat other "
            + "pages and are left out"))
    }
    if indexes.isEmpty, pages.count(where: { $0.name.hasSuffix(".md") }) > 1 {
      diagnostics.append(
        Diagnostic(
          .note, .noIndex, file: "", line: 1,
          "no SUMMARY.md is among the files: pages that no index links are only known where other "
            + "pages contradict them"))
    }
  }
}
