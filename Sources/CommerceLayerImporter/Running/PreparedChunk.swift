import CommerceLayer

/// The rows of one import, in memory from being read until they are accounted for.
struct PreparedChunk: Sendable {
  let form: RowForm
  private(set) var rows: [SentRow] = []
  /// The rows' bytes, one after the other; empty once they are not needed any more.
  private(set) var payload: [UInt8] = []
  private var lastGroup: String?

  init(form: RowForm) { self.form = form }

  /// How many records the rows make.
  var units: Int { (rows.last?.unit ?? -1) + 1 }

  mutating func append(_ row: SourceRow) {
    append(row.bytes[...], line: row.line, identity: row.identity, group: row.group)
  }

  private mutating func append(
    _ bytes: ArraySlice<UInt8>, line: Int, identity: RowIdentity, group: String?
  ) {
    let continues = group != nil && group == lastGroup && !rows.isEmpty
    let unit = continues ? (rows.last?.unit ?? 0) : units
    lastGroup = group
    let start = payload.count
    payload.append(contentsOf: bytes)
    rows.append(
      SentRow(line: line, identity: identity, unit: unit, range: start..<payload.count))
  }

  /// The first `count` rows as a chunk of their own; the rest stays.
  mutating func cut(first count: Int) -> PreparedChunk {
    var head = PreparedChunk(form: form)
    var tail = PreparedChunk(form: form)
    for (index, row) in rows.enumerated() {
      // Units are groups where there are any.
      let group = form == .json ? nil : String(row.unit)
      if index < count {
        head.append(payload[row.range], line: row.line, identity: row.identity, group: group)
      } else {
        tail.append(payload[row.range], line: row.line, identity: row.identity, group: group)
      }
    }
    tail.lastGroup = lastGroup
    self = tail
    return head
  }

  /// Two halves; a record is never split. nil when there is only one.
  func halves() -> (PreparedChunk, PreparedChunk)? {
    guard units > 1, let middle = rows.firstIndex(where: { $0.unit >= units / 2 }), middle > 0
    else {
      return nil
    }
    var tail = self
    let head = tail.cut(first: middle)
    return (head, tail)
  }

  /// The rows as an import takes them.
  var inputs: BulkInputs {
    switch form {
    case .json: return .json(checked: rows.map { payload[$0.range] })
    case .csv(let header):
      var text = Array(header.utf8)
      for row in rows {
        text.append(UInt8(ascii: "\n"))
        text.append(contentsOf: payload[row.range])
      }
      return .csv(String(decoding: text, as: UTF8.self))
    }
  }

  /// A row as the report keeps it; nil once the bytes are gone.
  func kept(_ index: Int) -> RowEntry.Row? {
    guard rows.indices.contains(index), rows[index].range.upperBound <= payload.count else {
      return nil
    }
    let bytes = Array(payload[rows[index].range])
    return form == .json ? .json(bytes) : .csv(bytes)
  }

  mutating func forgetPayload() { payload = [] }
}
