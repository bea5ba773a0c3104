internal import Distiller
internal import Foundation
internal import Pulling

/// The pages a command line names.
///
/// A page's name is its path below the folder that was given, with that folder's own name before
/// it, so that it does not depend on where the folder lies or how its path was spelled.
struct PageFiles {
  /// The pages, sorted by name.
  var files: [SourceFile] = []
  /// Where each page lies, spelled as on the command line, for messages that can be clicked.
  private(set) var paths: [String: String] = [:]
  /// The names of the folders that were given whole, each with a slash at its end.
  private var folders: [String] = []

  /// Reads files and folders.
  /// - Parameters:
  ///   - given: the paths.
  ///   - log: the commits' dates, where somebody names them.
  /// - Throws: a clear message for a path that cannot be read.
  init(paths given: [String], log: CommitDates? = nil) throws {
    var pulled = PulledFolders()
    var found: [String: Found] = [:]
    for path in given {
      let url = URL(filePath: path).standardizedFileURL
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
        throw ToolFailure("no such file or folder: \(path)")
      }
      if isFolder.boolValue { folders.append(url.lastPathComponent + "/") }
      let below = isFolder.boolValue ? try Self.files(in: url, given: path) : [url]
      let root = url.deletingLastPathComponent()
      for file in below {
        let real = file.resolvingSymlinksInPath().path
        let tail = file.path.dropFirst(url.path.count)
        let candidate = Found(
          components: isFolder.boolValue
            ? Array(file.pathComponents.dropFirst(root.pathComponents.count))
            : Array(file.pathComponents.suffix(2)),
          all: file.pathComponents.filter { $0 != "/" }, shown: path + tail, url: file)
        // Named twice: the longer name counts, so that the order of the paths does not.
        if let known = found[real], !candidate.isPreferred(to: known) { continue }
        found[real] = candidate
      }
    }
    for (name, file) in Self.uniquelyNamed(Array(found.values)) {
      do {
        files.append(
          SourceFile(
            name: name, bytes: Array(try Data(contentsOf: file.url)),
            dates: log?.dates(of: name) ?? pulled.dates(of: file.url)))
      } catch {
        throw ToolFailure("cannot read \(file.shown): \(error.localizedDescription)")
      }
      paths[name] = file.shown
    }
    files.sort { $0.name < $1.name }
  }

  /// Whether a page of this name was read, or would have been if it were there.
  func covers(_ name: String) -> Bool {
    paths[name] != nil || folders.contains { name.hasPrefix($0) }
  }

  /// A diagnostic with the page's path as the user knows it.
  func shown(_ diagnostic: PageDiagnostic) -> PageDiagnostic {
    var copy = diagnostic
    copy.file = paths[diagnostic.file] ?? diagnostic.file
    return copy
  }

  private struct Found {
    /// The components of the name wanted.
    var components: [String]
    /// All components of the path, to tell equal names apart.
    var all: [String]
    var shown: String
    var url: URL

    func isPreferred(to other: Found) -> Bool {
      components.count != other.components.count
        ? components.count > other.components.count : shown < other.shown
    }
  }

  /// Names that two pages share get more of their paths until they differ.
  private static func uniquelyNamed(_ found: [Found]) -> [(String, Found)] {
    var lengths = found.map(\.components.count)
    while true {
      let names = found.indices.map {
        found[$0].all.suffix(lengths[$0]).joined(separator: "/")
      }
      let groups = Dictionary(grouping: found.indices) { names[$0] }
      let clashing = groups.values.filter { $0.count > 1 }.joined().filter {
        lengths[$0] < found[$0].all.count
      }
      guard !clashing.isEmpty else { return Array(zip(names, found)) }
      for index in clashing { lengths[index] += 1 }
    }
  }

  private static func files(in folder: URL, given: String) throws -> [URL] {
    let keys: [URLResourceKey] = [.isRegularFileKey]
    var failure: String?
    guard
      let walk = FileManager.default.enumerator(
        at: folder, includingPropertiesForKeys: keys, options: [.skipsHiddenFiles],
        errorHandler: { url, error in
          failure = "cannot read \(url.path): \(error.localizedDescription)"
          return false
        })
    else { throw ToolFailure("cannot read the folder \(given)") }
    var out: [URL] = []
    for case let url as URL in walk {
      if try url.resourceValues(forKeys: Set(keys)).isRegularFile == true {
        out.append(url.standardizedFileURL)
      }
    }
    if let failure { throw ToolFailure(failure) }
    return out
  }
}
