/// How rows are written in an input.
public enum InputFormat: String, Sendable, Hashable, CaseIterable {
  /// Comma-separated values, RFC 4180.
  case csv
  /// One JSON array of objects.
  case json
  /// One JSON object a line.
  case jsonLines = "jsonl"

  /// Tells the format by the name's extension, and by the first byte where that leaves it open.
  ///
  /// `.json` with an object first is JSON Lines: many tools name it so.
  public static func detect(_ file: InputFile) throws(InputError) -> InputFormat {
    let path = file.name.lowercased()
    if path.hasSuffix(".csv") { return .csv }
    if path.hasSuffix(".jsonl") || path.hasSuffix(".ndjson") { return .jsonLines }
    var cursor = try ByteCursor(file)
    while let byte = try cursor.next() {
      switch byte {
      case 0x20, 0x09, 0x0A, 0x0D: continue
      case UInt8(ascii: "["): return .json
      case UInt8(ascii: "{"): return .jsonLines
      default: return path.hasSuffix(".json") ? .json : .csv
      }
    }
    return path.hasSuffix(".json") ? .json : .csv
  }
}
