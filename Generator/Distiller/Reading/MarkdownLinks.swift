/// The links of a document in Markdown or HTML, found without understanding the rest of it: the one
/// reader of links for tables of contents, indexes of sites and pages.
package enum MarkdownLinks {
  /// The most links taken from one document.
  package static let maximum = 20_000
  /// The longest target, in bytes.
  package static let maximumTarget = 2048

  /// The targets in the order of the document: `[text](target "title")` with or without angle
  /// brackets and title, `[label]: target`, `href="target"`. Escapes and entities are resolved,
  /// comments are passed over.
  package static func targets(in text: String) -> [String] {
    var scanner = LinkScanner(Array(text.utf8))
    return scanner.run()
  }

  /// The five entities of XML, and the two that stand for a blank and an apostrophe.
  package static func unescaped(_ text: String) -> String {
    guard text.contains("&") else { return text }
    return text.replacing("&lt;", with: "<").replacing("&gt;", with: ">")
      .replacing("&quot;", with: "\"").replacing("&apos;", with: "'")
      .replacing("&#39;", with: "'").replacing("&#x27;", with: "'")
      .replacing("&nbsp;", with: " ").replacing("&amp;", with: "&")
  }
}

/// One pass over the bytes of a document. Every step looks ahead for no more than a target's length.
private struct LinkScanner {
  private let bytes: [UInt8]
  private var index = 0
  private var found: [String] = []
  private var isAtLineStart = true
  private var lacksCommentEnd = false

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func run() -> [String] {
    while index < bytes.count, found.count < MarkdownLinks.maximum {
      let isStart = isAtLineStart
      isAtLineStart = bytes[index] == newline || isStart && bytes[index] == blank
      if matches("<!--", at: index) {
        skipComment()
      } else if matches("](", at: index) {
        takeInline()
      } else if isStart, bytes[index] == UInt8(ascii: "[") {
        takeDefinition()
      } else if matches("href=", at: index) {
        takeReference()
      } else if bytes[index] == backslash {
        index += 2
      } else {
        index += 1
      }
    }
    return found
  }

  private let newline = UInt8(ascii: "\n")
  private let blank = UInt8(ascii: " ")
  private let backslash = UInt8(ascii: "\\")

  private func matches(_ text: StaticString, at start: Int) -> Bool {
    guard start + text.utf8CodeUnitCount <= bytes.count else { return false }
    return text.withUTF8Buffer { mark in
      for offset in 0..<mark.count where bytes[start + offset] != mark[offset] { return false }
      return true
    }
  }

  private func isBlank(_ byte: UInt8) -> Bool {
    byte == blank || byte == UInt8(ascii: "\t") || byte == newline || byte == UInt8(ascii: "\r")
  }

  private func skippingBlanks(from start: Int) -> Int {
    var place = start
    while place < bytes.count, isBlank(bytes[place]) { place += 1 }
    return place
  }

  private mutating func skipComment() {
    guard !lacksCommentEnd else {
      index += 4
      return
    }
    var place = index + 4
    while place < bytes.count, !matches("-->", at: place) { place += 1 }
    // A comment that never ends is text, and so is every later one.
    lacksCommentEnd = place >= bytes.count
    index = place < bytes.count ? place + 3 : index + 4
  }

  /// `](target "title")`
  private mutating func takeInline() {
    let start = skippingBlanks(from: index + 2)
    index += 2
    guard let (target, end) = target(from: start, isInline: true) else { return }
    let next = skippingBlanks(from: end)
    guard next < bytes.count else { return }
    if bytes[next] == UInt8(ascii: ")") {
      found.append(target)
      index = next
    } else if let close = titleEnd(from: next), close < bytes.count,
      bytes[close] == UInt8(ascii: ")")
    {
      found.append(target)
      index = close
    } else if let whole = loose(from: start) {
      // Blanks that nothing escapes, as older editors wrote them.
      found.append(whole)
    }
  }

  /// `[label]: target` at the start of a line.
  private mutating func takeDefinition() {
    var place = index + 1
    let limit = min(index + MarkdownLinks.maximumTarget, bytes.count)
    index += 1
    while place < limit, bytes[place] != UInt8(ascii: "]"), bytes[place] != newline { place += 1 }
    guard place + 1 < limit, bytes[place] == UInt8(ascii: "]"),
      bytes[place + 1] == UInt8(ascii: ":"),
      bytes[index] != UInt8(ascii: "^"),
      let (target, end) = target(from: skippingBlanks(from: place + 2), isInline: false)
    else { return }
    found.append(target)
    index = end
  }

  /// `href="target"`
  private mutating func takeReference() {
    let start = index + 5
    index = start
    guard start < bytes.count,
      bytes[start] == UInt8(ascii: "\"") || bytes[start] == UInt8(ascii: "'")
    else { return }
    let limit = min(start + 1 + MarkdownLinks.maximumTarget, bytes.count)
    guard let end = bytes[(start + 1)..<limit].firstIndex(of: bytes[start]) else { return }
    let inside = String(decoding: bytes[(start + 1)..<end], as: UTF8.self)
    guard !inside.contains(where: \.isNewline) else { return }
    found.append(MarkdownLinks.unescaped(inside.trimmingSpaces))
    index = end + 1
  }

  /// A target and the place behind it; nil where none stands.
  private func target(from start: Int, isInline: Bool) -> (String, end: Int)? {
    let limit = min(start + MarkdownLinks.maximumTarget, bytes.count)
    guard start < limit else { return nil }
    let isBracketed = bytes[start] == UInt8(ascii: "<")
    var place = isBracketed ? start + 1 : start
    var out: [UInt8] = []
    var depth = 0
    while place < limit {
      let byte = bytes[place]
      if byte == backslash, place + 1 < limit, isPunctuation(bytes[place + 1]) {
        out.append(bytes[place + 1])
        place += 2
        continue
      }
      if isBracketed {
        if byte == UInt8(ascii: ">") { break }
        if byte == newline || byte == UInt8(ascii: "<") { return nil }
      } else {
        if isBlank(byte) { break }
        if matches("](", at: place) { return nil }
        if byte == UInt8(ascii: "(") { depth += 1 }
        if byte == UInt8(ascii: ")"), isInline {
          if depth == 0 { break }
          depth -= 1
        }
      }
      out.append(byte)
      place += 1
    }
    guard place < limit || place == bytes.count && !isInline, !out.isEmpty else { return nil }
    let text = MarkdownLinks.unescaped(String(decoding: out, as: UTF8.self))
    return (text, isBracketed ? place + 1 : place)
  }

  private func isPunctuation(_ byte: UInt8) -> Bool {
    (33...47).contains(byte) || (58...64).contains(byte) || (91...96).contains(byte)
      || (123...126).contains(byte)
  }

  /// The place behind a title and the blanks that follow it; nil where none stands.
  private func titleEnd(from start: Int) -> Int? {
    let closer: UInt8
    switch bytes[start] {
    case UInt8(ascii: "\""), UInt8(ascii: "'"): closer = bytes[start]
    case UInt8(ascii: "("): closer = UInt8(ascii: ")")
    default: return nil
    }
    var place = start + 1
    let limit = min(start + MarkdownLinks.maximumTarget, bytes.count)
    while place < limit, bytes[place] != closer {
      place += bytes[place] == backslash ? 2 : 1
    }
    guard place < limit else { return nil }
    return skippingBlanks(from: place + 1)
  }

  /// Everything up to the bracket that closes on the same line.
  private func loose(from start: Int) -> String? {
    let limit = min(start + MarkdownLinks.maximumTarget, bytes.count)
    guard
      let end = bytes[start..<limit].firstIndex(where: { $0 == UInt8(ascii: ")") || $0 == newline }
      ),
      bytes[end] != newline
    else { return nil }
    let text = String(decoding: bytes[start..<end], as: UTF8.self)
    return MarkdownLinks.unescaped(text.filter { $0 != "\\" && $0 != "<" && $0 != ">" })
  }
}

extension String {
  fileprivate var trimmingSpaces: String {
    String(drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
  }
}
