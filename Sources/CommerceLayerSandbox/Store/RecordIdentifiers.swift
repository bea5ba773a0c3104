/// Makes ids like the service's: 10 letters. The id of the nth record depends on the seed and on n
/// alone, and no two records share one, because n is permuted, not hashed.
struct RecordIdentifiers: Sendable {
  /// Letters of an id.
  static let length = 10
  private static let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)
  /// 52 to the power of 10: how many ids there are.
  private static let space: UInt64 = 144_555_105_949_057_024
  /// Odd and no multiple of 13, so coprime to 52: multiplication permutes the space.
  private static let multiplier: UInt64 = 88_172_645_463_325_251
  private let offset: UInt64

  init(seed: UInt64) { offset = seed &* 0x9E37_79B9_7F4A_7C15 % Self.space }

  /// The id of the record with this number.
  func id(_ number: Int64) -> String {
    let product = (UInt64(bitPattern: number) % Self.space)
      .multipliedFullWidth(by: Self.multiplier % Self.space)
    var rest = (Self.space.dividingFullWidth(product).remainder + offset) % Self.space
    var bytes: [UInt8] = []
    for _ in 0..<Self.length {
      bytes.append(Self.letters[Int(rest % 52)])
      rest /= 52
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
