import CommerceLayerRuntime
public import CommerceLayerSandbox
import HTTPTypes
import Hummingbird
public import Logging
import NIOCore
public import ServiceLifecycle
import Synchronization

/// A sandbox on a port of this machine: plain HTTP on 127.0.0.1, never on another interface.
///
/// As a `Service` it runs in a `ServiceGroup` and ends with it.
public final class SandboxServer: Service {
  /// What responds.
  public let sandbox: Sandbox
  /// The port it listens on.
  public let port: Int
  private let group: ServiceGroup
  private let task: Task<Void, any Error>

  private init(
    sandbox: Sandbox, port: Int, group: ServiceGroup, task: Task<Void, any Error>
  ) {
    self.sandbox = sandbox
    self.port = port
    self.group = group
    self.task = task
  }

  /// Listens; returns once connections are accepted.
  /// - Parameters:
  ///   - sandbox: What responds.
  ///   - port: 1 to 65535, or 0 for any free one.
  ///   - logger: where the server tells what it does; silent when nil.
  /// - Throws: an error of the system when the port cannot be had.
  public static func start(
    _ sandbox: Sandbox, port: Int = 0, logger: Logger? = nil
  ) async throws -> SandboxServer {
    let logger =
      logger ?? CallDefaults.logger
      ?? Logger(label: "sandbox") { _ in SwiftLogNoOpLogHandler() }
    let (ports, found) = AsyncThrowingStream.makeStream(of: Int.self)
    let connections = Connections()
    let application = Application(
      responder: SandboxResponder(sandbox: sandbox, connections: connections),
      server: .http1(
        configuration: .init(
          additionalChannelHandlers: [ConnectionHandler(connections: connections)])),
      configuration: .init(address: .hostname("127.0.0.1", port: port), serverName: "sandbox"),
      onServerRunning: { channel in found.yield(channel.localAddress?.port ?? port) },
      logger: logger)
    let group = ServiceGroup(configuration: .init(services: [application], logger: logger))
    let task = Task {
      do {
        try await group.run()
        found.finish()
      } catch {
        found.finish(throwing: error)
        throw error
      }
    }
    for try await port in ports {
      return SandboxServer(sandbox: sandbox, port: port, group: group, task: task)
    }
    throw CancellationError()
  }

  /// How long requests in hand may take once it is to end: 3 s.
  private static let patience: Duration = .seconds(3)

  /// Lets requests in hand finish, for 3 s at most, and gives the port back.
  public func stop() async {
    await group.triggerGracefulShutdown()
    let limit = Task { [task] in
      try await Task.sleep(for: Self.patience)
      task.cancel()
    }
    _ = await task.result
    limit.cancel()
  }

  /// Waits until the service group it runs in shuts down, then stops.
  public func run() async throws {
    try? await gracefulShutdown()
    await stop()
  }
}

/// What a request comes with: its connection.
struct ConnectionContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  let channel: any Channel

  init(source: ApplicationRequestContextSource) {
    coreContext = .init(source: source)
    channel = source.channel
  }
}

/// What each connection waits for. Nobody reads the response to a client that is gone: the work for it
/// is cancelled when its connection closes.
final class Connections: Sendable {
  /// How long work goes on for a client that has closed its side: 1 s.
  private static let grace: TimeAmount = .seconds(1)
  typealias Work = Task<(HTTPResponse, [UInt8]), Never>
  /// By connection; nil between two requests.
  private let works = Mutex<[ObjectIdentifier: Work?]>([:])

  func begin(_ work: Work, on channel: any Channel) {
    let id = ObjectIdentifier(channel)
    let isNew = works.withLock { $0.updateValue(work, forKey: id) == nil }
    guard isNew else { return }
    channel.closeFuture.whenComplete { [self] _ in
      let work = works.withLock { $0.removeValue(forKey: id) ?? nil }
      work?.cancel()
    }
  }

  /// A client has closed its side. One that still reads gets a moment for its response.
  func left(_ channel: any Channel) {
    channel.eventLoop.scheduleTask(in: Self.grace) { [self] in
      works.withLock { ($0[ObjectIdentifier(channel)] ?? nil)?.cancel() }
    }
  }

  func end(on channel: any Channel) {
    let id = ObjectIdentifier(channel)
    works.withLock { if $0[id] != nil { $0[id] = .some(nil) } }
  }
}

/// Hands requests of the network to the sandbox.
struct SandboxResponder: HTTPResponder {
  typealias Context = ConnectionContext
  let sandbox: Sandbox
  let connections: Connections

  func respond(to request: Request, context: Context) async throws -> Response {
    if let rejection = Sandbox.Rejection(request.head) {
      return await reject(request, as: rejection)
    }
    let limit = sandbox.configuration.maximumBodyBytes
    if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit {
      return await reject(request, as: .bodyTooLarge)
    }
    var body: [UInt8] = []
    for try await part in request.body {
      guard body.count + part.readableBytes <= limit else {
        return await reject(request, as: .bodyTooLarge)
      }
      body.append(contentsOf: part.readableBytesView)
    }
    let work = Task { [body] in await sandbox.handle(request.head, body: body) }
    connections.begin(work, on: context.channel)
    defer { connections.end(on: context.channel) }
    let (head, bytes) = await withTaskCancellationHandler {
      await work.value
    } onCancel: {
      work.cancel()
    }
    return Self.response(head, bytes)
  }

  private func reject(_ request: Request, as rejection: Sandbox.Rejection) async -> Response {
    let (head, bytes) = await sandbox.reject(request.head, as: rejection)
    return Self.response(head, bytes)
  }

  private static func response(_ head: HTTPResponse, _ bytes: [UInt8]) -> Response {
    Response(
      status: head.status, headers: head.headerFields,
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
  }
}
