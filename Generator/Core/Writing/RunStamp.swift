import Foundation

/// What a run depended on and what it left, byte for byte, so that the next one can see that there is
/// nothing to do without reading the spec as a spec.
///
/// It holds the identity of the tool, the names and bytes of all spec files, and the size and times of
/// all Swift files in the output folder. Nothing of it is ever parsed: a run takes a stamp of its own
/// and compares it with the one in the file, so a damaged or planted file can at worst equal the truth.
struct RunStamp: Sendable, Hashable {
  private let bytes: Data

  /// What the tool and its inputs are before and after a run; a stamp without the outputs.
  struct Inputs: Sendable, Hashable {
    fileprivate var bytes: Data

    /// - Returns: nil when a file cannot be read; the run itself says why.
    init?(_ sources: SpecSources, tool: ToolIdentity, options: String = "") {
      bytes = Data("\(RunStamp.header)\(tool.description)\n\(options)\n".utf8)
      for (role, files) in [
        ("service", [sources.service]), ("profile", [sources.profile].compactMap(\.self)),
        ("traits", [sources.traits].compactMap(\.self)), ("corrections", sources.corrections),
        ("description", sources.descriptions), ("resource", sources.resources),
      ] {
        for file in files {
          guard let content = try? Data(contentsOf: file) else { return nil }
          // The counts keep the end of one piece from being read as the start of the next.
          let name = file.lastPathComponent
          bytes.append(Data("\(role) \(name.utf8.count) \(content.count) \(name)\n".utf8))
          bytes.append(content)
        }
      }
    }
  }

  /// - Returns: nil when the folder is not there or changes while it is looked at.
  init?(_ inputs: Inputs, output: URL) {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: output.path) else {
      return nil
    }
    var listing = "outputs\n"
    for name in names.sorted() where name.hasSuffix(".swift") {
      guard let status = FileStatus(at: output.path + "/" + name, followingLinks: false) else {
        return nil
      }
      listing += "\(name.utf8.count) \(name) \(status)\n"
    }
    bytes = inputs.bytes + Data(listing.utf8)
  }

  /// Whether the file holds exactly this stamp.
  func isRecorded(in file: URL) -> Bool {
    // The size first: what lies there may be a folder, a pipe or endless.
    guard let status = FileStatus(at: file.path, followingLinks: false), status.isRegularFile,
      status.size == Int64(bytes.count), let recorded = try? Data(contentsOf: file)
    else { return false }
    return recorded == bytes
  }

  /// Writes the stamp, if nothing is there, an empty file or an older stamp: whoever names another
  /// file by mistake keeps it.
  ///
  /// A stamp that cannot be written costs the next run its time and nothing else, so that is not an error.
  func record(in file: URL) {
    if FileStatus(at: file.path, followingLinks: false) != nil {
      guard Self.isStamp(file) else { return }
    }
    try? bytes.write(to: file, options: .atomic)
  }

  /// Removes the stamp, so that a run that fails in the middle leaves none.
  static func remove(_ file: URL) {
    if isStamp(file) { try? FileManager.default.removeItem(at: file) }
  }

  private static let header = "cl-generate stamp 1\n"

  private static func isStamp(_ file: URL) -> Bool {
    guard let status = FileStatus(at: file.path, followingLinks: false), status.isRegularFile
    else { return false }
    guard status.size > 0 else { return true }
    guard let handle = try? FileHandle(forReadingFrom: file) else { return false }
    defer { try? handle.close() }
    return (try? handle.read(upToCount: header.utf8.count)) == Data(header.utf8)
  }
}
