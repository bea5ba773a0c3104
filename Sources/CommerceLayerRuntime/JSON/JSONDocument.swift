/// A parsed JSON text: its bytes and an index of every value in them.
///
/// The whole text is checked once against RFC 8259 (no trailing commas, no lone surrogates, UTF-8
/// only; a UTF-8 byte order mark at the start is skipped). Nothing is decoded until it is read, so
/// attributes that nobody asks for cost only the check. Numbers keep their exact text. Of equal
/// keys in one object the last one counts, as in ECMAScript and most readers.
public final class JSONDocument: Sendable {
  /// The text as it came.
  public let bytes: [UInt8]
  let nodes: [JSONIndexNode]

  init(bytes: [UInt8], nodes: [JSONIndexNode]) {
    self.bytes = bytes
    self.nodes = nodes
  }

  /// Reads one JSON text.
  /// - Throws: ``JSONError`` with line, column and JSON pointer.
  public convenience init(
    parsing bytes: [UInt8], limits: JSONLimits = .init()
  ) throws(JSONError) {
    let nodes = try JSONIndexer.index(bytes, limits: limits)
    self.init(bytes: bytes, nodes: nodes)
  }

  /// Reads one JSON text.
  /// - Throws: ``JSONError`` with line, column and JSON pointer.
  public convenience init(parsing text: String, limits: JSONLimits = .init()) throws(JSONError) {
    try self.init(parsing: Array(text.utf8), limits: limits)
  }

  /// The outermost value.
  public var root: JSONElement { JSONElement(document: self, index: 0) }
}

/// One value in the index. Container nodes are followed by their content; `next` skips it.
struct JSONIndexNode {
  enum Kind: UInt8 {
    case null, `true`, `false`, number, string, escapedString, array, object
  }
  /// Offset of the first byte of the value, the quote of a string included.
  var start: UInt32
  /// Offset behind the last byte.
  var end: UInt32
  /// Index of the node behind this value and everything in it.
  var next: UInt32
  var kind: Kind
}
