import Foundation
import Testing

@testable import CommerceLayerImporter

/// Whatever dies, nothing is lost and nothing doubled: runs that are killed at every effect under every
/// fault, and resumed.
///
/// `SIMULATION_SEEDS=10000 swift test --filter SimulationTests` runs more of them;
/// `SIMULATION_SEED=N` one, and `SIMULATION_TRACE=1` prints what happens. See `scripts/soak-simulation`.
@Suite struct SimulationTests {
  private static func environment(_ name: String) -> Int? {
    ProcessInfo.processInfo.environment[name].flatMap(Int.init)
  }

  /// The seeds of this run: one that failed, or as many as are asked for.
  static var seeds: Range<UInt64> {
    if let seed = environment("SIMULATION_SEED") { return UInt64(seed)..<(UInt64(seed) + 1) }
    let first = UInt64(environment("SIMULATION_FIRST") ?? 0)
    return first..<(first + UInt64(environment("SIMULATION_SEEDS") ?? 500))
  }

  private func report(_ seed: UInt64, _ violations: [String]) {
    guard let first = violations.first else { return }
    Issue.record(
      "SIMULATION_SEED=\(seed) swift test --filter SimulationTests/anyRunKeepsItsPromises  # \(first)"
    )
  }

  @Test func anyRunKeepsItsPromises() {
    let traces = Self.environment("SIMULATION_TRACE") != nil
    for seed in Self.seeds {
      report(seed, RunSimulation.violations(of: .random(seed: seed), traces: traces))
    }
  }

  /// Two imports, the first of which meets one fault; killed before each effect in turn.
  @Test(arguments: ModelService.CreateFault.allCases, [true, false])
  func aRunThatIsKilledAnywhereIsResumed(fault: ModelService.CreateFault, isKeyed: Bool) {
    for crash in 1...55 {
      var plan = RunSimulation.Plan(seed: UInt64(crash))
      plan.isKeyed = isKeyed
      (plan.chunks, plan.chunkRows, plan.maximumRunning) = (2, 2, 2)
      plan.firstCreate = fault
      plan.crashes = [crash]
      let violations = RunSimulation.violations(of: plan)
      #expect(violations == [], "killed before effect \(crash)")
    }
  }

  @Test func aQuietRunCreatesEachImportOnce() {
    var simulation = RunSimulation(RunSimulation.Plan(chunks: 9))
    simulation.run()
    #expect(simulation.violations == [])
    #expect(simulation.ending == .done)
    #expect(simulation.journal.contents.isFinished)
    #expect(simulation.journal.contents.chunks.values.allSatisfy { $0.intent?.attempt == 1 })
    #expect(simulation.ledger.outcomes.values.allSatisfy { $0 == .succeeded })
  }

  /// An import that waits behind those of other programs for longer than the stall limit is waited for.
  @Test func importsBehindALongQueueAreWaitedFor() {
    var plan = RunSimulation.Plan(seed: 1)
    plan.strangers = (6, 400)
    plan.rowTime = .seconds(1)
    plan.stall = .seconds(60)
    var simulation = RunSimulation(plan)
    simulation.run()
    #expect(simulation.violations == [])
    #expect(simulation.ending == .done)
    #expect(simulation.now > .seconds(1000))
  }

  /// The rows that an interrupted import did not come to are sent again, in a new import each time.
  @Test func interruptedImportsAreContinued() {
    var plan = RunSimulation.Plan(seed: 1)
    (plan.chunks, plan.chunkRows) = (2, 10)
    plan.failing = [2, 4, 7, 8, 15]
    plan.continueInterrupted = true
    var simulation = RunSimulation(plan)
    simulation.run()
    #expect(simulation.violations == [])
    let outcomes = simulation.ledger.outcomes
    #expect(outcomes.count { $0.value == .failed } == 5)
    #expect(outcomes.count { $0.value == .notProcessed } < 3)
    plan.continueInterrupted = false
    simulation = RunSimulation(plan)
    simulation.run()
    #expect(simulation.ledger.outcomes.count { $0.value == .notProcessed } > 3)
  }

  /// A safeguard that is left out is noticed: the simulation would see it go.
  @Test(arguments: EngineMutation.allCases)
  func aMissingSafeguardIsNoticed(mutation: EngineMutation) {
    let isNoticed = (0..<UInt64(400)).contains { seed in
      var plan = RunSimulation.Plan.random(seed: seed, mutations: [mutation])
      if mutation == .stallOnPending {
        plan.strangers = (6, 200)
        plan.stall = .seconds(60)
      }
      return !RunSimulation.violations(of: plan).isEmpty
    }
    #expect(isNoticed, "nothing changes without the safeguard against \(mutation)")
  }
}
