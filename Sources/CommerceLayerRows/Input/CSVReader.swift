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
package struct CSVReader {
  /// A larger record is skipped, not kept: 1 MiB.
  package static let maximumBytes = 1 << 20
  /// How far an open quote is followed before it is taken for a mistake.
  static let maximumQuoted = 4 * maximumBytes

  /// One cell: a range of the window's bytes, without the quotes around it.
  package struct Cell: Sendable {
    package let start: Int
    package let end: Int
    /// Whether quotes in it are doubled.
    package let hasDoubledQuotes: Bool
    package var isEmpty: Bool { start == end }
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
  /// The cells of the current record.
  package private(set) var cells: [Cell] = []
  /// The line the current record starts on, from 1.
  package private(set) var line = 0
  /// The line it ends on.
  package private(set) var lastLine = 0
  /// Its bytes, without the line end.
  package private(set) var range = 0..<0
  /// Why it cannot be read; nil when it can.
  package private(set) var problem: Problem?
  private var stops: [Bool]

  /// Reads a file.
  package init(_ file: InputFile, dialect: CSVDialect = .init()) throws(InputError) {
    try self.init(ByteSource(file), dialect)
  }

  /// Reads text in memory.
  package init(bytes: [UInt8], dialect: CSVDialect = .init()) throws(InputError) {
    try self.init(ByteSource(bytes: bytes), dialect)
  }

  private init(_ source: ByteSource, _ dialect: CSVDialect) {
    self.source = source
    self.dialect = dialect
    stops = [Bool](repeating: false, count: 256)
    for byte in [dialect.delimiter, 0x00, 0x0A, 0x0D, 0x22] { stops[Int(byte)] = true }
    cells.reserveCapacity(64)
  }

  /// The offset of the current record in the input.
  package var offset: Int { source.offset(range.lowerBound) }

  /// Whether the current record has no cell with a byte in it.
  package var isBlank: Bool {
    for cell in cells where cell.start != cell.end { return false }
    return problem == nil
  }

  /// The text of a cell of the current record.
  package func text(_ cell: Cell) -> String {
    String(decoding: unquoted(cell), as: UTF8.self)
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
    /// The record ends before this index, the next one starts at `next`.
    case done(next: Int, lines: Int)
    /// The window ends inside the record.
    case more
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
      let first = source.position
      line = source.line
      var openedQuote: (line: Int, index: Int)?
      switch scan(from: first, &openedQuote) {
      case .done(let next, let lines):
        source.position = next
        source.line += lines
        lastLine = line + lines - (endsWithLineEnd ? 1 : 0)
        if range.isEmpty { continue }
        if range.count > Self.maximumBytes {
          problem = .oversized
          cells.removeAll(keepingCapacity: true)
        }
        return true
      case .more:
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

  private var endsWithLineEnd = false

  /// Goes past the end of a line that is too long to be kept.
  private mutating func skipLine() throws(InputError) -> Bool {
    let first = source.position
    cells.removeAll(keepingCapacity: true)
    problem = .oversized
    range = first..<first
    lastLine = line
    while let byte = try source.next() {
      if byte == UInt8(ascii: "\n") { break }
      if source.position == source.limit { _ = try source.more(keeping: source.position) }
    }
    range = source.position..<source.position
    return true
  }

  private mutating func scan(from first: Int, _ quote: inout (line: Int, index: Int)?) -> Scan {
    cells.removeAll(keepingCapacity: true)
    problem = nil
    let limit = source.limit
    let isAtEnd = source.isAtEnd
    let delimiter = dialect.delimiter
    var index = first
    var lines = 0
    while true {
      // One cell.
      var hasDoubled = false
      var start = index
      var end = index
      if index < limit, source.buffer[index] == 0x22 {
        quote = (line + lines, index)
        index += 1
        start = index
        while true {
          while index < limit, source.buffer[index] != 0x22 {
            let byte = source.buffer[index]
            if byte == 0x0A { lines += 1 }
            if byte == 0 { problem = problem ?? .nul(column: cells.count + 1) }
            index += 1
          }
          guard index < limit, index - start <= Self.maximumQuoted else { return .more }
          if index + 1 == limit, !isAtEnd { return .more }
          if index + 1 < limit, source.buffer[index + 1] == 0x22 {
            hasDoubled = true
            index += 2
            continue
          }
          break
        }
        end = index
        index += 1
        quote = nil
        if index < limit, !stops[Int(source.buffer[index])] || source.buffer[index] == 0x22 {
          problem = problem ?? .textBehindQuote(column: cells.count + 1)
          while index < limit, !stops[Int(source.buffer[index])] || source.buffer[index] == 0x22 {
            index += 1
          }
        }
      } else {
        scanCell: while true {
          while index < limit, !stops[Int(source.buffer[index])] { index += 1 }
          guard index < limit else { break }
          switch source.buffer[index] {
          case 0x22: problem = problem ?? .strayQuote(column: cells.count + 1)
          case 0: problem = problem ?? .nul(column: cells.count + 1)
          default: break scanCell
          }
          index += 1
        }
        end = index
      }
      guard index < limit || isAtEnd else { return .more }
      cells.append(Cell(start: start, end: end, hasDoubledQuotes: hasDoubled))
      guard index < limit else {
        range = first..<index
        endsWithLineEnd = false
        return .done(next: index, lines: lines)
      }
      let byte = source.buffer[index]
      if byte == delimiter {
        index += 1
        continue
      }
      if byte == 0x0A {
        range = first..<index
        endsWithLineEnd = true
        return .done(next: index + 1, lines: lines + 1)
      }
      if byte == 0x0D {
        if index + 1 == limit, !isAtEnd { return .more }
        if index + 1 < limit, source.buffer[index + 1] == 0x0A {
          range = first..<index
          endsWithLineEnd = true
          return .done(next: index + 2, lines: lines + 1)
        }
        if dialect.endsLinesWithCR || index + 1 == limit {
          range = first..<index
          endsWithLineEnd = true
          return .done(next: index + 1, lines: lines + 1)
        }
        // Part of the cell, for the sake of what follows; the record is not used.
        problem = problem ?? .loneCR(column: cells.count)
        cells.removeLast()
        index += 1
        while index < limit, !stops[Int(source.buffer[index])] { index += 1 }
        guard index < limit || isAtEnd else { return .more }
        cells.append(Cell(start: start, end: index, hasDoubledQuotes: false))
        if index < limit, source.buffer[index] == delimiter { index += 1 }
        continue
      }
      // A NUL behind a closing quote.
      problem = problem ?? .nul(column: cells.count)
      index += 1
    }
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
