import Foundation

/// An input that can be read twice, opened once: what was checked is what is sent, whatever
/// happens to its name in between.
///
/// A pipe is first copied to a temporary file that only this process can reach.
public final class InputFile: Sendable {
  /// What messages call it.
  public let name: String
  /// Its size in bytes when it was opened.
  public let size: Int
  private let descriptor: Int32
  private let identity: Identity

  /// What tells that a file has been written to.
  private struct Identity: Equatable {
    let size: Int
    let seconds: Int
    let nanoseconds: Int
  }

  /// Opens a file; `-` is the standard input.
  /// - Throws: ``InputError`` of kind `unreadable` or `storage`.
  public convenience init(path: String) throws(InputError) {
    if path == "-" {
      try self.init(copying: dup(STDIN_FILENO), name: "standard input")
      return
    }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.unreadable(path) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      close(descriptor)
      throw Self.unreadable(path)
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: try self.init(descriptor: descriptor, name: path)
    case S_IFDIR:
      close(descriptor)
      throw InputError(.unreadable, "'\(path)' is a folder", advice: "name a file in it")
    default: try self.init(copying: descriptor, name: path)
    }
  }

  private static func unreadable(_ path: String) -> InputError {
    InputError(
      .unreadable, "'\(path)' cannot be read: \(String(cString: strerror(errno)))",
      advice: errno == ENOENT ? "check the path" : "check the file's permissions")
  }

  /// Takes over an open regular file.
  private init(descriptor: Int32, name: String) throws(InputError) {
    self.descriptor = descriptor
    self.name = name
    guard let identity = Self.identity(descriptor) else { throw Self.unreadable(name) }
    self.identity = identity
    size = identity.size
  }

  /// Copies a pipe into a file without a name and takes that over.
  private convenience init(copying source: Int32, name: String) throws(InputError) {
    defer { close(source) }
    guard source >= 0 else { throw Self.unreadable(name) }
    let folder = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
    var template = Array("\(folder)/cl-import-XXXXXX".utf8CString)
    // mkstemp creates the file for its owner alone; without its name nobody else finds it.
    let copy = mkstemp(&template)
    guard copy >= 0 else {
      throw InputError(
        .storage, "no temporary file in '\(folder)': \(String(cString: strerror(errno)))",
        advice: "set TMPDIR to a folder with room for the input")
    }
    unlink(template)
    do {
      try Self.copy(from: source, to: copy, name: name)
    } catch {
      close(copy)
      throw error
    }
    try self.init(descriptor: copy, name: name)
  }

  private static func copy(from source: Int32, to copy: Int32, name: String) throws(InputError) {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(source, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else {
        throw InputError(.storage, "reading '\(name)' failed: \(String(cString: strerror(errno)))")
      }
      if count == 0 { return }
      var start = 0
      while start < count {
        let written = buffer[start..<count].withUnsafeBytes {
          write(copy, $0.baseAddress, $0.count)
        }
        if written < 0, errno == EINTR { continue }
        guard written > 0 else {
          throw InputError(
            .storage, "keeping '\(name)' failed: \(String(cString: strerror(errno)))",
            advice: "set TMPDIR to a folder with room for the input")
        }
        start += written
      }
    }
  }

  deinit { close(descriptor) }

  /// Reads up to `count` bytes at an offset; fewer at the end.
  func fetch(at offset: Int, into buffer: inout [UInt8], count: Int) throws(InputError) {
    var failure: Int32 = 0
    let descriptor = self.descriptor
    buffer = [UInt8](unsafeUninitializedCapacity: count) { space, used in
      var result: Int
      repeat {
        result = pread(descriptor, space.baseAddress, count, off_t(offset))
      } while result < 0 && errno == EINTR
      if result < 0 { failure = errno }
      used = max(0, result)
    }
    if failure != 0 {
      throw InputError(
        .storage, "reading '\(name)' failed: \(String(cString: strerror(failure)))", offset: offset)
    }
  }

  /// Whether an open file is this one, whatever names led to them.
  func isSame(as other: Int32) -> Bool {
    var (own, theirs) = (stat(), stat())
    guard fstat(descriptor, &own) == 0, fstat(other, &theirs) == 0 else { return false }
    return own.st_dev == theirs.st_dev && own.st_ino == theirs.st_ino
  }

  /// - Throws: an error of kind `changed` when the file was written to since it was opened.
  func checkUnchanged() throws(InputError) {
    guard Self.identity(descriptor) == identity else {
      throw InputError(
        .changed, "'\(name)' changed while it was read", advice: "run again once it is complete")
    }
  }

  private static func identity(_ descriptor: Int32) -> Identity? {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return nil }
    #if canImport(Darwin)
      let time = status.st_mtimespec
    #else
      let time = status.st_mtim
    #endif
    return Identity(
      size: Int(status.st_size), seconds: Int(time.tv_sec), nanoseconds: Int(time.tv_nsec))
  }
}
