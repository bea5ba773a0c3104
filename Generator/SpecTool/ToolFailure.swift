internal import Foundation

/// A failure with a message for the user; the tool exits with 1.
struct ToolFailure: Error, CustomStringConvertible {
  var description: String

  init(_ description: String) { self.description = description }

  /// Why a file operation failed, in the system's words where Foundation only has a number.
  static func reason(of error: any Error) -> String {
    let cause = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
    return (cause ?? error as NSError).localizedDescription
  }
}
