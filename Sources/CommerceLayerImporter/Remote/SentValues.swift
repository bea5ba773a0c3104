import CommerceLayer
import CommerceLayerRows

/// Reads back what is sent for a row: the values by name.
struct SentValues {
  private let header: [String]?

  init(_ form: RowForm) throws(InputError) {
    guard case .csv(let bytes) = form else {
      header = nil
      return
    }
    var reader = try CSVReader(bytes: bytes)
    header = try reader.next() ? reader.cells.map(reader.text) : []
  }

  /// The values of a row; those of a row that is sent as CSV are all texts, empty ones left out.
  func read(_ bytes: [UInt8]) throws(InputError) -> [(name: String, value: JSONValue)] {
    guard let header else {
      guard let root = try? JSONDocument(parsing: bytes).root else { return [] }
      return root.members.map { ($0.key, $0.value.value) }
    }
    var reader = try CSVReader(bytes: bytes)
    guard try reader.next() else { return [] }
    return zip(header, reader.cells).compactMap { name, cell in
      cell.isEmpty ? nil : (name, .string(reader.text(cell)))
    }
  }
}

extension ImportPlanner {
  /// The distinct values that the rows hold in some columns.
  /// - Throws: ``InputError``; ``RemoteError`` when there are too many to be held in memory.
  func values(of columns: [String]) throws -> [String: Set<String>] {
    var reader = try reader(for: .sending)
    let sent = try SentValues(reader.form)
    let wanted = Set(columns)
    var values: [String: Set<String>] = [:]
    var count = 0
    var rows = 0
    var sink = RowBuffer()
    while let outcome = try reader.next(into: &sink) {
      defer { sink = RowBuffer() }
      rows += 1
      if rows & 0xFF == 0 { try Task.checkCancellation() }
      guard case .row = outcome else { continue }
      for (name, value) in try sent.read(sink.bytes) where wanted.contains(name) {
        guard let text = RemoteRecord.text(value), !text.allSatisfy(\.isWhitespace),
          values[name, default: []].insert(text).inserted
        else { continue }
        count += 1
        guard count <= RecordDirectory.maximumKnown else {
          throw RemoteError(
            .usage, "there are more than \(RecordDirectory.maximumKnown) values to look up",
            advice: "write the ids, or split the file")
        }
      }
    }
    return values
  }
}
