/// Asynchronous work as it goes on: one poll after another until all of it has ended.
///
/// Lazy: the next poll is made when it is asked for. Ending the walk, or cancelling its task, ends the
/// polling and nothing else: the work goes on in the service.
///
/// Polls that fail because the service or the network do are made again: after the first one that
/// succeeded, until nothing has changed for too long. Other failures end the walk.
public struct LifecycleUpdates<Root: LifecycleResource>: AsyncSequence, Sendable {
  /// What one poll saw: the resources that had not ended before it, in the order of their ids as
  /// given, with their state and counts only.
  public typealias Element = [Root]

  let ids: [String]
  let options: WaitOptions
  let time: TimeSource
  let random: @Sendable () -> Double
  /// Polls some of the ids; leaves out what does not exist.
  let poll: @Sendable ([String]) async throws -> [Root]
  /// Polls one that was missing; throws when it does not exist any more.
  let pollAgain: @Sendable (String) async throws -> Root

  /// Starts polling.
  public func makeAsyncIterator() -> Iterator { Iterator(updates: self) }

  /// Starts polling.
  public struct Iterator: AsyncIteratorProtocol {
    private let updates: LifecycleUpdates
    private var state: WaitState?
    private var pending: [String]
    private var missed: [String: Int] = [:]
    private var known: [String: [JSONValue?]] = [:]
    private var delay: Duration?
    private var isOver = false

    /// An id that a list left out this often is asked for by itself.
    private static var patience: Int { 2 }

    init(updates: LifecycleUpdates) {
      self.updates = updates
      pending = updates.ids
    }

    /// The next poll; nil when all has ended.
    /// - Throws: ``CommerceLayerError``: of kind `timeout` when the deadline passes or nothing changes
    ///   for too long.
    public mutating func next() async throws -> [Root]? {
      guard !pending.isEmpty, !isOver else { return nil }
      do {
        while true {
          if let seen = try await poll() { return seen }
        }
      } catch {
        isOver = true
        throw error
      }
    }

    /// One poll; nil when it failed and there will be another one.
    private mutating func poll() async throws -> [Root]? {
      let time = updates.time
      guard let lifecycle = Root.schema.lifecycle else {
        throw CommerceLayerError(.configuration, "\(Root.schema.name) has no lifecycle to wait for")
      }
      var state = try self.state ?? start()
      if let delay { try await time.sleep(delay) }
      let seen: [Root]
      do {
        seen = try await found()
      } catch let error as CommerceLayerError where !known.isEmpty && Self.mayPass(error) {
        delay = try next(
          state.failed(at: time.now(), random: updates.random(), atLeast: error.retryAfter),
          because: error)
        self.state = state
        return nil
      }
      for one in seen {
        known[one.storage.id] = ([lifecycle.attribute] + lifecycle.progress).map { one[$0] }
      }
      let ended = Set(seen.filter { $0.isTerminal == true }.map(\.storage.id))
      pending.removeAll { ended.contains($0) }
      if !pending.isEmpty {
        delay = try next(state.polled(known, at: time.now(), random: updates.random()))
      }
      self.state = state
      return seen
    }

    private func start() throws -> WaitState {
      try updates.options.validate()
      return WaitState(updates.options, at: updates.time.now())
    }

    private mutating func found() async throws -> [Root] {
      var byID: [String: Root] = [:]
      for one in try await updates.poll(pending) { byID[one.storage.id] = one }
      for id in pending where byID[id] == nil {
        missed[id, default: 0] += 1
        if missed[id, default: 0] >= Self.patience { byID[id] = try await updates.pollAgain(id) }
      }
      return pending.compactMap { byID[$0] }
    }

    private static func mayPass(_ error: CommerceLayerError) -> Bool {
      [.transport, .timeout, .server, .rateLimited].contains(error.kind)
    }

    private func next(
      _ decision: WaitState.Decision, because cause: CommerceLayerError? = nil
    ) throws(CommerceLayerError) -> Duration {
      switch decision {
      case .pollAgain(let delay): return delay
      case .giveUp(let reason):
        let shown = pending.prefix(3).map { TerminalSafe.text($0, limit: 64) }
        let more = pending.count > shown.count ? " and \(pending.count - shown.count) more" : ""
        throw CommerceLayerError(
          .timeout,
          "gave up waiting for \(Root.schema.singular) \(shown.joined(separator: ", "))\(more): "
            + "\(reason); it goes on in the service", underlying: cause?.message)
      }
    }
  }
}
