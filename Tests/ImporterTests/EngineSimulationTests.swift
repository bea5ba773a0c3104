import Testing

@testable import CommerceLayerImporter

@Suite struct EngineSimulationTests {
  /// What holds whatever happens. A failure names its seed.
  private func check(_ simulation: Simulation, maximumRunning: Int = 4) {
    #expect(simulation.ending != nil, "it never ended")
    for chunk in simulation.readChunks where !simulation.splitChunks.contains(chunk) {
      #expect(simulation.settled[chunk]?.count == 1, "chunk \(chunk) was settled not once")
    }
    #expect(Set(simulation.settled.keys).isDisjoint(with: simulation.splitChunks))
    #expect(Set(simulation.settled.keys).isSubset(of: simulation.readChunks))
    #expect(simulation.mostPlaces <= maximumRunning)
  }

  @Test func aQuietRunCreatesEachImportOnce() {
    var simulation = Simulation(seed: 1, chunks: 9, faults: .none)
    simulation.run()
    check(simulation)
    #expect(simulation.ending == .done)
    #expect(simulation.creates.values.allSatisfy { $0 == 1 })
    #expect(simulation.settled.count == 9)
    #expect(simulation.mostPlaces == 4)
  }

  @Test(arguments: UInt64(0)..<400)
  func keyedRowsArriveWhateverHappens(seed: UInt64) {
    var simulation = Simulation(seed: seed, chunks: Int(seed % 12), faults: .many)
    simulation.run()
    check(simulation)
    #expect(simulation.ending == .done)
    for (chunk, settlements) in simulation.settled {
      switch settlements.first {
      case .ended, .lost:
        #expect(simulation.committed(chunk) >= 1)
      case .needsOperator:
        // Only after every attempt was made.
        #expect(simulation.creates[chunk] ?? 0 >= EngineSettings.maximumAttempts)
      case .rejected, .unknown, .unsent, nil: Issue.record("chunk \(chunk): \(settlements)")
      }
    }
  }

  @Test(arguments: UInt64(0)..<400)
  func unkeyedRowsAreNeverSentTwice(seed: UInt64) {
    var simulation = Simulation(
      seed: seed, chunks: Int(seed % 12), faults: .many, mayRepeat: false)
    simulation.run()
    check(simulation)
    #expect(simulation.ending == .done)
    for chunk in simulation.readChunks { #expect(simulation.committed(chunk) <= 1) }
  }

  @Test(arguments: UInt64(0)..<300)
  func stoppingAtAnyPointAccountsForEveryChunk(seed: UInt64) {
    var simulation = Simulation(seed: seed, chunks: 8, faults: .many)
    simulation.run(stopAfter: Int(seed % 60) + 1)
    check(simulation)
    guard simulation.ending == .stopped else { return }
    for (chunk, settlements) in simulation.settled {
      // What is called unsent was never committed, not even late.
      if case .unsent = settlements.first { #expect(simulation.committed(chunk) == 0) }
    }
  }

  @Test func aRaceOfFastAnswersNeverOverflowsTheQueue() {
    var simulation = Simulation(seed: 3, chunks: 40, faults: .none, maximumRunning: 10)
    simulation.run()
    check(simulation, maximumRunning: 10)
    #expect(simulation.ending == .done)
  }
}
