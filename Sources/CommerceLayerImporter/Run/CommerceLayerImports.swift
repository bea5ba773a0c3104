import CommerceLayer
import CommerceLayerRows

/// Makes a run's calls to the service.
struct CommerceLayerImports: ImportService {
  let client: CommerceLayerClient
  let type: String

  func create(_ request: ImportRequest) async throws(CallFailure) -> RemoteImport {
    // Sent once: whatever the response is, the import is looked for before it is sent again.
    var options = RequestOptions(maximumRetries: 0)
    options.isSentOnce = true
    return try await call(isCreate: true) { [options] in
      RemoteImport(
        try await client.imports.create(request.create, options: options) {
          $0.fields(
            .status, .processedCount, .errorsCount, .warningsCount, .inputsSize, .createdAt)
        })
    }
  }

  func mode() async throws(CallFailure) -> ServiceMode? {
    // The access token says it, or else the first response.
    if let mode = client.api.mode { return mode }
    try await call {
      _ = try await client.imports.list {
        $0.fields(.status)
        $0.page(size: 1)
      }
    }
    return client.api.mode
  }

  func find(reference: String) async throws(CallFailure) -> [RemoteImport] {
    // An import whose reference cannot be read must not be taken for none.
    try await call {
      try await client.imports.list(options: RequestOptions(responseReading: .strict)) {
        $0.filter(.reference.eq(reference))
        $0.filter(.referenceOrigin.eq(ImportRequest.origin))
        $0.fields(
          .status, .processedCount, .errorsCount, .warningsCount, .inputsSize, .createdAt,
          .reference, .resourceType)
        $0.page(size: 25)
      }
      // The service is said to ignore filters it does not understand; a stranger's import must
      // never be taken for ours.
      .filter { $0.reference == reference && $0.resourceType?.rawValue == type }
      .map(RemoteImport.init)
    }
  }

  func states(of ids: [String]) async throws(CallFailure) -> [RemoteImport] {
    if ids.isEmpty { return [] }
    return try await call {
      try await client.imports.list {
        $0.filter(.id.in(ids.map { Import.ID($0) }))
        $0.fields(.status, .processedCount, .errorsCount, .warningsCount, .inputsSize)
        $0.page(size: 25)
      }.map(RemoteImport.init)
    }
  }

  func retrieve(_ id: String) async throws(CallFailure) -> RemoteImport {
    try await call {
      RemoteImport(
        try await client.imports.retrieve(Import.ID(id)) {
          $0.fields(
            .status, .processedCount, .errorsCount, .warningsCount, .inputsSize, .createdAt,
            .errorsLog, .warningsLog)
        })
    }
  }

  func queue() async throws(CallFailure) -> [RemoteImport] {
    try await call {
      try await client.imports.list {
        $0.filter(.status.in([.pending, .inProgress]))
        $0.fields(.status, .processedCount, .errorsCount)
        $0.page(size: 25)
      }.map(RemoteImport.init)
    }
  }

  func imports(ofRun runID: String) async throws(CallFailure) -> [Int: [String]] {
    try await call {
      var imports: [Int: [String]] = [:]
      let list = client.imports.all(where: .reference.start("\(runID)-"), paging: .keyset) {
        $0.fields(.reference, .referenceOrigin, .resourceType)
      }
      var strangers = 0
      for try await item in list {
        guard item.referenceOrigin == ImportRequest.origin, item.resourceType?.rawValue == type,
          let reference = item.reference,
          let chunk = ImportRequest.chunk(in: reference, runID: runID)
        else {
          // The service is said to ignore filters it does not understand: all imports there ever were
          // are not read for that.
          strangers += 1
          if strangers > Self.maximumStrangers { break }
          continue
        }
        imports[chunk, default: []].append(item.id.rawValue)
      }
      return imports
    }
  }

  /// Imports of other programs in a list that was asked for those of one run: more of them say that the
  /// condition is ignored.
  private static let maximumStrangers = 1000

  func maximumRunning() async -> Int? {
    let organization = try? await client.organization.retrieve {
      $0.fields(.importsMaxConcurrentCount)
    }
    return organization?.importsMaxConcurrentCount.flatMap { $0 > 0 ? $0 : nil }
  }

  private func call<T>(
    isCreate: Bool = false, _ work: () async throws -> T
  ) async throws(CallFailure) -> T {
    do {
      return try await work()
    } catch let error as CommerceLayerError {
      throw FailureReading.read(error, isCreate: isCreate)
    } catch is CancellationError {
      throw CallFailure(kind: .cancelled, message: "cancelled")
    } catch {
      throw CallFailure(kind: isCreate ? .ambiguous : .transient, message: "\(error)")
    }
  }
}

extension RemoteImport {
  init(_ source: Import) {
    self.init(id: source.id.rawValue, status: source.status?.rawValue ?? "")
    processedCount = Self.clamped(source.processedCount)
    errorsCount = Self.clamped(source.errorsCount)
    warningsCount = Self.clamped(source.warningsCount)
    inputsSize = source.inputsSize.map(Self.clamped)
    createdAt = source.createdAt.map(ISO8601.text) ?? ""
    resourceType = source.resourceType?.rawValue
    errors = ImportLog.read(source.errorsLog)
    warnings = ImportLog.read(source.warningsLog)
  }

  /// More rows than any import takes: a count beyond it, or below zero, is not a count.
  private static let maximumCount = 1_000_000_000

  private static func clamped(_ count: Int?) -> Int { max(0, min(count ?? 0, maximumCount)) }
}

/// Tells what a failed call means for a run. Pure.
enum FailureReading {
  /// `meta.error` of the error for one import too many. The service does not document its form;
  /// this is the sandbox's.
  static let noRoom = "too_many_imports"

  static func read(_ error: CommerceLayerError, isCreate: Bool) -> CallFailure {
    var failure = CallFailure(
      kind: kind(error, isCreate: isCreate), message: message(error),
      row: error.errors.lazy.compactMap { $0.pointer.flatMap(row) }.first)
    failure.isUnsent = isUnsent(error)
    if failure.kind == .transient { failure.retryAfter = error.retryAfter }
    return failure
  }

  /// Whether the service certainly never got the request: no connection, a token that could not be had,
  /// a request that was not fit to be sent.
  private static func isUnsent(_ error: CommerceLayerError) -> Bool {
    switch error.kind {
    case .ambiguousWrite: return false
    case .invalidInput, .configuration: return true
    case .transport, .timeout: if error.status == nil { return true }
    default: break
    }
    return !error.request.isEmpty && error.request != "POST \(Import.schema.path)"
  }

  private static func kind(_ error: CommerceLayerError, isCreate: Bool) -> CallFailure.Kind {
    switch error.kind {
    case .ambiguousWrite: return .ambiguous
    case .transport, .timeout, .server: return .transient
    case .rateLimited: return .throttled(after: error.retryAfter)
    case .authentication:
      // A token that is not to be had does not come with the next call.
      return error.status == 401 && !error.request.hasSuffix("/oauth/token")
        ? .unauthenticated : .denied
    case .permission: return .denied
    case .notFound: return .notFound
    case .protocolViolation:
      guard let status = error.status else {
        // The response was too large to be read, but the request may have been processed.
        return isCreate ? .ambiguous : .violation
      }
      return (200..<300).contains(status) ? .foreign : .violation
    default:
      if error.status == 413 { return .tooLarge }
      if saysNoRoom(error) { return .noRoom }
      // What is on the way to the service does not write its error objects.
      let isOwn = error.status.map { [409, 422].contains($0) } ?? true || !error.errors.isEmpty
      return isOwn ? .rejected : .foreign
    }
  }

  /// Whether an error says that the organization's queue is full. The service does not document how it
  /// does: its own code, a locked queue, or a sentence that names imports and a limit but not the rows.
  static func saysNoRoom(_ error: CommerceLayerError) -> Bool {
    if error.status == 423 { return true }
    return error.errors.contains { item in
      if item.meta?["error"]?.string == noRoom || item.code?.lowercased() == noRoom { return true }
      let text = [item.title, item.detail, item.code, item.meta?["error"]?.string]
        .compactMap { $0?.lowercased() }.joined(separator: " ")
      func names(_ words: [String]) -> Bool { words.contains { text.contains($0) } }
      if item.pointer?.contains("inputs") == true || names(["input", "row", "item"]) {
        return false
      }
      return names(["import", "queue", "concurren"])
        && names([
          "too many", "limit", "maximum", "max ", "exceed", "at most", "full", "concurren",
          "already running", "in progress", "pending", "no more than",
        ])
    }
  }

  /// One line: what happened, what the service said, and how to name it to its support.
  private static func message(_ error: CommerceLayerError) -> String {
    var text = error.message
    if !error.errors.isEmpty {
      text += ": " + error.errors.prefix(3).map(\.description).joined(separator: "; ")
    }
    if let underlying = error.underlying { text += ": \(underlying)" }
    if let status = error.status { text += " (HTTP \(status))" }
    if let id = error.requestID { text += " [request \(id)]" }
    return text
  }

  /// The row in `/data/attributes/inputs/17/code`.
  static func row(pointer: String) -> Int? {
    let parts = pointer.split(separator: "/")
    guard parts.count >= 4, parts[0] == "data", parts[1] == "attributes", parts[2] == "inputs"
    else {
      return nil
    }
    return Int(parts[3]).flatMap { $0 >= 0 ? $0 : nil }
  }
}

/// Reads the errors and warnings logs of an import, in all forms known. Pure.
///
/// Today: `{"<key>": {"<attribute>": ["message"]}}` and `{"<key>": ["message"]}`. In 2021: an array
/// of one-key objects, the key written `code:ABC`.
enum ImportLog {
  static func read(_ log: JSONValue?) -> [LogEntry] {
    switch log {
    case .object(let members): members.map { LogEntry(key: $0.key, messages: messages($0.value)) }
    case .array(let elements):
      elements.flatMap { element -> [LogEntry] in
        switch element {
        case .object: read(element)
        case .null: []
        default: [LogEntry(key: unknownKey, messages: messages(element))]
        }
      }
    default: []
    }
  }

  /// What the service writes for a row without a key.
  static let unknownKey = "unknown"

  private static func messages(_ value: JSONValue) -> [String] {
    switch value {
    case .null: []
    case .string(let text): [text]
    case .array(let elements): elements.flatMap(messages)
    case .object(let members):
      members.flatMap { name, value in
        let inner = messages(value)
        // "base" is how such services name the record as a whole.
        return name == "base" ? inner : inner.map { "\(name): \($0)" }
      }
    case .bool, .number: [value.text]
    }
  }
}
