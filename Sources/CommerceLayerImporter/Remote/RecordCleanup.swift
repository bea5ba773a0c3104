import CommerceLayer
import CommerceLayerRows

/// The records that a file does not hold.
public struct CleanupPlan: Sendable, Hashable {
  /// The resource type.
  public var type = ""
  /// Records that were looked at.
  public var total = 0
  /// The ids of the records to delete, in their order.
  public var doomed: [String] = []
  /// The first of them with what they are called.
  public var samples: [(id: String, name: String)] = []
  /// Records whose key is in the file but for case, blanks or Unicode form: they are left alone.
  public var similar = 0
  /// The first of these.
  public var similarSamples: [String] = []
  /// Records without the whole key: they are left alone.
  public var unkeyed = 0
  /// Cleanups that deleting them takes.
  public var cleanups: Int {
    (doomed.count + RecordCleanup.maximumChunk - 1) / RecordCleanup.maximumChunk
  }

  /// Creates an empty plan.
  public init() {}

  /// Whether two plans are the same.
  public static func == (left: CleanupPlan, right: CleanupPlan) -> Bool {
    left.type == right.type && left.total == right.total && left.doomed == right.doomed
      && left.similar == right.similar && left.unkeyed == right.unkeyed
  }

  /// Hashes what makes plans differ.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(type)
    hasher.combine(doomed)
  }
}

/// What a cleanup did.
public struct CleanupResult: Sendable, Hashable {
  /// The ids of the cleanups.
  public var jobs: [String] = []
  /// Records that were deleted.
  public var deleted = 0
  /// Records that the service did not delete.
  public var failed = 0
  /// Why, for the first of them.
  public var reasons: [String] = []
  /// Records of cleanups that ended early, and of those never sent.
  public var notProcessed = 0

  /// Creates an empty result.
  public init() {}
}

/// Deletes the records that a file does not hold, through the service's `cleanups`.
///
/// The records are named by their ids, in lists. A condition `not_in` is never sent: in pieces, each
/// piece would delete the records of the others.
public struct RecordCleanup: Sendable {
  /// Ids in one cleanup. The service documents no bound; a list of this length is 11 KB.
  public static let maximumChunk = 1_000
  /// Records that are shown before they are deleted.
  public static let maximumSamples = 10
  /// The most rows whose keys are held in memory, 16 bytes each.
  static let maximumRows = 10_000_000

  private let directory: RecordDirectory
  private let planner: ImportPlanner
  private let pace: JobPace

  /// Creates a cleanup.
  /// - Parameters:
  ///   - directory: The records of the service.
  ///   - planner: The file with the records to keep.
  ///   - pace: When to poll the cleanups, and when to give up.
  public init(directory: RecordDirectory, planner: ImportPlanner, pace: JobPace = .init()) {
    self.directory = directory
    self.planner = planner
    self.pace = pace
  }

  private var rules: RowRules { planner.rules }

  // MARK: - Planning

  /// What the file keeps.
  private struct Kept {
    var exact: [UInt64] = []
    var folded: [UInt64] = []
    var ids: Set<String> = []

    mutating func sort() {
      exact.sort()
      folded.sort()
    }

    static func holds(_ sorted: [UInt64], _ hash: UInt64) -> Bool {
      var (low, high) = (0, sorted.count)
      while low < high {
        let middle = (low + high) / 2
        if sorted[middle] < hash { low = middle + 1 } else { high = middle }
      }
      return low < sorted.count && sorted[low] == hash
    }
  }

  /// Finds the records that the file does not hold. Deletes nothing.
  ///
  /// With a parent in the rules, only its records are looked at.
  /// - Parameters:
  ///   - filters: Further conditions on the records: `attribute_predicate` and value.
  ///   - progress: Called after each page with the records looked at so far.
  /// - Throws: ``RemoteError`` when the file has rows whose records would be deleted because they
  ///   cannot be told: rejected ones, and such without key and id. `InputError`; what the client throws.
  public func plan(
    filters: [(name: String, value: String)] = [], progress: (Int) -> Void = { _ in }
  ) async throws -> CleanupPlan {
    let schema = try directory.listable(rules.type)
    try directory.checkFilters(filters, of: schema)
    var filters = filters
    if let parent = rules.parentField, let id = rules.parentID {
      guard let name = directory.filterName(parent, of: schema) else {
        throw RemoteError(.usage, "\(schema.name) cannot be filtered by '\(parent)'")
      }
      filters.append((name: "\(name)_eq", value: id))
    }
    let kept = try readFile()
    let (attributes, relationships) = try keyFields(schema)
    var plan = CleanupPlan()
    plan.type = rules.type
    var matched = 0
    try await directory.walk(
      schema, filters: filters, attributes: attributes, relationships: relationships
    ) { page in
      for record in page.records {
        try check(record, relationships)
        plan.total += 1
        if kept.ids.contains(record.id) {
          matched += 1
          continue
        }
        guard let parts = keyParts(record) else {
          plan.unkeyed += 1
          continue
        }
        if let hash = Self.hash(parts) {
          if Kept.holds(kept.exact, hash.exact) {
            matched += 1
            continue
          }
          if Kept.holds(kept.folded, hash.folded) {
            matched += 1
            plan.similar += 1
            if plan.similarSamples.count < Self.maximumSamples {
              plan.similarSamples.append(parts.joined(separator: "-"))
            }
            continue
          }
        }
        plan.doomed.append(record.id)
        if plan.samples.count < Self.maximumSamples {
          plan.samples.append((record.id, parts.joined(separator: "-")))
        }
      }
      progress(plan.total)
    }
    guard plan.doomed.isEmpty || matched > 0 else {
      throw RemoteError(
        .data,
        "none of the \(plan.total) \(schema.name) is in '\(planner.file.name)': all of them would be "
          + "deleted",
        advice: "check --type, --parent, the organization, and the column with the key")
    }
    return plan
  }

  /// Reads the keys and ids of the file.
  private func readFile() throws -> Kept {
    var kept = Kept()
    var reader = try planner.reader(for: .sending)
    var problems: [String] = []
    var count = 0
    var rows = 0
    var sink = RowBuffer(keeps: false)
    func report(_ line: Int, _ reason: String) {
      count += 1
      if problems.count < Self.maximumSamples { problems.append("line \(line): \(reason)") }
    }
    while let outcome = try reader.next(into: &sink) {
      rows += 1
      if rows & 0xFF == 0 { try Task.checkCancellation() }
      guard rows <= Self.maximumRows else {
        throw RemoteError(.usage, "'\(planner.file.name)' has more than \(Self.maximumRows) rows")
      }
      switch outcome {
      case .rejected(let row):
        report(row.line, row.reasons.joined(separator: "; "))
      case .row(let row):
        let id = reader.identity.id
        if let id { kept.ids.insert(id) }
        if let hash = reader.keyHash {
          kept.exact.append(hash.exact)
          kept.folded.append(hash.folded)
        } else if id == nil {
          let names = rules.key.map { "'\($0)'" }.joined(separator: " and ")
          report(row.line, rules.isKeyed ? "neither \(names) nor 'id'" : "no 'id'")
        }
      }
    }
    try planner.file.checkUnchanged()
    guard count == 0 else {
      let more = count - problems.count
      throw RemoteError(
        .data,
        "\(ImportPlan.rows(count)) of '\(planner.file.name)' cannot be told, and "
          + "\(count == 1 ? "its record" : "their records") would be deleted",
        candidates: problems + (more > 0 ? ["… and \(more) more"] : []),
        advice: "correct the rows, or take them out when their records are to be deleted")
    }
    guard rows > 0 else {
      throw RemoteError(
        .data, "'\(planner.file.name)' has no rows: all \(rules.type) would be deleted")
    }
    kept.sort()
    return kept
  }

  private static func hash(_ parts: [String]) -> KeyHash? {
    parts.reduce(nil) { whole, part in
      let hash = KeyHash(Array(part.utf8)[...])
      return whole.map { $0.joined(hash) } ?? hash
    }
  }

  /// What must be asked for to tell records apart.
  private func keyFields(
    _ schema: ResourceSchema
  ) throws(RemoteError) -> (attributes: [String], relationships: [String]) {
    var (attributes, relationships): ([String], [String]) = ([], [])
    for part in rules.key {
      if schema.attribute(part)?.isReadable == true {
        attributes.append(part)
      } else if part.hasSuffix("_id"),
        let relationship = schema.relationship(String(part.dropLast(3))), relationship.isIncludable
      {
        relationships.append(relationship.name)
      } else {
        throw RemoteError(.usage, "the '\(part)' of \(schema.name) cannot be read")
      }
    }
    if rules.parentID != nil, let parent = rules.parent, !relationships.contains(parent),
      schema.relationship(parent)?.isIncludable == true
    {
      relationships.append(parent)
    }
    return (attributes, relationships)
  }

  /// The parts of a record's key; nil when it does not have them all. Empty for a type without key.
  private func keyParts(_ record: RemoteRecord) -> [String]? {
    var parts: [String] = []
    for name in rules.key {
      let text = record.text(name) ?? record.related[String(name.dropLast(3))]
      guard let text, !text.isEmpty else { return nil }
      parts.append(text)
    }
    return parts
  }

  /// - Throws: ``RemoteError`` when a record is of another parent, because the service ignored the
  ///   condition, or its id could be read as several.
  private func check(
    _ record: RemoteRecord, _ relationships: [String]
  ) throws(RemoteError) {
    guard RecordDirectory.isID(record.id) else {
      throw RemoteError(
        .violation, "'\(TerminalSafe.text(record.id, limit: 60))' is not a valid id")
    }
    guard let parent = rules.parent, let id = rules.parentID, relationships.contains(parent) else {
      return
    }
    guard record.related[parent] == id else {
      throw RemoteError(
        .violation,
        "the list of \(rules.type) holds \(record.id), which is not of the \(parent) \(id)")
    }
  }

  // MARK: - Deleting

  /// Deletes the records of a plan, one cleanup after the other.
  ///
  /// Each is watched: when the service says that it is about more records than were named, it is
  /// interrupted.
  /// - Parameters:
  ///   - plan: The records to delete.
  ///   - progress: Called with each new state of each cleanup.
  /// - Throws: ``RemoteError``; what the client throws.
  public func run(
    _ plan: CleanupPlan, progress: (RemoteJob) -> Void = { _ in }
  ) async throws -> CleanupResult {
    let schema = try directory.listable("cleanups")
    var result = CleanupResult()
    for start in stride(from: 0, to: plan.doomed.count, by: Self.maximumChunk) {
      try Task.checkCancellation()
      let ids = plan.doomed[start..<min(start + Self.maximumChunk, plan.doomed.count)]
      let list = ids.joined(separator: ",")
      let created = try await directory.createJob(
        schema,
        [
          "resource_type": .string(plan.type), "filters": .object(["id_in": .string(list)]),
          "reference_origin": .string(ImportRequest.origin),
        ])
      result.jobs.append(created.id)
      let job = try await directory.wait(for: created, schema, pace: pace) { job in
        try await watch(job, schema, ids: ids.count, list: list)
        progress(job)
      }
      let counted = min(job.processedCount, ids.count)
      let failed = min(job.errorsCount, ids.count)
      // The service does not say whether it counts failed records as processed.
      let deleted = counted + failed > ids.count ? ids.count - failed : counted
      result.deleted += deleted
      result.failed += failed
      for entry in job.errors where result.reasons.count < Self.maximumSamples {
        result.reasons.append("\(entry.key): \(entry.messages.joined(separator: ", "))")
      }
      result.notProcessed += max(0, ids.count - deleted - failed)
      guard job.status == "completed" else {
        result.notProcessed += plan.doomed.count - start - ids.count
        return result
      }
    }
    return result
  }

  /// Interrupts a cleanup that is about other records than were named.
  private func watch(
    _ job: RemoteJob, _ schema: ResourceSchema, ids: Int, list: String
  ) async throws {
    let hasOtherFilter =
      job.filters.map { $0["id_in"] != .string(list) && !Self.isList($0, list) } ?? false
    guard hasOtherFilter || (job.recordsCount ?? 0) > ids || job.processedCount > ids else {
      return
    }
    try? await directory.interrupt(schema, id: job.id)
    throw RemoteError(
      .violation,
      "the cleanup \(job.id) is about other records than the \(ids) that were named; it was interrupted",
      advice: "look at it now, and at the records it deleted")
  }

  /// Whether a filter is the same list as an array.
  private static func isList(_ filters: JSONObject, _ list: String) -> Bool {
    filters["id_in"]?.array?.compactMap(\.string).joined(separator: ",") == list
  }
}
