/// Takes names apart that ``WireName`` has put together.
struct CamelCase {
  let acronyms: Acronyms

  /// The words of a name in lower case: acronyms as one word, digits as one word, and else a capital
  /// with the small letters after it.
  func words(of name: String, startsLower: Bool) -> [String] {
    var rest = Array(name.utf8)[...]
    var words: [String] = []
    func take(_ count: Int) {
      words.append(String(decoding: rest.prefix(count), as: UTF8.self).lowercased())
      rest = rest.dropFirst(count)
    }
    if startsLower { take(rest.prefix(while: \.isASCIILowercase).count) }
    while let first = rest.first {
      if first.isASCIIDigit {
        take(rest.prefix(while: \.isASCIIDigit).count)
      } else {
        let tail = rest.dropFirst().prefix(while: \.isASCIILowercase).count
        take(acronym(at: rest) ?? tail + 1)
      }
    }
    return words
  }

  /// How long the longest acronym is that stands here and ends here: the next letter is not a small one.
  private func acronym(at rest: ArraySlice<UInt8>) -> Int? {
    let capitals = rest.prefix(while: \.isASCIIUppercase).count
    for length in stride(from: capitals, to: 1, by: -1) {
      let word = String(decoding: rest.prefix(length), as: UTF8.self).lowercased()
      guard acronyms.words.contains(word) else { continue }
      let after = rest.dropFirst(length)
      if after.first?.isASCIILowercase != true { return length }
      // `IDs`
      if after.first == UInt8(ascii: "s"), after.dropFirst().first?.isASCIILowercase != true {
        return length + 1
      }
    }
    return nil
  }
}
