import CommerceLayerRows
import Dispatch

/// Runs what it is given on a queue of its own, one after the other: work that waits for a disk would
/// hold a thread of the cooperative pool, of which there are as many as processors.
final class InputExecutor: SerialExecutor {
  private let queue = DispatchQueue(label: "commercelayer.importer.input")

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
  }
}

/// Reads an input for a run, away from the cooperative pool: both passes over its rows.
actor InputWorker {
  private let executor = InputExecutor()
  private let planner: ImportPlanner
  private var source: ChunkSource?

  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  init(_ planner: ImportPlanner) { self.planner = planner }

  /// Makes the first pass.
  func plan(
    observer: ImportObserver, isStopped: @Sendable () -> Bool
  ) throws(InputError) -> ImportPlan {
    try planner.plan(
      rejected: observer.entry, checked: observer.checked,
      isStopped: { isStopped() || Task.isCancelled })
  }

  /// The next chunk of the second pass; nil at the end.
  func next() throws(InputError) -> PreparedChunk? {
    if source == nil { source = try ChunkSource(planner) }
    return try source?.next()
  }
}
