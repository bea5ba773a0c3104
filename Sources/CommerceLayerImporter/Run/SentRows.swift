import CommerceLayerRows

/// A row of a chunk, as far as its outcome needs it.
struct SentRow: Sendable {
  let line: Int
  let lastLine: Int
  /// The number of the record it is part of, within the chunk: the lines of one record share it.
  var unit: Int
  /// Where its bytes are among the chunk's.
  var range: Range<Int>
  /// Where its bytes are in the input.
  let source: Range<Int>
  fileprivate let name: PackedIdentity

  /// What it is recognized by.
  var identity: RowIdentity { name.identity }

  init(
    line: Int, lastLine: Int, identity: RowIdentity, unit: Int, range: Range<Int>,
    source: Range<Int>
  ) {
    var bytes: [UInt8] = []
    PackedIdentity.append(identity, to: &bytes)
    self.init(
      line: line, lastLine: lastLine, unit: unit, range: range, source: source,
      name: PackedIdentity(bytes: bytes[...], isKeyAlone: false))
  }

  fileprivate init(
    line: Int, lastLine: Int, unit: Int, range: Range<Int>, source: Range<Int>,
    name: PackedIdentity
  ) {
    self.line = line
    self.lastLine = lastLine
    self.unit = unit
    self.range = range
    self.source = source
    self.name = name
  }
}

/// The rows of a chunk from being read until they are accounted for: a few numbers for each, and the bytes
/// of what they are recognized by, in one piece. All chunks that wait for their imports are in memory, so
/// an object for each row would be most of what a run takes.
struct SentRows: Sendable, RandomAccessCollection {
  private struct Packed: Sendable {
    var line: Int
    var source: Int
    var start: Int
    var nameStart: Int
    var sourceCount: UInt32
    var size: UInt32
    var furtherLines: UInt32
    var unit: UInt32
    var nameCount: UInt32
    var isKeyAlone: Bool
  }

  private var rows: [Packed] = []
  /// What the rows are recognized by, one behind the other. A key that is all of it is appended before
  /// its row is.
  var names: [UInt8] = []

  init() {}

  init(_ rows: some Sequence<SentRow>) { for row in rows { append(row) } }

  var startIndex: Int { 0 }
  var endIndex: Int { rows.count }

  subscript(index: Int) -> SentRow {
    let row = rows[index]
    let name = row.nameStart..<(row.nameStart + Int(row.nameCount))
    return SentRow(
      line: row.line, lastLine: row.line + Int(row.furtherLines), unit: Int(row.unit),
      range: row.start..<(row.start + Int(row.size)),
      source: row.source..<(row.source + Int(row.sourceCount)),
      name: PackedIdentity(bytes: names[name], isKeyAlone: row.isKeyAlone))
  }

  /// The number of the record that a row is part of.
  func unit(_ index: Int) -> Int { Int(rows[index].unit) }

  /// How many records the rows make.
  var units: Int { rows.last.map { Int($0.unit) + 1 } ?? 0 }

  /// Adds the row that was read last.
  /// - Parameters:
  ///   - range: Where its bytes are among the chunk's.
  ///   - continues: Whether it is part of the record of the row before it.
  ///   - identity: What it is recognized by; nil when that is the key which was appended to ``names``.
  mutating func append(_ row: Row, range: Range<Int>, continues: Bool, identity: RowIdentity?) {
    let start = rows.last.map { $0.nameStart + Int($0.nameCount) } ?? 0
    if var identity {
      // The only part of a key is the key.
      if identity.parts.count == 1 { identity.parts = [] }
      PackedIdentity.append(identity, to: &names)
    }
    append(
      line: row.line, lastLine: row.lastLine, unit: continues ? units - 1 : units, range: range,
      source: row.source, nameStart: start, isKeyAlone: identity == nil)
  }

  /// Adds a row of another chunk, or one of a test.
  mutating func append(_ row: SentRow) {
    let start = names.count
    names += row.name.bytes
    append(
      line: row.line, lastLine: row.lastLine, unit: row.unit, range: row.range, source: row.source,
      nameStart: start, isKeyAlone: row.name.isKeyAlone)
  }

  private mutating func append(
    line: Int, lastLine: Int, unit: Int, range: Range<Int>, source: Range<Int>, nameStart: Int,
    isKeyAlone: Bool
  ) {
    // A row is bounded: its sizes fit.
    rows.append(
      Packed(
        line: line, source: source.lowerBound, start: range.lowerBound, nameStart: nameStart,
        sourceCount: UInt32(clamping: source.count), size: UInt32(clamping: range.count),
        furtherLines: UInt32(clamping: lastLine - line), unit: UInt32(clamping: unit),
        nameCount: UInt32(clamping: names.count - nameStart), isKeyAlone: isKeyAlone))
  }

  /// Makes room where about as many rows are to come.
  mutating func reserve(_ count: Int, like others: SentRows) {
    rows.reserveCapacity(count)
    names.reserveCapacity(others.names.count + others.names.count / 8)
  }

  /// Keeps the first rows.
  mutating func keep(_ count: Int) { rows.removeLast(rows.count - count) }

  /// The rows from an index on, as the rows of another chunk: its records are counted anew.
  func suffix(from index: Int) -> SentRows {
    var other = self
    other.rows.removeFirst(index)
    let firstUnit = other.rows.first?.unit ?? 0
    for index in other.rows.indices { other.rows[index].unit -= firstUnit }
    return other
  }
}

/// What a row is recognized by, as bytes: its key alone, or each part with its kind and size before it.
private struct PackedIdentity: Sendable {
  private enum Field: UInt8 { case key, part, id }

  let bytes: ArraySlice<UInt8>
  let isKeyAlone: Bool

  static func append(_ identity: RowIdentity, to bytes: inout [UInt8]) {
    func append(_ field: Field, _ text: String) {
      bytes.append(field.rawValue)
      let count = UInt32(clamping: text.utf8.count)
      for shift in stride(from: 0, to: 32, by: 8) {
        bytes.append(UInt8(truncatingIfNeeded: count >> UInt32(shift)))
      }
      bytes += text.utf8
    }
    if let key = identity.key { append(.key, key) }
    for part in identity.parts { append(.part, part) }
    if let id = identity.id { append(.id, id) }
  }

  var identity: RowIdentity {
    if isKeyAlone { return RowIdentity(key: String(decoding: bytes, as: UTF8.self)) }
    var identity = RowIdentity()
    var rest = bytes
    while rest.count >= 5, let field = rest.popFirst().flatMap(Field.init(rawValue:)) {
      let count = rest.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
      rest = rest.dropFirst(4)
      let text = String(decoding: rest.prefix(count), as: UTF8.self)
      rest = rest.dropFirst(count)
      switch field {
      case .key: identity.key = text
      case .part: identity.parts.append(text)
      case .id: identity.id = text
      }
    }
    return identity
  }
}
