import HTTPTypes

extension ResourceClient where Root: LifecycleResource {
  /// Waits until the work behind a resource has ended, in whatever way, and returns the resource
  /// as it is then.
  ///
  /// Polls ask for the state and the counts only. Cancelling the wait leaves the work running.
  /// - Parameters:
  ///   - resource: What to wait for.
  ///   - options: When to poll, and when to give up.
  ///   - progress: Called with each poll's sparse resource.
  /// - Throws: an error of kind `timeout` when the deadline passes or nothing changes for too long.
  public func wait(
    for resource: Root, options: WaitOptions = .init(),
    progress: @Sendable (Root) -> Void = { _ in }
  ) async throws -> Root {
    try await wait(for: resource.id, options: options, progress: progress)
  }

  /// The same by id, for work that was started elsewhere.
  public func wait(
    for id: ID<Root>, options: WaitOptions = .init(),
    progress: @Sendable (Root) -> Void = { _ in }
  ) async throws -> Root {
    for try await seen in updates(for: id, options: options) { seen.forEach(progress) }
    return try await retrieve(id, parameters: sparing(.init()), options: .init())
  }

  /// The old name of `wait(for:options:progress:)`.
  @available(*, deprecated, renamed: "wait(for:options:progress:)")
  public func wait(
    forID id: ID<Root>, options: WaitOptions = .init(),
    progress: @Sendable (Root) -> Void = { _ in }
  ) async throws -> Root {
    try await wait(for: id, options: options, progress: progress)
  }

  /// The work behind a resource as it goes on, poll by poll, until it has ended.
  ///
  ///     for try await seen in client.imports.updates(for: job.id) {
  ///       print(seen.first?.processedCount ?? 0)
  ///     }
  public func updates(
    for id: ID<Root>, options: WaitOptions = .init()
  ) -> LifecycleUpdates<Root> {
    let parameters = Self.sparse
    let pollAgain: @Sendable (String) async throws -> Root = {
      try await retrieve(ID($0), parameters: parameters, options: .init())
    }
    return LifecycleUpdates(
      ids: [id.rawValue], options: options, time: api.configuration.time,
      random: api.configuration.random, poll: { [try await pollAgain($0[0])] },
      pollAgain: pollAgain)
  }

  /// The work behind a resource as it goes on, poll by poll, until it has ended.
  public func updates(
    for resource: Root, options: WaitOptions = .init()
  ) -> LifecycleUpdates<Root> {
    updates(for: resource.id, options: options)
  }

  /// Only what tells how far the work is.
  private static var sparse: [QueryParameter] {
    let lifecycle = Root.schema.lifecycle
    let fields = [lifecycle?.attribute].compactMap(\.self) + (lifecycle?.progress ?? [])
    return [
      QueryParameter(name: "fields[\(Root.schema.name)]", value: fields.joined(separator: ","))
    ]
  }
}

extension ResourceClient where Root: LifecycleResource & ListableResource {
  /// Waits for several at once, with one list request for each full page of them.
  /// Returns them whole, in the order of `ids`.
  /// - Parameters:
  ///   - ids: What to wait for.
  ///   - options: When to poll, and when to give up.
  ///   - progress: Called with each poll's sparse resources: those that had not ended before.
  /// - Throws: as for one; an error of kind `notFound` when one of them is not there.
  public func wait(
    for ids: [ID<Root>], options: WaitOptions = .init(),
    progress: @Sendable ([Root]) -> Void = { _ in }
  ) async throws -> [Root] {
    for try await seen in updates(for: ids, options: options) { progress(seen) }
    var whole: [Root] = []
    for id in ids {
      whole.append(try await retrieve(id, parameters: sparing(.init()), options: .init()))
    }
    return whole
  }

  /// The work behind several resources as it goes on, poll by poll, until all of it has ended.
  public func updates(
    for ids: [ID<Root>], options: WaitOptions = .init()
  ) -> LifecycleUpdates<Root> {
    let parameters = Self.sparse
    var seen: Set<ID<Root>> = []
    let size = api.maximumPageSize ?? Self.pollSize
    return LifecycleUpdates(
      ids: ids.filter { seen.insert($0).inserted }.map(\.rawValue), options: options,
      time: api.configuration.time, random: api.configuration.random,
      poll: { ids in
        var found: [Root] = []
        var rest = ids[...]
        while !rest.isEmpty {
          found += try await poll(at: rest.prefix(size), parameters, size: size)
          rest = rest.dropFirst(size)
        }
        return found
      },
      pollAgain: { try await retrieve(ID($0), parameters: parameters, options: .init()) })
  }

  /// How many are asked for in a request when no service description says the largest page.
  private static var pollSize: Int { 10 }

  private func poll(
    at ids: ArraySlice<String>, _ fields: [QueryParameter], size: Int
  ) async throws -> [Root] {
    for id in ids {
      guard !id.contains(","), Root.schema.filtersByID else {
        throw CommerceLayerError(
          .invalidInput, "'\(TerminalSafe.text(id, limit: 64))' cannot be looked for by id")
      }
      _ = try PercentEncoding.segment(id)
    }
    let call = APICall(
      method: .get, path: Root.schema.path,
      parameters: [
        QueryParameter(name: "filter[q][id_in]", value: ids.joined(separator: ","))
      ] + fields + [
        QueryParameter(name: "page[size]", value: String(size))
      ], isIdempotent: true)
    let page: Page<Root> = try await api.perform(call, options: .init()) {
      try Page($0.document(call.label))
    }
    // A service that ignores the filter sends strangers.
    return page.items.filter { ids.contains($0.storage.id) }
  }
}
