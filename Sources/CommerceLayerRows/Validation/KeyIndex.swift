import CommerceLayerRuntime
import Foundation

/// A key as two numbers: one of its bytes, one of what is left of it without differences that people
/// do not see.
package struct KeyHash: Sendable, Hashable {
  package private(set) var exact: UInt64
  package private(set) var folded: UInt64

  private static let start: UInt64 = 0xCBF2_9CE4_8422_2325
  private static let prime: UInt64 = 0x100_0000_01B3

  @inline(__always)
  package init(_ bytes: ArraySlice<UInt8>) {
    var (exact, folded) = (Self.start, Self.start)
    var high: UInt8 = 0
    for byte in bytes {
      high |= byte
      exact = (exact ^ UInt64(byte)) &* Self.prime
      if byte == 0x20 { continue }
      let lower = byte &- 0x41 < 26 ? byte | 0x20 : byte
      folded = (folded ^ UInt64(lower)) &* Self.prime
    }
    self.exact = exact
    self.folded = high < 0x80 ? folded : Self.fold(String(decoding: bytes, as: UTF8.self))
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
/// Keeps up to ``maximumResident`` keys in memory and goes on in a temporary file, so that memory
/// does not depend on the input's size. Keys are compared by 64-bit hashes: two different ones of
/// 100 million are taken for one with a chance below one in three thousand.
package struct KeyIndex: ~Copyable {
  /// Keys kept in memory: 16 MiB with their table.
  package static let maximumResident = 700_000
  private static let slots = 1 << 20
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

  private struct Slot {
    var folded: UInt64
    var exact: UInt32
    var line: UInt32
    static let bytes = 16
  }

  private var table: [Slot]
  private(set) var count = 0
  private let maximumResident: Int
  private var spill: Spill?

  package init(maximumResident: Int = KeyIndex.maximumResident) {
    self.maximumResident = min(maximumResident, Self.maximumResident)
    table = [Slot](repeating: Slot(folded: 0, exact: 0, line: 0), count: 1 << 12)
  }

  /// Adds a key.
  /// - Returns: What is known of it so far. Keys that went to disk are told by ``finish(_:)``.
  @inline(__always)
  package mutating func add(_ key: KeyHash, line: Int) throws(InputError) -> Finding? {
    let slot = Slot(
      folded: max(1, Self.mixed(key.folded)),
      exact: UInt32(truncatingIfNeeded: key.exact >> 32 ^ key.exact),
      line: UInt32(clamping: line))
    if spill != nil {
      try spill?.append(slot.folded, slot.exact, slot.line)
      return nil
    }
    return try insert(slot)
  }

  private static func mixed(_ hash: UInt64) -> UInt64 {
    let value = (hash ^ (hash >> 33)) &* 0xFF51_AFD7_ED55_8CCD
    return value ^ (value >> 33)
  }

  private mutating func insert(_ slot: Slot) throws(InputError) -> Finding? {
    if count * 4 >= table.count * 3 {
      if table.count < Self.slots { grow() }
    }
    if count >= maximumResident {
      try startSpill()
      try spill?.append(slot.folded, slot.exact, slot.line)
      return nil
    }
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
    table = [Slot](repeating: Slot(folded: 0, exact: 0, line: 0), count: old.count * 4)
    let mask = table.count - 1
    for slot in old where slot.folded != 0 {
      var index = Int(truncatingIfNeeded: slot.folded) & mask
      while table[index].folded != 0 { index = (index + 1) & mask }
      table[index] = slot
    }
  }

  private mutating func startSpill() throws(InputError) {
    var spill = try Spill()
    for slot in table where slot.folded != 0 {
      try spill.append(slot.folded, slot.exact, slot.line)
    }
    table = []
    count = 0
    self.spill = spill
  }

  /// Tells what is found of the keys that went to disk.
  package mutating func finish(
    _ report: (Finding, _ line: Int) -> Void
  ) throws(InputError) {
    guard var spill else { return }
    self.spill = nil
    for partition in 0..<Self.partitions {
      let total = spill.counts[partition]
      let rounds = max(1, (total + maximumResident - 1) / maximumResident)
      for round in 0..<rounds {
        var index = KeyIndex(maximumResident: Self.maximumResident)
        var findings: [(Finding, Int)] = []
        try spill.read(partition) { (folded, exact, line) throws(InputError) in
          // The highest bits chose the partition; the next ones choose the round.
          guard rounds == 1 || Int(folded >> 40 & 0xFFFF) % rounds == round else { return }
          let slot = Slot(folded: folded, exact: exact, line: line)
          if let finding = try index.insert(slot) { findings.append((finding, Int(line))) }
        }
        for (finding, line) in findings { report(finding, line) }
      }
    }
  }

  /// Keys on disk, in partitions by their highest bits.
  private struct Spill {
    private let file: FileDescription
    private var buffers: [[UInt8]] = Array(repeating: [], count: KeyIndex.partitions)
    private var blocks: [[Int]] = Array(repeating: [], count: KeyIndex.partitions)
    private var size = 0
    private(set) var counts = [Int](repeating: 0, count: KeyIndex.partitions)

    init() throws(InputError) { file = try TemporaryFile.make() }

    mutating func append(_ folded: UInt64, _ exact: UInt32, _ line: UInt32) throws(InputError) {
      let partition = Int(folded >> 58)
      counts[partition] += 1
      for shift in stride(from: 0, to: 64, by: 8) {
        buffers[partition].append(UInt8(truncatingIfNeeded: folded >> UInt64(shift)))
      }
      for shift in stride(from: 0, to: 32, by: 8) {
        buffers[partition].append(UInt8(truncatingIfNeeded: exact >> UInt32(shift)))
      }
      for shift in stride(from: 0, to: 32, by: 8) {
        buffers[partition].append(UInt8(truncatingIfNeeded: line >> UInt32(shift)))
      }
      if buffers[partition].count == KeyIndex.block * Slot.bytes { try flush(partition) }
    }

    private mutating func flush(_ partition: Int) throws(InputError) {
      guard file.write(buffers[partition][...]) else {
        throw InputError(
          .storage, "a temporary file for the keys of the rows cannot be written",
          advice: "set TMPDIR to a folder with room")
      }
      blocks[partition].append(size)
      size += buffers[partition].count
      buffers[partition].removeAll(keepingCapacity: true)
    }

    mutating func read(
      _ partition: Int, _ body: (UInt64, UInt32, UInt32) throws(InputError) -> Void
    ) throws(InputError) {
      var bytes: [UInt8] = []
      for block in blocks[partition] {
        try file.read(
          at: block, into: &bytes, count: KeyIndex.block * Slot.bytes, name: "the keys")
        try Self.each(bytes, body)
      }
      try Self.each(buffers[partition], body)
    }

    private static func each(
      _ bytes: [UInt8], _ body: (UInt64, UInt32, UInt32) throws(InputError) -> Void
    ) throws(InputError) {
      func number(_ start: Int, _ count: Int) -> UInt64 {
        (0..<count).reduce(0) { $0 | UInt64(bytes[start + $1]) << UInt64(8 * $1) }
      }
      for start in stride(from: 0, to: bytes.count - Slot.bytes + 1, by: Slot.bytes) {
        try body(
          number(start, 8), UInt32(truncatingIfNeeded: number(start + 8, 4)),
          UInt32(truncatingIfNeeded: number(start + 12, 4)))
      }
    }
  }
}
