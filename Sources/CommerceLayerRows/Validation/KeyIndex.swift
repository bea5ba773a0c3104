import CommerceLayerRuntime
import Foundation

/// A key as two numbers: one of its bytes, one of what is left of it without differences that people
/// do not see.
package struct KeyHash: Sendable, Hashable {
  package private(set) var exact: UInt64
  package private(set) var folded: UInt64

  private static let start: UInt64 = 0xCBF2_9CE4_8422_2325
  private static let prime: UInt64 = 0x100_0000_01B3

  package init(_ bytes: ArraySlice<UInt8>) {
    self.init(bytes, from: bytes.startIndex, to: bytes.endIndex)
  }

  /// The hash of a part of some bytes.
  @inline(__always)
  init<Bytes: RandomAccessCollection<UInt8>>(_ bytes: Bytes, from first: Int, to end: Int)
  where Bytes.Index == Int {
    var (exact, folded) = (Self.start, Self.start)
    var high: UInt8 = 0
    for index in first..<end {
      let byte = bytes[index]
      high |= byte
      exact = (exact ^ UInt64(byte)) &* Self.prime
      if byte == 0x20 { continue }
      let lower = byte &- 0x41 < 26 ? byte | 0x20 : byte
      folded = (folded ^ UInt64(lower)) &* Self.prime
    }
    self.exact = exact
    self.folded =
      high < 0x80 ? folded : Self.fold(String(decoding: bytes[first..<end], as: UTF8.self))
  }

  /// Case, blanks of every kind, characters nobody sees, and the Unicode normal form.
  private static func fold(_ text: String) -> UInt64 {
    var hash = start
    for character in text.lowercased() {
      if character.isWhitespace { continue }
      // Characters compare by canonical equivalence; one spelling of each is enough here.
      for scalar in String(character).decomposed where !CellDamage.isZeroWidth(scalar) {
        for byte in String(scalar).utf8 { hash = (hash ^ UInt64(byte)) &* prime }
      }
    }
    return hash
  }

  /// The hash of a key of several parts.
  package func joined(_ other: KeyHash) -> KeyHash {
    var whole = self
    whole.exact = (exact ^ (other.exact &+ 0x9E37_79B9_7F4A_7C15)) &* Self.prime
    whole.folded = (folded ^ (other.folded &+ 0x9E37_79B9_7F4A_7C15)) &* Self.prime
    return whole
  }
}

extension String {
  /// The scalars in canonical decomposition.
  fileprivate var decomposed: String.UnicodeScalarView {
    decomposedStringWithCanonicalMapping.unicodeScalars
  }
}

/// The keys of an input, to tell repeated ones and those that differ in nothing people see.
///
/// The first keys are told apart at once. Beyond ``maximumResident`` they go to a temporary file in
/// partitions by their hashes, which are told apart one after the other at the end: memory does not
/// depend on the input's size, and neither table is larger than a processor's cache. Keys are compared
/// by 64-bit hashes: two different ones of 100 million are taken for one with a chance below one in
/// three thousand.
package struct KeyIndex: ~Copyable {
  /// Keys that are told apart at once: a table of 1 MiB.
  package static let maximumResident = 48_000
  /// Keys of a partition that are told apart together; more take further rounds.
  private static let maximumPerRound = 700_000
  private static let maximumSlots = 1 << 20
  private static let partitions = 64
  /// Keys of one partition that are written together.
  private static let block = 1024

  /// What is found of a key.
  package enum Finding: Sendable, Hashable {
    /// It stood on this line before.
    case repeated(line: Int)
    /// One that differs only in case, blanks or form stood there.
    case similar(line: Int)
  }

  /// One key: 16 bytes.
  private struct Slot: BitwiseCopyable {
    var folded: UInt64
    var exact: UInt32
    var line: UInt32

    static let empty = Slot(folded: 0, exact: 0, line: 0)
  }

  private var table: [Slot]
  private var count = 0
  private let maximumResident: Int
  private var spill: Spill?

  package init(maximumResident: Int = KeyIndex.maximumResident) {
    self.init(resident: maximumResident)
  }

  /// - Parameter expected: How many keys there will be: then the table does not grow.
  private init(resident: Int, expected: Int = 0) {
    maximumResident = resident
    var slots = 1 << 12
    while slots * 3 < expected * 4, slots < Self.maximumSlots { slots *= 2 }
    table = [Slot](repeating: .empty, count: slots)
  }

  /// Adds a key.
  /// - Returns: What is known of it so far. Keys that went to disk are told by ``finish(_:)``.
  package mutating func add(_ key: KeyHash, line: Int) throws(InputError) -> Finding? {
    let slot = Slot(
      folded: max(1, Self.mixed(key.folded)),
      exact: UInt32(truncatingIfNeeded: key.exact >> 32 ^ key.exact),
      line: UInt32(clamping: line))
    if spill == nil {
      if count < maximumResident { return insert(slot) }
      try startSpill()
    }
    try spill?.append(slot)
    return nil
  }

  private static func mixed(_ hash: UInt64) -> UInt64 {
    let value = (hash ^ (hash >> 33)) &* 0xFF51_AFD7_ED55_8CCD
    return value ^ (value >> 33)
  }

  private mutating func insert(_ slot: Slot) -> Finding? {
    if count * 4 >= table.count * 3, table.count < Self.maximumSlots { grow() }
    let mask = table.count - 1
    var index = Int(truncatingIfNeeded: slot.folded) & mask
    while table[index].folded != 0 {
      if table[index].folded == slot.folded {
        let line = Int(table[index].line)
        return table[index].exact == slot.exact ? .repeated(line: line) : .similar(line: line)
      }
      index = (index + 1) & mask
    }
    table[index] = slot
    count += 1
    return nil
  }

  private mutating func grow() {
    let old = table
    table = [Slot](repeating: .empty, count: old.count * 4)
    let mask = table.count - 1
    for slot in old where slot.folded != 0 {
      var index = Int(truncatingIfNeeded: slot.folded) & mask
      while table[index].folded != 0 { index = (index + 1) & mask }
      table[index] = slot
    }
  }

  private mutating func startSpill() throws(InputError) {
    var spill = try Spill()
    for slot in table where slot.folded != 0 { try spill.append(slot) }
    table = []
    count = 0
    self.spill = spill
  }

  /// Tells what is found of the keys that went to disk, lines in no order.
  package mutating func finish(
    _ report: (Finding, _ line: Int) -> Void
  ) throws(InputError) {
    guard var spill else { return }
    self.spill = nil
    for partition in 0..<Self.partitions {
      let rounds = spill.counts[partition] / Self.maximumPerRound + 1
      for round in 0..<rounds {
        var index = KeyIndex(
          resident: .max, expected: min(spill.counts[partition], Self.maximumPerRound))
        try spill.read(partition) { slot in
          // The highest bits chose the partition; the next ones choose the round.
          guard rounds == 1 || Int(slot.folded >> 40 & 0xFFFF) % rounds == round else { return }
          if let finding = index.insert(slot) { report(finding, Int(slot.line)) }
        }
      }
    }
  }

  /// Keys on disk, in partitions by their highest bits.
  private struct Spill {
    private let file: FileDescription
    private var buffers: [[Slot]] = Array(repeating: [], count: KeyIndex.partitions)
    private var blocks: [[Int]] = Array(repeating: [], count: KeyIndex.partitions)
    private var size = 0
    private(set) var counts = [Int](repeating: 0, count: KeyIndex.partitions)

    init() throws(InputError) {
      file = try TemporaryFile.make()
      for partition in buffers.indices { buffers[partition].reserveCapacity(KeyIndex.block) }
    }

    mutating func append(_ slot: Slot) throws(InputError) {
      let partition = Int(slot.folded >> 58)
      counts[partition] += 1
      buffers[partition].append(slot)
      if buffers[partition].count == KeyIndex.block { try flush(partition) }
    }

    private mutating func flush(_ partition: Int) throws(InputError) {
      let bytes = buffers[partition].withUnsafeBytes { Array($0) }
      guard file.write(bytes[...]) else {
        throw InputError(
          .storage, "a temporary file for the keys of the rows cannot be written",
          advice: "set TMPDIR to a folder with room")
      }
      blocks[partition].append(size)
      size += bytes.count
      buffers[partition].removeAll(keepingCapacity: true)
    }

    mutating func read(_ partition: Int, _ body: (Slot) -> Void) throws(InputError) {
      let stride = MemoryLayout<Slot>.stride
      var bytes: [UInt8] = []
      for block in blocks[partition] {
        try file.read(at: block, into: &bytes, count: KeyIndex.block * stride, name: "the keys")
        bytes.withUnsafeBytes { raw in
          for start in Swift.stride(from: 0, to: raw.count - stride + 1, by: stride) {
            body(raw.loadUnaligned(fromByteOffset: start, as: Slot.self))
          }
        }
      }
      for slot in buffers[partition] { body(slot) }
    }
  }
}
