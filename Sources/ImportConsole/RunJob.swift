package import CommerceLayer
package import CommerceLayerImporter
package import CommerceLayerJournal
import Foundation
import Synchronization

/// One input of a run.
package struct RunInput: Sendable {
  /// What output calls it.
  package let name: String
  package let file: InputFile
  package let format: InputFormat
  package var rules: RowRules
  /// Where the rows go that were not imported.
  package var reportPath: String?
  /// Ids by what stands for them in a column.
  package var lookups: [String: RowLookup] = [:]
  /// The start of its imports' references.
  package var runID = RunIdentifier.make()
  /// Where its journal will be; nil when nothing is recorded, or it is there already.
  package var staged: StagedRun?
  /// Where the file is; nil when it could be read only once, and is kept with the journal.
  package var path: String?

  package init(
    name: String, file: InputFile, format: InputFormat, rules: RowRules, reportPath: String? = nil
  ) {
    self.name = name
    self.file = file
    self.format = format
    self.rules = rules
    self.reportPath = reportPath
  }

  /// The input with settings of its own.
  package func settings(_ common: ImportSettings) -> ImportSettings {
    var settings = common
    settings.rows.lookups = lookups
    return settings
  }

  /// What checks it.
  package func planner(_ common: ImportSettings) -> ImportPlanner {
    ImportPlanner(file: file, format: format, rules: rules, settings: settings(common))
  }
}

/// One run with everything around it: progress, signals, reports, summary. All inputs are checked
/// before anything is sent; then they are imported one after the other.
package struct RunJob {
  package let client: CommerceLayerClient
  package let inputs: [RunInput]
  package let settings: ImportSettings
  package var replacesReport = false
  package var form = OutputForm.text
  package let isLive: Bool
  /// Asks before rows go to live data; nil never asks.
  package var confirmation: Confirmation?
  /// What the runs record; nil for nothing.
  package var journals: RunJournals?
  /// What 'cl-import resume' needs besides the run.
  package var resumeOptions: [String] = []

  package init(
    client: CommerceLayerClient, inputs: [RunInput], settings: ImportSettings,
    replacesReport: Bool = false, form: OutputForm = .text, isLive: Bool,
    confirmation: Confirmation? = nil
  ) {
    self.client = client
    self.inputs = inputs
    self.settings = settings
    self.replacesReport = replacesReport
    self.form = form
    self.isLive = isLive
    self.confirmation = confirmation
  }

  /// What there is to say in the end.
  package struct Result {
    package let reports: [ImportReport]
    package let signal: Int32?
    package let reportFailures: [ReportFileError]
    package var rejection: Failure?
    /// The command that goes on with what ended early.
    package var resumption: String?

    /// The status to end with.
    package var status: ExitStatus {
      if let rejection { return rejection.status }
      let status = ExitStatus.worst(reports.map { ExitStatus($0, signal: signal) })
      let isMild = status == .success || status == .incomplete
      return reportFailures.isEmpty || !isMild ? status : Failure(reportFailures[0]).status
    }

    /// - Throws: ``Quit`` with the status to end with; what went wrong is told first.
    package func check() throws {
      for failure in reportFailures { Failure(failure).lines.forEach(Console.err) }
      if let rejection {
        rejection.lines.forEach(Console.err)
      } else {
        // What the other inputs did because of the first is told of in their summaries.
        let failures = reports.compactMap { Failure($0, canResume: resumption != nil) }
        (failures.first { $0.status != .incomplete } ?? failures.first)?.lines.forEach(Console.err)
      }
      if let resumption { Console.err(resumption) }
      throw Quit(status: status)
    }
  }

  /// An input with what takes its outcomes.
  private struct Part {
    let input: RunInput
    /// What tells it from others; nil for the only one.
    let label: String?
    let importer: Importer
    let output: RunOutput
    let report: ReportFile?
    let observer: ImportObserver
    var journal: InputJournal?
    var plan: ImportPlan?
  }

  package func run() async throws -> Result {
    let display = ProgressDisplay(isLive: isLive)
    let control = ImportControl()
    var parts = try parts(display, control)
    let signals = Signals { _ in
      display.end()
      Console.err("stopping: no further import is created; imports that run go on in the service")
      control.stop()
    }
    for index in parts.indices {
      display.begin(parts[index].label)
      do {
        parts[index].plan = try await parts[index].importer.check(
          control: control, observer: parts[index].observer)
      } catch let error as InputError {
        // Thrown before anything is sent only.
        display.clear()
        discard(parts)
        parts[index].output.fail(error)
        if form == .json, parts.count > 1 { FilesDocument.write([parts[index].output]) }
        throw Failure(error, of: parts[index].label)
      }
    }
    display.clear()
    let plans = parts.compactMap(\.plan)
    var mayBegin = !plans.contains { $0.isPartial } && !control.isStopped
    var rejection: Failure?
    if mayBegin {
      do {
        for (index, plan) in plans.enumerated() {
          try journals?.take(plan, of: inputs[index], at: index)
        }
      } catch {
        discard(parts)
        throw error
      }
      rejection = await earlier(parts, plans)
      mayBegin = rejection == nil
    }
    if mayBegin { try publish(parts) }
    if rejection == nil { announce(parts) }
    confirmation?.plans = plans
    let reports = try await send(parts, plans, display, control, rejection)
    display.end()
    var failures: [ReportFileError] = []
    for part in parts {
      guard let report = part.report else { continue }
      // Where not all rows were read nothing was sent: the file itself is what to run again.
      guard mayBegin else {
        report.discard()
        continue
      }
      do throws(ReportFileError) {
        try report.finish()
      } catch {
        failures.append(error)
      }
    }
    tell(parts, reports)
    let unfinished = journals?.unfinished
    return Result(
      reports: reports, signal: signals.first, reportFailures: failures,
      rejection: rejection ?? confirmation?.rejection ?? journals?.rejection,
      resumption: unfinished.map { RunStore.command("resume", $0, resumeOptions) })
  }

  /// Tells which rows were sent before by earlier runs.
  /// - Returns: Why nothing may be sent: rows would be created again.
  private func earlier(_ parts: [Part], _ plans: [ImportPlan]) async -> Failure? {
    guard let journals, !journals.isResumed else { return nil }
    var rejection: Failure?
    for (part, plan) in zip(parts, plans) where plan.rejected == 0 || sendsRejected {
      let found = await EarlierRuns(
        plan, name: part.input.name, journals: journals, client: client)
      found.notices(resumeOptions).forEach(Console.err)
      guard rejection == nil, !settings.allowDuplicates else { continue }
      rejection = found.rejection(resumeOptions)
    }
    return rejection
  }

  /// Prepares all inputs. A report that cannot be written is known before anything is sent.
  private func parts(_ display: ProgressDisplay, _ control: ImportControl) throws -> [Part] {
    var parts: [Part] = []
    var label: String?
    do {
      for (index, input) in inputs.enumerated() {
        let runID = input.runID
        label = inputs.count > 1 ? input.name : nil
        Console.err("run \(runID)" + (label.map { ": \(TerminalSafe.text($0))" } ?? ""))
        let planner = input.planner(settings)
        let report = try input.reportPath.map {
          try ReportFile(path: $0, replacing: replacesReport, runID: runID, planner: planner)
        }
        let output = try RunOutput(form: form, report: report, name: label)
        parts.append(
          Part(
            input: input, label: label,
            importer: Importer(
              client: client, file: input.file, format: input.format, rules: input.rules,
              settings: input.settings(settings), runID: runID),
            output: output, report: report,
            observer: observer(output, report, display, control, runID: runID),
            journal: journals?.all[index]))
      }
    } catch let error as InputError {
      discard(parts)
      throw Failure(error, of: label)
    } catch {
      discard(parts)
      throw error
    }
    return parts
  }

  private func discard(_ parts: [Part]) {
    for part in parts { part.report?.discard() }
  }

  private func observer(
    _ output: RunOutput, _ report: ReportFile?, _ display: ProgressDisplay,
    _ control: ImportControl, runID: String
  ) -> ImportObserver {
    var observer = ImportObserver()
    observer.checked = { display.show($0) }
    observer.planned = { output.tell($0, runID: runID) }
    observer.progress = {
      report?.flush()
      output.tell("progress", $0.json)
      // Imports that go on in the service are not over, whatever is counted of them now.
      if !control.isStopped { display.show($0) }
    }
    observer.notice = { notice in
      if case .created(let chunk, let id) = notice {
        output.tell("created", ["chunk": .number(JSONNumber(chunk)), "import": .string(id)])
      } else if let text = ProgressText.text(notice) {
        output.tell("notice", ["message": .string(text)])
      }
      display.show(notice)
    }
    observer.entry = { output.add($0) }
    observer.unsent = { output.addUnsent($0, reason: $1) }
    return observer
  }

  /// Puts all reports in their places. Nothing has been sent: a run whose report cannot be kept does
  /// not begin.
  private func publish(_ parts: [Part]) throws {
    do {
      for part in parts { try part.report?.publish() }
    } catch {
      discard(parts)
      throw error
    }
  }

  private var sendsRejected: Bool { settings.skipRejected }

  /// Says what is going to be sent. With a rejected row nothing is, so there is nothing to announce.
  private func announce(_ parts: [Part]) {
    let plans = parts.compactMap(\.plan)
    guard sendsRejected || !plans.contains(where: { $0.rejected > 0 }) else { return }
    for (part, plan) in zip(parts, plans) where !plan.isPartial {
      Console.err(
        (part.label.map { "\(TerminalSafe.text($0)): " } ?? "")
          + "\(ImportPlan.rows(plan.accepted)) of \(plan.type) to send in \(ImportPlan.imports(plan.chunks))"
      )
      if plan.creating > 0 {
        Console.err(
          "\(ImportPlan.rows(plan.creating)) \(plan.creating == 1 ? "has" : "have") neither key nor id: each makes a record, and a second run would make it again"
        )
      }
      PlanText.warnings(plan).forEach(Console.err)
    }
  }

  private func send(
    _ parts: [Part], _ plans: [ImportPlan], _ display: ProgressDisplay, _ control: ImportControl,
    _ rejection: Failure?
  ) async throws -> [ImportReport] {
    var reports: [ImportReport] = []
    /// Why inputs are not sent.
    var reason = rejection.map { _ in "rows were sent before" }
    if reason == nil, !sendsRejected, plans.count > 1,
      let bad = plans.firstIndex(where: { $0.rejected > 0 })
    {
      reason = "rows of \(parts[bad].input.name) were rejected"
    }
    for (index, (part, plan)) in zip(parts, plans).enumerated() {
      let isRejected = plan.rejected > 0 && !sendsRejected
      if let reason, !isRejected {
        reports.append(await part.importer.leave(plan, because: reason, observer: part.observer))
        continue
      }
      let label = part.label.map { "\(index + 1) of \(parts.count): \($0)" }
      display.begin(label)
      if let label, !isLive { Console.err(TerminalSafe.text(label)) }
      var confirm: (@Sendable (ServiceMode?) async -> Bool)?
      if confirmation != nil || journals != nil {
        confirm = { [confirmation, journals] mode in
          display.clear()
          guard await confirmation?.allows(mode) ?? true else { return false }
          return journals?.begin(mode) ?? true
        }
      }
      let report = try await part.importer.send(
        plan, journal: part.journal, control: control, observer: part.observer, confirm: confirm)
      display.end()
      reports.append(report)
      if report.ending != .done, reason == nil {
        reason =
          confirmation?.rejection == nil
          ? "\(part.input.name) was not imported to its end" : "it was not confirmed"
        if journals?.rejection != nil { reason = "the run could not begin" }
      }
    }
    return reports
  }

  /// The sums and the rows that were not imported.
  private func tell(_ parts: [Part], _ reports: [ImportReport]) {
    for (index, (part, report)) in zip(parts, reports).enumerated() {
      part.output.finish(report.json)
      guard form == .text else { continue }
      if let label = part.label { Console.out((index > 0 ? "\n" : "") + TerminalSafe.text(label)) }
      part.output.summary(report, reportPath: part.input.reportPath).forEach(Console.out)
    }
    guard parts.count > 1 else { return }
    switch form {
    case .text:
      Console.out("")
      SummaryText.totals(reports).forEach(Console.out)
    case .json: FilesDocument.write(parts.map(\.output), totals: ImportReport.totals(reports))
    case .ndjson: break
    }
  }
}
