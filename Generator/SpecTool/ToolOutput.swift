internal import Foundation

/// Where text goes: results to standard output, diagnostics to standard error.
enum ToolOutput {
  /// Writes a line to standard error.
  static func message(_ line: String) {
    FileHandle.standardError.write(Data((visible(line) + "\n").utf8))
  }

  /// Writes a line to standard output.
  static func result(_ line: String) {
    FileHandle.standardOutput.write(Data((visible(line) + "\n").utf8))
  }

  /// Control and bidirectional characters made visible: pages are not trusted with a terminal.
  static func visible(_ text: String) -> String {
    var out = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      let isHidden =
        (scalar.value < 0x20 && scalar != "\n" && scalar != "\t")
        || (0x7F...0x9F).contains(scalar.value) || (0x200B...0x200F).contains(scalar.value)
        || (0x2028...0x202E).contains(scalar.value) || (0x2060...0x2069).contains(scalar.value)
        || scalar.value == 0xFEFF
      if isHidden {
        out.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".unicodeScalars)
      } else {
        out.append(scalar)
      }
    }
    return String(out)
  }
}
