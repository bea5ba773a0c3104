internal import Foundation

/// Finds the line of a place in a file.
struct LineIndex {
  private let bytes: [UInt8]

  init(bytes: [UInt8]) { self.bytes = bytes }

  /// The first line that contains a text, or nil.
  func firstLine(containing text: String) -> Int? {
    guard let range = Data(bytes).range(of: Data(text.utf8)) else { return nil }
    return 1 + bytes[..<range.lowerBound].reduce(0) { $0 + ($1 == UInt8(ascii: "\n") ? 1 : 0) }
  }
}
