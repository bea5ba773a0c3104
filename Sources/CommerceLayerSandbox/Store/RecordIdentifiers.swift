/// Makes ids like the service's: 10 letters. The id of the nth record depends on the seed and on n
/// alone, and no two records share one, because n is permuted, not hashed.
///
/// Records that are made one after the other share their first letters, and differ in all others: an import adds to
/// a few pages of the index of ids, where ids in no order at all would change a page for each row.
struct RecordIdentifiers: Sendable {
  /// Letters of an id.
  static let length = headLength + tailLength
  private static let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)
  private static let base = UInt64(letters.count)
  /// Letters that the records of a block share.
  private static let headLength = 4
  private static let tailLength = 6
  /// Records of a block.
  private static let block: UInt64 = 2704
  /// 52 to the power of 4: how many heads there are.
  private static let heads: UInt64 = 7_311_616
  /// 52 to the power of 6: how many tails there are.
  private static let tails: UInt64 = 19_770_609_664
  /// Odd and no multiples of 13, so coprime to 52: multiplication permutes heads, and tails.
  private static let headMultiplier: UInt64 = 4_518_613
  private static let tailMultiplier: UInt64 = 12_218_803_427
  private let headOffset: UInt64
  private let tailOffset: UInt64

  init(seed: UInt64) {
    let mixed = seed &* 0x9E37_79B9_7F4A_7C15
    headOffset = mixed % Self.heads
    tailOffset = mixed / Self.heads % Self.tails
  }

  /// The id of the record with this number.
  func id(_ number: Int64) -> String {
    let number = UInt64(bitPattern: number) % (Self.heads * Self.tails)
    let (blocks, place) = number.quotientAndRemainder(dividingBy: Self.block)
    let (round, block) = blocks.quotientAndRemainder(dividingBy: Self.heads)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Self.length)
    func append(_ number: UInt64, _ length: Int) {
      var rest = number
      for _ in 0..<length {
        bytes.append(Self.letters[Int(rest % Self.base)])
        rest /= Self.base
      }
    }
    let head = Self.product(block, Self.headMultiplier, in: Self.heads)
    append((head + headOffset) % Self.heads, Self.headLength)
    // Each block has its tails in an order of its own.
    let tail = Self.product(round * Self.block + place, Self.tailMultiplier, in: Self.tails)
    let start = Self.product(block, Self.tailMultiplier / 2, in: Self.tails)
    append((tail + start + tailOffset) % Self.tails, Self.tailLength)
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func product(_ number: UInt64, _ factor: UInt64, in space: UInt64) -> UInt64 {
    space.dividingFullWidth(number.multipliedFullWidth(by: factor)).remainder
  }
}
