/// One value or key in the index. Container nodes are followed by their content; `next` skips it.
@usableFromInline struct JSONIndexNode: Sendable {
  @usableFromInline enum Kind: UInt8, Sendable {
    case null, `true`, `false`, number, string, escapedString, array, object
    /// Checked like the others, but what is in it has no nodes until somebody asks.
    case sealedArray, sealedObject

    @inlinable var isSealed: Bool { self == .sealedArray || self == .sealedObject }
  }
  /// Offset of the first byte of the value, the quote of a string included.
  @usableFromInline var start: UInt32
  /// Offset behind the last byte.
  @usableFromInline var end: UInt32
  /// Index of the node behind this value and everything in it.
  @usableFromInline var next: UInt32
  @usableFromInline var kind: Kind
}

/// Makes the index of a text.
enum JSONIndex {
  /// Checks `bytes` and returns the index of their values.
  ///
  /// - Parameter sealsAttributes: leaves out what is in the arrays and objects of an object called
  ///   `attributes`: rows of imports are most of a document and are seldom read.
  static func make(
    _ bytes: [UInt8], limits: JSONLimits, sealsAttributes: Bool = false
  ) throws(JSONError) -> [JSONIndexNode] {
    var limits = limits
    limits.depth = min(limits.depth, JSONLimits.maximumDepth)
    guard bytes.count <= min(limits.bytes, Int(UInt32.max)) else {
      throw JSONError(
        kind: .tooLarge, offset: 0, line: 1, column: 1, pointer: "",
        message: "\(bytes.count) bytes; at most \(limits.bytes) are read")
    }
    let result = bytes.withUnsafeBufferPointer {
      build($0, 0..<$0.count, limits, sealsAttributes)
    }
    // What was sealed has no nodes to tell the place of a failure by.
    if sealsAttributes, case .failure = result { return try make(bytes, limits: limits) }
    return try result.get()
  }

  /// The index of the value at `range`, which has been checked before.
  static func open(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> [JSONIndexNode] {
    let limits = JSONLimits(depth: JSONLimits.maximumDepth, bytes: .max, values: .max)
    return (try? build(bytes, range, limits, false).get()) ?? []
  }

  private static func build(
    _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ limits: JSONLimits,
    _ sealsAttributes: Bool
  ) -> Result<[JSONIndexNode], JSONError> {
    // Each open bracket is a byte.
    let depth = min(limits.depth, range.count) + 1
    return withUnsafeTemporaryAllocation(of: JSONScanner.Level.self, capacity: depth) { stack in
      guard let base = bytes.baseAddress, let levels = stack.baseAddress else {
        let failure = JSONScanner.Failure(reason: .end, offset: 0)
        return .failure(JSONError(failure, in: bytes, nodes: [], trail: [], limits: limits))
      }
      var scanner = JSONScanner(
        base: base, range: range, limits: limits, sealsAttributes: sealsAttributes)
      var nodes: [JSONIndexNode] = []
      var room = min(range.count / 32, firstRoom) + 8
      while true {
        var stop = JSONScanner.Stop.full
        var failure: JSONScanner.Failure?
        nodes = Array(unsafeUninitializedCapacity: room) { target, initialized in
          _ = target.initialize(fromContentsOf: nodes)
          do throws(JSONScanner.Failure) {
            stop = try scanner.run(into: target, stack: levels)
          } catch {
            failure = error
          }
          initialized = scanner.cursor.nodes
        }
        if let failure {
          let trail = stack[..<scanner.cursor.depth].map { Int($0.node) }
          return .failure(
            JSONError(failure, in: bytes, nodes: nodes, trail: trail, limits: limits))
        }
        if stop == .done { return .success(nodes) }
        room = nextRoom(after: scanner.cursor, of: range)
      }
    }
  }

  /// Nodes there is room for at first: 64 KiB.
  private static let firstRoom = 4096

  /// Room for as many nodes as the whole text has if it goes on as it began, and a little more.
  private static func nextRoom(after cursor: JSONScanner.Cursor, of range: Range<Int>) -> Int {
    let read = max(cursor.position - range.lowerBound, 1)
    let expected = Double(cursor.nodes) * Double(range.count) / Double(read)
    return max(cursor.nodes * 2, Int(expected * 1.05)) + 8
  }
}
