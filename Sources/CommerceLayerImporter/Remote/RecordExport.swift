import CommerceLayer
import CommerceLayerRows
import Foundation
import HTTPTypes
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

/// Why a file could not be downloaded.
struct DownloadFailure: Error {
  let message: String
  /// Whether another attempt can help.
  var isTransient = false
  /// Whether the file here is the reason.
  var isLocal = false
  var advice: String?
}

/// The file an export is downloaded into: written beside its place, and renamed once it is whole.
public struct ExportDestination: Sendable {
  /// The most bytes of a download: more than any export, less than a disk.
  static let maximumSize = 64 << 30
  /// The time limit of a download. Silence on the line ends it sooner.
  static let timeLimit: Duration = .seconds(3600)

  /// Where the file is put.
  public let path: String
  private let replaces: Bool
  private let draftPath: String

  /// Describes a file.
  /// - Parameters:
  ///   - path: The path of the file.
  ///   - replacing: Whether an existing file is overwritten.
  /// - Throws: ``RemoteError`` when there is something at the path already.
  public init(path: String, replacing: Bool) throws(RemoteError) {
    self.path = path
    replaces = replacing
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    let name = parts.last ?? ""
    guard !name.isEmpty, name != ".", name != ".." else {
      throw RemoteError(.output, "'\(path)' is not the name of a file")
    }
    draftPath = (parts.dropLast() + [".\(name).\(RunIdentifier.make().prefix(8)).part"])
      .joined(separator: "/")
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    let kind = status.st_mode & S_IFMT
    guard kind == S_IFREG || kind == S_IFLNK else {
      throw RemoteError(
        .output, "'\(path)' is there and is not a file", advice: "choose another name")
    }
    guard replacing else {
      throw RemoteError(
        .output, "'\(path)' is there already", advice: "choose another name, or add --force")
    }
  }

  /// Creates an empty file beside the place, readable by its owner alone.
  private func create(_ path: String) throws(DownloadFailure) -> FileDescription {
    let file = FileDescription(
      open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_EXCL | O_NOFOLLOW, 0o600))
    guard file.number >= 0 else {
      throw DownloadFailure(
        message: "'\(self.path)' cannot be created: \(String(cString: strerror(errno)))",
        isLocal: true, advice: "choose a folder that can be written to")
    }
    return file
  }

  /// Downloads a file to the place.
  ///
  /// No credentials go along: the URL leads to another host and holds its own signature. A redirect is
  /// not followed. A file that is compressed with gzip is decompressed, unless the name ends in `.gz`.
  /// - Returns: The size of the file.
  func download(_ url: String, _ api: APIClient) async throws -> Int {
    let request = try Self.request(url, endpoint: api.endpoint)
    var file = try create(draftPath)
    defer { unlink(draftPath) }
    var timeouts = api.configuration.timeouts
    (timeouts.total, timeouts.bulk) = (Self.timeLimit, Self.timeLimit)
    do {
      let response = try await api.configuration.transport.send(
        request, body: nil, timeouts: timeouts)
      try Self.check(response.head, host: request.authority ?? "")
      try await save(response, to: file)
    } catch let error as TransportError {
      throw DownloadFailure(message: error.message, isTransient: error.kind != .invalidRequest)
    }
    let plainPath = draftPath + ".plain"
    defer { unlink(plainPath) }
    var source = draftPath
    if !path.hasSuffix(".gz") {
      var head: [UInt8] = []
      try Self.local { () throws(InputError) in
        try file.read(at: 0, into: &head, count: 2, name: path)
      }
      if head == [0x1F, 0x8B] {
        let plain = try create(plainPath)
        do throws(InputError) {
          try TemporaryFile.decompress(file, into: plain, name: "the download")
        } catch {
          throw DownloadFailure(
            message: error.description, isTransient: error.kind == .malformed,
            isLocal: error.kind == .storage)
        }
        (file, source) = (plain, plainPath)
      }
    }
    return try publish(file, source)
  }

  private static func local(_ body: () throws(InputError) -> Void) throws(DownloadFailure) {
    do throws(InputError) { try body() } catch {
      throw DownloadFailure(message: error.description, isLocal: true)
    }
  }

  private func save(_ response: TransportResponse, to file: FileDescription) async throws {
    var size = 0
    for try await part in response.body {
      size += part.count
      guard size <= Self.maximumSize else {
        throw DownloadFailure(message: "it is larger than \(Self.maximumSize) bytes")
      }
      guard file.write(part[...]) else {
        throw DownloadFailure(
          message: "'\(path)' cannot be written: \(String(cString: strerror(errno)))",
          isLocal: true, advice: "make room, or choose another disk")
      }
    }
    try Task.checkCancellation()
    // A transport that decompresses has other bytes than were announced.
    let fields = response.head.headerFields
    if fields[.contentEncoding] == nil, let text = fields[.contentLength], let length = Int(text),
      length != size
    {
      throw DownloadFailure(
        message: "it was cut off after \(size) of \(length) bytes", isTransient: true)
    }
  }

  private func publish(_ file: FileDescription, _ source: String) throws(DownloadFailure) -> Int {
    let isSynced = fsync(file.number) == 0 || errno == EINVAL
    var status = stat()
    guard isSynced, fstat(file.number, &status) == 0 else {
      throw DownloadFailure(
        message: "'\(path)' cannot be written: \(String(cString: strerror(errno)))", isLocal: true)
    }
    let isPlaced = replaces ? rename(source, path) == 0 : link(source, path) == 0
    guard isPlaced else {
      throw DownloadFailure(
        message: "'\(path)' cannot be put in its place: \(String(cString: strerror(errno)))",
        isLocal: true, advice: "choose another name")
    }
    return Int(status.st_size)
  }

  // MARK: - The request

  /// The request for a URL. Plain HTTP is for a sandbox on this machine, and only a sandbox may lead
  /// there.
  static func request(
    _ url: String, endpoint: ServiceEndpoint
  ) throws(DownloadFailure) -> HTTPRequest {
    let shown = TerminalSafe.text(url, limit: 100)
    guard let end = url.range(of: "://") else {
      throw DownloadFailure(message: "'\(shown)' is not a URL")
    }
    let scheme = url[..<end.lowerBound].lowercased()
    let rest = url[end.upperBound...].prefix { $0 != "#" }
    let authority = String(rest.prefix { $0 != "/" && $0 != "?" })
    var path = String(rest.dropFirst(authority.count))
    if !path.hasPrefix("/") { path = "/" + path }
    let ownHost = String(endpoint.authority.prefix { $0 != ":" })
    let host = String(authority.prefix { $0 != ":" })
    let isLocal = TransportRules.isLoopback(ownHost)
    guard scheme == "https" || (scheme == "http" && isLocal && TransportRules.isLoopback(host))
    else {
      throw DownloadFailure(message: "'\(shown)' is not an https URL")
    }
    guard isLocal || !TransportRules.isLoopback(host) else {
      throw DownloadFailure(message: "'\(shown)' leads to this machine")
    }
    return HTTPRequest(method: .get, scheme: scheme, authority: authority, path: path)
  }

  private static func check(
    _ head: HTTPResponse, host: String
  ) throws(DownloadFailure) {
    let shown = TerminalSafe.text(host, limit: 60)
    switch head.status.code {
    case 200: return
    case 300..<400:
      let place =
        head.headerFields[.location].map { TerminalSafe.text($0, limit: 100) } ?? "nowhere"
      throw DownloadFailure(
        message: "\(shown) redirects to \(place), which is not followed")
    case let code:
      // Signed URLs expire; then storage says 403, and a new URL is asked for.
      throw DownloadFailure(
        message: "HTTP \(code) from \(shown)", isTransient: code == 403 || code >= 500)
    }
  }
}
