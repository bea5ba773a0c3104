/// How rows are written in an input.
public enum InputFormat: String, Sendable, Hashable, CaseIterable {
  /// Separated values, RFC 4180, with whatever delimiter.
  case csv
  /// One JSON array of objects.
  case json
  /// One JSON object a line.
  case jsonLines = "jsonl"

  /// Tells the format by the first byte that is not blank, and by the name's extension where that
  /// leaves it open.
  ///
  /// `.json` with an object first is JSON Lines: many tools name it so. A report of an earlier run is
  /// recognized whatever its name.
  public static func detect(_ file: InputFile) throws(InputError) -> InputFormat {
    var name = file.name.lowercased()
    if name.hasSuffix(".gz") { name.removeLast(3) }
    var source = try ByteSource(file)
    while let byte = try source.next() {
      switch byte {
      case 0x20, 0x09, 0x0A, 0x0D: continue
      case UInt8(ascii: "["): return .json
      case UInt8(ascii: "{"): return .jsonLines
      default: return byName(name)
      }
    }
    return byName(name)
  }

  private static func byName(_ name: String) -> InputFormat {
    if name.hasSuffix(".jsonl") || name.hasSuffix(".ndjson") { return .jsonLines }
    return name.hasSuffix(".json") ? .json : .csv
  }
}
