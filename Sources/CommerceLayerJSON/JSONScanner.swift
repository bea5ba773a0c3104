/// The strict RFC 8259 reader: one pass, no recursion, one index node a value and a key.
///
/// What changes on the way lives in a ``Cursor`` that is local to ``run(into:stack:)``, and what is
/// called on the way takes and returns positions: a value whose address is handed on would be
/// written to memory for every byte.
struct JSONScanner {
  let base: UnsafePointer<UInt8>
  /// Where the text, or the part of it that is read, ends.
  let count: Int
  let limits: JSONLimits
  /// Whether containers inside an object called `attributes` are only checked; see
  /// ``JSONIndexNode/Kind/sealedArray``.
  let sealsAttributes: Bool
  /// How far the scan has come.
  private(set) var cursor = Cursor()

  struct Cursor {
    var position = 0
    /// Nodes that have been made.
    var nodes = 0
    /// Values and keys in sealed containers: they have no node but count against the limit.
    var sealed = 0
    /// How many containers are open.
    var depth = 0
  }

  /// An open container.
  struct Level {
    /// Its node.
    let node: UInt32
    let isObject: Bool
    /// Whether the containers in it are sealed.
    let seals: Bool
  }

  /// What is wrong and where; the message is made when it is known that somebody wants it.
  struct Failure: Error {
    let reason: JSONFailureReason
    let offset: Int
  }

  /// How a scan stopped without a failure.
  enum Stop {
    case done
    /// There is no room for the nodes of another item.
    case full
  }

  /// A scan of the part `range` of the text at `base`.
  init(
    base: UnsafePointer<UInt8>, range: Range<Int>, limits: JSONLimits, sealsAttributes: Bool
  ) {
    self.base = base
    self.limits = limits
    self.sealsAttributes = sealsAttributes
    count = range.upperBound
    var start = range.lowerBound
    // RFC 8259 §8.1 lets a reader ignore a byte order mark.
    if start == 0, count >= 3, base[0] == 0xEF, base[1] == 0xBB, base[2] == 0xBF { start = 3 }
    cursor.position = Self.skipBlanks(base, start, count)
  }

  /// Reads on until the text ends or `nodes` is full.
  /// - Parameter stack: the open containers; it survives a stop and has room for ``JSONLimits/depth``.
  mutating func run(
    into nodes: UnsafeMutableBufferPointer<JSONIndexNode>, stack: UnsafeMutablePointer<Level>
  ) throws(Failure) -> Stop {
    guard let out = nodes.baseAddress else { return .full }
    var cursor = cursor
    defer { self.cursor = cursor }
    let stop = try items(
      &cursor, into: out, room: nodes.count, stack: stack, records: true, seals: sealsAttributes)
    guard stop == .done else { return stop }
    cursor.position = Self.skipBlanks(base, cursor.position, count)
    if cursor.position < count { throw Failure(reason: .trailing, offset: cursor.position) }
    return .done
  }

  /// Checks the container at `cursor` without making nodes.
  @inline(never)
  private func check(
    _ start: Cursor, stack: UnsafeMutablePointer<Level>
  ) throws(Failure) -> Cursor {
    var cursor = start
    let nowhere = UnsafeMutablePointer<JSONIndexNode>(bitPattern: 16)
    guard let nowhere else { return cursor }
    _ = try items(
      &cursor, into: nowhere, room: .max, stack: stack, records: false, seals: false)
    return cursor
  }

  /// Reads items until the containers that were opened since are closed again: one loop for both
  /// kinds of scan, specialized where it is called.
  @inline(__always)
  private func items(
    _ cursor: inout Cursor, into out: UnsafeMutablePointer<JSONIndexNode>, room: Int,
    stack: UnsafeMutablePointer<Level>, records: Bool, seals: Bool
  ) throws(Failure) -> Stop {
    let floor = records ? 0 : cursor.depth
    var inObject = cursor.depth > floor && stack[cursor.depth - 1].isObject
    var isSealing = seals && cursor.depth > floor && stack[cursor.depth - 1].seals

    items: while true {
      // An item is a value, in an object with its key: at most two nodes.
      if records, cursor.nodes + 2 > room { return .full }
      guard cursor.nodes + cursor.sealed + (inObject ? 2 : 1) <= limits.values else {
        throw Failure(reason: .values, offset: cursor.position)
      }
      var isSealedKey = false
      if inObject {
        let start = cursor.position
        guard start < count, base[start] == UInt8(ascii: "\"") else {
          throw Failure(reason: .noKey, offset: start)
        }
        let kind = try Self.string(base, &cursor.position, count)
        if seals { isSealedKey = Self.isSealedKey(base + start, cursor.position - start) }
        Self.note(out, &cursor, start, kind, records: records)
        cursor.position = Self.skipBlanks(base, cursor.position, count)
        guard cursor.position < count, base[cursor.position] == UInt8(ascii: ":") else {
          throw Failure(reason: .noColon, offset: cursor.position)
        }
        cursor.position = Self.skipBlanks(base, cursor.position + 1, count)
      }

      let start = cursor.position
      guard start < count else { throw Failure(reason: .end, offset: start) }
      let byte = base[start]
      switch byte {
      case UInt8(ascii: "\""):
        let kind = try Self.string(base, &cursor.position, count)
        Self.note(out, &cursor, start, kind, records: records)
      case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
        cursor.position = try Self.number(base, start, count)
        Self.note(out, &cursor, start, .number, records: records)
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        guard cursor.depth < limits.depth else { throw Failure(reason: .depth, offset: start) }
        let isObject = byte == UInt8(ascii: "{")
        if isSealing {
          let node = cursor.nodes
          cursor = try check(cursor, stack: stack)
          cursor.nodes = node
          Self.note(
            out, &cursor, start, isObject ? .sealedObject : .sealedArray, records: true)
          break
        }
        stack[cursor.depth] = Level(
          node: UInt32(truncatingIfNeeded: cursor.nodes), isObject: isObject,
          seals: isObject && isSealedKey)
        cursor.depth += 1
        cursor.position = start + 1
        Self.note(out, &cursor, start, isObject ? .object : .array, records: records)
        inObject = isObject
        isSealing = seals && isObject && isSealedKey
        cursor.position = Self.skipBlanks(base, start + 1, count)
        let isEmpty =
          cursor.position < count
          && base[cursor.position] == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]"))
        if !isEmpty { continue items }
      case UInt8(ascii: "t"):
        cursor.position = try Self.word(base, start, count, "true")
        Self.note(out, &cursor, start, .true, records: records)
      case UInt8(ascii: "f"):
        cursor.position = try Self.word(base, start, count, "false")
        Self.note(out, &cursor, start, .false, records: records)
      case UInt8(ascii: "n"):
        cursor.position = try Self.word(base, start, count, "null")
        Self.note(out, &cursor, start, .null, records: records)
      default:
        throw Failure(reason: .noValue, offset: start)
      }

      while cursor.depth > floor {
        let position = Self.skipBlanks(base, cursor.position, count)
        guard position < count else { throw Failure(reason: .end, offset: position) }
        if base[position] == UInt8(ascii: ",") {
          cursor.position = Self.skipBlanks(base, position + 1, count)
          continue items
        }
        guard base[position] == (inObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
          throw Failure(reason: inObject ? .noMemberEnd : .noElementEnd, offset: position)
        }
        cursor.position = position + 1
        cursor.depth -= 1
        if records {
          let node = Int(stack[cursor.depth].node)
          out[node].end = UInt32(truncatingIfNeeded: cursor.position)
          out[node].next = UInt32(truncatingIfNeeded: cursor.nodes)
        }
        if cursor.depth > floor {
          inObject = stack[cursor.depth - 1].isObject
          if seals { isSealing = stack[cursor.depth - 1].seals }
        }
      }
      return .done
    }
  }

  /// Makes a node, or counts the value that has none.
  @inline(__always)
  private static func note(
    _ out: UnsafeMutablePointer<JSONIndexNode>, _ cursor: inout Cursor, _ start: Int,
    _ kind: JSONIndexNode.Kind, records: Bool
  ) {
    guard records else {
      cursor.sealed += 1
      return
    }
    out[cursor.nodes] = JSONIndexNode(
      start: UInt32(truncatingIfNeeded: start), end: UInt32(truncatingIfNeeded: cursor.position),
      next: UInt32(truncatingIfNeeded: cursor.nodes + 1), kind: kind)
    cursor.nodes += 1
  }

  /// Whether a key, quotes included, is the one whose object seals its containers.
  @inline(__always)
  private static func isSealedKey(_ key: UnsafePointer<UInt8>, _ length: Int) -> Bool {
    let wanted: StaticString = "\"attributes\""
    guard length == wanted.utf8CodeUnitCount else { return false }
    for index in 0..<length where key[index] != wanted.utf8Start[index] { return false }
    return true
  }
}
