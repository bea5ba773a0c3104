import Foundation

/// Which build of the tool runs: another one may write other code from the same spec.
struct ToolIdentity: Sendable, Hashable, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }

  /// The executable of this process by its size, times and place on disk. Its bytes would say the
  /// same, but reading them takes longer than the generator.
  ///
  /// Nil where the executable cannot be found; then every run does everything.
  static var current: ToolIdentity? {
    #if canImport(Darwin)
      let path = Bundle.main.executablePath
    #else
      // `Bundle.main` would look through folders first.
      let path: String? = "/proc/self/exe"
    #endif
    return path.flatMap { FileStatus(at: $0, followingLinks: true) }
      .map { ToolIdentity($0.description) }
  }
}
