internal import Spec

/// The table of contents of a documentation repository: pages it does not link are removed.
struct SummaryIndex {
  /// The file's name.
  let name: String
  /// The folder the index stands in, with a trailing slash; empty at the top.
  let folder: String
  private let linked: Set<String>

  /// Whether a file is a table of contents.
  static func isIndex(_ name: String) -> Bool {
    (name.split(separator: "/").last ?? "").lowercased() == "summary.md"
  }

  init(_ file: SourceFile) {
    name = file.name
    let cut = file.name.lastIndex(of: "/").map { file.name.index(after: $0) }
    folder = cut.map { String(file.name[..<$0]) } ?? ""
    let targets = MarkdownLinks.targets(in: String(decoding: file.bytes, as: UTF8.self))
    linked = Set(targets.compactMap { Self.key($0, isLink: true) })
  }

  /// Whether a page lies below the index's folder.
  func covers(_ name: String) -> Bool { name.hasPrefix(folder) }

  /// Whether the index links a page.
  func links(_ name: String) -> Bool {
    guard let key = Self.key(String(name.dropFirst(folder.count)), isLink: false) else {
      return false
    }
    return linked.contains(key)
  }

  private static let endings = [".md", ".markdown", ".html", ".htm", ".txt"]
  private static let overviews: Set<String> = ["readme", "index"]

  /// What a link and the page it leads to have in common: a path without the ending of its file and
  /// without the name of a folder's overview; nil for a link that leads elsewhere.
  private static func key(_ path: String, isLink: Bool) -> String? {
    var text = path
    if isLink {
      guard !text.contains("://"), !text.hasPrefix("mailto:"), !text.hasPrefix("#") else {
        return nil
      }
      text = decoded(String(text.prefix { $0 != "#" && $0 != "?" }))
    }
    var parts: [Substring] = []
    for part in text.split(separator: "/") where part != "." {
      if part != ".." {
        parts.append(part)
      } else if parts.popLast() == nil {
        return nil
      }
    }
    if let last = parts.popLast() {
      let ending = endings.first { last.lowercased().hasSuffix($0) } ?? ""
      let stem = last.dropLast(ending.count)
      if !overviews.contains(stem.lowercased()) || ending.isEmpty { parts.append(stem) }
    }
    return parts.joined(separator: "/")
  }

  /// Percent-encoding resolved; what is none stays.
  private static func decoded(_ text: String) -> String {
    guard text.contains("%") else { return text }
    var out: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.first {
      let digits = rest.dropFirst().prefix(2)
      if byte == UInt8(ascii: "%"), digits.count == 2,
        let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
      {
        out.append(value)
        rest = rest.dropFirst(3)
      } else {
        out.append(byte)
        rest = rest.dropFirst()
      }
    }
    return String(decoding: out, as: UTF8.self)
  }
}

/// Which files are pages to be read, and what is to be said of the others.
struct PageSelection {
  private(set) var pages: [SourceFile] = []
  /// Pages that their index does not link, with the name of the index.
  private(set) var orphans: [(file: SourceFile, index: String)] = []
  private(set) var diagnostics: [PageDiagnostic] = []

  init(_ files: [SourceFile]) {
    let indexes = usableIndexes(of: files)
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
      // Of several tables of contents the nearest one speaks.
      let index = indexes.filter { $0.covers(file.name) }.max { $0.folder.count < $1.folder.count }
      if let index {
        if index.folder + "README.md" == file.name { continue }
        if !index.links(file.name), Self.isPage(file) {
          orphans.append((file, index.name))
          continue
        }
      }
      pages.append(file)
    }
    for (folder, found) in ignored.sorted(by: { $0.key < $1.key }) {
      diagnostics.append(
        PageDiagnostic(
          .note, .notReference, file: found.first, line: 1,
          "the \(found.count) \(found.count == 1 ? "file" : "files") of '\(folder)' repeat other "
            + "pages and are left out"))
    }
    if indexes.isEmpty, pages.count(where: { $0.name.hasSuffix(".md") }) > 1 {
      diagnostics.append(
        PageDiagnostic(
          .note, .noIndex, file: "", line: 1,
          "no SUMMARY.md is among the files: pages that no index links are only known where other "
            + "pages contradict them"))
    }
  }

  /// Tables of contents link pages only: data beside them, such as the published schema, is none.
  private static func isPage(_ file: SourceFile) -> Bool {
    let kind = ContentKind.detect(String(decoding: file.bytes, as: UTF8.self)).kind
    return kind != .publishedSchema && kind != .other
  }

  /// The tables of contents that link at least one page below them. One that links none says nothing
  /// of what is removed.
  private mutating func usableIndexes(of files: [SourceFile]) -> [SummaryIndex] {
    files.filter { SummaryIndex.isIndex($0.name) }.map(SummaryIndex.init).filter { index in
      let below = files.filter { index.covers($0.name) && !SummaryIndex.isIndex($0.name) }
      if below.isEmpty || below.contains(where: { index.links($0.name) }) { return true }
      diagnostics.append(
        PageDiagnostic(
          .warning, .noIndex, file: index.name, line: 1,
          "links none of the \(below.count) files below its folder and is not used",
          expected: "links to the pages, relative to its folder"))
      return false
    }
  }
}
