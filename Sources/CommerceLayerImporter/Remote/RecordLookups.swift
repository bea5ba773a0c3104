import CommerceLayer
import CommerceLayerRows
import NearestNames

/// What names a record: its id, or a value of one of its attributes.
public struct RecordReference: Sendable, Hashable {
  /// The attribute; nil when the value is the id.
  public let attribute: String?
  /// The value.
  public let value: String

  /// Reads `attribute=value`; a text without `=` is an id. Ids hold no `=`, values may.
  public init(_ text: String) {
    guard let sign = text.firstIndex(of: "=") else {
      (attribute, value) = (nil, text)
      return
    }
    attribute = String(text[..<sign])
    value = String(text[text.index(after: sign)...])
  }
}

/// A column whose values are replaced by the ids of the records they name.
public struct LookupRequest: Sendable, Hashable {
  /// The column or member: `shipping_category_id`.
  public let column: String
  /// The attribute that its values are of: `name`.
  public let attribute: String

  /// Creates a request.
  public init(column: String, attribute: String) {
    self.column = column
    self.attribute = attribute
  }
}

extension RecordDirectory {
  /// Candidates that an error lists.
  static let maximumCandidates = 10
  /// Types with at most so many records are fetched whole: 40 requests.
  static let wholeTypeLimit = 1_000
  /// The most records and values that are held in memory.
  static let maximumKnown = 1_000_000

  /// The id of the parent that a reference names.
  /// - Parameters:
  ///   - reference: An id, or an attribute and its value.
  ///   - rules: The rules of the rows.
  /// - Throws: ``RemoteError`` that lists the candidates when no record, or more than one, has the
  ///   value; what the client throws.
  public func parentID(_ reference: RecordReference, rules: RowRules) async throws -> String {
    guard let attribute = reference.attribute else { return reference.value }
    guard let parent = rules.parent, let type = rules.schema?.relationship(parent)?.target else {
      throw RemoteError(.usage, "\(rules.type) have no parent that can be looked up")
    }
    return try await id(of: reference.value, attribute: attribute, type: type)
  }

  /// The id of the one record that has a value.
  private func id(of value: String, attribute: String, type: String) async throws -> String {
    let schema = try listable(type)
    guard !value.allSatisfy(\.isWhitespace) else {
      throw RemoteError(.usage, "the \(attribute) of the parent is blank")
    }
    guard attribute == "id" || schema.attribute(attribute)?.isFilterable == true,
      filterName(attribute, of: schema) != nil
    else { throw Self.unknownAttribute(attribute, schema) }
    let fields = Self.shownFields(attribute, schema)
    let page = try await page(
      schema, filters: [(name: "\(attribute)_eq", value: value)], attributes: fields)
    // The service is said to ignore conditions it does not understand: what does not have the value
    // is not a match.
    let matches = page.records.filter { $0.text(attribute) == value }
    if matches.count == 1, let match = matches.first { return match.id }
    let shown = TerminalSafe.text(value, limit: 60)
    guard matches.isEmpty else {
      let count = page.hasNext ? max(page.total ?? 0, matches.count) : matches.count
      throw RemoteError(
        .data, "\(count) \(type) have the \(attribute) '\(shown)'",
        candidates: Self.list(matches, fields, total: count), advice: "write the id: --parent ID")
    }
    let all = try await self.page(schema, attributes: [attribute])
    let names = all.records.compactMap { $0.text(attribute) }
    let suggestion = NearestNames.suggestion(for: value, among: names)
    throw RemoteError(
      .data, "no \(type) have the \(attribute) '\(shown)'",
      candidates: names.isEmpty
        ? ["the organization has none"]
        : Self.list(all.records, [attribute], total: all.total ?? names.count),
      advice: suggestion.map { "did you mean '\(TerminalSafe.text($0, limit: 60))'?" })
  }

  private static func unknownAttribute(_ name: String, _ schema: ResourceSchema) -> RemoteError {
    let known = schema.attributes.filter(\.isFilterable).map(\.name)
    let suggestion = NearestNames.suggestion(for: name, among: known)
    let shown = TerminalSafe.text(name, limit: 60)
    return RemoteError(
      .usage,
      schema.attribute(name) == nil
        ? "\(schema.name) have no attribute '\(shown)'"
        : "\(schema.name) cannot be looked up by '\(shown)'",
      advice: suggestion.map { "did you mean '\($0)'?" }
        ?? "one of: \(known.joined(separator: ", "))")
  }

  /// What tells records of one name apart.
  private static func shownFields(_ attribute: String, _ schema: ResourceSchema) -> [String] {
    let telling = ["name", "code", "reference", "created_at"]
    return [attribute] + telling.filter { $0 != attribute && schema.attribute($0) != nil }
  }

  private static func list(_ records: [RemoteRecord], _ fields: [String], total: Int) -> [String] {
    let lines = records.prefix(maximumCandidates).map { record in
      let facts = fields.filter { $0 != "id" }.compactMap { field in
        record.text(field).map { "\(field) '\(TerminalSafe.text($0, limit: 60))'" }
      }
      return "\(TerminalSafe.text(record.id, limit: 40)): \(facts.joined(separator: ", "))"
    }
    let more = total - lines.count
    return lines + (more > 0 ? ["… and \(more) more"] : [])
  }

  // MARK: - Columns

  /// Fetches the ids that the values of columns stand for, once, before a row is checked.
  ///
  /// A type with few records is fetched whole. Of a type with many, only the values that the input
  /// holds are looked up, when that takes fewer requests.
  /// - Returns: The lookups by column, for `RowOptions.lookups`. Values that no record has, or more
  ///   than one, are for the check of the rows to reject.
  /// - Throws: ``RemoteError``, `InputError`, what the client throws.
  public func lookups(
    _ requests: [LookupRequest], for planner: ImportPlanner
  ) async throws -> [String: RowLookup] {
    var targets: [(column: String, attribute: String, schema: ResourceSchema)] = []
    for request in requests {
      let (column, type) = try Self.target(request, planner.rules)
      let schema = try listable(type)
      guard request.attribute != "id", let attribute = schema.attribute(request.attribute),
        attribute.isReadable
      else { throw Self.unknownAttribute(request.attribute, schema) }
      guard !targets.contains(where: { $0.column == column }) else {
        throw RemoteError(.usage, "--lookup names '\(column)' twice")
      }
      if planner.settings.rows.constants.contains(where: { $0.name == column }) {
        throw RemoteError(
          .usage, "'\(column)' is given with --set and looked up with --lookup",
          advice: "write the id in --set")
      }
      targets.append((column, request.attribute, schema))
    }
    var lookups: [String: RowLookup] = [:]
    var held: [String: Set<String>]?
    for target in targets {
      let first = try await page(
        target.schema, attributes: [target.attribute],
        sort: target.schema.sortsByID ? "id" : nil)
      var known = KnownRecords(target.attribute)
      let total = first.total ?? (first.hasNext ? .max : first.records.count)
      if !first.hasNext {
        known.add(first.records)
      } else if total <= Self.wholeTypeLimit
        || filterName(target.attribute, of: target.schema) == nil
      {
        try await fetchAll(target.schema, into: &known)
      } else {
        if held == nil { held = try planner.values(of: targets.map(\.column)) }
        let values = (held?[target.column] ?? []).sorted()
        if values.count / Self.maximumBatch < total / Self.maximumBatch {
          try await fetch(values, of: target.schema, into: &known)
        } else {
          try await fetchAll(target.schema, into: &known)
        }
      }
      lookups[target.column] = RowLookup(
        attribute: target.attribute, type: target.schema.name, ids: known.ids)
    }
    return lookups
  }

  private static func target(
    _ request: LookupRequest, _ rules: RowRules
  ) throws(RemoteError) -> (column: String, type: String) {
    let shown = TerminalSafe.text(request.column, limit: 60)
    let relationship: ResourceSchema.Relationship
    switch rules.meaning(of: request.column, allowsPaths: false) {
    case .relationshipID(let found, _), .reducible(let found): relationship = found
    case .unknown(let reason): throw RemoteError(.usage, "--lookup: \(reason)")
    default:
      throw RemoteError(
        .usage, "--lookup: '\(shown)' is not the id of a related record",
        advice: "for example: --lookup shipping_category_id=name")
    }
    guard let type = relationship.target else {
      throw RemoteError(
        .usage, "--lookup: '\(shown)' leads to records of several types: write the ids")
    }
    return ("\(relationship.name)_id", type)
  }

  /// Ids by value while they are fetched.
  private struct KnownRecords {
    let attribute: String
    private(set) var ids: [String: [String]] = [:]
    private(set) var count = 0

    init(_ attribute: String) { self.attribute = attribute }

    mutating func add(_ records: [RemoteRecord]) {
      for record in records {
        guard let value = record.text(attribute),
          ids[value]?.contains(record.id) != true
        else { continue }
        ids[value, default: []].append(record.id)
        count += 1
      }
    }
  }

  private func fetchAll(_ schema: ResourceSchema, into known: inout KnownRecords) async throws {
    var copy = known
    try await walk(schema, attributes: [known.attribute]) { page in
      copy.add(page.records)
      guard copy.count <= Self.maximumKnown else {
        throw RemoteError(
          .usage, "there are more than \(Self.maximumKnown) \(schema.name): write the ids")
      }
    }
    known = copy
  }

  private func fetch(
    _ values: [String], of schema: ResourceSchema, into known: inout KnownRecords
  ) async throws {
    for batch in Self.batches(values) {
      try Task.checkCancellation()
      let wanted = Set(batch)
      let condition = Self.condition(known.attribute, batch)
      var number = 1
      while true {
        let page = try await page(
          schema, filters: [condition], attributes: [known.attribute],
          sort: schema.sortsByID ? "id" : nil, number: number == 1 ? nil : number)
        let matches = page.records.filter { wanted.contains($0.text(known.attribute) ?? "") }
        known.add(matches)
        guard page.hasNext else { break }
        guard !matches.isEmpty else {
          throw RemoteError(
            .violation,
            "\(schema.path) does not filter by '\(condition.name)': it sends records without the value"
          )
        }
        number += 1
      }
    }
  }
}
