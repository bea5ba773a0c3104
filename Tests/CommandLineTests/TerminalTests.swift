import CommerceLayer
import CommerceLayerSandbox
import Foundation
import Synchronization
import Testing

@testable import CommerceLayerImporter
@testable import ImportConsole
@testable import cl_import

/// Progress and questions, on terminals of all sizes and without one.
@Suite(.serialized) struct TerminalTests {
  private func progress(running: Int = 2) -> ImportProgress {
    var progress = ImportProgress()
    (progress.rows, progress.chunks, progress.chunksOver) = (1_000_000, 100, 50)
    (progress.succeeded, progress.failed) = (499_000, 1000)
    progress.running = (0..<running).map {
      .init(chunk: $0, id: "WEfXkyfrRy\($0)", status: "in_progress", rows: 10_000, consumed: 5000)
    }
    return progress
  }

  @Test(arguments: [(40, 8), (200, 50), (20, 2), (80, 24), (1, 1), (10_000, 10_000)])
  func theBlockFitsTheWindow(columns: Int, rows: Int) {
    let size = TerminalSize(columns: columns, rows: rows)
    let lines = ProgressText.block(
      progress(running: 10), label: "2 of 3: /some/where/prices-2026.csv", elapsed: .seconds(130),
      note: "too many requests; going on in 2.5 seconds", size: size)
    #expect(lines.count < size.rows)
    #expect(lines.allSatisfy { $0.count < size.columns })
    #expect(!lines.isEmpty)
  }

  /// What is drawn for a file with such a name; each of these characters takes two columns.
  @Test(arguments: ["価格表二〇二六年版最新最終版.csv", "💶🛒🧢👕🧦👖👗👘👙👚👛👜👝👞👟.csv"])
  func ideographsAndEmojiTakeTwoColumns(name: String) throws {
    #expect(TerminalColumns.count("価💶aé") == 6)
    let block = ProgressText.block(
      progress(), label: name, elapsed: .seconds(130), note: nil,
      size: TerminalSize(columns: 24, rows: 20))
    let line = try #require(block.first { $0.contains(name.prefix(5)) })
    #expect(line == String(name.prefix(11)) + "…")
    let window = Window(40, 24)
    let display = window.display(isLive: true)
    display.begin(name)
    display.show(progress(running: 0))
    let lines = try #require(window.texts.last).split(separator: "\n").map(String.init)
    window.size.withLock { $0 = TerminalSize(columns: 20, rows: 24) }
    display.clear()
    // The line of the name breaks into two, however few characters it has.
    let height = lines.reduce(0) { $0 + (TerminalColumns.count($1) + 19) / 20 }
    #expect(height > lines.reduce(0) { $0 + ($1.count + 19) / 20 })
    #expect(window.texts.last == "\u{1B}[\(height)A\r\u{1B}[J")
  }

  @Test func everythingWorthKnowingIsTold() {
    let text = ProgressText.block(
      progress(), elapsed: .seconds(130), note: "too many requests; going on in 2.5 seconds",
      size: TerminalSize(columns: 200, rows: 24)
    ).joined(separator: "\n")
    for part in [
      "51 %", "510000 of 1000000 rows", "3923 rows/s", "2 minutes 10 seconds so far",
      "about 2 minutes 5 seconds left", "50 of 100 imports ended, 2 in flight", "1000 rows failed",
      "too many requests", "WEfXkyfrRy1  in_progress  5000/10000",
    ] {
      #expect(text.contains(part), "\(part) in \(text)")
    }
    #expect(!text.contains("\u{1B}"))
  }

  @Test func theTimeLeftIsNotGuessedTooEarly() {
    #expect(ProgressText.left(progress(), elapsed: .seconds(1)) == nil)
    var none = progress(running: 0)
    (none.succeeded, none.failed) = (0, 0)
    #expect(ProgressText.left(none, elapsed: .seconds(60)) == nil)
    none.succeeded = 1_000_000
    #expect(ProgressText.left(none, elapsed: .seconds(60)) == nil)
  }

  /// What a display wrote, and a window that changes.
  private final class Window: Sendable {
    let size: Mutex<TerminalSize>
    let written = Mutex<[String]>([])
    init(_ columns: Int, _ rows: Int) { size = Mutex(TerminalSize(columns: columns, rows: rows)) }
    func display(isLive: Bool, time: TimeSource = .continuous) -> ProgressDisplay {
      ProgressDisplay(
        isLive: isLive, time: time, size: { self.size.withLock { $0 } },
        write: { text in self.written.withLock { $0.append(text) } })
    }
    var texts: [String] { written.withLock { $0 } }
  }

  @Test func aNarrowerWindowIsClearedWhole() throws {
    let window = Window(100, 24)
    let display = window.display(isLive: true)
    display.show(progress())
    let first = try #require(window.texts.first)
    let lengths = first.split(separator: "\n").map(\.count)
    window.size.withLock { $0 = TerminalSize(columns: 30, rows: 24) }
    display.show(progress(running: 1))
    let second = try #require(window.texts.last)
    // Each line that stood there takes as many lines now as it broke into.
    let height = lengths.reduce(0) { $0 + ($1 + 29) / 30 }
    #expect(height > lengths.count)
    #expect(second.hasPrefix("\u{1B}[\(height)A\r\u{1B}[J"))
  }

  @Test func theCheckIsShownNowAndThen() throws {
    let now = Mutex(Duration.zero)
    let time = TimeSource(now: { now.withLock { $0 } }, sleep: { _ in })
    let piped = Window(80, 24)
    let display = piped.display(isLive: false, time: time)
    let live = Window(80, 24)
    let drawn = live.display(isLive: true, time: time)
    for tenth in 1...250 {
      now.withLock { $0 = .milliseconds(tenth * 100) }
      let check = CheckProgress(rows: tenth * 8192, bytes: tenth * 800_000, size: 400_000_000)
      display.show(check)
      drawn.show(check)
    }
    #expect(
      piped.texts == [
        "checking: 819200 rows, 80.0 of 400.0 MB, 81920 rows/s\n",
        "checking: 1638400 rows, 160.0 of 400.0 MB, 81920 rows/s\n",
      ])
    #expect(live.texts.count == 250)
    #expect(live.texts.last?.contains("50 %") == true)
    drawn.clear()
    #expect(live.texts.last == "\u{1B}[2A\r\u{1B}[J")
  }

  /// A terminal of its own for a process.
  private final class Terminal {
    private let master: Int32
    private let process = Process()
    private let text = Box()
    final class Box: Sendable {
      let bytes = Mutex<[UInt8]>([])
      let status = Mutex<Int32?>(nil)
    }

    init(_ arguments: [String], environment: [String: String], columns: UInt16, rows: UInt16) throws
    {
      let name: String
      (master, name) = try Self.pair()
      var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
      _ = ioctl(master, UInt(TIOCSWINSZ), &size)
      let slave = open(name, O_RDWR | O_NOCTTY)
      try #require(slave >= 0)
      let handle = FileHandle(fileDescriptor: slave, closeOnDealloc: true)
      process.executableURL = try Program.url()
      process.arguments = arguments
      process.environment = ["TERM": "xterm", "TMPDIR": NSTemporaryDirectory()].merging(environment)
      {
        $1
      }
      process.standardInput = handle
      process.standardOutput = handle
      process.standardError = handle
      let (master, text) = (master, text)
      process.terminationHandler = { ended in text.status.withLock { $0 = ended.terminationStatus }
      }
      try process.run()
      Thread {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
          let count = read(master, &buffer, buffer.count)
          guard count > 0 else { return }
          text.bytes.withLock { $0 += buffer[..<count] }
        }
      }.start()
    }

    /// The controlling end of a new terminal, and the path of the other.
    private static func pair() throws -> (Int32, String) {
      #if canImport(Darwin)
        let master = posix_openpt(O_RDWR | O_NOCTTY)
        try #require(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0)
        return (master, String(cString: try #require(ptsname(master))))
      #else
        // The calls of the C library that do this are not visible to Swift: TIOCSPTLCK, TIOCGPTN.
        let master = open("/dev/ptmx", O_RDWR | O_NOCTTY)
        var (isLocked, number): (Int32, Int32) = (0, 0)
        try #require(
          master >= 0 && ioctl(master, 0x4004_5431, &isLocked) == 0
            && ioctl(master, 0x8004_5430, &number) == 0)
        return (master, "/dev/pts/\(number)")
      #endif
    }

    deinit {
      if process.isRunning { process.terminate() }
      close(master)
    }

    var output: String { text.bytes.withLock { String(decoding: $0, as: UTF8.self) } }

    func type(_ line: String) {
      let bytes = Array((line + "\n").utf8)
      _ = write(master, bytes, bytes.count)
    }

    /// Waits for a text, or for the end of the process.
    func wait(for part: String) async throws {
      while !output.contains(part), text.status.withLock({ $0 }) == nil { await Task.yield() }
    }

    func status() async throws -> Int32 {
      while true {
        if let status = text.status.withLock({ $0 }) { return status }
        try await Task.sleep(for: .milliseconds(20))
      }
    }
  }

  private func skus(_ count: Int) -> String {
    "code,name,shipping_category_id\n" + (0..<count).map { "S\($0),n,cat\n" }.joined()
  }

  @Test(arguments: [(40, 8), (200, 50)])
  func framesOfARealRunFit(columns: Int, rows: Int) async throws {
    let service = try await Service { $0.pace = .rows(perSecond: 2000) }
    let file = try Input(skus(1000))
    let terminal = try Terminal(
      ["run", file.path, "--type", "skus", "--chunk-rows", "100"],
      environment: service.environment(),
      columns: UInt16(columns), rows: UInt16(rows))
    let status = try await terminal.status()
    await service.stop()
    #expect(status == 0, "\(terminal.output)")
    // What follows each erasure, up to the next one, is one frame.
    let frames = terminal.output.components(separatedBy: "\u{1B}[J").dropFirst().dropLast()
    #expect(frames.count > 1)
    for frame in frames {
      let lines = frame.components(separatedBy: "\u{1B}")[0].split(separator: "\r\n")
      #expect(lines.count < rows, "\(lines)")
      #expect(lines.allSatisfy { $0.count < columns }, "\(lines)")
    }
    #expect(terminal.output.contains("rows/s"))
    #expect(terminal.output.contains("in flight"))
  }

  @Test(arguments: [["CI": "true"], ["TERM": "dumb"]])
  func noTerminalToDrawOnGetsLines(environment: [String: String]) async throws {
    let service = try await Service()
    let file = try Input(skus(10))
    let terminal = try Terminal(
      ["run", file.path, "--type", "skus"],
      environment: service.environment().merging(environment) { $1 }, columns: 80, rows: 24)
    #expect(try await terminal.status() == 0)
    await service.stop()
    #expect(!terminal.output.contains("\u{1B}"), "\(terminal.output)")
    #expect(terminal.output.contains("1 of 1 import ended"))
  }

  @Test func nothingIsColored() async throws {
    let service = try await Service()
    let file = try Input(skus(10))
    let terminal = try Terminal(
      ["run", file.path, "--type", "skus"],
      environment: service.environment().merging(["NO_COLOR": "1"]) { $1 }, columns: 80, rows: 24)
    #expect(try await terminal.status() == 0)
    await service.stop()
    // Moving and clearing only: no sequence that ends with m.
    #expect(terminal.output.firstMatch(of: /\u{1B}\[[0-9;]*m/) == nil)
  }

  @Test(arguments: [("y", Int32(0), 1), ("no", 1, 0), ("", 1, 0)])
  func aLiveOrganizationAsks(typed: String, status: Int32, creates: Int) async throws {
    let service = try await Service { $0.mode = "live" }
    let file = try Input(skus(3))
    let terminal = try Terminal(
      ["run", file.path, "--type", "skus", "--organization", "acme"],
      environment: service.environment(), columns: 200, rows: 24)
    try await terminal.wait(for: "[y/N]")
    #expect(
      terminal.output.contains("3 rows of skus would go to the live data of 'acme'."),
      "\(terminal.output)")
    #expect(!service.requests.contains("POST /api/imports"))
    terminal.type(typed)
    #expect(try await terminal.status() == status, "\(terminal.output)")
    await service.stop()
    #expect(service.requests.count { $0 == "POST /api/imports" } == creates)
  }

  @Test func withoutATerminalALiveOrganizationNeedsYes() async throws {
    let service = try await Service { $0.mode = "live" }
    let file = try Input(skus(3))
    let rejected = try await Program.run(
      "run", file.path, "--type", "skus", environment: service.environment())
    #expect(rejected.status == 64, "\(rejected.err)")
    #expect(rejected.err.contains("add --yes"))
    #expect(!service.requests.contains("POST /api/imports"))
    let agreed = try await Program.run(
      "run", file.path, "--type", "skus", "--yes", environment: service.environment())
    await service.stop()
    #expect(agreed.status == 0, "\(agreed.err)")
  }

  @Test func onlyYesMeansYes() {
    for text in ["y", "Y", "yes", " YES "] { #expect(Confirmation.means(yes: text)) }
    for text in ["", "n", "yess", "j", "ja", nil] as [String?] {
      #expect(!Confirmation.means(yes: text))
    }
  }
}
