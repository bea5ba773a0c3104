import CommerceLayerRuntime

/// Turns elements of a JSON input into rows with a verdict.
struct JSONRows {
  /// What the strict reader allows in one row.
  static let limits = JSONLimits(depth: 64, bytes: RawRecord.maximumBytes, values: 1 << 18)

  private let rules: RowRules
  private let options: RowOptions
  private let collects: Bool
  private let parentMask: CreateRequirements.Mask
  private let constants: [(name: String, meaning: RowName, value: [UInt8], mask: UInt64)]
  private var meanings: [String: RowName] = [:]
  private var notes: [RowName.PassedOver: Set<String>] = [:]
  private var reduced: Set<String> = []
  private var digits: [String: DigitLengths] = [:]
  private(set) var warnings = InputWarnings()
  private(set) var keyHash: KeyHash?
  /// What the last row is recognized by.
  private(set) var identity = RowIdentity()
  private(set) var blankRows = 0
  /// What a report says that the last row is, when that is another type.
  private(set) var foreignType: String?
  /// What the last row gives a value for that is not sent.
  private(set) var leftOut: [RowLeftOut] = []
  /// Whether the last row is sent otherwise than it stands there.
  private(set) var isChanged = false

  /// - Throws: ``InputError`` when a constant or a lookup cannot be used.
  init(
    rules: RowRules, options: RowOptions, collects: Bool
  ) throws(InputError) {
    self.rules = rules
    self.options = options
    self.collects = collects
    parentMask = rules.parentID == nil ? 0 : rules.requirements.satisfied(byParent: rules.parent)
    var constants: [(String, RowName, [UInt8], UInt64)] = []
    for (name, value) in options.constants {
      let meaning = rules.meaning(of: name, allowsPaths: false)
      let type: ResourceSchema.AttributeType
      switch meaning {
      case .attribute(let attribute): type = attribute.type
      case .id, .keyPart, .relationshipID: type = .string
      case .unknown(let reason): throw InputError(.malformed, "--set: \(reason)")
      default:
        throw InputError(
          .malformed, "--set: '\(TerminalSafe.text(name, limit: 60))' cannot be set in JSON rows")
      }
      var buffer = RowBuffer()
      switch CellCoercion.value(of: value, as: type) {
      case .text(let text): RowText.appendJSON(text, into: &buffer)
      case .literal(let literal): buffer.append(Array(literal.utf8))
      case .rejected(let reason):
        throw InputError(.malformed, "--set \(TerminalSafe.text(name, limit: 60)): \(reason)")
      }
      let mask = rules.requirements.satisfied(by: meaning, name: name)
      constants.append((name, meaning, buffer.bytes, mask))
    }
    self.constants = constants
    for name in options.lookups.keys.sorted() {
      guard case .relationshipID = rules.meaning(of: name, allowsPaths: false) else {
        throw InputError(
          .malformed,
          "--lookup: '\(TerminalSafe.text(name, limit: 60))' is not the id of a related record")
      }
    }
  }

  /// One row while it is read.
  private struct Draft {
    var reasons = RowReasons()
    var given: CreateRequirements.Mask
    /// The members to be sent, where they are not the row's own bytes.
    var members: [(name: String, value: [UInt8])] = []
    /// Whether the row is sent otherwise than it stands there.
    var isChanged = false
    var outcome: String?
    /// What a report says that the row is, when that is another type.
    var foreignType: String?
    /// What identifies the record, by name.
    var texts: [String: String] = [:]
    /// Names that are known and not sent, with a value.
    var leftOut: [RowLeftOut] = []
  }

  /// Reads a record.
  /// - Parameter mayBeCut: Whether the input ends with this record, so that half a value means that
  ///   the input was cut off.
  /// - Returns: nil for an empty object.
  /// - Throws: ``InputError`` when the input was cut off.
  mutating func read(
    _ record: RawRecord, number: Int? = nil, mayBeCut: Bool = false, into sink: inout RowBuffer
  ) throws(InputError) -> RowOutcome? {
    let place = Place(
      line: record.line, lastLine: record.line + record.bytes.count { $0 == UInt8(ascii: "\n") },
      source: record.offset..<(record.offset + record.bytes.count), number: number)
    if record.isOversized {
      return place.rejected("the row is larger than \(RawRecord.maximumBytes) bytes")
    }
    let document: JSONDocument
    do {
      document = try JSONDocument(parsing: record.bytes, limits: Self.limits)
    } catch {
      if error.kind == .unexpectedEnd, mayBeCut {
        throw InputError(
          .malformed, "the file ends inside this row: it was cut off", line: record.line,
          offset: record.offset + record.bytes.count, advice: "get the whole file and run again")
      }
      return place.rejected(
        "not JSON: \(error.message) "
          + "(line \(record.line + error.line - 1), byte \(record.offset + error.offset))")
    }
    return read(document.root, place, into: &sink)
  }

  /// Where a row is in its input.
  struct Place {
    let line: Int
    let lastLine: Int
    let source: Range<Int>
    /// The number of an array's element: the lines of an array can hold many.
    let number: Int?

    func rejected(_ reason: String) -> RowOutcome {
      var reasons = RowReasons()
      reasons.append(reason)
      return rejected(reasons)
    }

    func rejected(_ reasons: RowReasons, _ identity: RowIdentity = .init()) -> RowOutcome {
      var row = RejectedRow(
        line: line, lastLine: lastLine, reasons: reasons, identity: identity, source: source)
      if let number, let first = row.reasons.first {
        row.reasons[0] = "element \(number): \(first)"
      }
      return .rejected(row)
    }
  }

  /// Reads an element of an array that was parsed as a whole.
  mutating func read(
    element: JSONElement, number: Int, into sink: inout RowBuffer
  ) -> RowOutcome? {
    let place = Place(line: number, lastLine: number, source: 0..<0, number: nil)
    guard element.rawBytes.count <= RawRecord.maximumBytes else {
      return place.rejected("the row is larger than \(RawRecord.maximumBytes) bytes")
    }
    return read(element, place, into: &sink)
  }

  private mutating func read(
    _ root: JSONElement, _ place: Place, into sink: inout RowBuffer
  ) -> RowOutcome? {
    guard root.kind == .object else {
      return place.rejected("a row is an object, not \(JSONCoercion.noun(root.kind))")
    }
    // Counting would decode every name.
    guard root.members.contains(where: { _ in true }) else {
      blankRows += 1
      return nil
    }
    if let reason = Self.earlierReason(root) { return place.rejected(reason) }
    var draft = Draft(given: parentMask)
    var seen: Set<String> = []
    for (name, value) in root.members {
      if draft.reasons.count >= RejectedRow.maximumReasons { break }
      guard seen.insert(name).inserted else {
        draft.reasons.append(
          "'\(TerminalSafe.text(name, limit: 60))' is there twice", field: name)
        continue
      }
      member(name, value, root, line: place.line, &draft)
    }
    for constant in constants where root[constant.name]?.isNull ?? true {
      draft.members.removeAll { $0.name == constant.name }
      draft.members.append((constant.name, constant.value))
      draft.given |= constant.mask
      draft.isChanged = true
    }
    leftOut = draft.leftOut
    isChanged = draft.isChanged
    foreignType = draft.foreignType
    return finish(&draft, root, place, into: &sink)
  }

  /// Why a row of a report that is not JSON was rejected; nil for every other row.
  private static func earlierReason(_ root: JSONElement) -> String? {
    guard root[ReportColumns.source] != nil, root[ReportColumns.outcome] != nil else { return nil }
    return "still as it was: \(root[ReportColumns.reason]?.string ?? "rejected"); "
      + "replace '\(ReportColumns.source)' by the members of the row"
  }

  private mutating func meaning(_ name: String) -> RowName {
    if let known = meanings[name] { return known }
    let meaning = rules.meaning(of: name, allowsPaths: false)
    // Names come from the input: no more of them are kept than a schema has.
    if meanings.count < 1_000 { meanings[name] = meaning }
    return meaning
  }

  // MARK: - Members

  private mutating func member(
    _ given: String, _ value: JSONElement, _ root: JSONElement, line: Int, _ draft: inout Draft
  ) {
    let name = options.renames[given] ?? given
    if name != given { draft.isChanged = true }
    if options.ignored.contains(given) || options.ignored.contains(name) {
      draft.isChanged = true
      return
    }
    let meaning = meaning(name)
    switch meaning {
    case .unknown(let reason):
      draft.reasons.append(
        reason + (wrapper(name, value, root) ?? ""), field: name, .unknownName)
    case .passedOver(let why):
      draft.isChanged = true
      if name == ReportColumns.outcome { draft.outcome = value.string }
      if name == ReportColumns.type, let type = value.string, type != rules.type {
        draft.foreignType = type
      }
      if why != .report { notes[why, default: []].insert(name) }
      let saysNothing = value.isNull || (why == .type && value.string == rules.type)
      if !saysNothing { draft.leftOut.append(RowLeftOut(name: name, why: why)) }
    case .tags, .toMany, .toOne:
      draft.isChanged = true
      notes[.related, default: []].insert(name)
      if !value.isNull, value.kind != .array || value.count > 0 {
        draft.leftOut.append(RowLeftOut(name: name, why: .related))
      }
    case .reducible(let relationship):
      reduce(relationship, name, value, root, &draft)
    case .nested(let relationship):
      nested(relationship, name, value, &draft)
    case .id, .keyPart, .relationshipID, .attribute:
      single(meaning, name, value, line: line, &draft)
    }
  }

  /// What to do about an object around the rows, such as `{"skus": [{"code": "A"}]}`; nil for a row, which holds
  /// a name that is known.
  private mutating func wrapper(
    _ name: String, _ value: JSONElement, _ root: JSONElement
  ) -> String? {
    guard name != "data", value.kind == .array,
      value.elements.first(where: { _ in true })?.kind == .object
    else { return nil }
    for member in root.members {
      guard case .unknown = meaning(options.renames[member.key] ?? member.key) else { return nil }
    }
    return "; if the rows are in it, give its array alone"
  }

  private mutating func reduce(
    _ relationship: ResourceSchema.Relationship, _ name: String, _ value: JSONElement,
    _ root: JSONElement, _ draft: inout Draft
  ) {
    draft.isChanged = true
    let idName = "\(relationship.name)_id"
    if value.isNull || !(root[idName]?.isNull ?? true) {
      reduced.insert(name)
      return
    }
    guard let id = value["id"]?.string, !id.isEmpty else {
      draft.reasons.append(
        "'\(name)' is a relationship: write its id as '\(idName)'", field: name)
      return
    }
    reduced.insert(name)
    if value.members.contains(where: { $0.key != "id" && $0.key != "type" && !$0.value.isNull }) {
      draft.leftOut.append(RowLeftOut(name: name, why: nil))
    }
    draft.members.append((idName, JSONValue.string(id).bytes))
    draft.texts[idName] = id
    draft.given |= rules.requirements.satisfied(by: .reducible(relationship), name: name)
  }

  private mutating func nested(
    _ relationship: ResourceSchema.Relationship, _ name: String, _ value: JSONElement,
    _ draft: inout Draft
  ) {
    if value.isNull {
      draft.isChanged = true
      return
    }
    guard value.kind == .array, !value.elements.contains(where: { $0.kind != .object }) else {
      draft.reasons.append("'\(name)' is not an array of objects", field: name)
      return
    }
    if let key = JSONCoercion.duplicateKey(in: value) {
      draft.reasons.append(
        "'\(name)' holds '\(TerminalSafe.text(key, limit: 60))' twice", field: name)
    }
    if let target = relationship.target.flatMap({ rules.related[$0] }) {
      for (index, element) in value.elements.enumerated() {
        guard let reason = JSONCoercion.problem(element, target) else { continue }
        draft.reasons.append("'\(name)[\(index)]': \(reason)", field: name)
        break
      }
    }
    draft.members.append((name, Array(value.rawBytes)))
    if value.count > 0 {
      draft.given |= rules.requirements.satisfied(by: .nested(relationship), name: name)
    }
  }

  private mutating func single(
    _ meaning: RowName, _ name: String, _ value: JSONElement, line: Int, _ draft: inout Draft
  ) {
    let isKeyPart = rules.key.contains(name)
    if value.isNull {
      if meaning == .id {
        draft.isChanged = true
      } else if isKeyPart {
        draft.reasons.append("'\(name)' identifies the record: not null", field: name, .blank)
      } else if case .attribute(let attribute) = meaning, attribute.create == .required {
        draft.reasons.append("'\(name)' is required: not null", field: name, .blank)
      } else {
        draft.members.append((name, Array("null".utf8)))
      }
      return
    }
    var type = ResourceSchema.AttributeType.string
    if case .attribute(let attribute) = meaning { type = attribute.type }
    if rules.schema == nil, !isKeyPart, meaning != .id {
      draft.members.append((name, Array(value.rawBytes)))
      return
    }
    let bytes: [UInt8]
    if JSONCoercion.fits(value, type) {
      bytes = Array(value.rawBytes)
    } else if let coerced = JSONCoercion.coerced(value, type, options) {
      bytes = coerced
      draft.isChanged = true
    } else {
      draft.reasons.append(JSONCoercion.mismatch(value, type, name), field: name, .type(type))
      // The row is still recognized by it.
      if isKeyPart, let text = value.number?.text { draft.texts[name] = text }
      return
    }
    if let key = JSONCoercion.duplicateKey(in: value) {
      draft.reasons.append(
        "'\(name)' holds '\(TerminalSafe.text(key, limit: 60))' twice", field: name)
    }
    draft.members.append((name, bytes))
    if type == .float || type == .integer, let number = value.number,
      !CellCoercion.isFinite(number)
    {
      draft.reasons.append(
        "'\(name)' is out of range: \(TerminalSafe.text(number.text, limit: 40))", field: name)
    }
    let isKey =
      isKeyPart || meaning == .id || name.hasSuffix("_id") || name == "code"
      || name.hasSuffix("_code") || name == "reference"
    if var text = value.string ?? (isKey ? value.number?.text : nil) {
      if options.trims, type == .string { text = trim(text, &draft) }
      if text.isEmpty, isKeyPart || meaning == .id || name.hasSuffix("_id") {
        draft.reasons.append("'\(name)' is empty", field: name, .blank)
        return
      }
      if text.contains("\u{0}") {
        draft.reasons.append(
          "'\(name)' holds a NUL character, which no database keeps in text", field: name)
      }
      if let lookup = options.lookups[name] {
        switch lookup.id(of: text) {
        case .success(let id):
          text = id
          draft.members[draft.members.count - 1].value = JSONValue.string(id).bytes
          draft.isChanged = true
        case .failure(let failure):
          draft.reasons.append("'\(name)': \(failure.reason)", field: name)
        }
      }
      if collects { look(text, name, isKey: isKey, isText: type == .string, line: line) }
      if isKeyPart || meaning == .id { draft.texts[name] = text }
      if text.isEmpty { return }
    }
    draft.given |= rules.requirements.satisfied(by: meaning, name: name)
  }

  private func trim(_ text: String, _ draft: inout Draft) -> String {
    let trimmed = CellDamage.trimmed(text)
    guard trimmed != text else { return text }
    draft.isChanged = true
    draft.members[draft.members.count - 1].value = JSONValue.string(trimmed).bytes
    return trimmed
  }

  private mutating func look(_ text: String, _ name: String, isKey: Bool, isText: Bool, line: Int) {
    if isKey {
      let count = text.utf8.count
      if !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
        digits[name, default: .init()].add(count)
        if digits[name]?.wantsSample(count) == true {
          digits[name]?.addSample(count, line: line, value: text)
        }
      } else {
        digits[name, default: .init()].addOther()
      }
    }
    for kind in CellDamage.find(text, isKey: isKey) where isText || kind == .spreadsheetError {
      warnings.add(
        InputWarning(
          kind, line: line, column: name, value: text,
          message: "'\(TerminalSafe.text(text, limit: 40))' \(InputWarnings.message(kind))"))
    }
  }

  // MARK: - Verdict

  private mutating func finish(
    _ draft: inout Draft, _ root: JSONElement, _ place: Place, into sink: inout RowBuffer
  ) -> RowOutcome {
    let texts = draft.texts
    func text(_ name: String) -> String? {
      if let own = texts[name] { return own.isEmpty ? nil : own }
      return options.constants.first { $0.name == name }?.value
    }
    let identity = RowIdentity(rules: rules, value: text)
    keyHash = nil
    self.identity = identity
    if identity.key != nil {
      for part in identity.parts {
        let hash = KeyHash(Array(part.utf8)[...])
        keyHash = keyHash.map { $0.joined(hash) } ?? hash
      }
    }
    let isNamed = identity.name != nil
    if draft.reasons.isEmpty, !isNamed, rules.schema != nil,
      !rules.requirements.isMet(draft.given)
    {
      let missing = rules.requirements.missing(draft.given) { root[$0]?.value }
      draft.reasons.append(missing: missing, because: rules.unnamedRow)
    }
    if draft.reasons.isEmpty, !isNamed, !options.allowsDuplicates,
      draft.outcome == ReportOutcome.unknown
    {
      draft.reasons.append(
        "it may have been imported already, and nothing names its record: look first, or add "
          + "--allow-duplicates")
    }
    guard draft.reasons.isEmpty else { return place.rejected(draft.reasons, identity) }
    let before = sink.count
    if draft.isChanged {
      sink.append(UInt8(ascii: "{"))
      for (index, member) in draft.members.enumerated() {
        if index > 0 { sink.append(UInt8(ascii: ",")) }
        RowText.appendJSON(member.name, into: &sink)
        sink.append(UInt8(ascii: ":"))
        sink.append(member.value)
      }
      sink.append(UInt8(ascii: "}"))
    } else {
      sink.append(root.rawBytes)
    }
    var row = Row(
      line: place.line, lastLine: place.lastLine,
      verdict: isNamed ? .updatesOrCreates : .creates, source: place.source)
    row.size = sink.count - before
    return .row(row)
  }

  /// What can only be told at the end.
  mutating func finish() {
    guard collects else { return }
    for name in digits.keys.sorted() {
      digits[name]?.report(column: name, number: nil, into: &warnings)
    }
    for (why, names) in notes.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      warnings.add(PassedOverText.warning(why, names.sorted(), type: rules.type))
    }
    if !reduced.isEmpty {
      let names = reduced.sorted().map { "'\($0)'" }.joined(separator: ", ")
      warnings.add(
        InputWarning(
          .reduced, message: "related records are sent as their ids alone: \(names)"))
    }
    if blankRows > 0 {
      warnings.add(
        InputWarning(
          .blankRows, message: "\(blankRows) empty \(blankRows == 1 ? "object" : "objects") skipped"
        ))
    }
  }
}
