import Foundation

/// What the file system says of a file: enough to see that it was written, replaced or removed since.
///
/// Times have the file system's own resolution, which `Date` has not.
struct FileStatus: Sendable, Hashable, CustomStringConvertible {
  let device: Int64
  let inode: UInt64
  let mode: UInt32
  /// In bytes.
  let size: Int64
  /// The last change of the content, then that of the entry, which no program can set back.
  let modified, changed: Time

  struct Time: Sendable, Hashable {
    let seconds, nanoseconds: Int
  }

  /// - Returns: nil when there is nothing at the path, or nothing that may be looked at.
  init?(at path: String, followingLinks: Bool) {
    var status = stat()
    guard (followingLinks ? stat(path, &status) : lstat(path, &status)) == 0 else { return nil }
    device = Int64(status.st_dev.magnitude)
    inode = UInt64(status.st_ino)
    mode = UInt32(status.st_mode)
    size = Int64(status.st_size)
    #if canImport(Darwin)
      let (modified, changed) = (status.st_mtimespec, status.st_ctimespec)
    #else
      let (modified, changed) = (status.st_mtim, status.st_ctim)
    #endif
    self.modified = Time(seconds: modified.tv_sec, nanoseconds: modified.tv_nsec)
    self.changed = Time(seconds: changed.tv_sec, nanoseconds: changed.tv_nsec)
  }

  var isRegularFile: Bool { mode & UInt32(S_IFMT) == UInt32(S_IFREG) }

  var description: String {
    "\(device) \(inode) \(mode) \(size) \(modified.seconds).\(modified.nanoseconds) "
      + "\(changed.seconds).\(changed.nanoseconds)"
  }
}
