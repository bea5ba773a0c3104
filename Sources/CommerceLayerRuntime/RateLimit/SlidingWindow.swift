/// Counts requests in a window that slides. Pure; time is handed in.
///
/// The service counts a request when it arrives, which is some time between sending and the answer.
/// So a request counts from its sending until one window after its answer: then no delay on the way
/// can bring two requests closer together at the service than they were meant to be.
struct SlidingWindow: Sendable {
  let length: Duration
  /// Requests without an answer yet.
  private(set) var unanswered = 0
  /// When the others were answered, ascending; those before `head` have left the window.
  private var answered: [Duration] = []
  private var head = 0

  init(length: Duration) { self.length = length }

  /// How many requests count.
  var count: Int { unanswered + answered.count - head }

  /// Forgets what has left the window.
  mutating func slide(to now: Duration) {
    if let last = answered.last, last > now {
      // A time source that went back: nothing may count for longer than a window from now.
      answered = answered[head...].map { min($0, now) }
      head = 0
    }
    while head < answered.count, answered[head] + length <= now { head += 1 }
    if head > 64, head * 2 > answered.count {
      answered.removeFirst(head)
      head = 0
    }
  }

  /// A request is sent.
  mutating func send() { unanswered += 1 }

  /// A request was answered, or given up.
  mutating func answer(at now: Duration) {
    unanswered = max(0, unanswered - 1)
    answered.append(max(now, answered.last ?? now))
  }

  /// Requests of others that the service counts as well.
  mutating func add(_ others: Int, at now: Duration) {
    for _ in 0..<others { answered.append(max(now, answered.last ?? now)) }
  }

  /// How long until one more request fits under a limit: zero when it does now, nil when an answer
  /// must come first.
  func wait(for limit: Int, at now: Duration) -> Duration? {
    let tooMany = count - max(limit, 1) + 1
    if tooMany <= 0 { return .zero }
    guard tooMany <= answered.count - head else { return nil }
    return max(.zero, answered[head + tooMany - 1] + length - now)
  }
}
