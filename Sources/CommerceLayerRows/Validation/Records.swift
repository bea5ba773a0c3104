package import CommerceLayerRuntime

/// A name that is known and not sent, which a row gives a value for.
struct RowLeftOut: Sendable, Hashable {
  let name: String
  /// Why; nil for a related record of which the id alone is sent.
  let why: RowName.PassedOver?
}

/// One record of an import's inputs: a row, or several lines of CSV that stand for one record.
package struct InputRecord: Sendable {
  private enum Content: Sendable {
    case element(JSONElement)
    case bytes([UInt8])
  }

  /// Whether it names a record or makes a new one.
  package let verdict: RowVerdict
  /// What it is recognized by.
  package let identity: RowIdentity
  /// What it holds that is accepted and not acted on. A name is told of once for all rows.
  package fileprivate(set) var warnings: [String]
  private var content: Content

  fileprivate init(
    _ row: Row, _ identity: RowIdentity, _ element: JSONElement?, _ bytes: [UInt8],
    warnings: [String]
  ) {
    verdict = row.verdict
    self.identity = identity
    self.warnings = warnings
    content = element.map(Content.element) ?? .bytes(bytes)
  }

  fileprivate mutating func replace(_ bytes: [UInt8]) { content = .bytes(bytes) }

  /// The record as one JSON object. Columns of related records are members:
  /// `customer.email` is `{"customer":{"email":…}}`, `sku_list_items.sku_code` on two lines
  /// `{"sku_list_items":[{"sku_code":…},{"sku_code":…}]}`, `tags.name` `{"tags":[{"name":…},…]}`.
  /// - Throws: ``JSONError``, which cannot happen for what this module wrote.
  package func object() throws(JSONError) -> JSONElement {
    switch content {
    case .element(let element): element
    case .bytes(let bytes): try JSONDocument(parsing: bytes, limits: JSONRows.limits).root
    }
  }
}

/// What reading one record gives.
package enum RecordOutcome: Sendable {
  case record(InputRecord)
  /// A line that cannot be taken. When it is one of several of a record, the others still are.
  case rejected(RejectedRow)

  /// Reads the elements of a JSON array; empty objects are skipped.
  package static func read(
    elements: JSONElement, rules: RowRules
  ) throws(InputError) -> [RecordOutcome] {
    try read(RowReader(elements: elements, rules: rules), rules)
  }

  /// Reads CSV text with commas; blank lines and repeated headers are skipped.
  /// - Throws: ``InputError`` when the header cannot be used or the rest cannot be read.
  package static func read(csv: [UInt8], rules: RowRules) throws(InputError) -> [RecordOutcome] {
    try read(RowReader(csv: csv, rules: rules), rules)
  }

  private static func read(
    _ reader: RowReader, _ rules: RowRules
  ) throws(InputError) -> [RecordOutcome] {
    var reader = reader
    var outcomes: [RecordOutcome] = []
    var told: Set<RowLeftOut> = []
    let paths = reader.columns.map(RecordAssembler.Paths.init)
    var open: (index: Int, record: InputRecord, assembler: RecordAssembler)?
    func close() {
      guard var record = open?.record, let index = open?.index, let assembler = open?.assembler
      else { return }
      record.replace(assembler.bytes())
      outcomes[index] = .record(record)
      open = nil
    }
    while true {
      var buffer = RowBuffer()
      guard let outcome = try reader.next(into: &buffer) else { break }
      guard case .row(let row) = outcome else {
        if case .rejected(let row) = outcome { outcomes.append(.rejected(row)) }
        continue
      }
      var warnings: [String] = []
      for name in reader.leftOut where told.insert(name).inserted {
        warnings.append(PassedOverText.text(name, type: rules.type))
      }
      guard let paths, !paths.isEmpty else {
        outcomes.append(
          .record(
            InputRecord(
              row, reader.identity, reader.unchangedElement, buffer.bytes, warnings: warnings)))
        continue
      }
      if row.continuesRecord, open != nil {
        open?.record.warnings += warnings
        open?.assembler.add(buffer.bytes, paths, isFirst: false)
        continue
      }
      close()
      var assembler = RecordAssembler()
      assembler.add(buffer.bytes, paths, isFirst: true)
      let record = InputRecord(row, reader.identity, nil, [], warnings: warnings)
      outcomes.append(.record(record))
      open = (outcomes.count - 1, record, assembler)
    }
    close()
    return outcomes
  }
}

/// Makes one JSON object of the lines of a record.
struct RecordAssembler {
  /// The columns written `relationship.attribute`.
  struct Paths {
    enum Kind { case one, many, tags }

    private var paths: [String: (stem: String, name: String, kind: Kind)] = [:]

    var isEmpty: Bool { paths.isEmpty }

    init(_ columns: RowColumns) {
      for column in columns.columns + columns.added where column.isSent {
        guard let dot = column.name.firstIndex(of: ".") else { continue }
        let kind: Kind
        switch column.meaning {
        case .toOne: kind = .one
        case .toMany: kind = .many
        case .tags: kind = .tags
        default: continue
        }
        paths[column.name] = (
          String(column.name[..<dot]), String(column.name[column.name.index(after: dot)...]), kind
        )
      }
    }

    subscript(name: String) -> (stem: String, name: String, kind: Kind)? { paths[name] }
  }

  private struct Group {
    let stem: String
    let isArray: Bool
    /// Objects without their braces.
    var objects: [RowBuffer] = []
  }

  private var own = RowBuffer()
  private var groups: [Group] = []

  /// Adds a line: all of the first one, of the others what their to-many columns hold.
  mutating func add(_ line: [UInt8], _ paths: Paths, isFirst: Bool) {
    guard let root = try? JSONDocument(parsing: line, limits: JSONRows.limits).root else { return }
    var started: Set<String> = []
    for (name, value) in root.members {
      guard let path = paths[name] else {
        if isFirst { Self.append(name, value.rawBytes, to: &own) }
        continue
      }
      switch path.kind {
      case .one:
        guard isFirst else { continue }
        let index = group(path.stem, isArray: false)
        if groups[index].objects.isEmpty { groups[index].objects.append(RowBuffer()) }
        Self.append(path.name, value.rawBytes, to: &groups[index].objects[0])
      case .many:
        let index = group(path.stem, isArray: true)
        if started.insert(path.stem).inserted { groups[index].objects.append(RowBuffer()) }
        let last = groups[index].objects.count - 1
        Self.append(path.name, value.rawBytes, to: &groups[index].objects[last])
      case .tags:
        guard isFirst else { continue }
        let index = group(path.stem, isArray: true)
        for text in TagList.names(value.string ?? "") {
          var object = RowBuffer()
          Self.append(path.name, JSONValue.string(text).bytes[...], to: &object)
          groups[index].objects.append(object)
        }
      }
    }
  }

  private mutating func group(_ stem: String, isArray: Bool) -> Int {
    if let index = groups.firstIndex(where: { $0.stem == stem }) { return index }
    groups.append(Group(stem: stem, isArray: isArray))
    return groups.count - 1
  }

  private static func append(_ name: String, _ value: ArraySlice<UInt8>, to buffer: inout RowBuffer)
  {
    if buffer.count > 0 { buffer.append(UInt8(ascii: ",")) }
    RowText.appendJSON(name, into: &buffer)
    buffer.append(UInt8(ascii: ":"))
    buffer.append(value)
  }

  /// The object.
  func bytes() -> [UInt8] {
    var all = own
    for group in groups {
      var value = RowBuffer()
      if group.isArray { value.append(UInt8(ascii: "[")) }
      for (index, object) in group.objects.enumerated() {
        if index > 0 { value.append(UInt8(ascii: ",")) }
        value.append(UInt8(ascii: "{"))
        value.append(object.bytes)
        value.append(UInt8(ascii: "}"))
      }
      if group.isArray { value.append(UInt8(ascii: "]")) }
      Self.append(group.stem, value.bytes[...], to: &all)
    }
    return Array("{".utf8) + all.bytes + Array("}".utf8)
  }
}
