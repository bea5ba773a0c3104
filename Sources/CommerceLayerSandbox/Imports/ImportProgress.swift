import CommerceLayerRuntime

/// Where the processing of an import is, and what follows from each row. No input or output here:
/// the processor acts on what this decides.
struct ImportProgress: Sendable {
  private(set) var status: ImportStatus
  private(set) var processed: Int
  private(set) var failed: Int
  private(set) var log: ErrorsLog
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
    log = ErrorsLog(attributes[ImportField.errorsLog]?.object ?? [:])
    self.thresholdPercent = thresholdPercent
  }

  /// How many rows were consumed; rows are consumed in order.
  var consumed: Int { processed + failed }

  mutating func start() { status = .inProgress }

  mutating func succeed() {
    processed += 1
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
