import CommerceLayerRuntime

@testable import CommerceLayerRows

/// What holds of every input, whatever is in it.
///
/// The two passes see the same rows, whether plain ones are read as such or cell by cell; what is written for an accepted row is one JSON object, or as many
/// CSV cells as there are columns; a rejected row has a reason and a place; lines never go back; an
/// error has a message. A part of the input that begins with a record, read alone, has the rows that it has
/// as part of the whole.
struct RowOracle {
  let types: [(rules: RowRules, options: RowOptions)]

  /// What is wrong; nil when nothing is.
  func problem(_ bytes: [UInt8], variant: UInt8) -> String? {
    let (rules, options) = types[Int(variant) % types.count]
    do {
      let spool = try TemporaryFile.make()
      guard spool.write(bytes[...]) else { return nil }
      let file = try InputFile(spooled: spool, name: "input")
      let format = try InputFormat.detect(file)
      return try problem(file, format, rules, options)
    } catch let error as InputError {
      return error.message.isEmpty || error.message.utf8.count > 20_000
        ? "an error without a message, or with too long a one" : nil
    } catch {
      return "an error of another kind: \(error)"
    }
  }

  private func problem(
    _ file: InputFile, _ format: InputFormat, _ rules: RowRules, _ options: RowOptions
  ) throws -> String? {
    var checking = try RowReader(
      file, format: format, rules: rules, options: options, purpose: .checking)
    var sending = try RowReader(
      file, format: format, rules: rules, options: options, purpose: .sending)
    var cellwise = try RowReader(
      file, format: format, rules: rules, options: options, purpose: .checking)
    cellwise.readCellByCell()
    var counted = RowBuffer(keeps: false)
    var line = 0
    var rows: [(row: Row, bytes: [UInt8])] = []
    while true {
      var written = RowBuffer()
      let before = counted.count
      let first = try checking.next(into: &counted)
      let second = try sending.next(into: &written)
      var cells = RowBuffer()
      _ = try cellwise.next(into: &cells)
      if cells.bytes != written.bytes || cellwise.keyHash != sending.keyHash {
        return
          "cell by cell, another row is written: \(String(decoding: cells.bytes, as: UTF8.self))"
      }
      switch (first, second) {
      case (nil, nil):
        checking.finish()
        cellwise.finish()
        if let blocks = checking.blocks, !rows.isEmpty {
          let parts = try RowParts(
            file, format: format, rules: rules, options: options, blocks: blocks)
          if let problem = try Self.problem(parts, rows) { return problem }
        }
        return checking.warnings == cellwise.warnings
          ? nil : "cell by cell, other warnings are told"
      case (.rejected(let one)?, .rejected(let other)?):
        if one != other { return "the passes reject for different reasons: \(one) \(other)" }
        if one.reasons.isEmpty { return "rejected without a reason" }
        if written.count != 0 || counted.count != before { return "a rejected row was written" }
        if one.line < line { return "line \(one.line) behind line \(line)" }
        if one.lastLine < one.line { return "it ends before it starts" }
        line = one.line
      case (.row(let one)?, .row(let other)?):
        if one.size != written.count || counted.count - before != written.count {
          return "\(one.size), \(counted.count - before) and \(written.count) bytes"
        }
        if one.verdict != other.verdict || one.continuesRecord != other.continuesRecord {
          return "the passes differ on line \(one.line)"
        }
        if one.line < line { return "line \(one.line) behind line \(line)" }
        if (checking.keyHash == nil) != (sending.identity.key == nil) {
          return "a key is told in one pass only, line \(one.line)"
        }
        line = one.line
        rows.append((other, written.bytes))
        if let problem = Self.problem(written.bytes, sending.form) { return problem }
      default:
        return
          "the passes see different rows: \(String(describing: first)) \(String(describing: second))"
      }
    }
  }

  /// Reads each two records alone.
  private static func problem(
    _ parts: RowParts, _ rows: [(row: Row, bytes: [UInt8])]
  ) throws -> String? {
    let starts = rows.indices.filter { $0 == 0 || !rows[$0].row.continuesRecord }
    for place in stride(from: 0, to: starts.count, by: 2) {
      let end = place + 2 < starts.count ? starts[place + 2] : rows.count
      let expected = rows[starts[place]..<end]
      guard let first = expected.first?.row, let last = expected.last?.row else { continue }
      var reader = try parts.reader(
        first.source.lowerBound..<last.source.upperBound, line: first.line)
      var found: [(row: Row, bytes: [UInt8])] = []
      while true {
        var written = RowBuffer()
        guard let outcome = try reader.next(into: &written) else { break }
        if case .row(let row) = outcome { found.append((row, written.bytes)) }
      }
      let isSame = found.elementsEqual(expected) { one, other in
        one.bytes == other.bytes && one.row.line == other.row.line
          && one.row.lastLine == other.row.lastLine && one.row.source == other.row.source
          && one.row.continuesRecord == other.row.continuesRecord
      }
      if !isSame { return "alone, lines \(first.line) to \(last.line) hold other rows" }
    }
    return nil
  }

  private static func problem(_ bytes: [UInt8], _ form: RowForm) -> String? {
    switch form {
    case .json:
      guard let document = try? JSONDocument(parsing: bytes), document.root.kind == .object else {
        return "not a JSON object: \(String(decoding: bytes, as: UTF8.self))"
      }
      return nil
    case .csv(let header):
      guard var names = try? CSVReader(bytes: header), (try? names.next()) == true,
        var reader = try? CSVReader(bytes: bytes + [UInt8(ascii: "\n")])
      else { return "a header that cannot be read" }
      guard (try? reader.next()) == true, reader.problem == nil,
        reader.cells.count == names.cells.count
      else { return "not one CSV record: \(String(decoding: bytes, as: UTF8.self))" }
      return nil
    }
  }
}
