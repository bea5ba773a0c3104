internal import Distiller
internal import Foundation
internal import Pulling

/// The dates of pages in folders that `cl-spec pull` filled.
struct PulledFolders {
  /// What is known of a folder: the nearest one at or above it that was pulled into, and its dates.
  private var known: [String: (root: String, dates: [String: PageDates])?] = [:]

  /// The dates of a page; nil where its folder was not pulled.
  mutating func dates(of page: URL) -> PageDates? {
    guard let (root, dates) = record(for: page.deletingLastPathComponent()) else { return nil }
    let path = page.path
    guard path.hasPrefix(root + "/") else { return nil }
    return dates[String(path.dropFirst(root.count + 1))]
  }

  private mutating func record(for folder: URL) -> (root: String, dates: [String: PageDates])? {
    let path = folder.path
    if let found = known[path] { return found }
    var found: (root: String, dates: [String: PageDates])?
    if let data = try? Data(contentsOf: folder.appending(path: PulledPages.stateFile)) {
      found = PulledPages.dates(Array(data)).map { (path, $0) }
    } else if folder.pathComponents.count > 1 {
      found = record(for: folder.deletingLastPathComponent())
    }
    known[path] = .some(found)
    return found
  }
}

/// The dates of the commits that changed pages last, as `git log --format=%as --name-only` prints
/// them: a date, then the paths below the repository's root, newest first.
struct CommitDates {
  private var dates: [String: PageDate] = [:]

  /// Reads the log.
  /// - Throws: a clear message for a file that is not such a log.
  init(path: String) throws {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw ToolFailure("cannot read \(path)")
    }
    self.init(String(decoding: data, as: UTF8.self))
    guard !dates.isEmpty else {
      throw ToolFailure(
        "\(path) names no date and path: write it with git log --format=%as --name-only")
    }
  }

  init(_ log: String) {
    var date: PageDate?
    for line in log.split(whereSeparator: \.isNewline) {
      if line.count == 10, let found = PageDate(line) {
        date = found
      } else if let date, dates[String(line)] == nil {
        dates[String(line)] = date
      }
    }
  }

  /// The date of a page, whose name may begin with the folder that holds the repository, or lie
  /// below one of its folders.
  func dates(of page: String) -> PageDates? {
    var rest = page[...]
    while true {
      if let date = dates[String(rest)] { return PageDates(modified: date, source: .commit) }
      guard let slash = rest.firstIndex(of: "/") else { return nil }
      rest = rest[rest.index(after: slash)...]
    }
  }
}
