import HTTPTypes

/// An answer, read to its end.
struct APIAnswer: Sendable {
  let status: Int
  let headers: HTTPFields
  let bytes: [UInt8]
  let attempts: Int
  /// The client's id of the call.
  var callID: String?
  /// What included resources are checked against.
  var schemas: SchemaCatalog?
  /// What was sent and must not be shown, should the answer repeat it.
  var secrets: [Secret] = []
  /// Whether an earlier attempt of the same call may have been processed.
  var earlierMayHaveHappened = false
  /// Whether it is a failure that leaves open what became of a request that must not be repeated.
  var isOutcomeUnknown = false

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
    Document.Context(request: label, requestID: requestID, status: status, schemas: schemas)
  }

  var retryAfter: Duration? {
    RetryAfter.read(
      seconds: headers[.retryAfter], milliseconds: header("Retry-After-Ms"), date: headers[.date])
  }

  /// Whether the content says it is a JSON:API document; parameters do not matter.
  var isDocument: Bool {
    guard let type = headers[.contentType] else { return false }
    let essence = type.prefix { $0 != ";" }.lowercased()
    return essence.filter { $0 != " " } == APIClient.mediaType
  }

  /// The document in the answer.
  /// - Throws: a protocol violation when it is none.
  func document(_ label: String) throws(CommerceLayerError) -> Document {
    guard isDocument else {
      let said = headers[.contentType]?.hiding(secrets) ?? "something untyped"
      let type = TerminalSafe.text(said, limit: 100)
      let content = bytes.isEmpty ? "an empty body" : excerpt
      throw violation(
        "a document of type \(APIClient.mediaType) was expected, not \(type): \(content)", label)
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
    } else if root == nil, !bytes.isEmpty {
      message += "; instead of a document it sent: \(excerpt)"
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

  /// How many bytes of what is no document an error shows.
  static let shownBytes = 200

  /// How many bytes are searched for secrets before the first ones are shown: a secret that was cut
  /// would not be found.
  private static let searchedBytes = 64 << 10

  /// The first bytes of the content, fit to be printed.
  private var excerpt: String {
    let text = String(decoding: bytes.prefix(Self.searchedBytes), as: UTF8.self)
    return TerminalSafe.text(text.hiding(secrets), limit: Self.shownBytes)
  }
}
