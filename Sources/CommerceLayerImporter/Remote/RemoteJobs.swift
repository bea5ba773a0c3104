import CommerceLayer
import CommerceLayerRows
import HTTPTypes

/// An export or a cleanup as the service tells of it.
public struct RemoteJob: Sendable, Hashable {
  /// The job's id.
  public var id: String
  /// `pending`, `in_progress`, `completed`, `interrupted`, `failed`, or one not known yet.
  public var status: String
  /// How many records it is about; nil when the service does not say.
  public var recordsCount: Int?
  /// Records done.
  public var processedCount = 0
  /// Records that failed.
  public var errorsCount = 0
  /// What the service says of them.
  public var errors: [LogEntry] = []
  /// Where its file can be downloaded, for some minutes.
  public var attachmentURL: String?
  /// The conditions as the service has them; nil when it does not say.
  var filters: JSONObject?

  /// Creates a job.
  init(id: String, status: String) {
    self.id = id
    self.status = status
  }
}

/// How often to ask for a job's state, and when to give up.
public struct JobPace: Sendable, Hashable {
  /// The first poll interval: 2 s.
  public var poll: Duration = .seconds(2)
  /// The longest poll interval: 15 s.
  public var maximumPoll: Duration = .seconds(15)
  /// How long nothing may change: 15 min.
  public var stall: Duration = .seconds(900)
  /// How long a completed export may be without its file: 2 min.
  public var attachment: Duration = .seconds(120)

  /// The default times.
  public init() {}

  /// For the sandbox on the same machine.
  public static var sandbox: JobPace {
    var pace = JobPace()
    pace.poll = .milliseconds(100)
    pace.maximumPoll = .milliseconds(500)
    return pace
  }
}

extension RecordDirectory {
  /// What a job's end looks like.
  private static let terminal: Set<String> = ["completed", "interrupted", "failed"]

  /// Creates an export or a cleanup.
  ///
  /// Creating it twice makes a second file, or deletes what is deleted already: it is retried like a
  /// read.
  func createJob(_ schema: ResourceSchema, _ attributes: JSONObject) async throws -> RemoteJob {
    let body: JSONValue = .object([
      "data": .object(["type": .string(schema.name), "attributes": .object(attributes)])
    ])
    let response = try await client.api.send(
      RawRequest(.post, schema.path, body: body, isIdempotent: true))
    return try Self.job(response.value, schema)
  }

  /// Reads a job.
  func job(_ schema: ResourceSchema, id: String) async throws -> RemoteJob {
    let response = try await client.api.send(RawRequest(.get, "\(schema.path)/\(id)"))
    return try Self.job(response.value, schema)
  }

  /// Stops a job.
  func interrupt(_ schema: ResourceSchema, id: String) async throws {
    let body: JSONValue = .object([
      "data": .object([
        "type": .string(schema.name), "id": .string(id), "attributes": ["_interrupt": true],
      ])
    ])
    _ = try await client.api.send(
      RawRequest(.patch, "\(schema.path)/\(id)", body: body, isIdempotent: true))
  }

  /// Polls a job until it has ended, in whatever way.
  /// - Parameter progress: Called with every state that differs from the one before.
  /// - Throws: ``RemoteError`` when nothing changes for too long; what `progress` throws.
  func wait(
    for job: RemoteJob, _ schema: ResourceSchema, pace: JobPace,
    progress: (RemoteJob) async throws -> Void
  ) async throws -> RemoteJob {
    let time = client.api.configuration.time
    var job = job
    var interval = pace.poll
    var changed = time.now()
    try await progress(job)
    while !Self.terminal.contains(job.status) {
      try await time.sleep(interval)
      let seen = try await self.job(schema, id: job.id)
      if seen != job {
        (job, interval, changed) = (seen, pace.poll, time.now())
        try await progress(job)
      } else {
        interval = min(interval * 1.5, pace.maximumPoll)
        guard time.now() - changed < pace.stall else {
          throw RemoteError(
            .unavailable,
            "the \(schema.singular) \(job.id) has not changed for \(pace.stall): it is '\(job.status)'",
            advice: "it goes on in the service; look again later")
        }
      }
    }
    return job
  }

  private static func job(
    _ document: JSONValue?, _ schema: ResourceSchema
  ) throws(RemoteError) -> RemoteJob {
    guard let data = document?["data"], let id = data["id"]?.string, isID(id) else {
      throw RemoteError(.violation, "the response for \(schema.path) holds no \(schema.singular)")
    }
    let attributes = data["attributes"]
    func count(_ name: String) -> Int? { attributes?[name]?.integer.map { max(0, $0) } }
    var job = RemoteJob(id: id, status: attributes?["status"]?.string ?? "")
    job.recordsCount = count("records_count")
    job.processedCount = count("processed_count") ?? 0
    job.errorsCount = count("errors_count") ?? 0
    job.errors = ImportLog.read(attributes?["errors_log"])
    job.attachmentURL = attributes?["attachment_url"]?.string
    job.filters = attributes?["filters"]?.object
    return job
  }

  /// Whether a text can be the id of a record: what could be read as several, or as a path, cannot.
  static func isID(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 64
      && text.utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
          || $0 == 0x5F || $0 == 0x2D
      }
  }

  // MARK: - Filters

  /// Checks conditions that are sent as `filters` of a job or in a query.
  ///
  /// The service is said to ignore conditions that it does not understand, and would then export, or
  /// delete, everything: nothing is sent that the schema does not have.
  /// - Parameter filters: `attribute_predicate` and value.
  /// - Throws: ``RemoteError`` of kind `usage`.
  func checkFilters(
    _ filters: [(name: String, value: String)], of schema: ResourceSchema
  ) throws(RemoteError) {
    for filter in filters {
      let shown = TerminalSafe.text(filter.name, limit: 60)
      guard !filter.value.allSatisfy(\.isWhitespace) else {
        throw RemoteError(
          .usage, "the filter '\(shown)' has no value: the service would drop it",
          advice: "to look for missing values: \(shown)_null=true")
      }
      if schema.scopes.contains(where: { $0.name == filter.name }) { continue }
      guard isFilter(filter.name, of: schema) else {
        let attributes = schema.attributes.filter(\.isFilterable).map(\.name)
        throw RemoteError(
          .usage, "'\(shown)' is not a filter of \(schema.name)",
          advice: "write attribute_predicate=value, for example \(attributes.first ?? "id")_eq=…; "
            + "attributes: \(attributes.joined(separator: ", "))")
      }
    }
  }

  private func isFilter(_ name: String, of schema: ResourceSchema) -> Bool {
    service.predicates.values.contains { predicate in
      guard name.hasSuffix("_\(predicate.name)") else { return false }
      let head = String(name.dropLast(predicate.name.count + 1))
      let fields =
        filterName(head, of: schema) != nil
        ? [head] : head.split(separator: "_or_").map(String.init)
      return !fields.isEmpty
        && fields.allSatisfy { field in
          guard filterName(field, of: schema) != nil else { return false }
          guard let attribute = schema.attribute(field) else {
            return !field.hasSuffix("id") || predicate.fitsID
          }
          return predicate.types.contains(attribute.type)
            && (attribute.predicates?.contains(predicate.name) ?? true)
        }
    }
  }
}
