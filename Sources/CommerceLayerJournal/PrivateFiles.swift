import CommerceLayerImporter
import Foundation

/// An open file or folder, closed with its last reference.
final class OpenFile: Sendable {
  let number: Int32

  init(_ number: Int32) { self.number = number }

  deinit { if number >= 0 { close(number) } }

  /// Writes all of the bytes where the file's position is.
  /// - Returns: Whether that was possible; `errno` says why not.
  func write(_ bytes: some Collection<UInt8>) -> Bool {
    var rest = Array(bytes)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.write(number, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }
}

/// Folders and files that are the user's own: readable by nobody else whatever the umask, reached through
/// no symbolic link, and on disk when a function that says so has returned.
///
/// Below the folder of all runs nobody else can put anything, so looking at a path and then using it is
/// safe there.
enum PrivateFiles {
  private static let directoryMode: mode_t = 0o700
  private static let fileMode: mode_t = 0o600
  /// Bytes that are copied together.
  private static let window = 1 << 16

  /// Creates a folder unless it is there, and those above it.
  static func makeDirectories(_ path: String) throws(JournalError) {
    // A umask can only take away; without its mode the folder could not be used.
    guard mkdir(path, directoryMode) != 0 || chmod(path, directoryMode) != 0 else { return }
    switch errno {
    case EEXIST: return
    case ENOENT:
      let parent = (path as NSString).deletingLastPathComponent
      guard !parent.isEmpty, parent != path else { break }
      try makeDirectories(parent)
      if mkdir(path, directoryMode) == 0, chmod(path, directoryMode) == 0 { return }
      if errno == EEXIST { return }
    default: break
    }
    throw storage("the folder '\(path)' cannot be created")
  }

  /// Opens a folder, and closes it to others where it was open to them.
  /// - Throws: `JournalError` when it is a symbolic link, somebody else's, or not a folder.
  static func openDirectory(_ path: String) throws(JournalError) -> OpenFile {
    let folder = OpenFile(
      open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC))
    var status = stat()
    guard folder.number >= 0, fstat(folder.number, &status) == 0 else {
      throw isSymbolicLink(path)
        ? symbolicLink(path) : storage("the folder '\(path)' cannot be opened")
    }
    guard status.st_uid == geteuid() else { throw somebodyElses(path) }
    if status.st_mode & 0o077 != 0, fchmod(folder.number, status.st_mode & directoryMode) != 0 {
      throw storage("the folder '\(path)' cannot be closed to others")
    }
    return folder
  }

  /// Creates a folder that must not be there.
  static func makeDirectory(_ path: String) throws(JournalError) {
    guard mkdir(path, directoryMode) == 0 else {
      throw storage("the folder '\(path)' cannot be created")
    }
    // A umask can only take away; without these the folder could not be used.
    guard chmod(path, directoryMode) == 0 else {
      throw storage("the folder '\(path)' cannot be prepared")
    }
  }

  /// Creates a file that must not be there.
  static func create(_ path: String) throws(JournalError) -> OpenFile {
    let file = OpenFile(
      open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, fileMode))
    guard file.number >= 0, fchmod(file.number, fileMode) == 0 else {
      throw storage("'\(path)' cannot be created")
    }
    return file
  }

  /// Opens a file that is there, and closes it to others where it was open to them.
  /// - Parameter flags: `O_RDONLY` or `O_RDWR`.
  static func openFile(_ path: String, _ flags: Int32) throws(JournalError) -> OpenFile {
    let file = OpenFile(open(path, flags | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK))
    var status = stat()
    guard file.number >= 0, fstat(file.number, &status) == 0 else {
      throw isSymbolicLink(path) ? symbolicLink(path) : storage("'\(path)' cannot be opened")
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw JournalError(
        .foreign, "'\(path)' is not a file", advice: "move it away; nothing of it is used")
    }
    guard status.st_uid == geteuid() else { throw somebodyElses(path) }
    if status.st_mode & 0o077 != 0, fchmod(file.number, fileMode) != 0 {
      throw storage("'\(path)' cannot be closed to others")
    }
    return file
  }

  /// Whether something has this name, a symbolic link included.
  static func exists(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0
  }

  /// Whether this is a folder, or a symbolic link to one.
  static func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// When a file was written to last, and its size; nil when it is not there.
  static func status(_ path: String) -> (changedAt: Date, size: Int)? {
    var status = stat()
    guard lstat(path, &status) == 0 else { return nil }
    #if canImport(Darwin)
      let time = status.st_mtimespec
    #else
      let time = status.st_mtim
    #endif
    let seconds = Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    return (Date(timeIntervalSince1970: seconds), Int(status.st_size))
  }

  /// Returns once what was written to an open file is on disk.
  static func sync(_ file: OpenFile, _ path: String) throws(JournalError) {
    #if canImport(Darwin)
      // fsync leaves the bytes in the drive's own memory there.
      if fcntl(file.number, F_FULLFSYNC) == 0 { return }
    #endif
    // Some file systems cannot do this for folders, and say so.
    guard fsync(file.number) == 0 || errno == EINVAL else {
      throw storage("'\(path)' could not be brought to disk")
    }
  }

  /// Returns once the names in a folder are on disk.
  static func sync(directory path: String) throws(JournalError) {
    try sync(try openDirectory(path), path)
  }

  /// Copies what an open file, or a pipe, holds from its current position on.
  static func copy(
    from source: Int32, named name: String, to file: OpenFile, _ path: String
  ) throws(JournalError) {
    var buffer = [UInt8](repeating: 0, count: window)
    while true {
      let count = buffer.withUnsafeMutableBytes { read(source, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw storage("reading \(name) failed") }
      if count == 0 { return }
      guard file.write(buffer[..<count]) else { throw storage("'\(path)' cannot be written") }
    }
  }

  private static func isSymbolicLink(_ path: String) -> Bool {
    let code = errno
    defer { errno = code }
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
  }

  private static func symbolicLink(_ path: String) -> JournalError {
    JournalError(
      .foreign, "'\(path)' is a symbolic link, which is not followed",
      advice: "remove it, or name another folder with --state-dir")
  }

  private static func somebodyElses(_ path: String) -> JournalError {
    JournalError(
      .foreign, "'\(path)' belongs to another user", advice: "name another folder with --state-dir")
  }

  /// An error with what the system says of the last call.
  static func storage(_ what: String) -> JournalError {
    let code = errno
    let isFull = [ENOSPC, EDQUOT, EFBIG, EIO].contains(code)
    return JournalError(
      .storage, "\(what): \(String(cString: strerror(code)))",
      advice: (isFull ? "make room, or " : "")
        + "name a folder that can be written to with --state-dir")
  }
}

/// Holds a run for one process. The lock goes with the process, however that ends.
final class RunLock: Sendable {
  let file: OpenFile

  /// Takes the lock.
  /// - Throws: `JournalError` of kind `locked` when another process has it.
  init(_ path: String, runID: String) throws(JournalError) {
    let isNew = !PrivateFiles.exists(path)
    file = try isNew ? PrivateFiles.create(path) : PrivateFiles.openFile(path, O_RDWR)
    guard flock(file.number, LOCK_EX | LOCK_NB) == 0 else {
      let code = errno
      guard code == EWOULDBLOCK || code == EINTR else {
        throw PrivateFiles.storage("'\(path)' cannot be locked")
      }
      let holder = StoredRun.name(ofProcess: Self.holder(file))
      throw JournalError(
        .locked, "\(holder) works on run \(runID)",
        advice: "wait until it has ended; 'cl-import status \(runID)' shows how far it is")
    }
    // A process that removes a run holds its lock: the file that was waited for may be removed.
    var (own, named) = (stat(), stat())
    guard fstat(file.number, &own) == 0, lstat(path, &named) == 0, own.st_ino == named.st_ino else {
      throw .notFound(runID)
    }
    // For people alone: what holds is the lock.
    _ = ftruncate(file.number, 0)
    _ = lseek(file.number, 0, SEEK_SET)
    _ = file.write("\(getpid())\n".utf8)
  }

  // Closing is not enough: a process that is being started has a copy of the descriptor until it runs its
  // program, and the lock would last as long.
  deinit { _ = flock(file.number, LOCK_UN) }

  /// The process that wrote its number into the file last.
  private static func holder(_ file: OpenFile) -> Int32? {
    var buffer = [UInt8](repeating: 0, count: 16)
    let count = buffer.withUnsafeMutableBytes { pread(file.number, $0.baseAddress, $0.count, 0) }
    guard count > 0 else { return nil }
    let text = String(decoding: buffer[..<count], as: UTF8.self)
    return Int32(text.trimmingCharacters(in: .whitespacesAndNewlines))
  }

  /// Which process holds a lock; nil when none does.
  static func holder(of path: String) -> Holder? {
    guard let file = try? PrivateFiles.openFile(path, O_RDONLY) else { return nil }
    guard flock(file.number, LOCK_SH | LOCK_NB) != 0 else {
      _ = flock(file.number, LOCK_UN)
      return nil
    }
    return Holder(process: holder(file))
  }

  /// A process that holds a lock.
  struct Holder: Sendable, Hashable {
    /// Its number, as far as it could write it.
    let process: Int32?
  }
}

extension JournalError {
  /// The run does not exist.
  static func notFound(_ runID: String) -> JournalError {
    JournalError(
      .notFound, "this machine has no run \(runID)",
      advice:
        "'cl-import status' lists the runs; one of another machine, or whose journal is lost, "
        + "is rebuilt with 'cl-import recover \(runID) FILE'")
  }

  /// The run's folder is there, its journal is not.
  static func missing(_ runID: String) -> JournalError {
    JournalError(
      .damaged, "the journal of run \(runID) is missing",
      advice:
        "'cl-import recover \(runID) FILE' with the options of the run rebuilds it from what the service has"
    )
  }
}
