import CommerceLayer
import CommerceLayerRows
import NearestNames

/// What to export.
public struct ExportRequest: Sendable {
  /// The formats of exports.
  public enum Format: String, Sendable, Hashable, CaseIterable {
    /// CSV with a header.
    case csv
    /// A JSON array of objects.
    case json
  }

  /// The resource type.
  public var type: String
  /// Conditions: `attribute_predicate` and value.
  public var filters: [(name: String, value: String)] = []
  /// The attributes; all of them when empty.
  public var fields: [String] = []
  /// Relationships to send along.
  public var includes: [String] = []
  /// The format.
  public var format = Format.json

  /// Exports all records of a type.
  public init(type: String) { self.type = type }
}

/// Exports records through the service's `exports` into a file.
public struct RecordExport: Sendable {
  /// Downloads of one file: its URL is asked for anew each time, because it expires.
  static let maximumDownloads = 3

  let directory: RecordDirectory
  let request: ExportRequest
  let pace: JobPace

  /// Creates an export.
  public init(directory: RecordDirectory, request: ExportRequest, pace: JobPace = .init()) {
    self.directory = directory
    self.request = request
    self.pace = pace
  }

  /// Exports into a file.
  /// - Parameters:
  ///   - destination: The file, which is written beside its place.
  ///   - progress: Called with each new state.
  /// - Returns: The export and the size of the file.
  /// - Throws: ``RemoteError``, what the client throws. Nothing is left in the file's place then.
  public func run(
    into destination: ExportDestination, progress: (RemoteJob) -> Void = { _ in }
  ) async throws -> (job: RemoteJob, bytes: Int) {
    let schema = try directory.listable(request.type)
    try check(schema)
    let exports = try directory.listable(Self.resource)
    var attributes: JSONObject = [
      "resource_type": .string(request.type), "format": .string(request.format.rawValue),
      "reference_origin": .string(ImportRequest.origin),
    ]
    if !request.fields.isEmpty {
      attributes["fields"] = .array(request.fields.map(JSONValue.string))
    }
    if !request.includes.isEmpty {
      attributes["includes"] = .array(request.includes.map(JSONValue.string))
    }
    if !request.filters.isEmpty {
      attributes["filters"] = .object(
        JSONObject(request.filters.map { ($0.name, .string($0.value)) }))
    }
    let created = try await directory.createJob(exports, attributes)
    var job = try await directory.wait(
      for: created, exports, pace: pace, progress: { progress($0) })
    guard job.status == "completed" else {
      let reasons = job.errors.prefix(RecordDirectory.maximumCandidates).map {
        "\($0.key): \($0.messages.joined(separator: ", "))"
      }
      throw RemoteError(
        .unavailable, "the export \(job.id) ended as '\(TerminalSafe.text(job.status, limit: 40))'",
        candidates: reasons)
    }
    for attempt in 1... {
      job = try await withAttachment(job, exports)
      do {
        let bytes = try await destination.download(job.attachmentURL ?? "", directory.client.api)
        return (job, bytes)
      } catch let error as DownloadFailure {
        guard error.isTransient, attempt < Self.maximumDownloads else {
          throw RemoteError(
            error.isLocal ? .output : error.isTransient ? .unavailable : .violation,
            "the file of the export \(job.id) cannot be downloaded: \(error.message)",
            advice: error.advice)
        }
        try await directory.client.api.configuration.time.sleep(pace.poll)
        job.attachmentURL = nil
      }
    }
    return (job, 0)
  }

  private static let resource = "exports"

  /// The export with the URL of its file, which can come later than its end.
  private func withAttachment(_ job: RemoteJob, _ schema: ResourceSchema) async throws -> RemoteJob
  {
    var job = job
    let time = directory.client.api.configuration.time
    let start = time.now()
    while job.attachmentURL?.isEmpty ?? true {
      job = try await directory.job(schema, id: job.id)
      guard job.attachmentURL?.isEmpty ?? true else { break }
      guard time.now() - start < pace.attachment else {
        throw RemoteError(
          .unavailable, "the export \(job.id) is completed, but its file has not come",
          advice: "run it again later")
      }
      try await time.sleep(pace.poll)
    }
    return job
  }

  private func check(_ schema: ResourceSchema) throws(RemoteError) {
    try directory.checkFilters(request.filters, of: schema)
    for field in request.fields where field != "id" {
      let stem = field.prefix { $0 != "." }
      if schema.attribute(field) != nil || schema.relationship(String(stem)) != nil { continue }
      throw Self.unknown("field", field, schema, among: schema.attributes.map(\.name))
    }
    for include in request.includes {
      guard schema.relationship(String(include.prefix { $0 != "." })) != nil else {
        throw Self.unknown("relationship", include, schema, among: schema.relationships.map(\.name))
      }
    }
  }

  private static func unknown(
    _ noun: String, _ name: String, _ schema: ResourceSchema, among known: [String]
  ) -> RemoteError {
    RemoteError(
      .usage, "\(schema.name) have no \(noun) '\(TerminalSafe.text(name, limit: 60))'",
      advice: NearestNames.suggestion(for: name, among: known).map { "did you mean '\($0)'?" }
        ?? "one of: \(known.joined(separator: ", "))")
  }
}
