extension ResourceClient where Root: LifecycleResource {
  /// Waits until the work behind a resource has ended, in whatever way, and returns the resource
  /// as it is then.
  ///
  /// Looks ask for the state and the counts only. Cancelling the wait leaves the work running.
  /// - Parameter progress: called with each look's sparse resource.
  /// - Throws: an error of kind `timeout` when the deadline passes or nothing changes for too long.
  public func wait(
    for resource: Root, options: WaitOptions = .init(),
    progress: @Sendable (Root) -> Void = { _ in }
  ) async throws -> Root {
    try await wait(forID: resource.id, options: options, progress: progress)
  }

  /// The same by id, for work that was started elsewhere.
  public func wait(
    forID id: String, options: WaitOptions = .init(),
    progress: @Sendable (Root) -> Void = { _ in }
  ) async throws -> Root {
    guard let lifecycle = Root.schema.lifecycle else {
      throw CommerceLayerError(.configuration, "\(Root.schema.name) has no lifecycle to wait for")
    }
    let fields = ([lifecycle.attribute] + lifecycle.progress).joined(separator: ",")
    let sparse = [QueryParameter(name: "fields[\(Root.schema.name)]", value: fields)]
    let time = api.configuration.time
    let start = time.now()
    var lastChange = start
    var last: [JSONValue?] = []
    var look = 0
    while true {
      let current = try await retrieve(id, parameters: sparse, options: .init())
      progress(current)
      if current.isTerminal == true {
        return try await retrieve(id, parameters: sparing(.init()), options: .init())
      }
      let now = time.now()
      let state = ([lifecycle.attribute] + lifecycle.progress).map { current[$0] }
      if state != last { (last, lastChange) = (state, now) }
      let waited = now - start
      if waited >= options.deadline {
        throw Self.gaveUp(id, "it has not ended after \(waited)")
      }
      if now - lastChange >= options.stall {
        throw Self.gaveUp(id, "nothing has changed for \(now - lastChange)")
      }
      let delay = options.delay(look: look, random: api.configuration.random())
      look += 1
      try await time.sleep(min(delay, options.deadline - waited))
    }
  }

  private static func gaveUp(_ id: String, _ reason: String) -> CommerceLayerError {
    CommerceLayerError(
      .timeout, "gave up waiting for \(schemaName) \(id): \(reason); it goes on in the service")
  }

  private static var schemaName: String { Root.schema.singular }
}
