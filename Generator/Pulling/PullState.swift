public import Distiller
internal import Foundation

/// What is known of a site between runs: one small file in the output folder, written after every
/// page, so that a run that is killed goes on where it was.
struct PullState: Sendable, Codable {
  /// One page.
  struct Entry: Sendable, Codable {
    /// Where its file is, below the output folder.
    var path: String
    /// Where it was fetched, when that is not the address it is listed under.
    var source: String?
    /// What its content is known by.
    var validators: PageFetcher.Validators
    /// The SHA-256 of the content.
    var sha256: String
    /// The run that saw it last.
    var run: Int
    /// What that run found.
    var outcome: PullSummary.Outcome
    /// The day on which the content was last changed, as ISO 8601 writes it, and what tells it.
    var modified: String?
    var modifiedBy: String?
    /// The day on which a run last saw it.
    var verified: String?

    var dates: PageDates {
      get {
        PageDates(
          modified: modified.flatMap { PageDate($0) },
          source: modifiedBy.flatMap(PageDates.Source.init(rawValue:)),
          verified: verified.flatMap { PageDate($0) })
      }
      set {
        modified = newValue.modified?.description
        modifiedBy = newValue.source?.rawValue
        verified = newValue.verified?.description
      }
    }
  }

  /// The form of the file.
  static let currentVersion = 1
  /// The folder of the state and of the indexes; hidden, so that the distiller passes over it.
  static let folder = ".pull"
  static let file = "\(folder)/state.json"

  var version = currentVersion
  /// The address that was pulled.
  var base: String
  /// The number of the current run, or the last.
  var run = 0
  /// When the current run began, in seconds since 1970; nil when it has ended.
  var started: Int?
  /// By the address a page is listed under.
  var pages: [String: Entry] = [:]
  /// Indexes, by address.
  var indexes: [String: Entry] = [:]

  init(base: String) { self.base = base }

  /// Begins a run, or goes on with one that was interrupted not long ago.
  /// - Returns: whether it goes on.
  mutating func begin(now: Int) -> Bool {
    if let started, (0...PullOptions.maximumResumeAge).contains(now - started) { return true }
    run += 1
    started = now
    return false
  }

  /// Whether the current run has seen the page already.
  func isDone(_ address: PageAddress) -> Bool {
    pages[address.description].map { $0.run == run && $0.outcome != .gone } ?? false
  }
}

/// What a folder that was pulled into says of its pages, for those who distill them.
public enum PulledPages {
  /// The file that says it, below the folder.
  public static let stateFile = PullState.file

  /// The dates of the pages, by their paths below the folder; nil for content of another form.
  public static func dates(_ bytes: [UInt8]) -> [String: PageDates]? {
    guard let state = try? JSONDecoder().decode(PullState.self, from: Data(bytes)),
      state.version == PullState.currentVersion
    else { return nil }
    return Dictionary(state.pages.values.map { ($0.path, $0.dates) }) { first, _ in first }
  }
}

/// The output folder: files appear in it whole or not at all, and never outside.
struct PullFolder: Sendable {
  private let root: URL

  /// Makes the folder when it is not there.
  init(path: String) throws(PullFailure) {
    root = URL(filePath: path).standardizedFileURL
    do {
      try FileManager.default.createDirectory(
        at: root.appending(path: PullState.folder), withIntermediateDirectories: true)
    } catch {
      throw PullFailure(.output, "cannot make \(path): \(error.localizedDescription)")
    }
  }

  /// The content of a file; nil when it is not there.
  func read(_ path: String) -> [UInt8]? {
    (try? Data(contentsOf: root.appending(path: path))).map(Array.init)
  }

  /// Writes a file: beside the others first, then under its name.
  func write(_ bytes: [UInt8], to path: String) throws(PullFailure) {
    let target = root.appending(path: path)
    let parent = target.deletingLastPathComponent()
    let part = root.appending(path: "\(PullState.folder)/part")
    do {
      try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
      let inside = root.resolvingSymlinksInPath().path
      let real = parent.resolvingSymlinksInPath().path
      guard real == inside || real.hasPrefix(inside + "/") else {
        throw PullFailure(.output, "\(path) would lie outside of the folder: a link leads away")
      }
      try Data(bytes).write(to: part)
    } catch let error as PullFailure {
      throw error
    } catch {
      throw PullFailure(.output, "cannot write \(path): \(error.localizedDescription)")
    }
    guard rename(part.path, target.path) == 0 else {
      throw PullFailure(.output, "cannot write \(path): \(String(cString: strerror(errno)))")
    }
  }

  /// What is known from earlier runs; nil for a folder that was never pulled into.
  func state() throws(PullFailure) -> PullState? {
    guard let bytes = read(PullState.file) else { return nil }
    do {
      let state = try JSONDecoder().decode(PullState.self, from: Data(bytes))
      guard state.version == PullState.currentVersion else {
        throw PullFailure(
          .output, "\(PullState.file) is of another version; pull into a new folder")
      }
      return state
    } catch let error as PullFailure {
      throw error
    } catch {
      throw PullFailure(.output, "\(PullState.file) cannot be read; remove it to begin anew")
    }
  }

  func write(_ state: PullState) throws(PullFailure) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    do {
      try write(Array(try encoder.encode(state)), to: PullState.file)
    } catch let error as PullFailure {
      throw error
    } catch {
      throw PullFailure(.output, "cannot write \(PullState.file): \(error.localizedDescription)")
    }
  }
}
