/// Bounds that keep a hostile text from exhausting memory or stack.
public struct JSONLimits: Sendable, Hashable {
  /// Nesting of arrays and objects. 64 is far above what JSON:API needs (8) and far below what
  /// any stack bears; the reader itself does not recurse.
  /// More than ``maximumDepth`` is never read.
  public var depth = 64
  /// Bytes of one text: 64 MiB. At most `UInt32.max`, the reader's offset type.
  public var bytes = 64 << 20
  /// Values of one text; each costs 16 bytes of index.
  public var values = 16 << 20

  /// The deepest nesting any bounds allow: 512, Foundation's own. Trees of values are walked
  /// recursively, and half a megabyte of stack must bear it.
  public static let maximumDepth = 512

  /// The default bounds.
  public init() {}

  /// Bounds of one's own.
  public init(depth: Int, bytes: Int, values: Int) {
    self.depth = depth
    self.bytes = min(bytes, Int(UInt32.max))
    self.values = min(values, Int(UInt32.max))
  }
}
