import Foundation

@testable import CommerceLayerJSON

/// What must hold of any bytes: used by the fuzz tests and by the libFuzzer target.
enum JSONOracle {
  /// - Returns: what does not hold; nil when all does.
  static func problem(_ bytes: [UInt8]) -> String? {
    let limits = JSONLimits()
    let plain = read { () throws(JSONError) in try JSONDocument(parsing: bytes, limits: limits) }
    let sealed = read { () throws(JSONError) in
      try JSONDocument(parsingResources: bytes, limits: limits)
    }
    let accepts = ReferenceJSON.accepts(bytes, depth: limits.depth)
    switch (plain, sealed) {
    case (.success(let plain), .success(let sealed)):
      if !accepts { return "read, against the grammar" }
      return difference(plain.root, sealed.root) ?? values(plain.root)
        ?? foundation(bytes, plain.root)
    case (.failure(let plain), .failure(let sealed)):
      if accepts { return "rejected, against the grammar: \(plain)" }
      if plain != sealed { return "another error when sealed: \(plain), \(sealed)" }
      return place(plain, in: bytes)
    default:
      return "read in one way and not in the other"
    }
  }

  private static func read(
    _ work: () throws(JSONError) -> JSONDocument
  ) -> Result<JSONDocument, JSONError> {
    do throws(JSONError) { return .success(try work()) } catch { return .failure(error) }
  }

  /// The place of an error is in the text, and line and column name it.
  private static func place(_ error: JSONError, in bytes: [UInt8]) -> String? {
    guard (0...bytes.count).contains(error.offset) else { return "offset \(error.offset)" }
    let before = bytes[..<error.offset]
    let line = before.count { $0 == 0x0A } + 1
    let column = error.offset - (before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0) + 1
    guard error.line == line, error.column == column else { return "line or column: \(error)" }
    // By code points: a slash with a combining mark is one Character.
    let pointer = error.pointer.unicodeScalars
    return pointer.isEmpty || pointer.first == "/" ? nil : "pointer: \(error)"
  }

  /// A document with sealed parts reads like one without.
  private static func difference(_ plain: JSONElement, _ sealed: JSONElement) -> String? {
    guard plain.kind == sealed.kind, plain.offset == sealed.offset,
      plain.rawBytes == sealed.rawBytes, plain.count == sealed.count
    else { return "another value when sealed, at \(plain.offset)" }
    for (left, right) in zip(plain.elements, sealed.elements) {
      if let found = difference(left, right) { return found }
    }
    for (left, right) in zip(plain.members, sealed.members) {
      guard left.key == right.key else { return "another key when sealed: \(left.key)" }
      if let found = difference(left.value, right.value) { return found }
      guard plain[left.key]?.offset == sealed[left.key]?.offset else {
        return "another member when sealed: \(left.key)"
      }
    }
    return plain.value == sealed.value ? nil : "another tree when sealed, at \(plain.offset)"
  }

  /// Writing and reading again changes nothing, and parts read like the whole.
  private static func values(_ root: JSONElement) -> String? {
    let value = root.value
    let text = value.bytes
    guard let again = try? JSONDocument(parsing: text).root.value else {
      return "what was written cannot be read"
    }
    guard again == value, again.bytes == text else { return "writing changes the value" }
    guard (try? JSONDocument(parsing: Array(root.rawBytes)).root.value) == value else {
      return "the raw bytes are another value"
    }
    return nil
  }

  /// Foundation reads what we read, as the same value; it rejects numbers that no double holds.
  private static func foundation(_ bytes: [UInt8], _ root: JSONElement) -> String? {
    if hasUnusualNumber(root) || hasEqualKeys(root) { return nil }
    let hasMark = bytes.starts(with: [0xEF, 0xBB, 0xBF])
    let data = Data(hasMark ? Array(bytes.dropFirst(3)) : bytes)
    // It drops byte order marks at the start of strings and behind escapes.
    if data.range(of: Data([0xEF, 0xBB, 0xBF])) != nil { return nil }
    guard let object = try? JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed)
    else {
      // It takes a text whose first bytes hold zeros for UTF-16 or UTF-32.
      return bytes.prefix(4).contains(0) ? nil : "Foundation rejects it"
    }
    return isSame(object, root) ? nil : "Foundation reads another value"
  }

  private static func hasUnusualNumber(_ element: JSONElement) -> Bool {
    if let number = element.number {
      // Foundation turns what is long into a Decimal, which rounds in ways of its own.
      return number.text.utf8.count > 15 || number.double?.isFinite != true
        || number.text.utf8.contains { $0 | 0x20 == UInt8(ascii: "e") }
    }
    return element.elements.contains(where: hasUnusualNumber)
      || element.members.contains { hasUnusualNumber($0.value) }
  }

  private static func hasEqualKeys(_ element: JSONElement) -> Bool {
    // Foundation's keys are canonically equivalent strings: fewer than ours.
    Set(element.members.map(\.key)).count != element.members.reduce(0) { count, _ in count + 1 }
      || element.elements.contains(where: hasEqualKeys)
      || element.members.contains { hasEqualKeys($0.value) }
  }

  private static func isSame(_ object: Any, _ element: JSONElement) -> Bool {
    switch element.kind {
    case .null: object is NSNull
    case .boolean: (object as? Bool) == element.boolean
    case .number: (object as? NSNumber)?.doubleValue == element.number?.double
    case .string:
      (object as? String).map { Array($0.utf8) } == element.string.map { Array($0.utf8) }
    case .array:
      (object as? [Any]).map { list in
        list.count == element.count && zip(list, element.elements).allSatisfy { isSame($0, $1) }
      } ?? false
    case .object:
      (object as? [String: Any]).map { members in
        members.count == element.count
          && element.members.allSatisfy { key, value in
            members[key].map { isSame($0, value) } ?? false
          }
      } ?? false
    }
  }
}
