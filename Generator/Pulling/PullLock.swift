internal import Foundation

/// Keeps a second pull out of a folder while one works on it. The lock is the process's: it goes with
/// it, however that ends, and the file stays behind, empty.
final class PullLock: Sendable {
  private let descriptor: Int32

  /// - Throws: ``PullFailure`` of kind `temporary` when another pull holds the folder.
  init(folder: String) throws(PullFailure) {
    let path = URL(filePath: folder).appending(path: "\(PullState.folder)/lock").path
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
    guard descriptor >= 0 else {
      throw PullFailure(.output, "cannot open \(path): \(String(cString: strerror(errno)))")
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      throw PullFailure(.temporary, "another pull into \(folder) is under way; wait for its end")
    }
  }

  deinit {
    // A process that is being started holds a copy of the descriptor for a moment.
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }
}
