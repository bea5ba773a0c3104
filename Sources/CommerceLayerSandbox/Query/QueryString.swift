/// The parameters of a query string, decoded, in order.
struct QueryString: Sendable {
  struct Parameter: Sendable, Hashable {
    let name: String
    let value: String
  }
  let parameters: [Parameter]

  /// - Throws: ``ErrorResponse`` when an escape is broken or not UTF-8.
  init(_ text: Substring) throws(ErrorResponse) {
    var parameters: [Parameter] = []
    for pair in text.split(separator: "&") {
      let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = Self.decoded(halves[0]),
        let value = Self.decoded(halves.count > 1 ? halves[1] : "")
      else {
        throw ErrorResponse(.paramNotAllowed, "the query string is not percent-encoded UTF-8")
      }
      parameters.append(Parameter(name: name, value: value))
    }
    self.parameters = parameters
  }

  private static func decoded(_ text: Substring) -> String? {
    percentDecoded(text.contains("+") ? Substring(text.replacing("+", with: " ")) : text)
  }

  /// Resolves `%41`; nil when an escape is broken, or the bytes are not UTF-8 or hold NUL.
  static func percentDecoded(_ text: Substring) -> String? {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard let high = rest.popFirst().flatMap(hexDigit),
        let low = rest.popFirst().flatMap(hexDigit)
      else { return nil }
      bytes.append(high << 4 | low)
    }
    // No text of the service's database holds NUL, and in SQL it would end the text.
    guard !bytes.contains(0) else { return nil }
    return String(validating: bytes, as: UTF8.self)
  }

  private static func hexDigit(_ byte: UInt8) -> UInt8? {
    Character(Unicode.Scalar(byte)).hexDigitValue.map { UInt8($0) }
  }

  /// The keys in brackets: `filter[q][id_eq]` is `filter` with `q` and `id_eq`; nil when the
  /// brackets do not match.
  static func keys(_ name: String) -> (base: String, keys: [String])? {
    guard let open = name.firstIndex(of: "[") else { return (name, []) }
    guard name.last == "]" else { return nil }
    let inner = name[name.index(after: open)...].dropLast()
    let keys = inner.split(separator: "][", omittingEmptySubsequences: false).map(String.init)
    guard !keys.contains(where: { $0.contains("[") || $0.contains("]") }) else { return nil }
    return (String(name[..<open]), keys)
  }
}
