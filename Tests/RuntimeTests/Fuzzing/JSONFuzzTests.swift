import Foundation
import Testing

/// Mutated texts against ``JSONOracle``.
///
/// A longer run: `CL_FUZZ_COUNT=5000000 CL_FUZZ_SEED=7 swift test --filter JSONFuzzTests`. A text that
/// fails is printed in base 64; put it into `Tests/FixtureFiles/fuzzing/json/FailCases` for good.
@Suite struct JSONFuzzTests {
  private static func number(_ name: String, _ usual: Int) -> Int {
    ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? usual
  }

  private static func corpus() throws -> [[UInt8]] {
    try ["json-test-suite", "jsonapi/tests", "fuzzing/json"].flatMap { folder in
      try FixtureFiles.files(in: folder).map { try FixtureFiles.bytes("\(folder)/\($0)") }
    }.filter { $0.count < 10_000 }
  }

  @Test func whatEverFailedHoldsNow() throws {
    for file in FixtureFiles.files(in: "fuzzing/json/FailCases") {
      #expect(
        JSONOracle.problem(try FixtureFiles.bytes("fuzzing/json/FailCases/\(file)")) == nil,
        "\(file)")
    }
  }

  @Test func everyTextOfTheCorpusHolds() throws {
    let corpus = try Self.corpus()
    #expect(corpus.count > 400)
    for text in corpus {
      #expect(
        JSONOracle.problem(text) == nil, "\(String(decoding: text.prefix(200), as: UTF8.self))")
    }
  }

  @Test func noMutationIsReadAgainstTheGrammar() throws {
    let count = Self.number("CL_FUZZ_COUNT", 10_000)
    let seed = Self.number("CL_FUZZ_SEED", 1)
    var mutator = Mutator(corpus: try Self.corpus(), seed: UInt64(bitPattern: Int64(seed)))
    for round in 0..<count {
      let text = mutator.next()
      guard let problem = JSONOracle.problem(text) else { continue }
      Issue.record("round \(round), seed \(seed): \(problem): \(Data(text).base64EncodedString())")
    }
  }
}
