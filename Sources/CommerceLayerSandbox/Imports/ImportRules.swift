import CommerceLayerRuntime
import GRDB

/// What is special about imports among the resources: what they take, when they can be
/// interrupted and deleted.
struct ImportRules: Sendable {
  let type: String
  let catalog: Catalog
  let records: RecordTable
  let inputs: ImportInputs
  private var service: ServiceDescription { catalog.service }

  init(type: String, catalog: Catalog, records: RecordTable, inputs: ImportInputs) {
    self.type = type
    self.catalog = catalog
    self.records = records
    self.inputs = inputs
  }

  /// A new import, ready to be stored.
  struct Draft: Sendable {
    let attributes: JSONObject
    let relationships: JSONObject
    let format: ImportFormat
    let element: JSONElement
    let rows: ImportRows
  }

  /// Checks what a create request says.
  /// - Throws: ``ErrorResponse`` with `VALIDATION_ERROR`.
  func draft(_ changes: RecordChanges) throws(ErrorResponse) -> Draft {
    var problems: [ErrorObject] = []
    let resourceType = changes.attributes[ImportField.resourceType]?.string ?? ""
    if service.importables[resourceType] == nil {
      problems.append(
        .validation(
          "/data/attributes/\(ImportField.resourceType)", "inclusion",
          "is not included in the list", value: .string(resourceType)))
    }
    let formatText = changes.attributes[ImportField.format]?.string ?? ImportFormat.json.rawValue
    guard let format = ImportFormat(rawValue: formatText) else {
      problems.append(
        .validation(
          "/data/attributes/\(ImportField.format)", "inclusion", "is not included in the list",
          value: .string(formatText)))
      throw ErrorResponse(problems)
    }
    guard problems.isEmpty || changes.rows == nil else { throw ErrorResponse(problems) }
    guard let (name, element) = changes.rows else {
      throw ErrorResponse(
        problems + [.validation("/data/attributes/inputs", "blank", "can't be blank")])
    }
    let pointer = "/data/attributes/\(name)"
    let rows: ImportRows
    do {
      rows = try ImportRows(
        element, format: format, type: resourceType, parentID: Self.parentID(changes.attributes),
        catalog: catalog)
    } catch {
      throw ErrorResponse(problems + [.validation(pointer, error.rule, error.message)])
    }
    if rows.count == 0 {
      problems.append(.validation(pointer, "blank", "can't be blank"))
    } else if rows.count > service.maximumInputs {
      problems.append(
        .validation(
          pointer, "too_many_inputs", "holds more than \(service.maximumInputs)",
          value: .number(JSONNumber(service.maximumInputs))))
    }
    guard problems.isEmpty else { throw ErrorResponse(problems) }
    return Draft(
      attributes: initial(changes.attributes, size: rows.count),
      relationships: changes.relationships, format: format, element: element, rows: rows)
  }

  /// The parent of an import's rows; nil when none is given.
  static func parentID(_ attributes: JSONObject) -> String? {
    attributes[ImportField.parent]?.string.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// Stores an import unless too many are running.
  func create(_ db: Database, _ draft: Draft) throws -> StoredRecord {
    let running = try runningCount(db)
    guard running < service.maximumRunningImports else {
      throw ErrorResponse([
        .validation(
          "/data/attributes/base", "too_many_imports",
          "\(running) imports are pending or in progress",
          value: .number(JSONNumber(service.maximumRunningImports)))
      ])
    }
    let record = try records.insert(
      db, type: type, attributes: draft.attributes, relationships: draft.relationships)
    try inputs.keep(
      db, id: record.id, format: draft.format, element: draft.element, rows: draft.rows)
    return record
  }

  /// The attributes after `_interrupt`.
  /// - Throws: ``ErrorResponse`` when the import is done already.
  func interrupted(_ attributes: JSONObject, time: String) throws(ErrorResponse) -> JSONObject {
    guard !status(attributes).isTerminal else {
      throw ErrorResponse([
        .validation(
          "/data/attributes/\(ImportField.interrupt)", "invalid",
          "only pending imports and imports in progress can be interrupted")
      ])
    }
    var attributes = attributes
    attributes[ImportField.status] = .string(ImportStatus.interrupted.rawValue)
    attributes[ImportField.interruptedAt] = .string(time)
    return attributes
  }

  /// - Throws: ``ErrorResponse`` when the import is in progress.
  func checkDeletable(_ record: StoredRecord) throws(ErrorResponse) {
    guard status(record.attributeObject()) != .inProgress else {
      throw ErrorResponse([
        .validation(
          "/data/attributes/\(ImportField.status)", "invalid",
          "an import in progress cannot be deleted")
      ])
    }
  }

  func status(_ attributes: JSONObject) -> ImportStatus {
    attributes[ImportField.status]?.string.flatMap(ImportStatus.init) ?? .pending
  }

  private func runningCount(_ db: Database) throws -> Int {
    try SQLRequest<Int>(
      literal: "SELECT COUNT(*) FROM records WHERE " + ImportStatus.isRunning(type), cached: true
    ).fetchOne(db) ?? 0
  }

  private func initial(_ given: JSONObject, size: Int) -> JSONObject {
    let zero = JSONValue.number(JSONNumber(0))
    let start: JSONObject = [
      ImportField.format: .string(ImportFormat.json.rawValue),
      ImportField.status: .string(ImportStatus.pending.rawValue),
      ImportField.inputsSize: .number(JSONNumber(size)), ImportField.errorsCount: zero,
      ImportField.warningsCount: zero, ImportField.processedCount: zero,
      ImportField.destroyedCount: zero, ImportField.errorsLog: [:], ImportField.warningsLog: [:],
      ImportField.skipErrors: false,
      Attachments.attribute: .string(Attachments.marker),
    ]
    return start.merging(given)
  }
}
