import CommerceLayer

/// Checks one record of a JSON input. Pure.
enum JSONRowReading {
  /// What the strict reader allows in one row.
  static let limits = JSONLimits(depth: 64, bytes: RawRecord.maximumBytes, values: 1 << 18)

  /// - Parameter mayBeCut: whether the input ends with this record, so that half a value means that
  ///   the input was cut off.
  /// - Throws: ``InputError`` when the text is not UTF-8 or was cut off.
  static func read(
    _ record: RawRecord, rules: RowRules, mayBeCut: Bool = false
  ) throws(InputError) -> RowResult {
    func rejected(_ reasons: [String]) -> RowResult {
      .rejected(RejectedRow(line: record.line, reasons: reasons, bytes: record.bytes))
    }
    if record.isOversized {
      return rejected(["the row is larger than \(RawRecord.maximumBytes) bytes"])
    }
    let document: JSONDocument
    do {
      document = try JSONDocument(parsing: record.bytes, limits: limits)
    } catch {
      if error.kind == .invalidUTF8 {
        throw TextEncoding.invalid(
          record.bytes, at: error.offset, line: record.line, offset: record.offset)
      }
      if error.kind == .unexpectedEnd, mayBeCut {
        throw InputError(
          .malformed, "the file ends inside this row: it was cut off", line: record.line,
          offset: record.offset + record.bytes.count, advice: "get the whole file and run again")
      }
      return rejected([reason(error, record)])
    }
    return read(document.root, record: record, rules: rules)
  }

  /// Checks a value that has been read.
  static func read(_ root: JSONElement, record: RawRecord, rules: RowRules) -> RowResult {
    guard root.kind == .object else {
      return .rejected(
        RejectedRow(
          line: record.line, reasons: ["a row is an object, not \(article(root.kind))"],
          bytes: record.bytes))
    }
    let identity = RowIdentity(rules: rules) { name in
      guard let value = root[name] else { return nil }
      let text = value.string ?? value.number?.text
      return text?.isEmpty == true ? nil : text
    }
    let problems = RowCheck.problems(root, identity: identity, rules: rules)
    if !problems.isEmpty {
      return .rejected(
        RejectedRow(
          line: record.line, reasons: problems, key: identity.name, bytes: record.bytes))
    }
    return .row(SourceRow(line: record.line, bytes: Array(root.rawBytes), identity: identity))
  }

  /// The reader counts from the row's start; people count from the file's.
  private static func reason(_ error: JSONError, _ record: RawRecord) -> String {
    "not JSON: \(error.message) (line \(record.line + error.line - 1), byte \(record.offset + error.offset))"
  }

  private static func article(_ kind: JSONElement.Kind) -> String {
    switch kind {
    case .array: "an array"
    case .null: "null"
    case .boolean, .number, .string, .object: "a \(kind.rawValue)"
    }
  }
}
