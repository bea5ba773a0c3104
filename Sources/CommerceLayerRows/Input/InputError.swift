/// Why an input cannot be read as rows. Nothing of it has been sent.
public struct InputError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kind of failure.
  public enum Kind: String, Sendable, Hashable {
    /// The file does not exist, may not be read, or is not a file.
    case unreadable
    /// The bytes are not of the expected format.
    case malformed
    /// The bytes are not text of the expected encoding.
    case encoding
    /// The input changed while it was read.
    case changed
    /// Reading failed half way, or a temporary copy could not be written.
    case storage
  }

  /// The kind of failure.
  public let kind: Kind
  /// What is wrong, in a sentence.
  public let message: String
  /// The line, from 1.
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

  /// What is wrong and where.
  public var description: String {
    var place = ""
    if let line { place = "line \(line)" }
    if let offset { place += (place.isEmpty ? "" : ", ") + "byte \(offset)" }
    return place.isEmpty ? message : "\(place): \(message)"
  }
}
