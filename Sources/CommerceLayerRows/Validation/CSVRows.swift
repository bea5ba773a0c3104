import CommerceLayerRuntime

/// The rows of a CSV input with their verdicts, one by one.
///
/// Most rows are plain: ``PlainRows`` reads them without an object for a cell. What it does not take,
/// a rejected row for one, is read here.
struct CSVRows {
  private(set) var reader: CSVReader
  private let plain: PlainRows
  /// Whether plain rows are read as such; otherwise all are read cell by cell, to compare the two.
  var readsPlainRows = true
  private let isJSON: Bool
  /// The first byte of the header, which few rows begin with.
  private let headerByte: UInt8
  private var digits: [DigitLengths]
  /// Whether the last row was a plain one.
  private var isPlain = false
  /// The parts of the key of the last row that was read cell by cell.
  private var keyHashes: [KeyHash?]
  /// The own columns of the record that further lines may continue.
  private var lastOwn: UInt64?
  private(set) var warnings: InputWarnings
  private(set) var blankRows = 0
  private(set) var repeatedHeaders = 0

  private var rules: RowRules { plain.rules }
  private var options: RowOptions { plain.options }
  var columns: RowColumns { plain.all }

  /// - Parameters:
  ///   - reader: Behind the header.
  ///   - collects: Whether damage is looked for, as in the first pass.
  init(
    _ reader: CSVReader, _ columns: RowColumns, rules: RowRules, options: RowOptions, collects: Bool
  ) {
    self.reader = reader
    plain = PlainRows(columns, rules: rules, options: options, collects: collects)
    warnings = columns.warnings
    digits = columns.columns.map { _ in DigitLengths() }
    isJSON = columns.form == .json
    headerByte = columns.titles.first?.utf8.first ?? 0
    keyHashes = Array(repeating: nil, count: rules.key.count)
  }

  /// The same for other bytes, which begin with a row.
  func reading(_ source: ByteSource) -> CSVRows {
    var other = self
    other.reader = CSVReader(source, reader.dialect)
    other.lastOwn = nil
    return other
  }

  /// The next row; nil at the end.
  /// - Parameter sink: Takes what is sent for it; nothing for a rejected row.
  /// - Throws: ``InputError`` when the rest cannot be read, or a row is of another type.
  mutating func next(into sink: inout RowBuffer) throws(InputError) -> RowOutcome? {
    while try reader.next() {
      isPlain = false
      if let index = plain.all.typeIndex, index < reader.cells.count {
        try RowReader.check(
          reportOf: reader.text(reader.cells[index]), readAs: rules.type, line: reader.line)
      }
      if let problem = reader.problem {
        for index in keyHashes.indices { keyHashes[index] = nil }
        return .rejected(malformed(problem))
      }
      if skipsLine() { continue }
      // A closure that needs this value whole would copy the reader for every row.
      let plain = plain
      if plain.isUsed, readsPlainRows,
        let row = reader.withRecord({ plain.read($0, $1, into: &sink) })
      {
        isPlain = true
        take(row)
        return .row(
          Row(
            line: reader.line, lastLine: reader.lastLine,
            verdict: row.isNamed ? .updatesOrCreates : .creates, size: row.size, source: source))
      }
      return read(into: &sink)
    }
    // There is no last row any more, and so no key.
    isPlain = false
    for index in keyHashes.indices { keyHashes[index] = nil }
    return nil
  }

  /// Where the current record is in the input.
  private var source: Range<Int> {
    let start = reader.offset
    return start..<(start + reader.range.count)
  }

  /// Whether the current record is the header again, as in files that were joined.
  private func isHeader() -> Bool {
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

  private mutating func skipsLine() -> Bool {
    if reader.isBlank {
      blankRows += 1
      return true
    }
    // The first byte tells in nearly all cases.
    let first = reader.firstByte
    // Ctrl-Z, with which files of DOS end.
    if first == 0x1A, reader.range.count == 1 { return true }
    if first == headerByte || first == 0xEF, isHeader() {
      repeatedHeaders += 1
      if plain.collects {
        warnings.add(
          InputWarning(
            .repeatedHeader, line: reader.line,
            message: "line \(reader.line) is the header again and is skipped"))
      }
      return true
    }
    return false
  }

  // MARK: - Plain rows

  /// Takes note of what a plain row holds.
  @inline(__always)
  private mutating func take(_ row: PlainRows.Reading) {
    guard plain.collects else { return }
    for index in plain.keyColumns where index < reader.record.count {
      let cell = reader.record.storage[index]
      if !cell.isEmpty { countDigits(cell, index) }
    }
    var suspects = row.suspects
    while suspects != 0 {
      tell(suspects.trailingZeroBitCount)
      suspects &= suspects - 1
    }
  }

  // MARK: - Other rows

  /// Reads the current record, cell by cell.
  private mutating func read(into sink: inout RowBuffer) -> RowOutcome {
    let before = sink.count
    var reasons = RowReasons()
    var given = plain.parentMask
    var isFirst = true
    for index in 0..<keyHashes.count { keyHashes[index] = nil }
    if isJSON { sink.append(UInt8(ascii: "{")) }
    for (index, column) in columns.columns.enumerated() {
      let isEmpty = index >= reader.record.count || reader.record.storage[index].isEmpty
      guard column.isSent else {
        if column.title.isEmpty, !isEmpty {
          reasons.append(
            "column \(index + 1) has no name and holds "
              + "'\(TerminalSafe.text(reader.text(reader.cells[index]), limit: 40))'")
        }
        continue
      }
      if let reason = append(isEmpty ? nil : index, column, isFirst: &isFirst, &given, into: &sink)
      {
        reasons.append(reason, place: "column '\(TerminalSafe.text(column.title, limit: 60))'")
      }
    }
    for column in columns.added {
      _ = append(nil, column, isFirst: &isFirst, &given, into: &sink)
    }
    if isJSON { sink.append(UInt8(ascii: "}")) }
    if reader.record.count > columns.columns.count { surplus(&reasons) }
    return outcome(before: before, given: given, reasons: reasons, into: &sink)
  }

  /// Writes the value of a column.
  /// - Parameter index: Its cell; nil when there is none, or nothing in it.
  /// - Returns: Why it cannot be sent; nil when it can.
  private mutating func append(
    _ index: Int?, _ column: RowColumns.Column, isFirst: inout Bool,
    _ given: inout CreateRequirements.Mask, into sink: inout RowBuffer
  ) -> RowReason? {
    if plain.collects, let index { look(index, column.isKey) }
    let text = index.map { reader.text(reader.cells[$0]) }
    let value = CellValue(text, column, rules: rules, options: options, isJSON: isJSON)
    let bytes: [UInt8]
    switch value {
    case .rejected(let reason): return reason
    case .absent:
      // An empty cell of CSV; JSON leaves the name out.
      if isJSON { return nil }
      bytes = []
    case .null: bytes = Array("null".utf8)
    case .text(let text), .literal(let text): bytes = Array(text.utf8)
    }
    if !isFirst { sink.append(UInt8(ascii: ",")) }
    isFirst = false
    if isJSON {
      sink.append(column.prefix)
      if case .text = value {
        RowText.appendJSON(bytes[...], hasEscapes: true, into: &sink)
      } else {
        sink.append(bytes)
      }
    } else {
      RowText.appendCSV(bytes[...], into: &sink)
    }
    switch value {
    case .text, .literal:
      if column.keyIndex >= 0 { keyHashes[column.keyIndex] = KeyHash(bytes[...]) }
      given |= column.satisfies
    case .absent, .null, .rejected: break
    }
    return nil
  }

  // MARK: - Damage

  private mutating func countDigits(_ cell: CSVReader.Cell, _ index: Int) {
    guard cell.bits & ByteClass.notDigit == 0 else {
      digits[index].addOther()
      return
    }
    let count = cell.end - cell.start
    digits[index].add(count)
    if digits[index].wantsSample(count) {
      digits[index].addSample(count, line: reader.line, value: reader.text(cell))
    }
  }

  /// Looks for damage; most cells are done with after a few comparisons.
  private mutating func look(_ index: Int, _ isKey: Bool) {
    let cell = reader.record.storage[index]
    if isKey { countDigits(cell, index) }
    let isSuspect = reader.source.buffer.withUnsafeBufferPointer {
      CellDamage.isSuspect($0, cell, isKey: isKey)
    }
    if isSuspect { tell(index) }
  }

  /// Tells what may be wrong with a cell.
  @inline(never)
  private mutating func tell(_ index: Int) {
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

  private func surplus(_ reasons: inout RowReasons) {
    let count = columns.columns.count
    guard reader.cells[count...].contains(where: { !$0.isEmpty }) else { return }
    reasons.append(
      "\(reader.cells.count) cells, but the header has \(count) columns: a value may hold a "
        + "\(reader.dialect.delimiter == UInt8(ascii: ",") ? "comma" : "delimiter") outside quotes")
  }

  // MARK: - Verdict

  private mutating func outcome(
    before: Int, given: CreateRequirements.Mask, reasons: RowReasons, into sink: inout RowBuffer
  ) -> RowOutcome {
    let keyHash = plain.keyHash(keyHashes)
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
    if reasons.isEmpty, verdict == .creates, !options.allowsDuplicates, isOfUnknownOutcome() {
      reasons.append(
        "it may have been imported already, and nothing names its record: look first, or add "
          + "--allow-duplicates")
    }
    if !reasons.isEmpty {
      sink.truncate(to: before)
      return .rejected(
        RejectedRow(
          line: reader.line, lastLine: reader.lastLine, reasons: reasons, identity: identity,
          source: source))
    }
    var row = Row(
      line: reader.line, lastLine: reader.lastLine, verdict: verdict, size: sink.count - before,
      source: source)
    if columns.hasFurtherRecords { row.continuesRecord = continues() }
    return .row(row)
  }

  /// What the row is recognized by.
  var identity: RowIdentity { RowIdentity(rules: rules, value: value) }

  /// The key of the last row; nil when it had none.
  mutating func keyHash() -> KeyHash? {
    let plain = plain
    return isPlain ? reader.withRecord { plain.keyHash($0, $1) } : plain.keyHash(keyHashes)
  }

  private func value(_ name: String) -> String? {
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

  private func isOfUnknownOutcome() -> Bool {
    guard let index = columns.outcomeIndex, index < reader.cells.count else { return false }
    return reader.text(reader.cells[index]) == ReportOutcome.unknown
  }

  /// Whether the line has the same own columns as the one before: then it adds related records.
  private mutating func continues() -> Bool {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for (index, column) in columns.columns.enumerated() where column.isSent {
      guard !column.isOfFurtherRecords else { continue }
      // What a short line lacks is empty.
      if index < reader.record.count {
        for byte in reader.unquoted(reader.record.storage[index]) {
          hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
        }
      }
      hash = (hash ^ 0xFF) &* 0x100_0000_01B3
    }
    defer { lastOwn = hash }
    return lastOwn == hash
  }

  private func malformed(_ problem: CSVReader.Problem) -> RejectedRow {
    var reasons = RowReasons()
    reasons.append(problem.text)
    if reader.lastLine > reader.line {
      reasons.append(
        "the quote swallowed the lines up to \(reader.lastLine): their rows are part of this one and "
          + "are not sent either")
    }
    return RejectedRow(
      line: reader.line, lastLine: reader.lastLine, reasons: reasons, source: source)
  }

  /// What can only be told at the end.
  mutating func finish() {
    guard plain.collects else { return }
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
