/// The rows of an import: JSON objects, or CSV text.
public struct BulkInputs: Sendable, Hashable {
  enum Content: Sendable, Hashable {
    case array([UInt8])
    case text([UInt8])
  }
  let content: Content
  /// How many rows there are; nil when they were not counted.
  public let count: Int?

  /// Rows as JSON objects.
  public static func json(_ rows: [JSONValue]) -> BulkInputs {
    BulkInputs(content: .array(JSONValue.array(rows).bytes), count: rows.count)
  }

  /// Rows as JSON objects.
  public static func json(_ rows: [JSONObject]) -> BulkInputs {
    json(rows.map(JSONValue.object))
  }

  /// Rows whose bytes are JSON already, byte for byte; each must be one checked JSON object.
  public static func json(checked rows: [some Collection<UInt8>]) -> BulkInputs {
    var writer = JSONWriter()
    writer.reserve(rows.reduce(2) { $0 + $1.count + 1 })
    writer.raw("[")
    for (index, row) in rows.enumerated() {
      if index > 0 { writer.raw(",") }
      writer.raw(row)
    }
    writer.raw("]")
    return BulkInputs(content: .array(writer.bytes), count: rows.count)
  }

  /// CSV text with a header row. The import's format must be `csv`.
  public static func csv(_ text: String) -> BulkInputs {
    BulkInputs(content: .text(Array(text.utf8)), count: nil)
  }

  /// Rows as the importer writes them: `[`, and each checked JSON object with a comma behind it.
  package static func json(open bytes: [UInt8], count: Int) -> BulkInputs {
    var bytes = bytes
    if bytes.last == UInt8(ascii: ",") { bytes.removeLast() }
    bytes.append(UInt8(ascii: "]"))
    return BulkInputs(content: .array(bytes), count: count)
  }

  /// CSV text as UTF-8, with a header row.
  package static func csv(utf8 bytes: ArraySlice<UInt8>) -> BulkInputs {
    BulkInputs(content: .text(Array(bytes)), count: nil)
  }

  /// About how many bytes the rows take in a request.
  public var byteCount: Int {
    switch content {
    case .array(let bytes): bytes.count
    case .text(let text): text.count
    }
  }

  /// Whether the rows are CSV text.
  public var isCSV: Bool { if case .text = content { true } else { false } }

  func write(to writer: inout JSONWriter) {
    switch content {
    case .array(let bytes): writer.raw(bytes)
    case .text(let text): writer.write(String(decoding: text, as: UTF8.self))
    }
  }
}
