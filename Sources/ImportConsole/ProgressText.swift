import CommerceLayer
import CommerceLayerImporter

/// What progress looks like. Pure.
enum ProgressText {
  /// The block that is drawn in place on a terminal while rows are checked.
  static func block(
    _ check: CheckProgress, label: String?, elapsed: Duration, size: TerminalSize
  ) -> [String] {
    let share = check.size == 0 ? 100 : check.bytes * 100 / check.size
    return fit(
      [
        bar(share, columns: size.columns) + "  \(share) %",
        text(check, label: label, elapsed: elapsed),
      ], size)
  }

  /// `checking skus.csv: 1200000 rows, 90.1 of 200.0 MB, 310000 rows/s`
  static func text(_ check: CheckProgress, label: String?, elapsed: Duration) -> String {
    var text = "checking" + (label.map { " \($0)" } ?? "") + ": \(ImportPlan.rows(check.rows))"
    text += ", \(megabytes(check.bytes)) of \(megabytes(check.size)) MB"
    if let rate = rate(check.rows, elapsed: elapsed) { text += ", \(rate) rows/s" }
    return text
  }

  /// The status as the service last told it; an import of an earlier part of the run was not asked for yet.
  private static func status(_ running: ImportProgress.Running) -> String {
    running.status.isEmpty ? "created earlier" : running.status
  }

  /// The block that is drawn in place on a terminal while rows are sent: the bar, then what is most
  /// worth knowing first, so that a low window shows that much.
  static func block(
    _ progress: ImportProgress, label: String? = nil, elapsed: Duration, note: String?,
    size: TerminalSize
  ) -> [String] {
    let share = progress.rows == 0 ? 100 : progress.consumed * 100 / progress.rows
    var lines = [bar(share, columns: size.columns) + "  \(share) %"]
    if let label { lines.append(label) }
    lines.append("\(progress.consumed) of \(ImportPlan.rows(progress.rows))")
    var facts: [String] = []
    if let rate = rate(progress.consumed, elapsed: elapsed) { facts.append("\(rate) rows/s") }
    facts.append("\(elapsed.inWords) so far")
    if let left = left(progress, elapsed: elapsed) { facts.append("about \(left.inWords) left") }
    lines.append(facts.joined(separator: ", "))
    lines.append(
      "\(progress.chunksOver) of \(ImportPlan.imports(progress.chunks)) ended, "
        + "\(progress.running.count) in flight")
    if progress.failed > 0 { lines.append("\(ImportPlan.rows(progress.failed)) failed") }
    if let note { lines.append(note) }
    for running in progress.running {
      lines.append("  \(running.id)  \(status(running))  \(running.consumed)/\(running.rows)")
    }
    return fit(joined(lines, size), size)
  }

  /// Puts the facts into as few lines as the width allows.
  private static func joined(_ lines: [String], _ size: TerminalSize) -> [String] {
    var joined: [String] = []
    for (index, line) in lines.enumerated() {
      // The bar stands alone; imports have a line each.
      if index > 1, let last = joined.last, !line.hasPrefix(" "),
        TerminalColumns.count(last) + TerminalColumns.count(line) + 2 < size.columns
      {
        joined[joined.count - 1] = "\(last); \(line)"
      } else {
        joined.append(line)
      }
    }
    return joined
  }

  /// Cuts lines at the window's width, and leaves out those it has no room for. The last line of the
  /// window stays free for the cursor.
  private static func fit(_ lines: [String], _ size: TerminalSize) -> [String] {
    let shown = lines.prefix(size.rows - 1).map { line in
      TerminalColumns.fit(TerminalSafe.text(line), below: size.columns)
    }
    return Array(shown)
  }

  /// How many lines of a window so wide these texts take, when it has become narrower since they
  /// were written.
  static func height(of lengths: [Int], columns: Int) -> Int {
    lengths.reduce(0) { $0 + max(1, ($1 + columns - 1) / max(1, columns)) }
  }

  /// The line that tells of a change where nothing is drawn in place; nil when there is none worth
  /// one.
  static func line(_ progress: ImportProgress, after last: ImportProgress?) -> String? {
    let known = Set(last?.running.map(\.id) ?? [])
    let statuses = Dictionary(
      last?.running.map { ($0.id, $0.status) } ?? [], uniquingKeysWith: { first, _ in first })
    if progress.chunksOver != last?.chunksOver ?? 0 {
      return "\(progress.chunksOver) of \(ImportPlan.imports(progress.chunks)) ended: "
        + "\(ImportPlan.rows(progress.succeeded)) imported, \(progress.failed) failed, "
        + "\(progress.unprocessed) not processed"
    }
    for running in progress.running
    where !known.contains(running.id) || statuses[running.id] != running.status {
      return "import \(running.chunk) of \(progress.chunks), "
        + "\(TerminalSafe.text(running.id, limit: 40)): "
        + "\(TerminalSafe.text(status(running), limit: 40)), "
        + "\(running.consumed) of \(ImportPlan.rows(running.rows))"
    }
    return nil
  }

  /// What a notice says.
  static func text(_ notice: ImportNotice) -> String? {
    switch notice {
    case .created: nil
    case .waitingForRoom(let delay):
      "the organization's queue of imports is full; trying again in \(delay.inWords)"
    case .throttled(let delay): "too many requests; going on in \(delay.inWords)"
    case .retrying(let reason, let delay):
      "\(TerminalSafe.text(reason, limit: 200)); trying again in \(delay.inWords)"
    case .lookingFor(let chunk, let reason):
      "import \(chunk): \(TerminalSafe.text(reason, limit: 200)); looking whether it was created"
    case .adopted(let chunk, let id):
      "import \(chunk): it was created, as \(TerminalSafe.text(id, limit: 40))"
    case .sendingAgain(let chunk): "import \(chunk): it was not created; sending it again"
    case .halved(let chunk): "import \(chunk): too large for the service; sending it in two halves"
    }
  }

  private static func bar(_ share: Int, columns: Int) -> String {
    let width = min(40, max(4, columns - 12))
    let filled = min(width, max(0, share) * width / 100)
    return String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
  }

  private static func seconds(_ duration: Duration) -> Double {
    Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
  }

  private static func rate(_ rows: Int, elapsed: Duration) -> Int? {
    let seconds = seconds(elapsed)
    guard seconds >= 0.5, rows > 0 else { return nil }
    return Int(Double(rows) / seconds)
  }

  /// How long the rest takes at the rate so far; nil while that says little.
  static func left(_ progress: ImportProgress, elapsed: Duration) -> Duration? {
    guard elapsed >= .seconds(2), progress.consumed > 0, progress.consumed < progress.rows else {
      return nil
    }
    let rest = Double(progress.rows - progress.consumed) / Double(progress.consumed)
    return .seconds(max(1, (seconds(elapsed) * rest).rounded()))
  }

  /// `90.1`
  private static func megabytes(_ bytes: Int) -> String {
    let tenths = bytes / 100_000
    return "\(tenths / 10).\(tenths % 10)"
  }
}
