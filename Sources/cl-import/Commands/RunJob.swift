import CommerceLayer
import CommerceLayerImporter
import Synchronization

/// One run with everything around it: progress, signals, report, summary.
struct RunJob {
  let client: CommerceLayerClient
  let file: InputFile
  let format: InputFormat
  let rules: RowRules
  let settings: ImportSettings
  var reportPath: String?
  var replacesReport = false
  var isJSON = false
  let isLive: Bool
  let columns: Int

  /// What there is to say in the end.
  struct Result {
    let report: ImportReport
    let signal: Int32?
    let reportFailure: ReportFileError?

    /// The status to end with.
    var status: ExitStatus {
      let status = ExitStatus(report, signal: signal)
      let isMild = status == .success || status == .incomplete
      return reportFailure != nil && isMild ? .cannotCreate : status
    }

    /// - Throws: ``Failure`` when the run did not end well; ``Quit`` when rows were not imported.
    func check() throws {
      if let reportFailure { Failure(reportFailure).lines.forEach(Console.err) }
      if let failure = Failure(report) {
        failure.lines.forEach(Console.err)
      }
      throw Quit(status: status)
    }
  }

  func run() async throws -> Result {
    let runID = RunIdentifier.make()
    Console.err("run \(runID)")
    // A report that cannot be written is known before anything is sent.
    let planner = ImportPlanner(file: file, format: format, rules: rules, settings: settings)
    let reportFile = try reportPath.map {
      try ReportFile(path: $0, replacing: replacesReport, runID: runID, planner: planner)
    }
    let placing = PlacingFailure()
    let output = RunOutput(isJSON: isJSON, report: reportFile)
    let display = ProgressDisplay(isLive: isLive, columns: columns)
    let control = ImportControl()
    let signals = Signals { _ in
      display.end()
      Console.err("stopping: no further import is created; imports that run go on in the service")
      control.stop()
    }
    var observer = ImportObserver()
    observer.planned = { plan in
      do throws(ReportFileError) {
        try reportFile?.publish()
      } catch {
        // Nothing has been sent: a run whose report cannot be kept does not begin.
        placing.keep(error)
        control.stop()
      }
      // With a rejected row nothing is sent, so there is nothing to announce.
      guard plan.rejected == 0 || settings.skipRejected else { return }
      Console.err(
        "\(ImportPlan.rows(plan.accepted)) of \(plan.type) to send in \(ImportPlan.imports(plan.chunks))"
      )
      if plan.creating > 0 {
        Console.err(
          "\(ImportPlan.rows(plan.creating)) \(plan.creating == 1 ? "has" : "have") neither key nor id: each makes a record, and a second run would make it again"
        )
      }
      PlanText.warnings(plan).forEach(Console.err)
    }
    observer.progress = {
      reportFile?.flush()
      display.show($0)
    }
    observer.notice = { display.show($0) }
    observer.entry = { output.add($0) }
    observer.unsent = { output.addUnsent($0, reason: $1) }
    let importer = Importer(
      client: client, file: file, format: format, rules: rules, settings: settings, runID: runID)
    let report: ImportReport
    do {
      report = try await importer.run(control: control, observer: observer)
    } catch let error as InputError {
      // Thrown before anything is sent only.
      reportFile?.discard()
      output.fail(error)
      throw error
    }
    display.end()
    var reportFailure = placing.error
    if let reportFile, report.plan.isPartial || placing.error != nil {
      // Nothing was sent, and not all rows were read: the file itself is what to run again.
      reportFile.discard()
    } else if let reportFile {
      do throws(ReportFileError) {
        try reportFile.finish()
      } catch {
        reportFailure = error
      }
    }
    if isJSON {
      output.finish(report.json)
    } else {
      output.summary(report, reportPath: reportPath).forEach(Console.out)
    }
    return Result(report: report, signal: signals.first, reportFailure: reportFailure)
  }
}

/// Why a report could not take its place, kept for the end.
private final class PlacingFailure: Sendable {
  private let state = Mutex<ReportFileError?>(nil)
  var error: ReportFileError? { state.withLock { $0 } }
  func keep(_ error: ReportFileError) { state.withLock { $0 = error } }
}

/// Ends the program with a status; everything has been said.
struct Quit: Error {
  let status: ExitStatus
}
