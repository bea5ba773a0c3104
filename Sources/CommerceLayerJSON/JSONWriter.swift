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

/// Where a value is written before it joins the text: plain memory, because an array checks its
/// capacity and its owner for every piece.
struct JSONStage {
  /// Bytes of the memory.
  static let capacity = 32 << 10
  /// The most one byte of a string can become: `\u0000`.
  private static let widest = 6
  /// A string up to this length fits an empty stage whatever is in it, quotes and one store too
  /// many included.
  private static let longest = (capacity - 16) / widest

  private let base: UnsafeMutablePointer<UInt8>
  private var used = 0
  private var text: [UInt8]

  /// Writes behind what is in `text`.
  static func append(_ value: JSONValue, to text: inout [UInt8]) {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: capacity) { memory in
      guard let base = memory.baseAddress else { return }
      var owned: [UInt8] = []
      swap(&owned, &text)
      var stage = JSONStage(base: base, text: owned)
      owned = []
      stage.write(value)
      stage.flush()
      text = stage.text
    }
  }

  private init(base: UnsafeMutablePointer<UInt8>, text: consuming [UInt8]) {
    self.base = base
    self.text = text
  }

  private mutating func flush() {
    text.append(contentsOf: UnsafeBufferPointer(start: base, count: used))
    used = 0
  }

  @inline(__always)
  private mutating func makeRoom(_ count: Int) {
    if used + count > Self.capacity { flush() }
  }

  @inline(__always)
  private mutating func put(_ byte: UInt8) {
    makeRoom(1)
    base[used] = byte
    used += 1
  }

  private mutating func put(_ bytes: UnsafeBufferPointer<UInt8>) {
    makeRoom(bytes.count)
    guard bytes.count <= Self.capacity else {
      text.append(contentsOf: bytes)
      return
    }
    guard let source = bytes.baseAddress else { return }
    (base + used).update(from: source, count: bytes.count)
    used += bytes.count
  }

  private mutating func put(_ word: StaticString) {
    put(UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
  }

  /// Recursion is as deep as the value, whose depth is up to whoever made it; what was read from a
  /// text is at most ``JSONLimits/maximumDepth`` deep.
  private mutating func write(_ value: JSONValue) {
    switch value {
    case .null: put("null")
    case .bool(let value): put(value ? "true" : "false")
    case .number(let number):
      var text = number.text
      text.withUTF8 { put($0) }
    case .string(let text): write(text)
    case .array(let elements):
      put(UInt8(ascii: "["))
      var isFirst = true
      for element in elements {
        if !isFirst { put(UInt8(ascii: ",")) }
        isFirst = false
        write(element)
      }
      put(UInt8(ascii: "]"))
    case .object(let object):
      put(UInt8(ascii: "{"))
      var isFirst = true
      for member in object {
        if !isFirst { put(UInt8(ascii: ",")) }
        isFirst = false
        write(member.key)
        put(UInt8(ascii: ":"))
        write(member.value)
      }
      put(UInt8(ascii: "}"))
    }
  }

  private mutating func write(_ string: String) {
    var string = string
    string.withUTF8 { utf8 in
      guard utf8.count <= Self.longest else {
        flush()
        JSONText.quote(utf8, appendingTo: &text)
        return
      }
      makeRoom(utf8.count * Self.widest + 16)
      used += JSONText.quote(utf8, into: base + used)
    }
  }
}
