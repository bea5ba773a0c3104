/// Writes compact JSON.
public struct JSONWriter: Sendable {
  /// What has been written.
  public private(set) var bytes: [UInt8] = []

  /// An empty text.
  public init() {}

  /// Room for a text of about this size.
  public mutating func reserve(_ count: Int) { bytes.reserveCapacity(count) }

  /// Bytes that are JSON already: punctuation, or a checked value.
  public mutating func raw(_ text: some Sequence<UInt8>) { bytes.append(contentsOf: text) }

  /// Punctuation and literals.
  public mutating func raw(_ text: StaticString) {
    bytes.append(
      contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  /// Any value.
  public mutating func write(_ value: JSONValue) { JSONStage.append(value, to: &bytes) }

  /// An object.
  public mutating func write(_ object: JSONObject) { write(.object(object)) }

  /// A string, quoted and escaped. U+2028 and U+2029 stay as they are: JSON allows them.
  public mutating func write(_ text: String) {
    var text = text
    text.withUTF8 { JSONText.quote($0, appendingTo: &bytes) }
  }
}
