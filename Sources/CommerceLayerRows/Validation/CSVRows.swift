import CommerceLayerRuntime

/// What the quick way needs of a column: nothing that is counted by reference.
private struct QuickColumn {
  enum Way: UInt8 {
    /// Not sent.
    case skipped
    /// Not sent, and nothing may be in it.
    case unnamed
    /// Text, sent as it is.
    case text
    case integer, float, boolean
    /// Anything else.
    case general
  }

  var way: Way
  var keyIndex: Int
  var isKey: Bool
  var prefixStart: Int
  var prefixEnd: Int
  var mask: CreateRequirements.Mask
}

/// Turns records of a CSV input into rows with a verdict.
struct CSVRows {
  private let rules: RowRules
  private let options: RowOptions
  let columns: RowColumns
  /// Whether damage is looked for and keys are told, as in the first pass.
  private let collects: Bool
  /// Whether rows say what they are recognized by, as in the second pass.
  private let identifies: Bool
  private let parentMask: CreateRequirements.Mask
  private let parentHash: KeyHash?
  private let table = ByteClass.table
  private let quick: [QuickColumn]
  /// `"name":` of all columns.
  private let prefixes: [UInt8]
  private let isJSON: Bool
  /// The first byte of the header, which few rows begin with.
  private let headerByte: UInt8
  private var digits: [DigitLengths]
  private var keyHashes: [KeyHash?]
  /// The own columns of the record that further lines may continue.
  private var lastOwn: UInt64?
  private(set) var warnings: InputWarnings
  private(set) var keyHash: KeyHash?
  private(set) var blankRows = 0
  private(set) var repeatedHeaders = 0

  init(
    _ columns: RowColumns, rules: RowRules, options: RowOptions, collects: Bool, identifies: Bool
  ) {
    self.columns = columns
    self.rules = rules
    self.options = options
    self.collects = collects
    self.identifies = identifies
    warnings = columns.warnings
    parentMask =
      rules.parentID == nil ? 0 : rules.requirements.satisfied(byParent: rules.parent)
    parentHash = rules.parentID.map { KeyHash(Array($0.utf8)[...]) }
    digits = columns.columns.map { _ in DigitLengths() }
    isJSON = columns.form == .json
    headerByte = columns.titles.first?.utf8.first ?? 0
    var prefixes: [UInt8] = []
    let isJSON = self.isJSON
    quick = columns.columns.map { column in
      let start = prefixes.count
      prefixes += column.prefix
      var way = QuickColumn.Way.general
      if !column.isSent {
        way = column.title.isEmpty ? .unnamed : .skipped
      } else if isJSON, options.nullText == nil, !options.trims, column.lookup == nil {
        switch column.type {
        case .string:
          // The names of tags are checked.
          if case .tags = column.meaning { way = .general } else { way = .text }
        case .integer: way = .integer
        case .float: way = options.usesDecimalComma ? .general : .float
        case .boolean: way = .boolean
        case .datetime, .object, .array: way = .general
        }
      }
      return QuickColumn(
        way: way, keyIndex: column.keyIndex, isKey: column.isKey, prefixStart: start,
        prefixEnd: prefixes.count, mask: column.satisfies)
    }
    self.prefixes = prefixes
    keyHashes = Array(repeating: nil, count: rules.key.count)
  }

  /// Whether the current record is the header again, as in files that were joined.
  func isHeader(_ reader: CSVReader) -> Bool {
    guard reader.cells.count == columns.titles.count, let first = reader.cells.first,
      first.end - first.start <= 256
    else { return false }
    func bare(_ cell: CSVReader.Cell) -> String {
      let text = reader.text(cell)
      return text.unicodeScalars.first == "\u{FEFF}"
        ? String(text.unicodeScalars.dropFirst()) : text
    }
    guard bare(first) == columns.titles.first else { return false }
    return zip(reader.cells, columns.titles).allSatisfy { bare($0) == $1 }
  }

  private mutating func skipsLine(_ reader: CSVReader) -> Bool {
    if reader.isBlank {
      blankRows += 1
      return true
    }
    // The first byte tells in nearly all cases.
    let buffer = reader.source.buffer
    if let cell = reader.cells.first, !cell.isEmpty,
      buffer[cell.start] == headerByte || buffer[cell.start] == 0xEF, isHeader(reader)
    {
      repeatedHeaders += 1
      if collects {
        warnings.add(
          InputWarning(
            .repeatedHeader, line: reader.line,
            message: "line \(reader.line) is the header again and is skipped"))
      }
      return true
    }
    return false
  }

  /// Reads the current record.
  /// - Returns: nil for a line without a row.
  mutating func read(
    _ reader: CSVReader, offset: Range<Int>, into sink: inout RowBuffer
  ) -> RowOutcome? {
    if let problem = reader.problem { return .rejected(malformed(reader, problem, offset)) }
    if skipsLine(reader) { return nil }
    let buffer = reader.source.buffer
    let cells = reader.cells
    let count = quick.count
    let before = sink.count
    var reasons = RowReasons()
    var given = parentMask
    var isFirst = true
    for index in 0..<keyHashes.count { keyHashes[index] = nil }
    if isJSON { sink.append(UInt8(ascii: "{")) }
    for index in 0..<count {
      let quick = self.quick[index]
      let isEmpty = index >= cells.count || cells[index].isEmpty
      switch quick.way {
      case .skipped: continue
      case .unnamed:
        if !isEmpty {
          reasons.append(
            "column \(index + 1) has no name and holds "
              + "'\(TerminalSafe.text(reader.text(cells[index]), limit: 40))'")
        }
        continue
      case .text, .integer, .float, .boolean:
        guard !isEmpty, !cells[index].hasDoubledQuotes else { break }
        let cell = cells[index]
        var bits: UInt8 = 0
        for place in cell.start..<cell.end { bits |= table[Int(buffer[place])] }
        guard
          quick.way == .text
            || Self.isLiteral(buffer, cell, quick.way, isWhole: bits & ByteClass.notDigit == 0)
        else { break }
        if collects { look(reader, index, quick.isKey, bits) }
        if !isFirst { sink.append(UInt8(ascii: ",")) }
        isFirst = false
        sink.append(prefixes, from: quick.prefixStart, to: quick.prefixEnd)
        if quick.way != .text {
          sink.append(buffer, from: cell.start, to: cell.end)
        } else if bits & ByteClass.escaped == 0 {
          sink.append(UInt8(ascii: "\""))
          sink.append(buffer, from: cell.start, to: cell.end)
          sink.append(UInt8(ascii: "\""))
        } else {
          RowText.appendJSON(buffer[cell.start..<cell.end], hasEscapes: true, into: &sink)
        }
        if quick.keyIndex >= 0 {
          keyHashes[quick.keyIndex] = KeyHash(buffer, from: cell.start, to: cell.end)
        }
        given |= quick.mask
        continue
      case .general: break
      }
      let column = columns.columns[index]
      if isEmpty, column.constant == nil {
        if !isJSON {
          if !isFirst { sink.append(UInt8(ascii: ",")) }
          isFirst = false
        }
        continue
      }
      if let reason = append(
        reader, isEmpty ? nil : index, column, isJSON: isJSON, isFirst: &isFirst, &given,
        into: &sink)
      {
        reasons.append(reason, place: "column '\(TerminalSafe.text(column.title, limit: 60))'")
      }
    }
    for column in columns.added {
      _ = append(
        reader, nil, column, isJSON: isJSON, isFirst: &isFirst, &given, into: &sink)
    }
    if isJSON { sink.append(UInt8(ascii: "}")) }
    if cells.count > count { surplus(reader, &reasons) }
    return outcome(reader, offset, before: before, given: given, reasons: reasons, into: &sink)
  }

  // MARK: - Cells

  /// Whether a cell is a value of its column's type as JSON writes it. False leaves the decision to
  /// ``CellCoercion``.
  @inline(__always)
  private static func isLiteral(
    _ buffer: [UInt8], _ cell: CSVReader.Cell, _ way: QuickColumn.Way, isWhole: Bool
  ) -> Bool {
    let count = cell.end - cell.start
    let first = buffer[cell.start]
    if way == .boolean {
      guard count == 4 || count == 5 else { return false }
      let words: StaticString = count == 4 ? "true" : "false"
      for index in 0..<count where buffer[cell.start + index] != words.utf8Start[index] {
        return false
      }
      return true
    }
    // Few enough digits for any reader's integers.
    guard count <= 15, first != 0x30 || count == 1 || buffer[cell.start + 1] == 0x2E else {
      return false
    }
    if isWhole { return true }
    guard way == .float, first &- 0x30 <= 9, buffer[cell.end - 1] &- 0x30 <= 9 else { return false }
    var points = 0
    for index in cell.start..<cell.end {
      let byte = buffer[index]
      if byte == 0x2E { points += 1 } else if byte &- 0x30 > 9 { return false }
    }
    return points == 1
  }

  /// Looks for damage; most cells are done with after a few comparisons.
  private mutating func look(
    _ reader: CSVReader, _ index: Int, _ isKey: Bool, _ bits: UInt8
  ) {
    let cell = reader.cells[index]
    let buffer = reader.source.buffer
    let count = cell.end - cell.start
    if isKey {
      if bits & ByteClass.notDigit == 0 {
        digits[index].add(count)
        if digits[index].wantsSample(count) {
          digits[index].addSample(count, line: reader.line, value: reader.text(cell))
        }
      } else {
        digits[index].addOther()
      }
    }
    guard
      CellDamage.isSuspect(
        first: buffer[cell.start], last: buffer[cell.end - 1], bits: bits, count: count,
        buffer[min(cell.start + 1, cell.end - 1)])
    else { return }
    tell(reader, index)
  }

  /// Writes a cell in the general way.
  /// - Returns: Why it cannot be sent; nil when it can.
  private mutating func append(
    _ reader: CSVReader, _ index: Int?, _ column: RowColumns.Column, isJSON: Bool,
    isFirst: inout Bool, _ given: inout CreateRequirements.Mask, into sink: inout RowBuffer
  ) -> RowReason? {
    var text = index.map { reader.text(reader.cells[$0]) } ?? column.constant ?? ""
    if collects, let index {
      var bits: UInt8 = 0
      for byte in text.utf8 { bits |= table[Int(byte)] }
      look(reader, index, column.isKey, bits)
    }
    if options.trims { text = CellDamage.trimmed(text) }
    if text.isEmpty, let constant = column.constant { text = constant }
    func separate() {
      if !isFirst { sink.append(UInt8(ascii: ",")) }
      isFirst = false
    }
    if text.isEmpty {
      if !isJSON { separate() }
      return nil
    }
    func reason(_ text: String, _ rule: RowReason.Rule = .other) -> RowReason {
      RowReason(field: column.name, rule: rule, text: text)
    }
    if text == options.nullText, index != nil {
      if let text = CSVRows.clearing(column, rules, isJSON: isJSON) { return reason(text) }
      separate()
      sink.append(column.prefix)
      sink.append(Array("null".utf8))
      return nil
    }
    if let lookup = column.lookup {
      switch lookup.id(of: text) {
      case .success(let id): text = id
      case .failure(let failure): return reason(failure.reason)
      }
    }
    if case .tags = column.meaning {
      switch TagList.check(text) {
      case .success(let names): text = names
      case .failure(let failure): return reason(failure.reason)
      }
    }
    let value = CellCoercion.value(
      of: text, as: column.type, decimalComma: options.usesDecimalComma, coerces: options.coerces)
    switch value {
    case .rejected(let text): return reason(text, .type(column.type))
    case .text(let text):
      separate()
      let bytes = Array(text.utf8)
      if isJSON {
        sink.append(column.prefix)
        RowText.appendJSON(bytes[...], hasEscapes: true, into: &sink)
      } else {
        RowText.appendCSV(bytes[...], into: &sink)
      }
      if column.keyIndex >= 0 { keyHashes[column.keyIndex] = KeyHash(bytes[...]) }
    case .literal(let literal):
      separate()
      if isJSON {
        sink.append(column.prefix)
        sink.append(Array(literal.utf8))
      } else {
        RowText.appendCSV(Array(literal.utf8)[...], into: &sink)
      }
      if column.keyIndex >= 0 { keyHashes[column.keyIndex] = KeyHash(Array(literal.utf8)[...]) }
    }
    given |= column.satisfies
    return nil
  }

  /// Why an attribute cannot be cleared; nil when it can.
  private static func clearing(
    _ column: RowColumns.Column, _ rules: RowRules, isJSON: Bool
  ) -> String? {
    guard isJSON else {
      return
        "rows with columns such as 'relationship.attribute' are sent as CSV, which cannot clear "
        + "an attribute"
    }
    if column.keyIndex >= 0 || column.name == "id" {
      return "it identifies the record: not cleared"
    }
    if case .attribute(let attribute) = column.meaning, attribute.create == .required {
      return "it is required: not cleared"
    }
    return nil
  }

  /// Tells what may be wrong with a cell.
  @inline(never)
  private mutating func tell(_ reader: CSVReader, _ index: Int) {
    let column = columns.columns[index]
    let text = reader.text(reader.cells[index])
    let checksText = column.type == .string || column.isKey
    for kind in CellDamage.find(text, isKey: column.isKey)
    where checksText || kind == .spreadsheetError || kind == .nullWord {
      if kind == .nullWord, text == options.nullText { continue }
      if options.trims, kind == .blank || kind == .noBreakSpace { continue }
      warnings.add(
        InputWarning(
          kind, line: reader.line, column: column.title, columnNumber: column.number, value: text,
          message: "'\(TerminalSafe.text(text, limit: 40))' \(InputWarnings.message(kind))"))
    }
  }

  private func surplus(_ reader: CSVReader, _ reasons: inout RowReasons) {
    let count = columns.columns.count
    guard reader.cells[count...].contains(where: { !$0.isEmpty }) else { return }
    reasons.append(
      "\(reader.cells.count) cells, but the header has \(count) columns: a value may hold a "
        + "\(reader.dialect.delimiter == UInt8(ascii: ",") ? "comma" : "delimiter") outside quotes")
  }

  // MARK: - Verdict

  private mutating func outcome(
    _ reader: CSVReader, _ offset: Range<Int>, before: Int, given: CreateRequirements.Mask,
    reasons: RowReasons, into sink: inout RowBuffer
  ) -> RowOutcome {
    func value(_ name: String) -> String? { self.value(reader, name) }
    keyHash = completeKey()
    let hasID =
      columns.idIndex.map { $0 < reader.cells.count && !reader.cells[$0].isEmpty } ?? false
    let isNamed = keyHash != nil || hasID
    var reasons = reasons
    if !isNamed, !rules.requirements.isMet(given), rules.schema != nil {
      let missing = rules.requirements.missing(given) { name in
        value(name).map { text in
          CellCoercion.boolean(text).map(JSONValue.bool) ?? .string(text)
        }
      }
      reasons.append(missing: missing, because: rules.unnamedRow)
    }
    let verdict: RowVerdict = isNamed ? .updatesOrCreates : .creates
    if reasons.isEmpty, verdict == .creates, !options.allowsDuplicates,
      isOfUnknownOutcome(reader)
    {
      reasons.append(
        "it may have been imported already, and nothing names its record: look first, or add "
          + "--allow-duplicates")
    }
    if !reasons.isEmpty {
      sink.truncate(to: before)
      return .rejected(
        RejectedRow(
          line: reader.line, lastLine: reader.lastLine, reasons: reasons,
          identity: RowIdentity(rules: rules, value: value), source: offset))
    }
    var row = Row(line: reader.line, lastLine: reader.lastLine, verdict: verdict, source: offset)
    row.size = sink.count - before
    if columns.hasFurtherRecords { row.continuesRecord = continues(reader) }
    if identifies { row.identity = identity(reader) }
    return .row(row)
  }

  /// What the row is recognized by.
  private func identity(_ reader: CSVReader) -> RowIdentity {
    guard columns.keyIndices.count == 1, let index = columns.keyIndices[0], columns.idIndex == nil,
      quick[index].way == .text
    else { return RowIdentity(rules: rules) { value(reader, $0) } }
    let text = index < reader.cells.count ? reader.text(reader.cells[index]) : ""
    guard !text.isEmpty else { return RowIdentity(rules: rules) { value(reader, $0) } }
    return RowIdentity(key: text, parts: [])
  }

  private func completeKey() -> KeyHash? {
    guard !keyHashes.isEmpty else { return nil }
    var whole: KeyHash?
    for (index, part) in keyHashes.enumerated() {
      guard let part = part ?? (rules.parentField == rules.key[index] ? parentHash : nil) else {
        return nil
      }
      whole = whole.map { $0.joined(part) } ?? part
    }
    return whole
  }

  private func value(_ reader: CSVReader, _ name: String) -> String? {
    guard let index = columns.columns.firstIndex(where: { $0.isSent && $0.name == name }) else {
      return columns.added.first { $0.name == name }?.constant
    }
    let column = columns.columns[index]
    var text = index < reader.cells.count ? reader.text(reader.cells[index]) : ""
    if options.trims { text = CellDamage.trimmed(text) }
    if text.isEmpty { return column.constant }
    if let lookup = column.lookup, case .success(let id) = lookup.id(of: text) { return id }
    return text
  }

  /// The key of the current record, for people.
  func keyText(_ reader: CSVReader) -> String? {
    RowIdentity(rules: rules) { value(reader, $0) }.key
  }

  private func isOfUnknownOutcome(_ reader: CSVReader) -> Bool {
    guard let index = columns.outcomeIndex, index < reader.cells.count else { return false }
    return reader.text(reader.cells[index]) == ReportOutcome.unknown
  }

  /// Whether the line has the same own columns as the one before: then it adds related records.
  private mutating func continues(_ reader: CSVReader) -> Bool {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for (index, column) in columns.columns.enumerated() where column.isSent {
      guard !column.isOfFurtherRecords else { continue }
      // What a short line lacks is empty.
      if index < reader.cells.count {
        for byte in reader.unquoted(reader.cells[index]) {
          hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
        }
      }
      hash = (hash ^ 0xFF) &* 0x100_0000_01B3
    }
    defer { lastOwn = hash }
    return lastOwn == hash
  }

  private mutating func malformed(
    _ reader: CSVReader, _ problem: CSVReader.Problem, _ offset: Range<Int>
  ) -> RejectedRow {
    var reasons = RowReasons()
    reasons.append(problem.text)
    if reader.lastLine > reader.line {
      reasons.append(
        "the quote swallowed the lines up to \(reader.lastLine): their rows are part of this one and "
          + "are not sent either")
    }
    return RejectedRow(
      line: reader.line, lastLine: reader.lastLine, reasons: reasons, source: offset)
  }

  /// What can only be told at the end.
  mutating func finish() {
    guard collects else { return }
    for (index, column) in columns.columns.enumerated() where column.isKey {
      digits[index].report(column: column.title, number: column.number, into: &warnings)
    }
    if blankRows > 0 {
      warnings.add(
        InputWarning(
          .blankRows,
          message: "\(blankRows) \(blankRows == 1 ? "line" : "lines") without a value skipped"))
    }
  }
}

/// What a report's outcome column says of rows that may have been imported.
package enum ReportOutcome {
  package static let unknown = "unknown"
}

/// Names of tags in one cell, separated by commas (the service: at most ten, letters, digits, `_`
/// and `-`, 25 characters).
package enum TagList {
  package static let maximumCount = 10
  package static let maximumLength = 25

  package struct Failure: Error { package let reason: String }

  package static func isName(_ name: some StringProtocol) -> Bool {
    !name.isEmpty && name.utf8.count <= maximumLength
      && name.utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
          || $0 == 0x5F || $0 == 0x2D
      }
  }

  /// The names without the blanks around them.
  package static func names(_ text: String) -> [String] {
    text.split(separator: ",").map { CellDamage.trimmed(String($0)) }.filter { !$0.isEmpty }
  }

  package static func check(_ text: String) -> Result<String, Failure> {
    let names = names(text)
    if let bad = names.first(where: { !isName($0) }) {
      return .failure(
        Failure(
          reason: "'\(TerminalSafe.text(bad, limit: 40))' is not a valid tag name: use letters, "
            + "digits, '_' and '-', at most \(maximumLength)"))
    }
    guard names.count <= maximumCount else {
      return .failure(
        Failure(reason: "\(names.count) tags, but a record has at most \(maximumCount)"))
    }
    return .success(names.joined(separator: ","))
  }
}
