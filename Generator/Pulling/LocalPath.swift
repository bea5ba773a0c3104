internal import Distiller
internal import Foundation

/// Which file a page goes into: names that a server chose become names that cannot do harm.
enum LocalPath {
  /// The longest name of one file or folder, in bytes.
  static let maximumName = 100
  /// The deepest folder.
  static let maximumDepth = 12
  /// Characters that mean something to Markdown, to shells or to other file systems.
  private static let marks: Set<Character> = [
    "(", ")", "<", ">", "[", "]", "#", "?", "*", "|", "\"", "`",
  ]
  /// What ends a file's name already.
  private static let endings = [".md", ".markdown", ".html", ".htm", ".txt", ".json"]

  /// The path below the output folder.
  /// - Parameters:
  ///   - address: the page, at or below `base`.
  ///   - kind: what it holds, for the ending of its name.
  /// - Throws: ``PageAddress/Rejection`` for a path that no file should have.
  static func path(
    of address: PageAddress, below base: PageAddress, kind: ContentKind
  ) throws(PageAddress.Rejection) -> String {
    let folder = base.path.hasSuffix("/") ? base.path : base.path + "/"
    var names: [String] = []
    let rest = address.path.hasPrefix(folder) ? address.path.dropFirst(folder.count) : ""
    for part in rest.split(separator: "/", omittingEmptySubsequences: true) {
      names.append(try name(String(part)))
    }
    if address == base, let file = base.fileName {
      names.append(try name(file))
    } else if rest.isEmpty || rest.hasSuffix("/") {
      names.append("README")
    }
    guard names.count <= maximumDepth else {
      throw PageAddress.Rejection("its path has more than \(maximumDepth) folders")
    }
    let last = names.removeLast()
    let lower = last.lowercased()
    names.append(endings.contains { lower.hasSuffix($0) } ? last : last + ending(of: kind))
    return names.joined(separator: "/")
  }

  /// One name: decoded, rejected where it would climb or name something else, cut where it is long.
  private static func name(_ part: String) throws(PageAddress.Rejection) -> String {
    guard let text = part.removingPercentEncoding else {
      throw PageAddress.Rejection("its path is not UTF-8")
    }
    guard text != ".", text != ".." else {
      throw PageAddress.Rejection("its path climbs out of the site")
    }
    guard
      text.unicodeScalars.allSatisfy({
        $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) && $0 != "/" && $0 != "\\"
          && $0 != ":"
      })
    else { throw PageAddress.Rejection("its path has characters that no file name should have") }
    // Hidden files are this tool's own, and marks of Markdown would end links in `SUMMARY.md`.
    let plain = text.map { Self.marks.contains($0) ? "_" : $0 }
    let shown = String(plain.first == "." ? "_" + plain.dropFirst() : plain[...])
    guard shown.utf8.count > maximumName else { return shown }
    let end = endings.first { shown.lowercased().hasSuffix($0) } ?? ""
    var cut = shown.dropLast(end.count)
    while cut.utf8.count > maximumName - marked("", shown).utf8.count - end.utf8.count {
      cut.removeLast()
    }
    return marked(String(cut), shown) + end
  }

  /// A name made different by a digest of what it stands for.
  static func marked(_ name: String, _ text: String) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    let hex = String(hash, radix: 16)
    return "\(name)-\(String(repeating: "0", count: 16 - hex.count))\(hex)"
  }

  private static func ending(of kind: ContentKind) -> String {
    switch kind {
    case .markdown: ".md"
    case .html: ".html"
    case .publishedSchema: ".json"
    case .text, .other: ".txt"
    }
  }
}

/// Gives each page a path of its own, also where file names are the same in capitals and small
/// letters, and where one page's file would be another's folder.
struct PathAllocator {
  private var files: Set<String> = []
  private var folders: Set<String> = []

  /// - Parameter taken: paths that are given away already.
  init(taken: some Sequence<String>) {
    for path in taken { claim(path) }
  }

  /// The path itself when it is free, else one made different by the address.
  mutating func allocate(_ wanted: String, for address: PageAddress) -> String {
    var path = wanted
    if !isFree(path) {
      let cut = path.lastIndex(of: ".") ?? path.endIndex
      path = LocalPath.marked(String(path[..<cut]), address.description) + path[cut...]
      // A folder that is a file: put the page beside it.
      if !isFree(path) { path = path.replacing("/", with: "-") }
    }
    claim(path)
    return path
  }

  private mutating func claim(_ path: String) {
    files.insert(Self.key(path))
    folders.formUnion(Self.parents(path))
  }

  private func isFree(_ path: String) -> Bool {
    let key = Self.key(path)
    return !files.contains(key) && !folders.contains(key)
      && Self.parents(path).allSatisfy { !files.contains($0) }
  }

  private static func key(_ path: String) -> String {
    path.precomposedStringWithCanonicalMapping.lowercased()
  }

  private static func parents(_ path: String) -> [String] {
    var parts = key(path).split(separator: "/").dropLast()
    var all: [String] = []
    while !parts.isEmpty {
      all.append(parts.joined(separator: "/"))
      parts.removeLast()
    }
    return all
  }
}
