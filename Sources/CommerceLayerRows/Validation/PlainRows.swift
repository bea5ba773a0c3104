import CommerceLayerRuntime

/// Reads the rows that need nothing but to be written: every value is sent as its cell holds it, and the
/// row is accepted. What else a row may be, ``CSVRows`` tells.
///
/// Bytes go from the window of the input straight into what is sent; nothing is allocated for a row or a
/// cell, but for values that are converted, such as times.
///
/// An object, because it does not change and is used for every row.
final class PlainRows: Sendable {
  /// What a plain row is.
  struct Reading {
    /// How many bytes were written for it.
    var size: Int
    /// Whether its key or id names the record.
    var isNamed: Bool
    /// The columns whose cells may be damaged.
    var suspects: UInt64
  }

  /// How the cells of a column are sent.
  private enum Way: UInt8 {
    case skipped
    /// Not sent, and nothing may be in it.
    case unnamed
    /// Text, sent as it is.
    case text
    /// What JSON writes as the cell does, where the cell does.
    case integer, float, boolean
    /// Anything else: ``CellValue`` tells.
    case converted
  }

  private struct Column: Sendable {
    var way: Way
    var isKey: Bool
    var isPartOfKey: Bool
    /// Whether rows without a value get one.
    var hasConstant: Bool
    /// Where `"name":` is in ``prefixes``.
    var prefixStart: Int
    var prefixCount: Int
    var mask: CreateRequirements.Mask
  }

  /// Whether there can be plain rows: they are written as JSON, a line for a record.
  let isUsed: Bool
  /// The columns that name records.
  let keyColumns: [Int]
  let rules: RowRules
  let options: RowOptions
  let all: RowColumns
  private let columns: [Column]
  private let prefixes: [UInt8]
  /// `"name":value,` of the constants that are not columns of the file.
  private let constants: [UInt8]
  /// What constants satisfy, and the parent of all rows.
  private let given: CreateRequirements.Mask
  /// What the parent of all rows satisfies.
  let parentMask: CreateRequirements.Mask
  private let parentHash: KeyHash?
  /// Whether damage is looked for, as in the first pass.
  let collects: Bool
  /// The length of the text that clears an attribute; -1 when none does.
  private let nullLength: Int

  init(_ columns: RowColumns, rules: RowRules, options: RowOptions, collects: Bool) {
    all = columns
    self.rules = rules
    self.options = options
    self.collects = collects
    let parentMask =
      rules.parentID == nil ? 0 : rules.requirements.satisfied(byParent: rules.parent)
    self.parentMask = parentMask
    parentHash = rules.parentID.map { KeyHash(Array($0.utf8)[...]) }
    nullLength = options.nullText?.utf8.count ?? -1
    keyColumns = columns.columns.indices.filter {
      columns.columns[$0].isSent && columns.columns[$0].isKey
    }
    var prefixes: [UInt8] = []
    self.columns = columns.columns.map { column in
      let start = prefixes.count
      prefixes += column.prefix
      return Column(
        way: Self.way(column, options), isKey: column.isKey, isPartOfKey: column.keyIndex >= 0,
        hasConstant: column.constant != nil, prefixStart: start, prefixCount: column.prefix.count,
        mask: column.satisfies)
    }
    self.prefixes = prefixes
    var constants = RowBuffer()
    var given = parentMask
    var areConstant = true
    for column in columns.added {
      let value = CellValue(nil, column, rules: rules, options: options, isJSON: true)
      guard column.keyIndex < 0, let json = Self.json(value) else {
        areConstant = false
        continue
      }
      constants.append(column.prefix)
      constants.append(json)
      constants.append(UInt8(ascii: ","))
      given |= column.satisfies
    }
    self.constants = constants.bytes
    self.given = given
    isUsed = columns.form == .json && !columns.hasFurtherRecords && areConstant
  }

  private static func way(_ column: RowColumns.Column, _ options: RowOptions) -> Way {
    guard column.isSent else { return column.title.isEmpty ? .unnamed : .skipped }
    if column.lookup != nil { return .converted }
    switch column.type {
    case .string:
      // The names of tags are checked.
      if case .tags = column.meaning { return .converted }
      return .text
    case .integer: return .integer
    case .float: return options.usesDecimalComma ? .converted : .float
    case .boolean: return .boolean
    case .datetime, .object, .array: return .converted
    }
  }

  /// A value as JSON; nil when there is none.
  private static func json(_ value: CellValue) -> [UInt8]? {
    switch value {
    case .absent, .rejected: return nil
    case .null: return Array("null".utf8)
    case .literal(let literal): return Array(literal.utf8)
    case .text(let text):
      var json = RowBuffer()
      RowText.appendJSON(text, into: &json)
      return json.bytes
    }
  }

  /// Reads a record.
  /// - Parameters:
  ///   - bytes: The window of the input.
  ///   - cells: The record's cells in it.
  ///   - sink: Takes what is sent for it.
  /// - Returns: nil when it is not a plain row; then nothing was written.
  func read(
    _ bytes: UnsafeBufferPointer<UInt8>, _ cells: UnsafeBufferPointer<CSVReader.Cell>,
    into sink: inout RowBuffer
  ) -> Reading? {
    guard cells.count <= columns.count else { return nil }
    return columns.withUnsafeBufferPointer { columns in
      var converted: [[UInt8]] = []
      guard let reading = measure(bytes, cells, columns, &converted) else { return nil }
      sink.write(reading.size) { place in write(bytes, cells, columns, converted, to: place) }
      return reading
    }
  }

  // MARK: - Measuring

  /// Checks the cells and counts what they take.
  @inline(__always)
  private func measure(
    _ bytes: UnsafeBufferPointer<UInt8>,
    _ cells: UnsafeBufferPointer<CSVReader.Cell>, _ columns: UnsafeBufferPointer<Column>,
    _ converted: inout [[UInt8]]
  ) -> Reading? {
    var size = 1 + constants.count
    var given = given
    var suspects: UInt64 = 0
    for index in 0..<cells.count {
      let (cell, column) = (cells[index], columns[index])
      if cell.isEmpty {
        if column.hasConstant { return nil }
        continue
      }
      let length = cell.end - cell.start
      if length == nullLength { return nil }
      switch column.way {
      case .skipped: continue
      case .unnamed: return nil
      case .text:
        if cell.bits & ByteClass.doubledQuote != 0, column.isPartOfKey { return nil }
        if options.trims, Self.mayBeTrimmed(bytes, cell) { return nil }
        size += length + 2
        if cell.bits & ByteClass.escaped != 0 { size += Self.escapes(bytes, cell) }
      case .integer, .float, .boolean:
        if Self.isLiteral(bytes, cell, column.way) {
          size += length
          break
        }
        fallthrough
      case .converted:
        guard !column.isPartOfKey,
          let json = Self.json(
            CellValue(
              CSVReader.text(bytes, cell), all.columns[index], rules: rules, options: options,
              isJSON: true))
        else { return nil }
        converted.append(json)
        size += json.count
      }
      if collects, CellDamage.isSuspect(bytes, cell, isKey: column.isKey) {
        guard index < UInt64.bitWidth else { return nil }
        suspects |= 1 << UInt64(index)
      }
      size += column.prefixCount + 1
      given |= column.mask
    }
    for index in cells.count..<columns.count where columns[index].hasConstant { return nil }
    guard size > 1 else { return nil }
    let hasID = all.idIndex.map { $0 < cells.count && !cells[$0].isEmpty } ?? false
    let isNamed = hasID || hasKey(cells)
    if !isNamed {
      // What its outcome was in an earlier run matters.
      guard all.outcomeIndex == nil, rules.schema == nil || rules.requirements.isMet(given) else {
        return nil
      }
    }
    return Reading(size: size, isNamed: isNamed, suspects: suspects)
  }

  private func hasKey(_ cells: UnsafeBufferPointer<CSVReader.Cell>) -> Bool {
    for (part, index) in all.keyIndices.enumerated() {
      if let index, index < cells.count, !cells[index].isEmpty { continue }
      guard parentHash != nil, rules.parentField == rules.key[part] else { return false }
    }
    return !all.keyIndices.isEmpty
  }

  /// The key of a plain row; nil when it lacks a part.
  func keyHash(
    _ bytes: UnsafeBufferPointer<UInt8>, _ cells: UnsafeBufferPointer<CSVReader.Cell>
  ) -> KeyHash? {
    keyHash { index in
      guard index < cells.count, !cells[index].isEmpty else { return nil }
      return KeyHash(bytes, from: cells[index].start, to: cells[index].end)
    }
  }

  /// Joins the parts of a key.
  /// - Parameter value: The part in a column; nil when the row does not give it.
  @inline(__always)
  private func keyHash(_ value: (Int) -> KeyHash?) -> KeyHash? {
    var whole: KeyHash?
    for (part, index) in all.keyIndices.enumerated() {
      guard
        let hash = index.flatMap(value) ?? (rules.parentField == rules.key[part] ? parentHash : nil)
      else { return nil }
      whole = whole.map { $0.joined(hash) } ?? hash
    }
    return whole
  }

  /// The key of a row that was read cell by cell, of its parts.
  func keyHash(_ parts: [KeyHash?]) -> KeyHash? {
    var whole: KeyHash?
    for (index, part) in parts.enumerated() {
      guard let part = part ?? (rules.parentField == rules.key[index] ? parentHash : nil) else {
        return nil
      }
      whole = whole.map { $0.joined(part) } ?? part
    }
    return whole
  }

  @inline(never)
  private static func mayBeTrimmed(
    _ bytes: UnsafeBufferPointer<UInt8>, _ cell: CSVReader.Cell
  ) -> Bool {
    cell.bits & ByteClass.high != 0 || bytes[cell.start] <= 0x20 || bytes[cell.end - 1] <= 0x20
  }

  /// Whether a cell is a value of its column's type as JSON writes it. False leaves the decision to
  /// ``CellCoercion``.
  @inline(__always)
  private static func isLiteral(
    _ bytes: UnsafeBufferPointer<UInt8>, _ cell: CSVReader.Cell, _ way: Way
  ) -> Bool {
    let count = cell.end - cell.start
    let first = bytes[cell.start]
    if way == .boolean {
      guard count == 4 || count == 5 else { return false }
      let word: StaticString = count == 4 ? "true" : "false"
      for index in 0..<count where bytes[cell.start + index] != word.utf8Start[index] {
        return false
      }
      return true
    }
    // Few enough digits for any reader's integers.
    guard count <= 15, first != 0x30 || count == 1 || bytes[cell.start + 1] == 0x2E else {
      return false
    }
    if cell.bits & ByteClass.notDigit == 0 { return true }
    guard way == .float, first &- 0x30 <= 9, bytes[cell.end - 1] &- 0x30 <= 9 else { return false }
    var points = 0
    for index in cell.start..<cell.end {
      let byte = bytes[index]
      if byte == 0x2E { points += 1 } else if byte &- 0x30 > 9 { return false }
    }
    return points == 1
  }

  /// How many bytes more a JSON string takes than the cell.
  @inline(never)
  private static func escapes(
    _ bytes: UnsafeBufferPointer<UInt8>, _ cell: CSVReader.Cell
  ) -> Int {
    var count = 0
    for index in cell.start..<cell.end {
      switch bytes[index] {
      // Doubled in the cell, behind a backslash in the string.
      case 0x22: continue
      case 0x5C, 0x0A, 0x0D, 0x09: count += 1
      case 0..<0x20: count += 5
      default: continue
      }
    }
    return count
  }

  // MARK: - Writing

  @inline(__always)
  private func write(
    _ bytes: UnsafeBufferPointer<UInt8>, _ cells: UnsafeBufferPointer<CSVReader.Cell>,
    _ columns: UnsafeBufferPointer<Column>, _ converted: [[UInt8]],
    to start: UnsafeMutablePointer<UInt8>
  ) {
    guard let source = bytes.baseAddress else { return }
    var place = start
    func copy(_ from: UnsafePointer<UInt8>, _ count: Int) {
      place.update(from: from, count: count)
      place += count
    }
    func put(_ byte: UInt8) {
      place.pointee = byte
      place += 1
    }
    put(UInt8(ascii: "{"))
    prefixes.withUnsafeBufferPointer { prefixes in
      var next = 0
      for index in 0..<cells.count {
        let (cell, column) = (cells[index], columns[index])
        if cell.isEmpty || column.way == .skipped { continue }
        if let base = prefixes.baseAddress { copy(base + column.prefixStart, column.prefixCount) }
        switch column.way {
        case .skipped, .unnamed: continue
        case .text:
          put(UInt8(ascii: "\""))
          if cell.bits & ByteClass.escaped == 0 {
            copy(source + cell.start, cell.end - cell.start)
          } else {
            place = Self.writeEscaped(bytes, cell, to: place)
          }
          put(UInt8(ascii: "\""))
        case .integer, .float, .boolean, .converted:
          if column.way != .converted, Self.isLiteral(bytes, cell, column.way) {
            copy(source + cell.start, cell.end - cell.start)
          } else {
            for byte in converted[next] { put(byte) }
            next += 1
          }
        }
        put(UInt8(ascii: ","))
      }
    }
    for byte in constants { put(byte) }
    // Instead of the last comma.
    (place - 1).pointee = UInt8(ascii: "}")
  }

  @inline(never)
  private static func writeEscaped(
    _ bytes: UnsafeBufferPointer<UInt8>, _ cell: CSVReader.Cell,
    to start: UnsafeMutablePointer<UInt8>
  ) -> UnsafeMutablePointer<UInt8> {
    var place = start
    func put(_ byte: UInt8) {
      place.pointee = byte
      place += 1
    }
    var index = cell.start
    while index < cell.end {
      let byte = bytes[index]
      index += 1
      switch byte {
      case 0x22:
        put(0x5C)
        put(0x22)
        index += 1
      case 0x5C:
        put(0x5C)
        put(0x5C)
      case 0x0A:
        put(0x5C)
        put(UInt8(ascii: "n"))
      case 0x0D:
        put(0x5C)
        put(UInt8(ascii: "r"))
      case 0x09:
        put(0x5C)
        put(UInt8(ascii: "t"))
      case 0..<0x20:
        for byte in "\\u00".utf8 { put(byte) }
        put(RowText.hex[Int(byte >> 4)])
        put(RowText.hex[Int(byte & 15)])
      default: put(byte)
      }
    }
    return place
  }
}
