public import Foundation

/// A folder of generated files.
public struct OutputFolder: Sendable {
  /// The folder.
  public let url: URL

  /// What a run changed.
  public struct Changes: Sendable, Hashable {
    /// Files that were written because they were not there or had other bytes.
    public var written: [String] = []
    /// Files that an earlier run had written and that no longer come from any spec file.
    public var pruned: [String] = []
    /// How many files were as they should be.
    public var unchanged = 0
  }

  /// Names a folder, which need not be there yet.
  public init(_ url: URL) { self.url = url }

  /// Makes the folder hold `files`: writes those whose bytes differ and removes generated files
  /// that are not among them. Files that do not begin with the generator's header are never
  /// touched:
  /// where one is in the way, nothing is written at all.
  /// - Throws: ``OutputError`` when the folder cannot be read or written.
  public func update(to files: [Generator.File]) throws(OutputError) -> Changes {
    var changes = Changes()
    try attempt(url) {
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }
    var outdated: [(name: String, target: URL, data: Data)] = []
    for file in files {
      let target = url.appending(path: file.name)
      let data = Data(file.text.utf8)
      if let present = try? Data(contentsOf: target) {
        if present == data {
          changes.unchanged += 1
          continue
        }
        guard Self.isGenerated(present) else {
          throw OutputError(file: target.path, reason: "is there and was not generated")
        }
      }
      outdated.append((file.name, target, data))
    }
    for (name, target, data) in outdated {
      try attempt(target) { try data.write(to: target, options: .atomic) }
      changes.written.append(name)
    }
    try prune(keeping: Set(files.map(\.name)), &changes)
    return changes
  }

  private func prune(keeping names: Set<String>, _ changes: inout Changes) throws(OutputError) {
    var present: [URL] = []
    try attempt(url) {
      present = try FileManager.default.contentsOfDirectory(
        at: url, includingPropertiesForKeys: nil)
    }
    for file in present.sorted(by: { $0.lastPathComponent < $1.lastPathComponent })
    where file.pathExtension == "swift" && !names.contains(file.lastPathComponent) {
      guard let data = try? Data(contentsOf: file), Self.isGenerated(data) else { continue }
      try attempt(file) { try FileManager.default.removeItem(at: file) }
      changes.pruned.append(file.lastPathComponent)
    }
  }

  private static func isGenerated(_ data: Data) -> Bool { data.starts(with: Generator.header.utf8) }

  private func attempt(_ file: URL, _ work: () throws -> Void) throws(OutputError) {
    do {
      try work()
    } catch {
      throw OutputError(file: file.path, reason: error.localizedDescription)
    }
  }
}

/// Why generated files could not be written.
public struct OutputError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The file or folder.
  public let file: String
  /// What went wrong.
  public let reason: String

  /// `file: error: reason`, as build systems read it.
  public var description: String { "\(file): error: \(reason)" }
}
