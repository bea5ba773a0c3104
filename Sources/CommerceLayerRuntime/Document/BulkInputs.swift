/// The rows of an import: JSON objects, or CSV text.
public struct BulkInputs: Sendable, Hashable {
  enum Content: Sendable, Hashable {
    case array([UInt8])
    case text([UInt8])
    case streamed(StreamedRows)
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

  /// Rows that are read while the request is sent.
  package static func streamed(_ rows: StreamedRows, count: Int) -> BulkInputs {
    BulkInputs(content: .streamed(rows), count: count)
  }

  /// About how many bytes the rows take in a request.
  public var byteCount: Int {
    switch content {
    case .array(let bytes): bytes.count
    case .text(let text): text.count
    case .streamed(let rows): rows.byteCount
    }
  }

  /// Whether the rows are CSV text.
  public var isCSV: Bool {
    switch content {
    case .array: false
    case .text: true
    case .streamed(let rows): rows.isCSV
    }
  }

  /// The rows, when they are not in memory.
  var streamed: StreamedRows? { if case .streamed(let rows) = content { rows } else { nil } }

  /// Writes the rows; nothing of those that are not in memory.
  func write(to writer: inout JSONWriter) {
    switch content {
    case .array(let bytes): writer.raw(bytes)
    case .text(let text): writer.write(String(decoding: text, as: UTF8.self))
    case .streamed: break
    }
  }
}

/// Rows of an import that are not in memory: each attempt to send them reads them anew.
package final class StreamedRows: Sendable, Hashable {
  /// The size of the JSON value that the rows are: an array of objects, or a string of CSV text.
  package let byteCount: Int
  /// Whether the value is a string of CSV text.
  package let isCSV: Bool
  /// Starts to read the JSON value: what it returns gives the next part, nil at the end.
  let read: @Sendable () -> @Sendable () async throws -> [UInt8]?

  /// Creates rows from what reads them.
  /// - Parameters:
  ///   - byteCount: The size of the JSON value.
  ///   - isCSV: Whether the value is a string of CSV text.
  ///   - read: Starts to read the JSON value: what it returns gives the next part, nil at the end.
  package init(
    byteCount: Int, isCSV: Bool,
    read: @escaping @Sendable () -> @Sendable () async throws -> [UInt8]?
  ) {
    self.byteCount = byteCount
    self.isCSV = isCSV
    self.read = read
  }

  package static func == (left: StreamedRows, right: StreamedRows) -> Bool { left === right }

  package func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
