import Foundation
import Testing

@testable import CommerceLayerRuntime

/// Mutated documents, waits, slugs and header values against ``RuntimeOracle``.
///
/// A longer run: `CL_FUZZ_COUNT=1000000 CL_FUZZ_SEED=7 swift test --filter RuntimeFuzzTests`.
@Suite struct RuntimeFuzzTests {
  private static func number(_ name: String, _ usual: Int) -> Int {
    ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? usual
  }

  /// Texts that are accepted, so that most mutations are near the edge.
  private static let seeds: [[UInt8]] =
    [
      #"{"data":{"type":"a","id":"1","attributes":{"name":"n","tags":[]},"relationships":{"b":{"data":{"type":"b","id":"2"}}}},"included":[{"type":"b","id":"2","attributes":{"name":null}}]}"#,
      #"{"data":[{"type":"a","id":"1","links":{"self":"x"},"relationships":{"b":{"data":[{"type":"b","id":"2"}]},"c":{"links":{}}}},{"type":"a","id":"1"}],"meta":{"record_count":2},"links":{"next":"y"}}"#,
      #"{"data":null}"#, #"{"errors":[{"title":"t","source":{"pointer":"/data"}}]}"#,
      #"{"data":[],"errors":[]}"#,
    ].map { [0] + Array($0.utf8) }
    + [
      "120", "0.5", "1e3", "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
      "Sun Nov  6 08:49:37 1994", "Sun, 06 Nov 9999 23:59:59 GMT",
    ].map { [1] + Array($0.utf8) }
    + ["acme", "a-b-1", String(repeating: "x", count: 63)].map {
      [2] + Array($0.utf8)
    } + ["max-age=60", "a\tb", "W/\"x\""].map { [3] + Array($0.utf8) }

  @Test func theSeedsHold() {
    for seed in Self.seeds {
      #expect(RuntimeOracle.problem(seed) == nil, "\(String(decoding: seed, as: UTF8.self))")
    }
  }

  @Test func noMutationBreaksAPromise() {
    let count = Self.number("CL_FUZZ_COUNT", 20_000)
    let seed = Self.number("CL_FUZZ_SEED", 1)
    var mutator = Mutator(corpus: Self.seeds, seed: UInt64(bitPattern: Int64(seed)))
    for round in 0..<count {
      let text = mutator.next()
      guard let problem = RuntimeOracle.problem(text) else { continue }
      Issue.record("round \(round), seed \(seed): \(problem): \(Data(text).base64EncodedString())")
      return
    }
  }
}
