import HTTPTypes
import Synchronization

/// Sends calls: authentication, rate limits, time limits, retries and typed errors. Shared by all
/// resources of one organization; copies share tokens, limits and connections.
public final class APIClient: Sendable {
  let core: ClientCore
  /// What every call of this copy has different from the configuration.
  public let options: RequestOptions
  private let recorder: AnswerRecorder?

  /// Where the service is.
  public var endpoint: ServiceEndpoint { core.endpoint }
  /// What the client was made with.
  public var configuration: ClientConfiguration { core.configuration }
  /// Whether calls are about test or live data: from the access token, or from the first answer. nil
  /// until it is known; then the test mode's rate limits hold, which are the lower ones.
  public var mode: ServiceMode? { core.mode }

  /// The start of `User-Agent`.
  static let userAgent = "commercelayer-swift/\(version)"
  /// The version of this package.
  public static let version = "0.1.0"
  static let mediaType = "application/vnd.api+json"

  /// A client for one organization.
  /// - Parameters:
  ///   - service: the service's limits; without it no rate limit is known.
  ///   - schemas: the schemas of all types; without them resources that are sent along with others
  ///     are not checked against any.
  /// - Throws: an error of kind `configuration` when `organization` is no slug, or the configuration
  ///   makes no sense.
  public init(
    organization: String, credentials: Credentials, configuration: ClientConfiguration = .init(),
    service: ServiceDescription? = nil, schemas: SchemaCatalog? = nil
  ) throws {
    core = try ClientCore(
      organization: organization, credentials: credentials, configuration: configuration,
      service: service, schemas: schemas)
    options = RequestOptions()
    recorder = nil
  }

  private init(core: ClientCore, options: RequestOptions, recorder: AnswerRecorder?) {
    self.core = core
    self.options = options
    self.recorder = recorder
  }

  /// A copy whose calls all have these options, unless a call says otherwise. It shares tokens, rate
  /// limits, the retry budget and connections with this client.
  ///
  ///     let patient = client.api.with { $0.timeout = .seconds(300) }
  public func with(_ change: (inout RequestOptions) -> Void) -> APIClient {
    var options = self.options
    change(&options)
    return APIClient(core: core, options: options, recorder: recorder)
  }

  /// A copy that keeps the last answer of its calls.
  func recording(_ recorder: AnswerRecorder) -> APIClient {
    APIClient(core: core, options: options, recorder: recorder)
  }

  /// Sends one call and reads its response: the only way a response is read.
  ///
  /// A write that the service confirmed with a 2xx status may have happened, whatever is wrong with
  /// the response, so that reading it never fails with a protocol violation.
  /// - Throws: ``CommerceLayerError``; of kind `ambiguousWrite` when the response to a write cannot be
  ///   read; `CancellationError` when the task is cancelled.
  func perform<T>(
    _ call: APICall, options: RequestOptions, reading read: (APIAnswer) throws -> T
  ) async throws -> T {
    let answer = try await send(call, options: options)
    do {
      return try read(answer)
    } catch let error as CommerceLayerError
      where call.isWrite && error.kind == .protocolViolation
    {
      throw error.unknownOutcome(
        "the response cannot be read, but the request may have been processed",
        write: UnconfirmedWrite(call, service: core.service, response: answer))
    }
  }

  private func send(_ call: APICall, options given: RequestOptions) async throws -> APIAnswer {
    let options = self.options.merged(with: given)
    try options.validate()
    for parameter in call.parameters { try parameter.validate() }
    let time = configuration.time
    let reporter = core.sender.reporter
    var context = CallContext(
      id: configuration.makeRequestID(), method: call.method, path: call.path,
      isIdempotent: call.isIdempotent, tags: options.tags)
    context.basePath = endpoint.basePath
    let start = time.now()
    reporter.tell(.callStarted, context)
    reporter.trace(context, parameters: call.parameters)
    do {
      var answer = try await CallDelivery(
        core: core, call: call, context: context, options: options, start: start
      ).deliver()
      answer.schemas = core.schemas
      recorder?.record(answer)
      reporter.tell(.callEnded, context) {
        ($0.status, $0.duration) = (answer.status, time.now() - start)
      }
      return answer
    } catch {
      reporter.tell(.callEnded, context) {
        let error = error as? CommerceLayerError
        ($0.status, $0.duration, $0.error) = (error?.status, time.now() - start, error)
        if error == nil { $0.reason = "\(type(of: error))" }
      }
      throw error
    }
  }
}

/// Keeps the last answer of a copy of the client.
final class AnswerRecorder: Sendable {
  private let last = Mutex<APIAnswer?>(nil)
  var answer: APIAnswer? { last.withLock { $0 } }
  func record(_ answer: APIAnswer) { last.withLock { $0 = answer } }
}
