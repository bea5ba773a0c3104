import NIOCore
import NIOPosix
import Synchronization

/// A documentation site on a real loopback socket: pages with ETags, and whatever a site can do
/// wrong. Keeps connections open, as sites do.
final class Site: Sendable {
  /// What the site does when asked for a path.
  enum Reply: Sendable {
    /// 200 with an ETag made of the content, or 304 when the condition holds.
    case page(String)
    /// The same, by date alone.
    case dated(String, String)
    /// Just this.
    case status(Int, [String: String] = [:], String = "")
    /// A head that promises more than comes; then the connection is cut.
    case cut(String)
    /// A head, and then nothing.
    case stall
  }

  private struct State {
    var replies: [String: [Reply]] = [:]
    var requests: [String] = []
    var heads: [String] = []
    var connections = 0
    var open = 0
    var mostOpen = 0
  }

  private let state = Mutex(State())
  private let channel = Mutex<(any Channel)?>(nil)
  private let portNumber = Mutex(0)
  /// Opens whenever the site begins to stall.
  let stalls = Gate()

  var port: Int { portNumber.withLock { $0 } }
  var origin: String { "http://127.0.0.1:\(port)" }
  /// The paths asked for, in order.
  var requests: [String] { state.withLock { $0.requests } }
  /// The heads of the requests, in order.
  var heads: [String] { state.withLock { $0.heads } }
  var connections: Int { state.withLock { $0.connections } }
  var mostConnectionsAtOnce: Int { state.withLock { $0.mostOpen } }

  init(_ pages: [String: Reply] = [:]) async throws {
    for (path, reply) in pages { self[path] = [reply] }
    let bound = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { [self] channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(Handler(site: self))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    channel.withLock { $0 = bound }
    portNumber.withLock { $0 = bound.localAddress?.port ?? 0 }
  }

  /// What comes for a path, one after another; the last comes again and again. Nothing: 404.
  subscript(path: String) -> [Reply] {
    get { state.withLock { $0.replies[path] ?? [] } }
    set { state.withLock { $0.replies[path] = newValue } }
  }

  func forgetRequests() {
    state.withLock {
      $0.requests = []
      $0.heads = []
    }
  }

  func stop() async throws { try await channel.withLock { $0 }?.close() }

  private func next(_ path: String, head: String) -> Reply {
    state.withLock { state in
      state.requests.append(path)
      state.heads.append(head)
      guard var replies = state.replies[path], let first = replies.first else {
        return .status(404)
      }
      if replies.count > 1 {
        replies.removeFirst()
        state.replies[path] = replies
      }
      return first
    }
  }

  private final class Handler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
    private let site: Site
    private var text = ""

    init(site: Site) { self.site = site }

    func channelActive(context: ChannelHandlerContext) {
      site.state.withLock {
        $0.connections += 1
        $0.open += 1
        $0.mostOpen = max($0.mostOpen, $0.open)
      }
    }

    func channelInactive(context: ChannelHandlerContext) {
      site.state.withLock { $0.open -= 1 }
      context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      text += String(decoding: unwrapInboundIn(data).readableBytesView, as: UTF8.self)
      while let end = text.firstRange(of: "\r\n\r\n") {
        let head = String(text[..<end.lowerBound])
        text = String(text[end.upperBound...])
        response(head, context)
      }
    }

    private func response(_ head: String, _ context: ChannelHandlerContext) {
      let path = head.split(separator: " ").dropFirst().first.map(String.init) ?? ""
      func field(_ name: String) -> String? {
        head.split(separator: "\r\n").first { $0.lowercased().hasPrefix(name + ":") }
          .map { String($0.drop { $0 != ":" }.dropFirst().drop { $0 == " " }) }
      }
      switch site.next(path, head: head) {
      case .page(let body):
        let tag = "\"\(body.utf8.count)-\(body.utf8.reduce(UInt64(7)) { $0 &* 31 &+ UInt64($1) })\""
        let isSame = field("if-none-match") == tag
        write(isSame ? 304 : 200, ["ETag": tag], isSame ? "" : body, context)
      case .dated(let body, let date):
        let isSame = field("if-modified-since") == date
        write(isSame ? 304 : 200, ["Last-Modified": date], isSame ? "" : body, context)
      case .status(let status, let fields, let body): write(status, fields, body, context)
      case .cut(let body):
        write(
          "HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count + 100)\r\n\r\n\(body)", context)
        context.close(promise: nil)
      case .stall:
        write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", context)
        site.stalls.open()
      }
    }

    private func write(
      _ status: Int, _ fields: [String: String], _ body: String, _ context: ChannelHandlerContext
    ) {
      var head = "HTTP/1.1 \(status) X\r\n"
      for (name, value) in fields { head += "\(name): \(value)\r\n" }
      if status != 304 { head += "Content-Length: \(body.utf8.count)\r\n" }
      write(head + "\r\n" + body, context)
    }

    private func write(_ text: String, _ context: ChannelHandlerContext) {
      context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
    }
  }
}

/// Lets one through each time it is opened.
final class Gate: Sendable {
  private struct State {
    var openings = 0
    var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
    var left: Set<Int> = []
    var number = 0
  }

  private let state = Mutex(State())

  func open() {
    let first = state.withLock { state -> CheckedContinuation<Void, Never>? in
      guard let key = state.waiting.keys.min() else {
        state.openings += 1
        return nil
      }
      return state.waiting.removeValue(forKey: key)
    }
    first?.resume()
  }

  /// Waits until it is opened, or the task is cancelled.
  func pass() async {
    let number = state.withLock { state in
      state.number += 1
      return state.number
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let goesOn = state.withLock { state in
          if state.left.remove(number) != nil { return true }
          if state.openings > 0 {
            state.openings -= 1
            return true
          }
          state.waiting[number] = continuation
          return false
        }
        if goesOn { continuation.resume() }
      }
    } onCancel: {
      let waiting = state.withLock { state -> CheckedContinuation<Void, Never>? in
        let waiting = state.waiting.removeValue(forKey: number)
        if waiting == nil { state.left.insert(number) }
        return waiting
      }
      waiting?.resume()
    }
  }
}
