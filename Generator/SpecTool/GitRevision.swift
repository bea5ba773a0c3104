internal import Foundation

/// A spec as it was at a revision of the git repository that its folder is in.
enum GitRevision {
  /// The longest name of a revision that is passed on, in bytes.
  private static let longestName = 200

  /// Why a text is not passed to git as the name of a revision; nil when it may be one.
  ///
  /// What git would read as an option, a path, a range or a search is rejected: the name of a commit, a
  /// branch or a tag, with `~2`, `^` or `@{1}` behind it, is what is left.
  static func problem(with name: String) -> String? {
    guard !name.isEmpty, name.utf8.count <= longestName else {
      return "a revision has 1 to \(longestName) bytes"
    }
    guard !name.hasPrefix("-") else { return "a revision does not begin with '-'" }
    let allowed = name.utf8.allSatisfy {
      ($0 | 0x20 >= UInt8(ascii: "a") && $0 | 0x20 <= UInt8(ascii: "z"))
        || ($0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9")) || "._/@{}~^-+".utf8.contains($0)
    }
    guard allowed, !name.contains("..") else {
      return "a revision is the name of a commit, a branch or a tag, such as 'v1.2' or 'main~3'"
    }
    return nil
  }

  /// Writes the JSON files of a spec folder as they were into a folder of their own.
  /// - Returns: that folder, which the caller removes.
  /// - Throws: ``ToolFailure`` that names the revision or the folder.
  static func extract(_ revision: String, folder: String) throws -> URL {
    if let problem = problem(with: revision) {
      throw ToolFailure("'\(revision)' is not a valid revision: \(problem)")
    }
    guard FileManager.default.fileExists(atPath: folder) else {
      throw ToolFailure("no such folder: \(folder)")
    }
    let inside = try git(["rev-parse", "--show-prefix"], in: folder) {
      "\(folder) is not in a git repository: \($0)"
    }
    let commit = try git(
      ["rev-parse", "--verify", "--quiet", "--end-of-options", "\(revision)^{commit}"], in: folder
    ) { _ in
      "the repository of \(folder) has no revision '\(revision)': fetch it, or see 'git log'"
    }
    let (prefix, sha) = (text(inside), text(commit))
    let listed = try git(["ls-tree", "-r", "--name-only", "-z", sha, "--", "."], in: folder) {
      "cannot list \(folder) at '\(revision)': \($0)"
    }
    let names = listed.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
      .filter { $0.hasSuffix(".json") && !$0.split(separator: "/").contains("..") }
    guard names.contains("service.json") || names.contains(where: { $0.hasPrefix("resources/") })
    else {
      throw ToolFailure("'\(revision)' has no spec at \(prefix.isEmpty ? folder : prefix)")
    }
    let output = FileManager.default.temporaryDirectory
      .appending(path: "cl-spec-\(sha.prefix(12))-\(UUID().uuidString)")
    for name in names {
      let content = try git(["cat-file", "blob", "\(sha):\(prefix)\(name)"], in: folder) {
        "cannot read \(name) at '\(revision)': \($0)"
      }
      let file = output.appending(path: name)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try content.write(to: file)
    }
    return output
  }

  private static func text(_ data: Data) -> String {
    String(decoding: data, as: UTF8.self).trimmingCharacters(in: .newlines)
  }

  /// Runs git with arguments, without a shell.
  private static func git(
    _ arguments: [String], in folder: String, failure: (String) -> String
  ) throws -> Data {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["git", "-C", folder] + arguments
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    process.standardInput = FileHandle.nullDevice
    do {
      try process.run()
    } catch {
      throw ToolFailure("cannot run git: \(ToolFailure.reason(of: error))")
    }
    let said = output.fileHandleForReading.readDataToEndOfFile()
    let complaint = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      let first = String(decoding: complaint, as: UTF8.self).split(separator: "\n").first
      throw ToolFailure(failure(first.map(String.init) ?? "git failed"))
    }
    return said
  }
}
