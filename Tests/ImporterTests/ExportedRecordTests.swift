import CommerceLayer
import HTTPTypes
import Testing

@testable import CommerceLayerImporter
@testable import CommerceLayerRows

/// A record of each importable type, as an export gives it, goes back in: through the plan and into the
/// sandbox.
@Suite struct ExportedRecordTests {
  static let types = CommerceLayerService.description.importables.keys.sorted()

  @Test func thereAre22() { #expect(Self.types.count == 22) }

  private func schema(_ type: String) throws -> ResourceSchema {
    try #require(CommerceLayerService.schemas.first { $0.name == type })
  }

  /// What an export has for an attribute.
  private func value(_ attribute: ResourceSchema.Attribute) -> JSONValue {
    if let first = attribute.values.first { return .string(first) }
    switch attribute.name {
    case "currency_code": return "EUR"
    case "country_code", "shipping_country_code_lock": return "IT"
    case let name where name.hasSuffix("email"): return "a@example.com"
    default: break
    }
    switch attribute.type {
    case .integer: return 1
    case .float: return 1.5
    case .boolean: return true
    case .datetime: return "2026-01-01T10:00:00.000Z"
    case .object: return ["note": "x"]
    case .array: return []
    default: return .string("x-\(attribute.name)")
    }
  }

  private struct Column {
    let name: String
    let value: JSONValue
  }

  /// All readable attributes, `type` and `id`, each to-one relationship nested or null, each to-many one
  /// as an array.
  private func record(_ type: String, id: String?) throws -> [Column] {
    let schema = try schema(type)
    var columns = [Column(name: "type", value: .string(type))]
    if let id { columns.append(Column(name: "id", value: .string(id))) }
    columns += schema.attributes.filter { $0.isReadable && $0.name != "id" && $0.name != "type" }
      .map { Column(name: $0.name, value: value($0)) }
    for relationship in schema.relationships {
      let isNeeded = relationship.create == .required || relationship.create == .conditional
      let target = relationship.target ?? relationship.targets.first ?? "tags"
      let value: JSONValue =
        relationship.isToMany
        ? [] : isNeeded ? ["id": "rElAtEdIdX", "type": .string(target)] : .null
      columns.append(Column(name: relationship.name, value: value))
    }
    return columns
  }

  private func json(_ columns: [Column]) -> String {
    JSONValue.array([
      .object(JSONObject(columns.map { ($0.name, $0.value) }))
    ]).text
  }

  /// Null and empty lists are empty cells; a related record is JSON in one cell.
  private func csv(_ columns: [Column]) -> String {
    let cells = columns.map { column -> String in
      switch column.value {
      case .null: return ""
      case .string(let text): return "\"\(text)\""
      case .array(let elements) where elements.isEmpty: return ""
      default: return "\"\(column.value.text.replacing("\"", with: "\"\""))\""
      }
    }
    return columns.map(\.name).joined(separator: ",") + "\n" + cells.joined(separator: ",") + "\n"
  }

  @Test(arguments: types)
  func aPlanAcceptsItWithANote(type: String) throws {
    let columns = try record(type, id: "kxyZabcdEf")
    for (text, format) in [(json(columns), InputFormat.json), (csv(columns), .csv)] {
      let reading = try read(text, format, type: type)
      #expect(reading.reasons == [], "\(format)")
      #expect(reading.rows.count == 1 && reading.rows.first?.verdict == .updatesOrCreates)
      let warnings = reading.warnings.all
      #expect(warnings.allSatisfy { $0.kind.isNote }, "\(format): \(warnings)")
      #expect(!warnings.isEmpty)
      // One for what is passed over for each reason, one for what is reduced.
      #expect(warnings.count <= 4, "\(format): \(warnings.map(\.message))")
    }
  }

  private func run(
    _ text: String, _ format: InputFormat, _ type: String, _ stage: SandboxStage
  ) async throws -> (ImportReport, [String]) {
    let file = try InputOnDisk(text)
    var observer = ImportObserver()
    let (reasons, continuation) = AsyncStream.makeStream(of: String.self)
    observer.entry = { continuation.yield("\($0.outcome): \($0.reasons)") }
    let report = try await Importer(
      client: stage.client, file: try file.file, format: format, rules: try rules(type),
      settings: ImportSettings(service: CommerceLayerService.description), runID: "run-\(format)",
      time: InstantTime.source(), seed: 1
    ).run(observer: observer)
    continuation.finish()
    return (report, await reasons.reduce(into: []) { $0.append($1) })
  }

  @Test(arguments: types)
  func theSandboxTakesIt(type: String) async throws {
    let stage = try SandboxStage(time: InstantTime.source())
    let (first, why) = try await run(json(try record(type, id: nil)), .json, type, stage)
    try #require(first.succeeded == 1, "\(first.ending) \(why)")
    let list = try await stage.client.api.send(RawRequest(.get, "/api/\(type)"))
    let id = try #require(list.value?["data"]?.array?.first?["id"]?.string)
    let columns = try record(type, id: id)
    for (text, format) in [(json(columns), InputFormat.json), (csv(columns), .csv)] {
      let (report, why) = try await run(text, format, type, stage)
      #expect(report.succeeded == 1, "\(format): \(report.ending) \(why)")
    }
    let after = try await stage.client.api.send(RawRequest(.get, "/api/\(type)"))
    #expect(after.value?["data"]?.array?.count == 1, "it is updated, not made again")
  }
}
