import CommerceLayer
import CommerceLayerRows

/// Compares rows with the records they name.
struct RecordComparison: Sendable {
  private let directory: RecordDirectory
  private let schema: ResourceSchema
  private let rules: RowRules
  /// The names of the key's parts in filters; nil for one that lists cannot be filtered by.
  private let filterNames: [String?]

  init(_ directory: RecordDirectory, _ planner: ImportPlanner) throws(RemoteError) {
    self.directory = directory
    rules = planner.rules
    schema = try directory.listable(planner.rules.type)
    filterNames = rules.key.map { [schema] in directory.filterName($0, of: schema) }
  }

  /// The parts of the key that a row is looked up by; nil when its id names the record.
  func key(_ identity: RowIdentity) -> [String]? {
    guard identity.id == nil, let key = identity.key else { return nil }
    return rules.key.count == 1 ? [key] : identity.parts
  }

  /// Why a row cannot be looked up; nil when it can.
  func obstacle(_ row: CheckedRow) -> String? {
    guard let key = row.key else {
      if row.id == nil { return "the row names no record" }
      return schema.filtersByID ? nil : "\(schema.name) cannot be filtered by id"
    }
    guard key.count == rules.key.count else { return "the row does not hold the whole key" }
    for (name, part) in zip(rules.key, filterNames) where part == nil {
      return "\(schema.name) cannot be filtered by '\(name)'"
    }
    // The service strips white space from values and would find another record.
    if key.contains(where: { $0.first?.isWhitespace == true || $0.last?.isWhitespace == true }) {
      return "the key begins or ends with white space, which filters leave out"
    }
    return nil
  }

  /// Looks up rows in one request, and compares them. The rows all have ids, or all have keys.
  func check(_ rows: [CheckedRow]) async throws -> RemoteCheck {
    var result = RemoteCheck()
    var byName: [[String]: [RemoteRecord]] = [:]
    try await readPages(rows) { page in
      result.requests += 1
      for record in page.records {
        let name = rows[0].key == nil ? [record.id] : keyParts(record, rows)
        if let name { byName[name, default: []].append(record) }
      }
    }
    for row in rows {
      let records = byName[row.key ?? [row.id ?? ""]] ?? []
      if records.count > 1 { result.ambiguous += 1 }
      guard let record = records.first else {
        result.creates += 1
        if row.key == nil {
          result.missingIDs += 1
          result.missingIDLines.append(row.line)
        }
        continue
      }
      if changes(row, record) { result.updates += 1 } else { result.unchanged += 1 }
    }
    return result
  }

  /// Reads the pages with the records of some rows.
  private func readPages(
    _ rows: [CheckedRow], _ body: (RemotePage) -> Void
  ) async throws {
    let filters = filters(rows)
    let attributes = comparedAttributes(rows)
    let relationships = comparedRelationships(rows)
    // Of each combination of values there is one record at most. More of them mean that the service
    // ignored a condition, as it is said to do with those it does not understand.
    let expected = filters.reduce(1) { $0 * $1.value.split(separator: ",").count }
    var number = 1
    var count = 0
    while true {
      try Task.checkCancellation()
      let page = try await directory.page(
        schema, filters: filters, attributes: attributes, relationships: relationships,
        sort: schema.sortsByID ? "id" : nil, number: number == 1 ? nil : number)
      count += page.records.count
      guard count <= 4 * expected + RecordDirectory.maximumBatch else {
        throw RemoteError(
          .violation,
          "\(schema.path) sends records that the filter "
            + filters.map { "'\($0.name)'" }.joined(separator: " and ") + " leaves out")
      }
      body(page)
      guard page.hasNext, !page.records.isEmpty else { return }
      number += 1
    }
  }

  private func filters(_ rows: [CheckedRow]) -> [(name: String, value: String)] {
    guard rows[0].key != nil else {
      return [RecordDirectory.condition("id", Set(rows.compactMap(\.id)).sorted())]
    }
    return filterNames.indices.map { index in
      let values = Set(rows.compactMap { $0.key?[index] }).sorted()
      return RecordDirectory.condition(filterNames[index] ?? "", values)
    }
  }

  // MARK: - Fields

  /// The relationship that a name ending in `_id` stands for.
  private func relationship(_ name: String) -> ResourceSchema.Relationship? {
    guard name.hasSuffix("_id"), let found = schema.relationship(String(name.dropLast(3))),
      !found.isToMany, found.isIncludable
    else { return nil }
    return found
  }

  private func comparedAttributes(_ rows: [CheckedRow]) -> [String] {
    var names = Set(rows.lazy.flatMap(\.values).map(\.name))
    if rows[0].key != nil { names.formUnion(rules.key) }
    return schema.attributes.filter { names.contains($0.name) && $0.isReadable }.map(\.name)
  }

  private func comparedRelationships(_ rows: [CheckedRow]) -> [String] {
    var names = Set(rows.lazy.flatMap(\.values).map(\.name))
    if rows[0].key != nil { names.formUnion(rules.key) }
    return names.compactMap { relationship($0)?.name }.sorted()
  }

  /// The key's parts of a record; nil when the response does not hold them all.
  private func keyParts(_ record: RemoteRecord, _ rows: [CheckedRow]) -> [String]? {
    var parts: [String] = []
    for (index, name) in rules.key.enumerated() {
      let values = Set(rows.compactMap { $0.key?[index] })
      if let text = record.text(name) {
        parts.append(text)
      } else if let relationship = relationship(name), let id = record.related[relationship.name] {
        parts.append(id)
      } else if values.count == 1, let only = values.first {
        // The request asked for this value alone.
        parts.append(only)
      } else {
        return nil
      }
    }
    return parts
  }

  // MARK: - Comparing

  /// Whether a row has a value that its record does not have. What cannot be compared, related
  /// records and triggers for example, counts as a change.
  func changes(_ row: CheckedRow, _ record: RemoteRecord) -> Bool {
    for (name, value) in row.values where name != "id" {
      if let attribute = schema.attribute(name) {
        guard attribute.isReadable else { return true }
        let own = record.attributes[name] ?? .null
        if !Self.isEqual(value, own, attribute.type) { return true }
      } else if let relationship = relationship(name) {
        let own = record.related[relationship.name]
        if own == nil, row.key != nil, rules.key.contains(name) { continue }
        guard let own, (RemoteRecord.text(value) ?? "") == own else { return true }
      } else if !(row.key != nil && rules.key.contains(name)) {
        return true
      }
    }
    return false
  }

  /// Whether two values are the same for the service. The left one can be the text of a CSV cell.
  static func isEqual(
    _ sent: JSONValue, _ own: JSONValue, _ type: ResourceSchema.AttributeType
  ) -> Bool {
    if sent == own { return true }
    switch type {
    case .integer, .float:
      guard let left = RemoteRecord.text(sent).flatMap({ JSONNumber(text: $0) }),
        let right = RemoteRecord.text(own).flatMap({ JSONNumber(text: $0) })
      else { return false }
      return left.decimal == right.decimal
    case .boolean:
      guard let left = RemoteRecord.text(sent).flatMap(CellCoercion.boolean),
        let right = RemoteRecord.text(own).flatMap(CellCoercion.boolean)
      else { return false }
      return left == right
    case .datetime:
      func date(_ value: JSONValue) -> String? {
        guard let text = value.string else { return nil }
        return (ISO8601.date(text) ?? ISO8601.date(text + "T00:00:00Z")).map(ISO8601.text)
      }
      return date(sent) != nil && date(sent) == date(own)
    case .object, .array:
      guard case .string(let text) = sent, let value = try? JSONValue(parsing: text) else {
        return false
      }
      return value == own
    case .string: return false
    }
  }
}

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
  /// - Throws: `InputError`; ``RemoteError`` when there are too many to be held in memory.
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
