@testable import CommerceLayerImporter
@testable import CommerceLayerRows

/// A chunk row for accounting.
func sentRow(
  _ line: Int, key: String?, parts: [String] = [], id: String? = nil, unit: Int? = nil
) -> SentRow {
  SentRow(
    line: line, lastLine: line, identity: RowIdentity(key: key, parts: parts, id: id),
    unit: unit ?? line - 1, source: 0..<0)
}

/// An engine driven by hand; its journal has everything on disk at once.
struct DrivenEngine {
  var engine: ImportEngine
  private(set) var recorded: [EngineRecord] = []

  init(_ change: (inout EngineSettings) -> Void = { _ in }) {
    var settings = EngineSettings()
    settings.maximumRunning = 1
    settings.nextPart = 101
    change(&settings)
    engine = ImportEngine(settings: settings)
  }

  var isFinished: Bool { engine.isFinished }

  /// - Returns: What is to be done, but for the journal.
  mutating func handle(_ event: EngineEvent, now: Duration) -> [EngineEffect] {
    var effects = engine.handle(event, now: now)
    var index = 0
    while index < effects.count {
      if case .record(let entries) = effects[index] {
        recorded += entries
        effects += engine.handle(.recorded(entries), now: now)
      }
      index += 1
    }
    return effects.filter { if case .record = $0 { false } else { true } }
  }
}

/// An engine whose calls get a response at once by a rule, until it ends: virtual time goes from wake to
/// wake.
struct EngineDriver {
  var engine: DrivenEngine
  /// How many chunks there are to be read, of ten rows each.
  var chunks = 1
  private(set) var now: Duration = .zero
  private(set) var outcomes: [Int: EngineOutcome] = [:]
  private(set) var notices: [ImportNotice] = []
  private(set) var effects: [EngineEffect] = []
  private(set) var ending: ImportEnding?

  init(chunks: Int = 1, _ change: (inout EngineSettings) -> Void = { _ in }) {
    engine = DrivenEngine(change)
    self.chunks = chunks
  }

  func count(_ isCounted: (EngineEffect) -> Bool) -> Int { effects.count(where: isCounted) }
  var creates: Int { count { if case .create = $0 { true } else { false } } }
  var lookUps: Int { count { if case .lookUp = $0 { true } else { false } } }
  var polls: Int { count { if case .poll = $0 { true } else { false } } }
  var retrieves: Int { count { if case .retrieve = $0 { true } else { false } } }

  /// - Parameter respond: The event that follows an effect; nil for none.
  mutating func run(
    limit: Duration = .seconds(12 * 3600), _ respond: (EngineEffect, Duration) -> EngineEvent?
  ) {
    var events: [EngineEvent] = [.start]
    var wake: Duration?
    var read = 0
    while ending == nil, now <= limit {
      if events.isEmpty {
        guard let next = wake else { return }
        wake = nil
        now = max(now, next)
        events = [.tick]
      }
      for effect in engine.handle(events.removeFirst(), now: now) {
        effects.append(effect)
        switch effect {
        case .readChunk(let number):
          read += 1
          events.append(read > chunks ? .inputEnded : .chunkRead(number, rows: 10))
        case .wake(let time): wake = time
        case .conclude(let number, let outcome):
          outcomes[number] = outcome
          if let event = respond(effect, now) { events.append(event) }
        case .notice(let notice): notices.append(notice)
        case .finish(let ending): self.ending = ending
        case .audit: events.append(respond(effect, now) ?? .audited([:]))
        default: if let event = respond(effect, now) { events.append(event) }
        }
      }
    }
  }
}

/// The state of an import.
func remote(
  _ id: String, _ status: String, processed: Int = 0, failed: Int = 0, size: Int? = 10
) -> RemoteImport {
  var remote = RemoteImport(id: id, status: status)
  (remote.processedCount, remote.errorsCount, remote.inputsSize) = (processed, failed, size)
  return remote
}
