public import CommerceLayerRuntime
public import Foundation
public import HTTPTypes
public import Logging

/// Everything about a sandbox that can be chosen.
public struct SandboxConfiguration: Sendable {
  /// The resources it serves.
  public var schemas: [ResourceSchema]
  /// Limits, predicates and importable types.
  public var service: ServiceDescription
  /// The slug of its one organization; tokens name it.
  public var organization = "sandbox"
  /// The id of its one organization, in the `meta` of every resource.
  public var organizationID = "SandboxOrg"
  /// `test` or `live`, in the `meta` of every resource.
  public var mode = "test"
  /// The client id that the token endpoint knows.
  public var clientID = "sandbox"
  /// The client secret that the token endpoint knows; random for each configuration unless set.
  public var clientSecret = Secret(Self.randomSecret())
  /// The kind of application the client id stands for. Only `integration` and `cli` may create
  /// imports.
  public var applicationKind = "integration"
  /// Further applications, for tests of what others may do: a sales channel without a secret, a webapp.
  public var applications: [SandboxApplication] = []
  /// How long an access token of the client id lasts: 7200 s.
  public var tokenLifetime: Duration = .seconds(7200)
  /// How fast imports are processed.
  public var pace = Pace.immediate
  /// Rows processed in one transaction; other writes wait for at most one of them: 1000.
  public var batchSize = 1000
  /// Where records are kept.
  public var storage = Storage.memory
  /// The largest request body: 64 MiB. Larger ones get 413.
  public var maximumBodyBytes = 64 << 20
  /// Whether requests are limited as the service limits them, with `X-Ratelimit-*` headers and 429; the
  /// windows go by ``time``.
  public var limitsRates = false
  /// How long a list may take: 30 s; nil for as long as it wants. Then it is interrupted, and the response
  /// is a 503 that names the filters.
  public var requestTimeLimit: Duration? = .seconds(30)
  /// How long the receiver of a webhook has for a response, by the real clock.
  var webhookTimeLimit = WebhookSender.timeLimit
  /// Waits for the time limit, by the real clock: what it limits is real work.
  var watchdog: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
  /// Ignores filters it does not understand, as the service is said to, instead of responding with 400.
  public var lenientFilters = false
  /// Accepts triggers whose effect is not simulated, which then change nothing, instead of responding with
  /// 501 `NOT_SIMULATED`.
  public var acceptUnsimulated = false
  /// Accepts relationships of requests that name records which do not exist, so that a test need not
  /// make a whole shop, instead of responding with 422.
  public var acceptMissingRelated = false
  /// The same seed and the same writes give the same ids.
  public var seed: UInt64 = 1
  /// Monotonic time, for the expiry of tokens and the pace of imports.
  public var time = TimeSource.continuous
  /// Whether the sandbox's clock runs with ``time`` and ``now``, or stands still until it is moved:
  /// ``Sandbox/advance(by:)``.
  public var clockRuns = true
  /// The wall clock of `created_at` and the like.
  public var now: @Sendable () -> Date = { Date() }
  /// What calls webhooks; URLSession when nil. Only addresses of this machine are called, whatever it is.
  public var webhookTransport: (any ClientTransport)?
  /// Asked before each request is handled; nil lets it pass.
  public var intercept: (@Sendable (HTTPRequest) async -> Fault?)?
  /// Told of each request that was handled; nil when nobody wants to know.
  public var observe: (@Sendable (HandledRequest) -> Void)?
  /// Where it tells what it does; silent when nil. Never logs tokens, secrets or bodies.
  public var logger: Logger?

  /// A sandbox for these resources.
  public init(schemas: [ResourceSchema], service: ServiceDescription) {
    self.schemas = schemas
    self.service = service
  }

  /// How fast imports are processed.
  public enum Pace: Sendable, Hashable {
    /// In the background, as fast as the machine can.
    case immediate
    /// Only when ``Sandbox/step(rows:)`` or ``Sandbox/drain()`` is called.
    case manual
    /// In the background, so many rows a second; at least 1.
    case rows(perSecond: Int)
  }

  /// Where records are kept.
  public enum Storage: Sendable, Hashable {
    /// In memory: gone with the sandbox.
    case memory
    /// In a SQLite file at this path; a later sandbox goes on where this one stopped.
    case file(String)
  }

  /// What every random client secret begins with, so that one can be found where it must not be.
  static let secretPrefix = "sandboxsecret"

  /// The prefix, and 32 letters and digits from the system's source of randomness.
  private static func randomSecret() -> String {
    let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
    return secretPrefix + String((0..<32).map { _ in letters[Int.random(in: 0..<letters.count)] })
  }
}
