import CommerceLayerImporter
import Foundation
import Testing

@testable import CommerceLayerJournal

/// Random changes of a journal's bytes, against ``JournalOracle``. With `CL_FUZZ_COUNT` and `CL_FUZZ_SEED`
/// as many and others; `Fuzz/README.md` says how libFuzzer makes them.
@Suite struct JournalFuzzTests {
  private static let count =
    Int(ProcessInfo.processInfo.environment["CL_FUZZ_COUNT"] ?? "") ?? 300
  private static let seed = UInt64(ProcessInfo.processInfo.environment["CL_FUZZ_SEED"] ?? "") ?? 1

  /// SplitMix64.
  private struct Generator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var value = state
      value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
      value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
      return value ^ (value >> 31)
    }
  }

  @Test func whateverIsInTheFile() async throws {
    let test = try TestStore()
    let path = try await test.begun(Sample.runID, try Sample.entries())
    let whole = Array(try Data(contentsOf: URL(filePath: path)))
    let scratch = try TestStore()
    #expect(JournalOracle.problem(whole, folder: scratch.folder) == nil)
    var random = Generator(state: Self.seed)
    func below(_ limit: Int) -> Int { Int(random.next() % UInt64(max(1, limit))) }
    // Bytes that say something: the header, the pages' own headers, and the texts.
    let busy = whole.indices.filter { whole[$0] != 0 }
    for round in 0..<Self.count {
      var bytes = whole
      for _ in 0..<(1 + below(4)) {
        let place = below(3) == 0 ? below(bytes.count) : busy[below(busy.count)] % bytes.count
        switch below(6) {
        case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
        case 1: bytes[place] ^= 1 << below(8)
        case 2: bytes.removeLast(min(bytes.count - 1, below(4096)))
        case 3:
          let end = min(bytes.count, place + below(512))
          for index in place..<end { bytes[index] = 0 }
        case 4:
          let from = below(bytes.count)
          let length = min(below(256), bytes.count - max(from, place))
          let piece = bytes[from..<from + length]
          bytes.replaceSubrange(place..<place + length, with: piece)
        default: bytes[place] = [0, 0x7F, 0x80, 0xFF][below(4)]
        }
      }
      if let problem = JournalOracle.problem(bytes, folder: scratch.folder) {
        Issue.record("round \(round) of seed \(Self.seed): \(problem)")
        return
      }
    }
  }

  /// The change of a digit that keeps the file whole changes what is read, not what is safe.
  @Test func textsThatStillFit() async throws {
    let test = try TestStore()
    let path = try await test.begun(Sample.runID, try Sample.entries())
    let whole = Array(try Data(contentsOf: URL(filePath: path)))
    let scratch = try TestStore()
    let digits = whole.indices.filter { (0x30...0x39).contains(whole[$0]) }
    for (round, index) in digits.enumerated() where round % 3 == 0 {
      var bytes = whole
      bytes[index] = 0x30 + (bytes[index] - 0x30 + UInt8(1 + round % 9)) % 10
      let problem = JournalOracle.problem(bytes, folder: scratch.folder)
      #expect(problem == nil, "byte \(index)")
    }
  }
}
