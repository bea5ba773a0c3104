import CommerceLayer
import CommerceLayerRows

/// One import to be created.
struct ImportRequest: Sendable {
  /// What imports of this tool say they come from.
  static let origin = "cl-import"

  let type: String
  let parentID: String?
  let skipErrors: Bool
  let runID: String
  let chunk: Int
  let attempt: Int
  let rows: Int
  let inputs: BulkInputs

  /// What the import is found by when the answer to its creation is lost.
  var reference: String { Self.reference(runID: runID, chunk: chunk) }

  static func reference(runID: String, chunk: Int) -> String {
    let number = String(chunk)
    return "\(runID)-\(String(repeating: "0", count: max(0, 6 - number.count)))\(number)"
  }

  var create: Import.Create {
    Import.Create(
      resourceType: Import.ResourceType(rawValue: type), inputs: inputs,
      format: inputs.isCSV ? .csv : .json, parentResourceID: parentID,
      skipErrors: skipErrors ? true : nil, reference: reference, referenceOrigin: Self.origin,
      metadata: [
        "run_id": .string(runID), "chunk": .number(JSONNumber(chunk)),
        "rows": .number(JSONNumber(rows)), "attempt": .number(JSONNumber(attempt)),
      ])
  }
}
