import CommerceLayer
import CommerceLayerImporter

/// What progress looks like. Pure.
enum ProgressText {
  /// The block that is drawn in place on a terminal.
  static func block(
    _ progress: ImportProgress, elapsed: Duration, note: String?, columns: Int
  ) -> [String] {
    var lines = [bar(progress, columns: columns) + "  \(share(progress))"]
    var facts = "\(progress.consumed) of \(ImportPlan.rows(progress.rows))"
    if let rate = rate(progress, elapsed: elapsed) { facts += ", \(rate) rows/s" }
    facts += ", \(clock(elapsed))"
    facts += "; \(progress.chunksOver) of \(ImportPlan.imports(progress.chunks)) over"
    if progress.failed > 0 { facts += ", \(ImportPlan.rows(progress.failed)) failed" }
    lines.append(facts)
    for running in progress.running {
      lines.append("  \(running.id)  \(running.status)  \(running.consumed)/\(running.rows)")
    }
    if let note { lines.append(note) }
    return lines.map { fit($0, columns: columns) }
  }

  /// The line that tells of a change where nothing is drawn in place; nil when there is none worth
  /// one.
  static func line(_ progress: ImportProgress, after last: ImportProgress?) -> String? {
    let known = Set(last?.running.map(\.id) ?? [])
    let statuses = Dictionary(
      last?.running.map { ($0.id, $0.status) } ?? [], uniquingKeysWith: { first, _ in first })
    if progress.chunksOver != last?.chunksOver ?? 0 {
      return "\(progress.chunksOver) of \(ImportPlan.imports(progress.chunks)) over: "
        + "\(ImportPlan.rows(progress.succeeded)) imported, \(progress.failed) failed, "
        + "\(progress.unprocessed) not processed"
    }
    for running in progress.running
    where !known.contains(running.id) || statuses[running.id] != running.status {
      return "import \(running.chunk) of \(progress.chunks), "
        + "\(TerminalSafe.text(running.id, limit: 40)): "
        + "\(TerminalSafe.text(running.status, limit: 40)), "
        + "\(running.consumed) of \(ImportPlan.rows(running.rows))"
    }
    return nil
  }

  /// What a notice says.
  static func text(_ notice: ImportNotice) -> String? {
    switch notice {
    case .created: nil
    case .waitingForRoom(let delay):
      "the organization's queue of imports is full; looking again in \(seconds(delay))"
    case .throttled(let delay): "too many requests; going on in \(seconds(delay))"
    case .retrying(let reason, let delay):
      "\(TerminalSafe.text(reason, limit: 200)); trying again in \(seconds(delay))"
    case .lookingFor(let chunk, let reason):
      "import \(chunk): \(TerminalSafe.text(reason, limit: 200)); looking whether it was created"
    case .adopted(let chunk, let id):
      "import \(chunk): it was created, as \(TerminalSafe.text(id, limit: 40))"
    case .sendingAgain(let chunk): "import \(chunk): it was not created; sending it again"
    case .halved(let chunk): "import \(chunk): too large for the service; sending it in two halves"
    }
  }

  private static func bar(_ progress: ImportProgress, columns: Int) -> String {
    let width = min(40, max(10, columns - 12))
    let filled = progress.rows == 0 ? width : min(width, progress.consumed * width / progress.rows)
    return String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
  }

  private static func share(_ progress: ImportProgress) -> String {
    "\(progress.rows == 0 ? 100 : progress.consumed * 100 / progress.rows) %"
  }

  private static func rate(_ progress: ImportProgress, elapsed: Duration) -> Int? {
    let seconds =
      Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
    guard seconds >= 0.5, progress.consumed > 0 else { return nil }
    return Int(Double(progress.consumed) / seconds)
  }

  /// `0:07`, `1:02:03`.
  static func clock(_ duration: Duration) -> String {
    let all = max(0, duration.components.seconds)
    func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
    let (hours, minutes, seconds) = (all / 3600, all / 60 % 60, all % 60)
    return hours > 0 ? "\(hours):\(two(minutes)):\(two(seconds))" : "\(minutes):\(two(seconds))"
  }

  private static func seconds(_ duration: Duration) -> String {
    let tenths =
      duration.components.seconds * 10 + duration.components.attoseconds / 100_000_000_000_000_000
    return "\(tenths / 10).\(tenths % 10) s"
  }

  private static func fit(_ line: String, columns: Int) -> String {
    let safe = TerminalSafe.text(line)
    return safe.count < columns ? safe : String(safe.prefix(columns - 2)) + "…"
  }
}
