/// Why a spec file cannot be used: the file, the place in it, and what is wrong.
public struct SpecError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The file as it was named to the tool.
  public let file: String
  /// A JSON pointer into the file; empty for the whole file.
  public let pointer: String
  /// What is wrong, and what was expected.
  public let message: String

  /// Creates an error about a place in a spec file.
  public init(file: String, pointer: String = "", _ message: String) {
    self.file = file
    self.pointer = pointer
    self.message = message
  }

  /// `file: error: at /pointer: message`.
  public var description: String {
    pointer.isEmpty ? "\(file): error: \(message)" : "\(file): error: at \(pointer): \(message)"
  }
}
