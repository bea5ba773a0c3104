/// A failure with a message for the user; the tool exits with 1.
struct ToolFailure: Error, CustomStringConvertible {
  var description: String

  init(_ description: String) { self.description = description }
}
