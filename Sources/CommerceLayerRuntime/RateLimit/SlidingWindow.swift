/// Counts requests in a window that slides. Pure; time is handed in.
///
/// The service counts a request when it arrives, which is some time between sending and the response.
/// So a request counts from its sending until one window after its response: then no delay on the way
/// can bring two requests closer together at the service than they were meant to be.
struct SlidingWindow: Sendable {
  let length: Duration
  /// Requests without a response yet.
  private(set) var pending = 0
  /// When the others were completed, ascending; those before `head` have left the window.
  private var completed: [Duration] = []
  private var head = 0

  init(length: Duration) { self.length = length }

  /// How many requests count.
  var count: Int { pending + completed.count - head }

  /// Forgets what has left the window.
  mutating func slide(to now: Duration) {
    if let last = completed.last, last > now {
      // A time source that went back: nothing may count for longer than a window from now.
      completed = completed[head...].map { min($0, now) }
      head = 0
    }
    while head < completed.count, completed[head] + length <= now { head += 1 }
    if head > 64, head * 2 > completed.count {
      completed.removeFirst(head)
      head = 0
    }
  }

  /// A request is sent.
  mutating func send() { pending += 1 }

  /// A request has its response, or was given up.
  mutating func complete(at now: Duration) {
    pending = max(0, pending - 1)
    completed.append(max(now, completed.last ?? now))
  }

  /// Requests of others that the service counts as well.
  mutating func add(_ others: Int, at now: Duration) {
    for _ in 0..<others { completed.append(max(now, completed.last ?? now)) }
  }

  /// How long until one more request fits under a limit: zero when it does now, nil when a response
  /// must come first.
  func wait(for limit: Int, at now: Duration) -> Duration? {
    let tooMany = count - max(limit, 1) + 1
    if tooMany <= 0 { return .zero }
    guard tooMany <= completed.count - head else { return nil }
    return max(.zero, completed[head + tooMany - 1] + length - now)
  }
}
