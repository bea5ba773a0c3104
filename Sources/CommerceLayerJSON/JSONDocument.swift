import Synchronization

/// A parsed JSON text: its bytes and an index of every value in them.
///
/// The whole text is checked once against RFC 8259 (no trailing commas, no lone surrogates, UTF-8
/// only; a UTF-8 byte order mark at the start is skipped). Nothing is decoded until it is read, so
/// attributes that nobody asks for cost only the check. Numbers keep their exact text. Of equal
/// keys in one object the last one counts, as in ECMAScript and most readers.
public final class JSONDocument: Sendable {
  /// The text as it came.
  public let bytes: [UInt8]
  @usableFromInline let nodes: [JSONIndexNode]
  /// The indices of sealed containers that were read, by their node.
  private let opened = Mutex<[Int: JSONDocument]>([:])

  init(bytes: [UInt8], nodes: [JSONIndexNode]) {
    self.bytes = bytes
    self.nodes = nodes
  }

  /// Reads one JSON text.
  /// - Throws: ``JSONError`` with line, column and JSON pointer.
  public convenience init(
    parsing bytes: [UInt8], limits: JSONLimits = .init()
  ) throws(JSONError) {
    self.init(bytes: bytes, nodes: try JSONIndex.make(bytes, limits: limits))
  }

  /// Reads one JSON text.
  /// - Throws: ``JSONError`` with line, column and JSON pointer.
  public convenience init(parsing text: String, limits: JSONLimits = .init()) throws(JSONError) {
    try self.init(parsing: Array(text.utf8), limits: limits)
  }

  /// Reads a JSON:API document. It is checked like any text, but the arrays and objects that are
  /// attributes are indexed when they are first read: rows of an import are most of a document.
  package convenience init(
    parsingResources bytes: [UInt8], limits: JSONLimits = .init()
  ) throws(JSONError) {
    self.init(
      bytes: bytes, nodes: try JSONIndex.make(bytes, limits: limits, sealsAttributes: true))
  }

  /// The outermost value.
  @inlinable public var root: JSONElement { JSONElement(document: self, index: 0) }

  /// What is in a sealed container: the same text with an index of that part.
  @usableFromInline func open(_ index: Int) -> JSONDocument {
    if let known = opened.withLock({ $0[index] }) { return known }
    let node = nodes[index]
    let range = Int(node.start)..<Int(node.end)
    let document = JSONDocument(
      bytes: bytes, nodes: bytes.withUnsafeBufferPointer { JSONIndex.open($0, range) })
    // Two readers may open it at once; the first one's stays.
    return opened.withLock { opened in
      if let known = opened[index] { return known }
      opened[index] = document
      return document
    }
  }
}
