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

  /// `file: error: at /pointer: message`, on one line of plain text.
  public var description: String { text(as: "error") }

  /// The same with another word for how bad it is: `warning`.
  ///
  /// The spec is hostile input, and build systems and terminals read this line: controls and
  /// characters that hide or reorder text appear as `\u{…}`, and long parts are cut.
  public func text(as severity: String) -> String {
    let place = pointer.isEmpty ? "" : " at \(Self.plain(pointer, limit: Self.longestPart)):"
    return "\(Self.plain(file, limit: Self.longestPart)): \(severity):\(place) "
      + Self.plain(message, limit: Self.longestMessage)
  }

  /// The most bytes shown of a file or a pointer: a name of the longest kind fits thrice.
  static let longestPart = 400
  /// The most bytes shown of a message.
  static let longestMessage = 600

  private static func plain(_ text: String, limit: Int) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      if out.utf8.count >= limit { return out + "…" }
      switch scalar.properties.generalCategory {
      case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
        .paragraphSeparator, .nonspacingMark, .enclosingMark, .spacingMark:
        out += "\\u{\(String(scalar.value, radix: 16))}"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }
}
