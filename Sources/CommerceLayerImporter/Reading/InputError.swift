/// Why an input cannot be read as rows: nothing of it is sent.
public struct InputError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What kind of problem it is.
  public enum Kind: String, Sendable, Hashable {
    /// The file is not there, not permitted, or no file.
    case unreadable
    /// The content is not what its format asks for.
    case malformed
    /// The content is not UTF-8 text.
    case encoding
    /// The input changed while it was read.
    case changed
    /// Reading failed half way, or what came from a pipe could not be kept.
    case storage
  }

  /// What kind of problem it is.
  public let kind: Kind
  /// What is wrong, in a sentence.
  public let message: String
  /// The line it is on, from 1.
  public let line: Int?
  /// The offset of the offending byte, from 0.
  public let offset: Int?
  /// What to do about it.
  public let advice: String?

  /// Creates an error.
  public init(
    _ kind: Kind, _ message: String, line: Int? = nil, offset: Int? = nil, advice: String? = nil
  ) {
    self.kind = kind
    self.message = message
    self.line = line
    self.offset = offset
    self.advice = advice
  }

  /// What is wrong, in a sentence.
  public var description: String {
    var place = ""
    if let line { place = "line \(line)" }
    if let offset { place += (place.isEmpty ? "" : ", ") + "byte \(offset)" }
    return place.isEmpty ? message : "\(place): \(message)"
  }
}
