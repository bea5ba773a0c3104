package import CommerceLayer
package import CommerceLayerImporter
import Synchronization

/// Shows progress on standard error: drawn in place on a terminal, else a line for each change.
package final class ProgressDisplay: Sendable {
  private struct State {
    var label: String?
    var start: Duration
    var last: ImportProgress?
    var note: String?
    var lastNote: String?
    /// The lengths of the lines that stand there.
    var drawn: [Int] = []
    var checkedAt: Duration
  }

  /// The time between two pictures of the check of rows.
  private static let checkInterval: Duration = .milliseconds(100)
  /// The time between two lines where nothing is drawn in place.
  private static let checkLineInterval: Duration = .seconds(10)

  private let state: Mutex<State>
  private let isLive: Bool
  private let time: TimeSource
  private let size: @Sendable () -> TerminalSize
  private let write: @Sendable (String) -> Void

  package init(
    isLive: Bool, time: TimeSource = .continuous,
    size: @escaping @Sendable () -> TerminalSize = { .current },
    write: @escaping @Sendable (String) -> Void = Console.errRaw
  ) {
    self.isLive = isLive
    self.time = time
    self.size = size
    self.write = write
    state = Mutex(State(start: time.now(), checkedAt: time.now()))
  }

  /// Begins with the next input, or with sending what was checked.
  /// - Parameter label: What tells it from others.
  package func begin(_ label: String?) {
    let now = time.now()
    state.withLock { state in
      clear(&state)
      state = State(label: label, start: now, checkedAt: now)
    }
  }

  package func show(_ check: CheckProgress) {
    let now = time.now()
    state.withLock { state in
      let interval = isLive ? Self.checkInterval : Self.checkLineInterval
      guard now - state.checkedAt >= interval else { return }
      state.checkedAt = now
      let elapsed = now - state.start
      if isLive {
        draw(
          ProgressText.block(check, label: state.label, elapsed: elapsed, size: size()), &state)
      } else {
        write(ProgressText.text(check, label: state.label, elapsed: elapsed) + "\n")
      }
    }
  }

  package func show(_ progress: ImportProgress) {
    state.withLock { state in
      if isLive {
        // What was waited for is over once something moves.
        if progress.consumed != state.last?.consumed { state.note = nil }
        draw(progress, &state)
      } else if let line = ProgressText.line(progress, after: state.last) {
        write(line + "\n")
      }
      state.last = progress
    }
  }

  package func show(_ notice: ImportNotice) {
    guard let text = ProgressText.text(notice) else { return }
    state.withLock { state in
      if isLive {
        state.note = text
        if let last = state.last { draw(last, &state) }
      } else if text != state.lastNote {
        write(text + "\n")
      }
      state.lastNote = text
    }
  }

  /// Leaves the last block standing and goes on below it.
  package func end() {
    state.withLock { $0.drawn = [] }
  }

  /// Removes the block, for lines that stay.
  package func clear() {
    state.withLock { clear(&$0) }
  }

  private func clear(_ state: inout State) {
    if !state.drawn.isEmpty { write(erasing(state.drawn, columns: size().columns)) }
    state.drawn = []
  }

  private func draw(_ progress: ImportProgress, _ state: inout State) {
    draw(
      ProgressText.block(
        progress, label: state.label, elapsed: time.now() - state.start, note: state.note,
        size: size()), &state)
  }

  private func draw(_ lines: [String], _ state: inout State) {
    let erasure = state.drawn.isEmpty ? "" : erasing(state.drawn, columns: size().columns)
    write(erasure + lines.map { $0 + "\n" }.joined())
    state.drawn = lines.map(TerminalColumns.count)
  }

  /// Goes up to the first line of what stands there, however a narrower window broke its lines, and
  /// clears what is below.
  private func erasing(_ drawn: [Int], columns: Int) -> String {
    "\u{1B}[\(ProgressText.height(of: drawn, columns: columns))A\r\u{1B}[J"
  }
}
