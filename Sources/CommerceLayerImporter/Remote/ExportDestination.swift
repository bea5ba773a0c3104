import CommerceLayer
import CommerceLayerRows
import Foundation
import HTTPTypes

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
  /// - Parameter replacing: Whether an existing file is overwritten.
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
