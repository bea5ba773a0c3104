import CommerceLayer
import CommerceLayerImporter
import Synchronization

/// Shows progress on standard error: drawn in place on a terminal, else a line for each change.
final class ProgressDisplay: Sendable {
  private struct State {
    var last: ImportProgress?
    var note: String?
    var lastNote: String?
    var drawn = 0
  }

  private let state = Mutex(State())
  private let isLive: Bool
  private let columns: Int
  private let start: Duration
  private let time: TimeSource

  init(isLive: Bool, columns: Int, time: TimeSource = .continuous) {
    self.isLive = isLive
    self.columns = columns
    self.time = time
    start = time.now()
  }

  func show(_ progress: ImportProgress) {
    state.withLock { state in
      if isLive {
        // What was waited for is over once something moves.
        if progress.consumed != state.last?.consumed { state.note = nil }
        draw(progress, &state)
      } else if let line = ProgressText.line(progress, after: state.last) {
        Console.err(line)
      }
      state.last = progress
    }
  }

  func show(_ notice: ImportNotice) {
    guard let text = ProgressText.text(notice) else { return }
    state.withLock { state in
      if isLive {
        state.note = text
        if let last = state.last { draw(last, &state) }
      } else if text != state.lastNote {
        Console.err(text)
      }
      state.lastNote = text
    }
  }

  /// Leaves the last block standing and goes on below it.
  func end() {
    state.withLock { $0.drawn = 0 }
  }

  private func draw(_ progress: ImportProgress, _ state: inout State) {
    let lines = ProgressText.block(
      progress, elapsed: time.now() - start, note: state.note, columns: columns)
    // Up to the first line of the last block, then clear what is below.
    var text = state.drawn > 0 ? "\u{1B}[\(state.drawn)A\r\u{1B}[J" : ""
    text += lines.map { $0 + "\n" }.joined()
    Console.errRaw(text)
    state.drawn = lines.count
  }
}
