/// How the columns and lines of a CSV file are separated.
package struct CSVDialect: Sendable, Hashable {
  /// What stands between two cells.
  package var delimiter = UInt8(ascii: ",")
  /// Whether a lone CR ends a line, as in old Macintosh files.
  package var endsLinesWithCR = false

  package init() {}

  /// What people call the delimiter.
  package var delimiterName: String {
    switch delimiter {
    case UInt8(ascii: ","): "commas"
    case UInt8(ascii: ";"): "semicolons"
    case UInt8(ascii: "\t"): "tabs"
    case UInt8(ascii: "|"): "bars"
    default: "'\(Character(Unicode.Scalar(delimiter)))'"
    }
  }
}

/// Reads CSV (RFC 4180) a record at a time, in constant memory and without copying.
///
/// Lines end with LF or CR LF. A cell in quotes can hold delimiters, line ends and doubled quotes,
/// kept byte for byte. What the standard leaves open is decided so: a line without a byte is
/// skipped; a quote inside an unquoted cell, text behind a closing quote, a lone CR and a NUL make
/// the record one that ``problem`` describes, because guessing could shift its columns.
package struct CSVReader: Sendable {
  /// A larger record is skipped, not kept: 1 MiB.
  package static let maximumBytes = 1 << 20
  /// How far an open quote is followed before it is taken for a mistake.
  static let maximumQuoted = 4 * maximumBytes

  /// One cell: a range of the window's bytes, without the quotes around it.
  package struct Cell: Sendable {
    package let start: Int
    package let end: Int
    /// What its bytes are: ``ByteClass``, joined.
    let bits: UInt8
    /// Whether quotes in it are doubled.
    package var hasDoubledQuotes: Bool { bits & ByteClass.doubledQuote != 0 }
    package var isEmpty: Bool { start == end }
  }

  /// What the reader knows of the current record.
  struct Record: Sendable {
    /// The cells, and room for more.
    fileprivate(set) var storage: [Cell]
    /// How many cells there are.
    fileprivate(set) var count = 0
    fileprivate(set) var problem: Problem?
    /// Its bytes, without the line end.
    fileprivate(set) var range = 0..<0
    fileprivate var endsWithLineEnd = false

    fileprivate init(room: Int) {
      storage = room == 0 ? [] : Array(repeating: Cell(start: 0, end: 0, bits: 0), count: room)
    }

    fileprivate mutating func grow() { storage += storage }
  }

  /// Why a record cannot be read.
  package enum Problem: Sendable, Hashable {
    /// A quote inside a cell that does not start with one.
    case strayQuote(column: Int)
    /// Text behind the closing quote of a cell.
    case textBehindQuote(column: Int)
    case loneCR(column: Int)
    case nul(column: Int)
    case oversized

    /// What is wrong and what to do.
    package var text: String {
      switch self {
      case .strayQuote(let column):
        "column \(column): a quote inside a cell that does not start with one; "
          + "put the cell in quotes and double the quotes inside it, as in \"12\"\" monitor\""
      case .textBehindQuote(let column):
        "column \(column): text follows a closing quote; double the quotes inside a cell in quotes, "
          + "as in \"12\"\" monitor\""
      case .loneCR(let column):
        "column \(column): a carriage return without a line feed; put the cell in quotes, "
          + "or end the line with CR LF"
      case .nul(let column): "column \(column): a NUL byte, which text does not have"
      case .oversized: "the row is larger than \(CSVReader.maximumBytes) bytes"
      }
    }
  }

  private(set) var source: ByteSource
  package let dialect: CSVDialect
  private(set) var record = Record(room: 64)
  /// The cells of the current record.
  package var cells: ArraySlice<Cell> { record.storage[..<record.count] }
  /// The line the current record starts on, from 1.
  package private(set) var line = 0
  /// The line it ends on.
  package private(set) var lastLine = 0
  /// Its bytes, without the line end.
  package var range: Range<Int> { record.range }
  /// Why it cannot be read; nil when it can.
  package var problem: Problem? { record.problem }
  /// The classes of all bytes; what may end a cell is a ``ByteClass/stop``.
  private let classes: [UInt8]

  /// Reads a file.
  package init(_ file: InputFile, dialect: CSVDialect = .init()) throws(InputError) {
    try self.init(ByteSource(file), dialect)
  }

  /// Reads text in memory.
  package init(bytes: [UInt8], dialect: CSVDialect = .init()) throws(InputError) {
    try self.init(ByteSource(bytes: bytes), dialect)
  }

  init(_ source: ByteSource, _ dialect: CSVDialect) {
    self.source = source
    self.dialect = dialect
    var classes = ByteClass.table
    for byte in [dialect.delimiter, 0x00, 0x0A, 0x0D, 0x22] { classes[Int(byte)] |= ByteClass.stop }
    self.classes = classes
  }

  /// The offset of the current record in the input.
  package var offset: Int { source.offset(range.lowerBound) }

  /// Whether the current record has no cell with a byte in it.
  package var isBlank: Bool {
    for index in 0..<record.count where !record.storage[index].isEmpty { return false }
    return problem == nil
  }

  /// The first byte of the current record's first cell; nil when there is none.
  var firstByte: UInt8? {
    guard record.count > 0, !record.storage[0].isEmpty else { return nil }
    return source.buffer[record.storage[0].start]
  }

  /// The text of a cell of the current record.
  package func text(_ cell: Cell) -> String {
    String(decoding: unquoted(cell), as: UTF8.self)
  }

  /// The text of a cell of a window.
  static func text(_ bytes: UnsafeBufferPointer<UInt8>, _ cell: Cell) -> String {
    guard cell.hasDoubledQuotes else {
      return String(
        decoding: UnsafeBufferPointer(rebasing: bytes[cell.start..<cell.end]), as: UTF8.self)
    }
    var single: [UInt8] = []
    var index = cell.start
    while index < cell.end {
      single.append(bytes[index])
      index += bytes[index] == 0x22 ? 2 : 1
    }
    return String(decoding: single, as: UTF8.self)
  }

  /// Gives the window and the cells of the current record in it.
  @inline(__always)
  func withRecord<Result>(
    _ body: (UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<Cell>) -> Result
  ) -> Result {
    source.buffer.withUnsafeBufferPointer { bytes in
      record.storage.withUnsafeBufferPointer { cells in
        body(bytes, UnsafeBufferPointer(rebasing: cells[..<record.count]))
      }
    }
  }

  /// The bytes of a cell, with single quotes.
  package func unquoted(_ cell: Cell) -> ArraySlice<UInt8> {
    let bytes = source.buffer[cell.start..<cell.end]
    guard cell.hasDoubledQuotes else { return bytes }
    var single: [UInt8] = []
    single.reserveCapacity(bytes.count)
    var isSecond = false
    for byte in bytes {
      isSecond = byte == UInt8(ascii: "\"") && !isSecond
      if !isSecond || byte != UInt8(ascii: "\"") { single.append(byte) }
    }
    return single[...]
  }

  // MARK: - Reading

  private enum Scan {
    /// The next record starts at `next`.
    case done(next: Int, lines: Int)
    /// The window ends inside the record, or inside the quote that was opened here.
    case more(openedQuote: (line: Int, index: Int)?)
    /// There is no room for another cell.
    case full
  }

  /// Goes to the next record that has a byte.
  /// - Returns: False at the end.
  /// - Throws: ``InputError`` for what makes the rest unreadable: a quote that is never closed, bytes
  ///   that are not UTF-8.
  package mutating func next() throws(InputError) -> Bool {
    while true {
      if source.position == source.limit, try !source.more(keeping: source.position) {
        return false
      }
      line = source.line
      // Taken out, so that the window is only borrowed while the record is written.
      var record = Record(room: 0)
      swap(&record, &self.record)
      let result = scan(into: &record)
      swap(&record, &self.record)
      switch result {
      case .done(let next, let lines):
        source.position = next
        source.line += lines
        lastLine = line + lines - (self.record.endsWithLineEnd ? 1 : 0)
        if range.isEmpty { continue }
        if range.count > Self.maximumBytes {
          self.record.problem = .oversized
          self.record.count = 0
        }
        return true
      case .full: self.record.grow()
      case .more(let openedQuote):
        if source.limit - source.position <= Self.maximumQuoted, !source.isAtEnd {
          _ = try source.more(keeping: source.position)
          continue
        }
        guard let quote = openedQuote else { return try skipLine() }
        throw InputError(
          .malformed, "the quote opened here is never closed", line: quote.line,
          offset: source.offset(quote.index),
          advice: "close the quote, or double it where it is part of the text")
      }
    }
  }

  /// Goes past the end of a line that is too long to be kept.
  private mutating func skipLine() throws(InputError) -> Bool {
    record.count = 0
    record.problem = .oversized
    lastLine = line
    while let byte = try source.next() {
      if byte == UInt8(ascii: "\n") { break }
      if source.position == source.limit { _ = try source.more(keeping: source.position) }
    }
    record.range = source.position..<source.position
    return true
  }

  /// Finds the cells of the record that starts at the source's position, and what their bytes are.
  private func scan(into record: inout Record) -> Scan {
    let (first, limit, isAtEnd) = (source.position, source.limit, source.isAtEnd)
    let delimiter = dialect.delimiter
    let stop = ByteClass.stop
    var count = 0
    var problem: Problem?
    var lines = 0
    var end = first
    var endsWithLineEnd = false
    let result = source.buffer.withUnsafeBufferPointer { bytes in
      classes.withUnsafeBufferPointer { classes in
        record.storage.withUnsafeMutableBufferPointer { cells -> Scan in
          var index = first
          while true {
            // One cell.
            var bits: UInt8 = 0
            var cellStart = index
            var cellEnd = index
            if index < limit, bytes[index] == 0x22 {
              let quote = (line: line + lines, index: index)
              index += 1
              cellStart = index
              while true {
                while index < limit {
                  let kind = classes[Int(bytes[index])]
                  if kind & stop != 0 {
                    let byte = bytes[index]
                    if byte == 0x22 { break }
                    if byte == 0x0A { lines += 1 }
                    if byte == 0, problem == nil { problem = .nul(column: count + 1) }
                  }
                  bits |= kind
                  index += 1
                }
                guard index < limit, index - cellStart <= Self.maximumQuoted else {
                  return .more(openedQuote: quote)
                }
                if index + 1 == limit, !isAtEnd { return .more(openedQuote: quote) }
                if index + 1 < limit, bytes[index + 1] == 0x22 {
                  bits |= ByteClass.doubledQuote | ByteClass.escaped | ByteClass.notDigit
                  index += 2
                  continue
                }
                break
              }
              cellEnd = index
              index += 1
              if index < limit, classes[Int(bytes[index])] & stop == 0 || bytes[index] == 0x22 {
                if problem == nil { problem = .textBehindQuote(column: count + 1) }
                while index < limit, classes[Int(bytes[index])] & stop == 0 || bytes[index] == 0x22
                {
                  index += 1
                }
              }
            } else {
              while index < limit {
                let kind = classes[Int(bytes[index])]
                if kind & stop != 0 {
                  if bytes[index] == 0x22 {
                    if problem == nil { problem = .strayQuote(column: count + 1) }
                  } else if bytes[index] == 0 {
                    if problem == nil { problem = .nul(column: count + 1) }
                  } else {
                    break
                  }
                }
                bits |= kind
                index += 1
              }
              cellEnd = index
            }
            guard index < limit || isAtEnd else { return .more(openedQuote: nil) }
            if count == cells.count {
              // The cells of a record that is too large are not told.
              guard index - first > Self.maximumBytes else { return .full }
              count = 0
            }
            cells[count] = Cell(start: cellStart, end: cellEnd, bits: bits & ~stop)
            count += 1
            end = index
            guard index < limit else { return .done(next: index, lines: lines) }
            let byte = bytes[index]
            if byte == delimiter {
              index += 1
              continue
            }
            if byte == 0x0A {
              endsWithLineEnd = true
              return .done(next: index + 1, lines: lines + 1)
            }
            if byte == 0x0D {
              if index + 1 == limit, !isAtEnd { return .more(openedQuote: nil) }
              endsWithLineEnd = true
              if index + 1 < limit, bytes[index + 1] == 0x0A {
                return .done(next: index + 2, lines: lines + 1)
              }
              if dialect.endsLinesWithCR || index + 1 == limit {
                return .done(next: index + 1, lines: lines + 1)
              }
              endsWithLineEnd = false
              // Part of the cell, for the sake of what follows; the record is not used.
              if problem == nil { problem = .loneCR(column: count) }
              index += 1
              while index < limit, classes[Int(bytes[index])] & stop == 0 { index += 1 }
              guard index < limit || isAtEnd else { return .more(openedQuote: nil) }
              cells[count - 1] = Cell(start: cellStart, end: index, bits: 0)
              end = index
              if index < limit, bytes[index] == delimiter { index += 1 }
              continue
            }
            // A NUL behind a closing quote.
            if problem == nil { problem = .nul(column: count) }
            index += 1
          }
        }
      }
    }
    record.count = count
    record.problem = problem
    record.range = first..<end
    record.endsWithLineEnd = endsWithLineEnd
    return result
  }
}

/// Tells how a CSV file is separated. Pure.
package enum CSVDialectGuess {
  /// What can stand between cells, in the order of preference.
  static let delimiters: [UInt8] = [
    UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t"), UInt8(ascii: "|"),
  ]

  /// The dialect of a file, and the line that says so, if there is one.
  package struct Finding: Sendable, Hashable {
    package var dialect = CSVDialect()
    /// Whether the first line is `sep=;` or the like, as Excel writes it, and is not the header.
    package var hasSeparatorLine = false
  }

  /// - Parameters:
  ///   - head: The start of the file, without a byte order mark.
  ///   - isName: Whether a text is the name of a column.
  package static func find(_ head: ArraySlice<UInt8>, isName: (String) -> Bool) -> Finding {
    var finding = Finding()
    finding.dialect.endsLinesWithCR =
      head.contains(0x0D) && !head.contains(0x0A)
    let firstLine = Array(head.prefix { $0 != 0x0A && $0 != 0x0D })
    let bare =
      firstLine.first == 0x22 && firstLine.last == 0x22 && firstLine.count > 2
      ? Array(firstLine.dropFirst().dropLast()) : firstLine
    let prefix = Array("sep=".utf8)
    if bare.count == prefix.count + 1,
      bare.prefix(prefix.count).map({ $0 | 0x20 }) == [
        UInt8(ascii: "s"), UInt8(ascii: "e"), UInt8(ascii: "p"), UInt8(ascii: "=") | 0x20,
      ]
    {
      finding.hasSeparatorLine = true
      finding.dialect.delimiter = bare[prefix.count]
      return finding
    }
    // Excel pads the line with the delimiters of the other columns: `sep=,` and then `,,,`.
    if bare.count > prefix.count + 1,
      String(decoding: bare.prefix(4), as: UTF8.self).lowercased() == "sep=",
      Set(bare.dropFirst(4)).count == 1
    {
      finding.hasSeparatorLine = true
      finding.dialect.delimiter = bare[prefix.count]
      return finding
    }
    var best = (known: 0, cells: 1)
    for delimiter in delimiters {
      let names = split(firstLine, at: delimiter)
      let score = (known: names.count(where: isName), cells: names.count)
      guard score.cells > 1, score > best else { continue }
      best = score
      finding.dialect.delimiter = delimiter
    }
    return finding
  }

  static func split(_ line: [UInt8], at delimiter: UInt8) -> [String] {
    var cells: [[UInt8]] = [[]]
    var isQuoted = false
    for byte in line {
      if byte == 0x22 {
        isQuoted.toggle()
      } else if byte == delimiter, !isQuoted {
        cells.append([])
      } else {
        cells[cells.count - 1].append(byte)
      }
    }
    return cells.map { String(decoding: $0, as: UTF8.self) }
  }
}
