/// A name or value as it goes over the wire, and the Swift names that can be made of it.
///
/// The Swift name is a function of the wire name alone, and no two wire names have the same one: a
/// wire name that cannot be told from its Swift name always carries a hash, whether or not anything
/// collides. So a field that appears later can neither take nor change the name of one that was there.
struct WireName: Sendable, Hashable {
  let raw: String
  /// The runs of ASCII letters and digits, lower case, split at a capital after a small letter.
  private let words: [String]
  private let acronyms: Acronyms
  /// `attachment_url` → `attachmentURL`, `_interrupt` → `interrupt`.
  let lowerCamel: String
  /// `sku_option` → `SKUOption`.
  let upperCamel: String

  init(_ raw: String, _ acronyms: Acronyms) {
    self.raw = raw
    self.acronyms = acronyms
    words = Self.words(of: raw)
    let capitalized = words.map(acronyms.capitalized)
    lowerCamel =
      words.first.map { Self.startable($0 + capitalized.dropFirst().joined()) } ?? "value"
    let upper = capitalized.joined()
    // Not `_1x`: inside a resource a property is called that.
    upperCamel = upper.utf8.first?.isASCIILetter == true ? upper : "Value" + upper
  }

  /// The same with the `_` in front, if there is one: `_interrupt`.
  var lowerCamelWithUnderscore: String {
    hasLeadingUnderscore && !lowerCamel.hasPrefix("_") ? "_" + lowerCamel : lowerCamel
  }

  /// The wire name itself when it is written in capitals: `USD`, `MATCH_CODE`.
  var capitals: String? {
    let bytes = raw.utf8
    guard let first = bytes.first, first.isASCIIUppercase, bytes.count <= Self.longestName,
      bytes.allSatisfy({ $0.isASCIIUppercase || $0.isASCIIDigit || $0 == UInt8(ascii: "_") })
    else { return nil }
    return raw
  }

  /// Whether the wire name can be told from the Swift name: it is spelled as names of the API are, and
  /// taking the Swift name apart gives its words again. `line_1` is `line1`, so `line1` is not, nor is
  /// `u_r_l`, which would be `url`'s.
  var isUsual: Bool {
    let camelCase = CamelCase(acronyms: acronyms)
    return hasUsualSpelling && camelCase.words(of: lowerCamel, startsLower: true) == words
      && camelCase.words(of: upperCamel, startsLower: false) == words
  }

  /// Lower case words joined by single `_`, at most one `_` in front.
  private var hasUsualSpelling: Bool {
    let body = raw.utf8.first == UInt8(ascii: "_") ? raw.dropFirst() : raw[...]
    guard let first = body.utf8.first, let last = body.utf8.last, raw.utf8.count <= Self.longestName
    else { return false }
    var previous = UInt8(ascii: "a")
    for byte in body.utf8 {
      let underscore = byte == UInt8(ascii: "_")
      guard byte.isASCIILowercase || byte.isASCIIDigit || underscore,
        !(underscore && previous == byte)
      else { return false }
      previous = byte
    }
    return first != UInt8(ascii: "_") && last != UInt8(ascii: "_")
  }

  /// Whether it starts with `_`, as triggers do.
  var hasLeadingUnderscore: Bool { raw.utf8.first == UInt8(ascii: "_") }

  /// Eight digits that tell this wire name from others of the same Swift name.
  var hash: String { StableHash.digits(of: raw) }

  /// The longest name made, in bytes; the spec's own limit is the same.
  static let longestName = 128

  private static func words(of raw: String) -> [String] {
    var words: [String] = []
    var word: [UInt8] = []
    var previous: UInt8?
    func close() {
      if !word.isEmpty { words.append(String(decoding: word, as: UTF8.self)) }
      word = []
    }
    for byte in raw.utf8.prefix(longestName) {
      defer { previous = byte }
      guard byte.isASCIILetter || byte.isASCIIDigit else {
        close()
        continue
      }
      if byte.isASCIIUppercase, previous?.isASCIILowercase == true { close() }
      word.append(byte.isASCIIUppercase ? byte | 0x20 : byte)
    }
    close()
    return words
  }

  private static func startable(_ name: String) -> String {
    name.utf8.first?.isASCIIDigit == true ? "_" + name : name
  }
}
