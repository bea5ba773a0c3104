import HTTPTypes

/// A response as far as it was received: to its end, unless something went wrong on the way.
struct ReceivedResponse: Sendable {
  let status: Int
  let headers: HTTPFields
  let bytes: [UInt8]
  let attempts: Int
  /// The client's id of the call.
  var callID: String?
  /// What included resources are checked against.
  var schemas: SchemaCatalog?
  /// How strictly the document in it is read.
  var reading = ResponseReading.lenient
  /// What was sent and must not be shown, should the response repeat it.
  var secrets: [Secret] = []

  init(
    _ head: HTTPResponse, _ bytes: [UInt8], _ context: CallContext, secrets: [Secret] = []
  ) {
    status = head.status.code
    headers = head.headerFields
    self.bytes = bytes
    attempts = context.attempt
    callID = context.id
    self.secrets = secrets
  }

  /// What outcomes and retries are decided by.
  var result: AttemptResult { .status(status, retryAfter: retryAfter) }

  /// Whether the service calls the access token invalid. A missing permission has the same status.
  var isInvalidToken: Bool {
    guard status == 401 else { return false }
    let errors = (try? JSONDocument(parsing: bytes)).map { APIError.read($0.root) } ?? []
    return !errors.contains { $0.code == "UNAUTHORIZED" }
  }

  private func header(_ name: String) -> String? {
    HTTPField.Name(name).flatMap { headers[$0] }
  }

  /// What the service calls the request.
  var requestID: String? { header("X-Request-Id")?.hiding(secrets) }

  /// What the service says of its own count: `X-Ratelimit-Limit`, `-Interval`, `-Remaining`.
  var rateLimit: (limit: Int?, interval: Int?, remaining: Int?) {
    (
      header("X-Ratelimit-Limit").flatMap { Int($0) },
      header("X-Ratelimit-Interval").flatMap { Int($0) },
      header("X-Ratelimit-Remaining").flatMap { Int($0) }
    )
  }

  func context(_ label: String) -> Document.Context {
    Document.Context(
      request: label, requestID: requestID, status: status, schemas: schemas, reading: reading)
  }

  var retryAfter: Duration? { RetryAfter.read(headers) }

  /// Whether the content type is that of a JSON:API document; parameters do not matter.
  var isDocument: Bool {
    guard let type = headers[.contentType] else { return false }
    let essence = type.prefix { $0 != ";" }.lowercased()
    return essence.filter { $0 != " " } == APIClient.mediaType
  }

  /// The document in the response.
  /// - Throws: A protocol violation when the body is not a document.
  func document(_ label: String) throws(CommerceLayerError) -> Document {
    guard isDocument else {
      let said = headers[.contentType]?.hiding(secrets) ?? "something untyped"
      let type = TerminalSafe.text(said, limit: 100)
      let body = bytes.isEmpty ? "an empty body" : excerpt
      throw violation(
        "a document of type \(APIClient.mediaType) was expected, not \(type): \(body)", label)
    }
    guard !bytes.isEmpty else {
      throw violation("a document was expected, but the body is empty", label)
    }
    do {
      return try Document(parsing: bytes, context: context(label))
    } catch {
      throw error.hiding(secrets)
    }
  }

  /// The document in the response; nil when the body is empty.
  /// - Throws: a protocol violation when the body is not a document.
  func documentIfAny(_ label: String) throws(CommerceLayerError) -> Document? {
    bytes.isEmpty ? nil : try document(label)
  }

  private func violation(_ message: String, _ label: String) -> CommerceLayerError {
    decorated(
      CommerceLayerError(
        .protocolViolation, message, status: status, request: label, requestID: requestID,
        attempts: attempts))
  }

  func error(label: String) -> CommerceLayerError {
    let root = (try? JSONDocument(parsing: bytes))?.root
    let errors = root.map(APIError.read) ?? []
    let kind = ErrorClassifier.kind(status: status, codes: errors.compactMap(\.code))
    var message = ErrorClassifier.message(kind, status: status)
    if let location = headers[.location], (300..<400).contains(status) {
      message += " (to \(LogPolicy.url(location.hiding(secrets))))"
    } else if errors.isEmpty, !bytes.isEmpty, root?.isEmptyContainer != true {
      message += "; the body of the response: \(excerpt)"
    }
    return decorated(
      CommerceLayerError(
        kind, message, status: status, errors: errors, request: label, requestID: requestID,
        attempts: attempts, retryAfter: retryAfter))
  }

  private func decorated(_ error: CommerceLayerError) -> CommerceLayerError {
    var error = error
    error.callID = callID
    error.headers = LogPolicy.allowed(headers, hiding: secrets)
    return error.hiding(secrets)
  }

  /// How many bytes of a body that is not a document an error shows.
  static let shownBytes = 200

  /// How many bytes are searched for secrets before the first ones are shown: a secret that was cut
  /// would not be found.
  private static let searchedBytes = 64 << 10

  /// The first bytes of the body, fit to be printed.
  private var excerpt: String {
    let text = String(decoding: bytes.prefix(Self.searchedBytes), as: UTF8.self).hiding(secrets)
    // Without tags and entities a secret may stand there that was not seen before.
    let plain = PlainText.ofHTML(text, type: headers[.contentType])?.hiding(secrets)
    let shown = plain.flatMap { $0.isEmpty ? nil : $0 } ?? text
    return TerminalSafe.text(shown, limit: Self.shownBytes)
  }
}
