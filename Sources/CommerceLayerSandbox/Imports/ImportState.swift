import CommerceLayerRuntime

/// Where the processing of an import is, and what follows from each row. No input or output here:
/// the processor acts on what this decides.
struct ImportState: Sendable {
  private(set) var status: ImportStatus
  private(set) var processed: Int
  private(set) var failed: Int
  /// Records that were stored and hold something without an effect.
  private(set) var warned: Int
  private(set) var log: ErrorsLog
  private(set) var warnings: WarningsLog
  let size: Int
  let skipsErrors: Bool
  /// The share of failed rows, in percent, above which it is interrupted.
  let thresholdPercent: Int

  init(_ attributes: JSONObject, thresholdPercent: Int) {
    status = attributes[ImportField.status]?.string.flatMap(ImportStatus.init) ?? .pending
    processed = attributes[ImportField.processedCount]?.integer ?? 0
    failed = attributes[ImportField.errorsCount]?.integer ?? 0
    size = attributes[ImportField.inputsSize]?.integer ?? 0
    skipsErrors = attributes[ImportField.skipErrors]?.bool ?? false
    warned = attributes[ImportField.warningsCount]?.integer ?? 0
    log = ErrorsLog(attributes[ImportField.errorsLog]?.object ?? [:])
    warnings = WarningsLog(attributes[ImportField.warningsLog]?.object ?? [:])
    self.thresholdPercent = thresholdPercent
  }

  /// How many rows were consumed; rows are consumed in order.
  var consumed: Int { processed + failed }

  mutating func start() { status = .inProgress }

  /// Records a stored row and what it holds that is accepted and not acted on.
  mutating func succeed(warnings texts: [String], key: @autoclosure () -> String) {
    processed += 1
    guard !texts.isEmpty else { return }
    warned += 1
    warnings.add(texts, key: key())
  }

  /// Records a failed row and interrupts when there are too many.
  mutating func fail(_ errors: RowErrors, key: String) {
    failed += 1
    log.add(errors, key: key)
    if !skipsErrors, failed * 100 > size * thresholdPercent { status = .interrupted }
  }

  /// Completes when nothing is left.
  mutating func finishIfDone() {
    if status == .inProgress, consumed >= size { status = .completed }
  }

  /// The attributes that show this, with `time` where something began or ended now.
  func attributes(over old: JSONObject, time: String) -> JSONObject {
    var attributes = old
    attributes[ImportField.status] = .string(status.rawValue)
    attributes[ImportField.processedCount] = .number(JSONNumber(processed))
    attributes[ImportField.errorsCount] = .number(JSONNumber(failed))
    attributes[ImportField.errorsLog] = .object(log.json)
    attributes[ImportField.warningsCount] = .number(JSONNumber(warned))
    attributes[ImportField.warningsLog] = .object(warnings.json)
    let moment: String? =
      switch status {
      case .pending: nil
      case .inProgress: ImportField.startedAt
      case .completed: ImportField.completedAt
      case .interrupted: ImportField.interruptedAt
      }
    if let moment, attributes[moment] == nil || attributes[moment] == .null {
      attributes[moment] = .string(time)
    }
    return attributes
  }
}
