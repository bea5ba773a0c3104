/// A small generator with a seed, so that a run can be repeated anywhere (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

/// Changes texts of a corpus into texts that nobody wrote.
struct Mutator {
  private let corpus: [[UInt8]]
  private var random: SeededGenerator
  /// Longer texts find nothing that shorter ones do not.
  private static let maximumLength = 4096

  /// Pieces that mean something to a JSON reader or a JSON:API client.
  private static let words: [[UInt8]] = [
    "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\\ud83d\\ude00", "\\ud800", "\\udc00",
    "\\u0000",
    "\\n", "\\/", "null", "true", "false", "0", "-0", "-", "1e9", "1E-9", "0.1", ".", "01", "1e999",
    "9223372036854775808", "\"attributes\":{", "\"attributes\":[", "\"data\":", "\"id\":",
    "\"type\":", "\"relationships\":{", "\"included\":[", "\"links\":", "\"meta\":{",
    "\"errors\":[",
    "\"a\":1,", "{\"a\":[{\"b\":{}}]}", "é", "😀", "\u{7f}", "\u{2028}", " ", "\n", "\t", "\r\n",
    "xxxxxxxx", "xxxxxxxxxxxxxxxx",
  ].map { Array($0.utf8) }
  private static let bytes: [UInt8] = [
    0, 1, 0x1F, 0x20, 0x22, 0x5C, 0x7F, 0x80, 0xBF, 0xC0, 0xC2, 0xE0, 0xED, 0xEF, 0xF0, 0xF4, 0xF5,
    0xFF,
  ]

  init(corpus: [[UInt8]], seed: UInt64) {
    self.corpus = corpus
    random = SeededGenerator(seed: seed)
  }

  mutating func next() -> [UInt8] {
    var text = corpus.randomElement(using: &random) ?? []
    for _ in 0..<Int.random(in: 1...6, using: &random) { mutate(&text) }
    return Array(text.prefix(Self.maximumLength))
  }

  private mutating func place(_ text: [UInt8]) -> Int {
    Int.random(in: 0...text.count, using: &random)
  }

  /// A range of at most `length` bytes.
  private mutating func range(_ text: [UInt8], _ length: Int) -> Range<Int> {
    let start = place(text)
    return start..<min(text.count, start + Int.random(in: 0...length, using: &random))
  }

  private mutating func mutate(_ text: inout [UInt8]) {
    switch Int.random(in: 0..<10, using: &random) {
    case 0:
      if let index = text.indices.randomElement(using: &random) {
        text[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      }
    case 1:
      if let index = text.indices.randomElement(using: &random) {
        text[index] = Self.bytes.randomElement(using: &random) ?? 0
      }
    case 2, 3:
      text.insert(contentsOf: Self.words.randomElement(using: &random) ?? [], at: place(text))
    case 4: text.removeSubrange(range(text, 16))
    case 5:
      let piece = text[range(text, 64)]
      text.insert(contentsOf: Array(piece), at: place(text))
    case 6:
      let other = corpus.randomElement(using: &random) ?? []
      text.replaceSubrange(range(text, 64), with: other[range(other, 128)])
    case 7: text.removeSubrange(place(text)...)
    case 8:
      // One punctuation mark for another.
      let marks = Array("[]{},:\"".utf8)
      let places = text.indices.filter { marks.contains(text[$0]) }
      if let place = places.randomElement(using: &random) {
        text[place] = marks.randomElement(using: &random) ?? 0
      }
    default:
      // Something that stands in brackets, in more brackets.
      let piece = range(text, 256)
      let (open, close) = Bool.random(using: &random) ? ("[", "]") : ("{\"attributes\":", "}")
      let times = Int.random(in: 1...70, using: &random)
      text.insert(contentsOf: String(repeating: close, count: times).utf8, at: piece.upperBound)
      text.insert(contentsOf: String(repeating: open, count: times).utf8, at: piece.lowerBound)
    }
  }
}
