import CommerceLayerRuntime

/// The rows of one import, in order.
enum ImportRows: Sendable {
  case json([JSONElement])
  case csv(header: [String], cells: [[String]])

  var count: Int {
    switch self {
    case .json(let rows): rows.count
    case .csv(_, let cells): cells.count
    }
  }

  /// Why `inputs` are no rows.
  struct Failure: Error, Sendable, Hashable {
    /// The rule that was broken, for `meta.error`.
    let rule: String
    let message: String
  }

  /// Reads `inputs` of a request.
  static func read(_ inputs: JSONElement, format: ImportFormat) throws(Failure) -> ImportRows {
    switch format {
    case .json:
      guard inputs.kind == .array else {
        throw Failure(rule: "invalid", message: "must be an array of objects")
      }
      let rows = Array(inputs.elements)
      guard rows.allSatisfy({ $0.kind == .object }) else {
        throw Failure(rule: "invalid", message: "must be an array of objects")
      }
      return .json(rows)
    case .csv:
      guard let text = inputs.string else {
        throw Failure(rule: "invalid", message: "must be CSV text")
      }
      return try read(csv: text)
    }
  }

  /// Reads what ``content(of:)`` kept.
  static func read(stored: [UInt8], format: ImportFormat, limits: JSONLimits) throws -> ImportRows {
    try read(JSONDocument(parsing: stored, limits: limits).root, format: format)
  }

  private static func read(csv text: String) throws(Failure) -> ImportRows {
    var records: [[String]]
    do {
      records = try CSVReader.records(text)
    } catch {
      throw Failure(
        rule: "invalid", message: "is not CSV: record \(error.record): \(error.message)")
    }
    guard !records.isEmpty else { return .csv(header: [], cells: []) }
    let header = records.removeFirst()
    guard Set(header).count == header.count, !header.contains("") else {
      throw Failure(rule: "invalid", message: "has empty or repeated column names")
    }
    return .csv(header: header, cells: records)
  }

  /// The fields of a row as they were given. Empty cells of CSV are fields that are not given.
  func fields(at index: Int) -> RawRow {
    switch self {
    case .json(let rows):
      return RawRow(
        fields: rows[index].members.map { ($0.key, .json($0.value.value)) }, hasSurplus: false)
    case .csv(let header, let cells):
      let row = cells[index]
      let fields = zip(header, row).compactMap { name, cell -> (String, RawValue)? in
        cell.isEmpty ? nil : (name, .cell(cell))
      }
      return RawRow(
        fields: fields, hasSurplus: row.dropFirst(header.count).contains { !$0.isEmpty })
    }
  }
}

/// A row before it is checked.
struct RawRow: Sendable {
  let fields: [(name: String, value: RawValue)]
  /// Whether there are cells beyond the header's.
  let hasSurplus: Bool

  init(fields: [(String, RawValue)], hasSurplus: Bool) {
    self.fields = fields.map { (name: $0.0, value: $0.1) }
    self.hasSurplus = hasSurplus
  }
}

/// A field's value before it is checked.
enum RawValue: Sendable, Hashable {
  case json(JSONValue)
  case cell(String)

  /// The value as JSON, a cell as text.
  var plain: JSONValue {
    switch self {
    case .json(let value): value
    case .cell(let text): .string(text)
    }
  }

  /// The value as a type; nil when it is not of that type. Cells are read as the type's text form.
  func value(as type: ResourceSchema.AttributeType) -> JSONValue? {
    switch self {
    case .json(let value): ValueFormat.stored(value, as: type)
    case .cell(let text): Self.read(text, as: type)
    }
  }

  private static func read(
    _ text: String, as type: ResourceSchema.AttributeType
  ) -> JSONValue? {
    switch type {
    case .string: .string(text)
    case .integer, .float:
      JSONNumber(text: text).flatMap { ValueFormat.stored(.number($0), as: type) }
    case .boolean: ["true": .bool(true), "false": .bool(false)][text.lowercased()]
    case .datetime: ValueFormat.stored(.string(text), as: type)
    case .object, .array:
      (try? JSONValue(parsing: text)).flatMap { ValueFormat.stored($0, as: type) }
    }
  }
}
