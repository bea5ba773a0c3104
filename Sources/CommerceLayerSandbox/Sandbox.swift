public import CommerceLayerRuntime
public import HTTPTypes
import Logging
import Synchronization

/// A server that behaves as the Commerce Layer API does, without a network: documents, errors,
/// limits and asynchronous imports, over records it keeps.
///
///     let sandbox = try Sandbox()
///     let client = try CommerceLayerClient(
///       organization: "sandbox",
///       credentials: .clientCredentials(id: sandbox.clientID, secret: sandbox.clientSecret),
///       configuration: .init(transport: sandbox.transport))
///
/// `SandboxServer` of the module CommerceLayerSandboxServer puts it on a loopback port.
public final class Sandbox: Sendable {
  /// What it was made with; its `time` and `now` are those of ``clock``.
  public let configuration: SandboxConfiguration
  private let catalog: Catalog
  private let tokens: TokenIssuer
  private let rates: RateLimits?
  private let faults = FaultPlans()
  let handler: RequestHandler
  let runner: ImportRunner?
  /// Its time, which can be stopped and moved.
  public let clock: SandboxClock
  private let log = RequestLog()
  private let pageAccess = PageAccess()
  private let sender: WebhookSender
  private let requests = Atomic<Int64>(0)
  private let requestIdentifiers: RecordIdentifiers

  /// Opens a sandbox; with file storage it goes on where the last one stopped.
  /// - Throws: an error of the database when the file cannot be opened.
  public init(_ configuration: SandboxConfiguration = .init()) throws {
    clock = SandboxClock(
      time: configuration.time, date: configuration.now, isRunning: configuration.clockRuns)
    // All that the sandbox is made of goes by its clock.
    var configuration = configuration
    configuration.time = clock.source
    configuration.now = { [clock] in clock.now }
    self.configuration = configuration
    catalog = Catalog(schemas: configuration.schemas, service: configuration.service)
    tokens = TokenIssuer(configuration)
    rates =
      configuration.limitsRates
      ? RateLimits(service: configuration.service, mode: configuration.mode) : nil
    // Ids of records and of requests are drawn apart: reading must not change what is written.
    requestIdentifiers = RecordIdentifiers(seed: ~configuration.seed)
    let store = try Store(configuration.storage, catalog: catalog)
    let records = RecordTable(
      catalog: catalog, identifiers: RecordIdentifiers(seed: configuration.seed),
      links: store.links, now: configuration.now)
    let behavior = RecordBehavior(
      catalog: catalog, records: records,
      identity: .init(
        organization: configuration.organization,
        applicationKind: configuration.applicationKind, seed: configuration.seed))
    let jobs = RecordJobs(
      catalog: catalog, behavior: behavior, sql: RecordSQL(catalog: catalog, links: store.links),
      now: configuration.now)
    let outbox = WebhookOutbox(
      sql: RecordSQL(catalog: catalog, links: store.links), configuration: configuration,
      hasWork: store.hasDeliveries)
    let history = History(
      catalog: catalog, records: records, outbox: outbox, now: configuration.now)
    let sender = WebhookSender(
      outbox: outbox, store: store, records: records, configuration: configuration)
    self.sender = sender
    let author = ChangeAuthor(
      applicationID: configuration.clientID, applicationKind: configuration.applicationKind,
      isPublic: false)
    let inputs = ImportInputs(limits: configuration.jsonLimits, catalog: catalog)
    let rules = catalog.imports.map {
      [catalog] in ImportRules(type: $0, catalog: catalog, records: records, inputs: inputs)
    }
    runner = rules.map { [catalog, clock] rules in
      ImportRunner(
        processor: ImportProcessor(
          rules: rules, store: store, catalog: catalog, behavior: behavior, inputs: inputs,
          jobs: jobs, history: history, author: author, sender: sender,
          batchSize: max(1, configuration.batchSize), now: configuration.now),
        pace: configuration.pace, clock: clock,
        logger: configuration.logger ?? CallDefaults.logger)
    }
    handler = RequestHandler(
      configuration: configuration, catalog: catalog, store: store,
      operations: RecordOperations(
        catalog: catalog, records: records, behavior: behavior, imports: rules, jobs: jobs,
        history: history,
        policy: .init(
          acceptsUnsimulated: configuration.acceptUnsimulated,
          acceptsMissingRelated: configuration.acceptMissingRelated), now: configuration.now,
        request: .init(author: author)),
      runner: runner, sender: sender)
    runner?.wake()
    sender.wake()
  }

  /// Opens a sandbox in this process, without a socket: ``transport`` leads to it. Each one has records, a
  /// clock and faults of its own, so tests can run at the same time.
  /// - Throws: An error of the database when the file cannot be opened.
  public static func start(_ configuration: SandboxConfiguration = .init()) async throws -> Sandbox
  {
    try Sandbox(configuration)
  }

  deinit { stop() }

  /// The client id that gets tokens.
  public var clientID: String { configuration.clientID }
  /// The client secret that gets tokens.
  public var clientSecret: Secret { configuration.clientSecret }

  /// A transport that leads straight here.
  public var transport: InProcessTransport {
    InProcessTransport { request, body in await self.handle(request, body: body) }
  }

  /// Consumes up to `rows` rows of the imports that are waiting, in order; an import that has not
  /// begun is started first, so that 0 rows only starts one.
  /// - Returns: how many rows were consumed.
  /// - Throws: an error of the database.
  @discardableResult
  public func step(rows: Int) async throws -> Int { try await runner?.step(rows: rows) ?? 0 }

  /// Processes all imports to their end, whatever the pace.
  /// - Throws: an error of the database.
  public func drain() async throws { try await runner?.drain() }

  /// Waits until every webhook that is to be called has been called or given up, retries included.
  public func drainWebhooks() async { await sender.drain() }

  /// Where a sandbox that keeps nothing has its records.
  var temporaryFolder: String? { handler.store.temporaryFolder }

  /// Ends the sandbox: processing stops, and the file of one that keeps nothing is removed. For the end of
  /// a process, in which nothing is deinitialized.
  public func close() {
    stop()
    handler.store.discard()
  }

  /// Ends background processing after the batch in hand; the rest stays pending.
  public func stop() {
    runner?.stop()
    sender.stop()
  }

  /// Responds to one request.
  public func handle(
    _ request: HTTPRequest, body: [UInt8] = []
  ) async -> (HTTPResponse, [UInt8]) {
    await handle(request, body: body, rejectedAs: nil)
  }

  /// Responds to a request that a server has not read to its end.
  package func reject(
    _ request: HTTPRequest, as rejection: Rejection
  ) async -> (HTTPResponse, [UInt8]) {
    await handle(
      request, body: [],
      rejectedAs: rejection.errorResponse(maximumBodyBytes: configuration.maximumBodyBytes))
  }

  /// Responds to one request.
  /// - Parameter rejection: Why the server has not even read it; nil when it has.
  private func handle(
    _ request: HTTPRequest, body: [UInt8], rejectedAs rejection: ErrorResponse?
  ) async -> (HTTPResponse, [UInt8]) {
    let number = requests.add(1, ordering: .relaxed).newValue
    let requestID = requestIdentifiers.id(number)
    let start = ContinuousClock.now
    let isControl = ControlPlane.owns(request)
    let isForPage = PageAccess.isForPage(request)
    var (response, bytes) =
      if let rejection {
        SandboxResponse(rejection).response(requestID: requestID)
      } else if isControl || isForPage {
        await respond(request, body: body, requestID: requestID).response(requestID: requestID)
      } else {
        await respondWithFaults(request, body: body, requestID: requestID)
      }
    // What the page polls is read by nobody else, and shown by no log.
    if !isControl && !isForPage { CrossOrigin.allow(request, &response) }
    if !isForPage, !isControl || request.method != .get {
      let handled = HandledRequest(
        method: request.method.rawValue, path: HandledRequest.path(request.path ?? ""),
        status: response.status.code,
        duration: start.duration(to: .now),
        reason: response.status.code < 400 ? nil : HandledRequest.reason(bytes))
      if !isControl { log.add(handled) }
      configuration.observe?(handled)
    }
    // The head of a GET, with the length its body would have.
    if request.method == .head { bytes = [] }
    return (response, bytes)
  }

  /// Responds as the faults say and within the rate limits.
  private func respondWithFaults(
    _ request: HTTPRequest, body: [UInt8], requestID: String
  ) async -> (HTTPResponse, [UInt8]) {
    var fault = await configuration.intercept?(request)
    if fault == nil {
      do {
        fault = try faults.fault(for: request)
      } catch {
        return SandboxResponse(ErrorResponse(.paramNotAllowed, error.description)).response(
          requestID: requestID)
      }
    }
    switch fault {
    case .respond(let response, let bytes): return (response, bytes)
    case .commitThenRespond(let response, let bytes):
      _ = await respond(request, body: body, requestID: requestID)
      return (response, bytes)
    case nil: break
    }
    if let preflight = CrossOrigin.preflight(request, methods: methods(of: request)) {
      return (preflight, [])
    }
    let verdict = take(request)
    if let verdict, verdict.isLimited {
      var (response, bytes) = SandboxResponse(
        ErrorResponse(
          .tooManyRequests,
          "too many requests: the limit is \(verdict.limit) in \(verdict.interval) s")
      ).response(requestID: requestID)
      verdict.tell(&response)
      return (response, bytes)
    }
    var (response, bytes) = await respond(request, body: body, requestID: requestID)
      .response(requestID: requestID)
    verdict?.tell(&response)
    return (response, bytes)
  }

  /// Counts a request against its limits; nil where there are none.
  private func take(_ request: HTTPRequest) -> RateLimits.Verdict? {
    guard let rates else { return nil }
    let words = (request.path ?? "/").prefix { $0 != "?" }.split(separator: "/").map(String.init)
    let now = configuration.time.now()
    switch words.first {
    case "oauth": return rates.take(request.method, root: nil, related: nil, now: now)
    case "api" where words.count > 1:
      return rates.take(
        request.method == .head ? .get : request.method, root: words[1],
        related: words.count > 3 ? words.last : nil, now: now)
    default: return nil
    }
  }

  /// The methods that the endpoint of a request knows.
  private func methods(of request: HTTPRequest) -> [HTTPRequest.Method] {
    let path = (request.path ?? "/").prefix { $0 != "?" }
    return Route.parse(path, catalog: catalog).map(handler.methods) ?? []
  }

  /// Takes the place of the faults that requests get from now on; none ends them.
  /// - Parameter list: A JSON list: `[{"path": "/api/imports", "method": "POST", "times": 2, "status": 503}]`.
  ///   `skip` lets requests pass first, `every` takes every nth, `applied` does what the request asks for
  ///   and loses its response, `retry_after` is in seconds, `body` is `errors`, `html`, `empty` or `cut`.
  /// - Throws: An error that says what cannot be read; nothing has changed then.
  public func setFaults(_ list: String) throws {
    faults.replace(try FaultPlan.read(Array(list.utf8)))
  }

  /// Deletes all records and what belongs to them, and ends all faults; the next records get the ids that
  /// the first ones had.
  /// - Throws: an error of the database.
  public func reset() async throws {
    try await handler.store.reset()
    handler.operations.imports?.inputs.forget()
    sender.forget()
    faults.replace([])
  }

  private func respond(_ request: HTTPRequest, body: [UInt8], requestID: String) async
    -> SandboxResponse
  {
    do {
      return try await route(request, body: body, requestID: requestID)
    } catch let rejection as ErrorResponse {
      return SandboxResponse(rejection)
    } catch is CancellationError {
      return SandboxResponse(ErrorResponse(.serviceUnavailable, "the request was cancelled"))
    } catch {
      configuration.logger?.error("internal error", metadata: ["error": "\(error)"])
      return SandboxResponse(ErrorResponse(.internalServerError, "the sandbox failed"))
    }
  }

  private func context(of request: HTTPRequest, _ requestID: String) -> DocumentContext {
    DocumentContext(
      origin: "\(request.scheme ?? "http")://\(request.authority ?? "localhost")",
      mode: configuration.mode, organizationID: configuration.organizationID, traceID: requestID,
      attachments: Attachments(now: configuration.now))
  }

  /// Rejects in this order: size, endpoint outside the API, token, endpoint, method, media types.
  private func route(
    _ request: HTTPRequest, body: [UInt8], requestID: String
  ) async throws -> SandboxResponse {
    guard body.count <= configuration.maximumBodyBytes else {
      throw ErrorResponse(
        .contentTooLarge, "a body holds at most \(configuration.maximumBodyBytes) bytes")
    }
    let method = request.method == .head ? .get : request.method
    let target = (request.path ?? "/").split(
      separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let path = target.first ?? "/"
    let route = Route.parse(path, catalog: catalog)
    if let route, let allowed = route.tokenMethod {
      guard method == allowed else { throw ErrorResponse.methodNotAllowed([allowed.rawValue]) }
      return try await TokenEndpoint(
        configuration: configuration, issuer: tokens, store: handler.store,
        records: handler.operations.records
      ).respond(route, request, body)
    }
    if path.hasPrefix(Attachments.prefix) {
      guard method == .get else { throw ErrorResponse.methodNotAllowed(["GET", "HEAD"]) }
      return try await Attachments(now: configuration.now).respond(
        path, try QueryString(target.count > 1 ? target[1] : ""), store: handler.store)
    }
    if ControlPlane.owns(path) {
      try pageAccess.check(request)
      return try await ControlPlane(sandbox: self, handler: handler, faults: faults, log: log)
        .response(
          to: method, path, query: try QueryString(target.count > 1 ? target[1] : ""), body: body,
          context: context(of: request, requestID))
    }
    if PageAccess.isForPage(request) {
      return SandboxPage(
        clientID: clientID, clientSecret: clientSecret, organization: configuration.organization,
        pageToken: pageAccess.token
      ).response()
    }
    guard path.hasPrefix("/api/") || path == "/api" else {
      throw ErrorResponse.notFound("the endpoint")
    }
    let caller = try authenticate(request)
    guard let route else { throw ErrorResponse.notFound("the endpoint") }
    let methods = handler.methods(route)
    guard !methods.isEmpty else { throw ErrorResponse.notFound("the endpoint") }
    guard methods.contains(method) else {
      throw ErrorResponse.methodNotAllowed(methods.map(\.rawValue).sorted())
    }
    try checkMediaTypes(request)
    let body = try EncodedBody.decoded(
      body, request, limit: configuration.maximumBodyBytes)
    let context = context(of: request, requestID)
    let call = RequestHandler.Call(
      method: method, path: String(path),
      query: try QueryString(target.count > 1 ? target[1] : ""), body: body, context: context,
      caller: caller)
    return try await handler.respond(call, route: route)
  }

  private func authenticate(_ request: HTTPRequest) throws(ErrorResponse) -> Caller {
    let parts = (request.headerFields[.authorization] ?? "").split(separator: " ")
    if parts.count == 2, parts[0].lowercased() == "bearer" {
      if let caller = tokens.caller(of: String(parts[1])) { return caller }
      if ForeignToken.isOfTheService(String(parts[1])) {
        configuration.logger?.warning("a token of the real service was sent to the sandbox")
      }
    }
    throw ErrorResponse(
      .invalidToken, "The access token you provided is missing, unknown or expired.")
  }

  private func checkMediaTypes(_ request: HTTPRequest) throws(ErrorResponse) {
    let mediaType = catalog.service.mediaType
    guard MediaTypes.accepts(request.headerFields[.accept], mediaType) else {
      throw ErrorResponse(.notAcceptable, "responses come as \(mediaType)")
    }
    guard request.method == .post || request.method == .patch else { return }
    guard MediaTypes.isContentType(request.headerFields[.contentType], mediaType) else {
      throw ErrorResponse(
        .unsupportedMediaType, "bodies come as \(mediaType), without parameters")
    }
  }
}
