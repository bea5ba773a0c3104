import CommerceLayer
import CommerceLayerImporter
import ImportConsole

/// The imports that one run created, and their sums.
struct RunImports: Sendable {
  let runID: String
  /// In the order of their chunks.
  private(set) var imports: [Import] = []

  /// Fetches them.
  /// - Throws: ``Failure`` when the run's id is not valid, or it created no import.
  init(_ runID: String, client: CommerceLayerClient) async throws {
    guard Self.isRunID(runID) else {
      throw Failure(
        .usage, "'\(TerminalSafe.text(runID, limit: 60))' is not a valid run id",
        advice: "it is the text of 26 letters and digits that 'cl-import run' prints first")
    }
    self.runID = runID
    for try await item in client.imports.all(
      where: .reference.start("\(runID)-"),
      {
        $0.filter(.referenceOrigin.eq("cl-import"))
        $0.sort(.reference)
        $0.page(size: CommerceLayerService.description.maximumPageSize)
      })
    // The service is said to ignore conditions it does not understand.
    where item.reference?.hasPrefix("\(runID)-") == true {
      imports.append(item)
    }
    guard !imports.isEmpty else {
      throw Failure(
        .data, "the organization has no import of the run \(runID)",
        advice: "check the organization; imports that were deleted are not listed")
    }
  }

  /// The letters and digits that ids of runs have.
  private static func isRunID(_ text: String) -> Bool {
    text.utf8.count == 26
      && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) }
  }

  private func sum(_ count: (Import) -> Int?) -> Int {
    imports.reduce(0) { $0 + min(max(count($1) ?? 0, 0), 1_000_000_000) }
  }

  /// How many imports there are of each status, in alphabetical order.
  private var statuses: [(status: String, count: Int)] {
    Dictionary(grouping: imports) { $0.status?.rawValue ?? "unknown" }
      .map { ($0.key, $0.value.count) }.sorted { $0.0 < $1.0 }
  }

  /// References that more than one import has: a creation whose response was lost.
  private var repeated: [String] {
    Dictionary(grouping: imports.compactMap(\.reference)) { $0 }.filter { $0.value.count > 1 }.keys
      .sorted()
  }

  var lines: [String] {
    let states = statuses.map { "\($0.count) \(TerminalSafe.text($0.status, limit: 40))" }
    var table = TextTable(("", .left), ("", .right))
    table.add("rows", "\(sum(\.inputsSize))")
    table.add("processed", "\(sum(\.processedCount))")
    table.add("errors", "\(sum(\.errorsCount))")
    table.add("warnings", "\(sum(\.warningsCount))")
    return ImportText.table(imports)
      + ["", "\(ImportPlan.imports(imports.count)) of the run: \(states.joined(separator: ", "))"]
      + table.lines.dropFirst()
      + repeated.map { "warning: more than one import has the reference \($0)" }
  }

  var json: JSONObject {
    [
      "run": .string(runID),
      "totals": .object([
        "imports": .number(JSONNumber(imports.count)),
        "rows": .number(JSONNumber(sum(\.inputsSize))),
        "processed": .number(JSONNumber(sum(\.processedCount))),
        "errors": .number(JSONNumber(sum(\.errorsCount))),
        "warnings": .number(JSONNumber(sum(\.warningsCount))),
        "statuses": .object(
          JSONObject(statuses.map { ($0.status, .number(JSONNumber($0.count))) })),
      ]),
      "repeated_references": .array(repeated.map(JSONValue.string)),
    ]
  }

  /// The document, with the imports as the service sent them.
  var jsonText: String {
    let members = json.map { "\(JSONValue.string($0.key).text):\($0.value.text)" }
    return
      "{\(members.joined(separator: ",")),\"imports\":[\(imports.map(\.jsonText).joined(separator: ","))]}"
  }
}
