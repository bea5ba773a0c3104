import ArgumentParser
import CommerceLayer
import CommerceLayerImporter
import ImportConsole

struct ExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Export the records of a type into a file.",
    discussion: """
      cl-import export skus -o skus.json
      cl-import export prices --filter currency_code_eq=EUR --format csv -o prices.csv
      cl-import export orders --filter status_eq=placed --include line_items -o orders.json

      The service makes the file, which can be edited and imported again. Ending the command leaves \
      the export going on in the service.
      """)

  @Argument(help: "What to export: skus, prices, orders, …")
  var type: String

  @Option(
    name: .customLong("filter"),
    help: ArgumentHelp(
      "Only records that meet this condition: an attribute with a predicate, and a value. May be "
        + "given several times.", valueName: "name=value"))
  var filters: [String] = []

  @Option(
    help: ArgumentHelp("The attributes, separated by commas; all by default.", valueName: "a,b"))
  var fields: String?

  @Option(
    name: .customLong("include"),
    help: ArgumentHelp(
      "Related records to export along. May be given several times.", valueName: "relationship"))
  var includes: [String] = []

  /// The formats.
  enum Format: String, ExpressibleByArgument, CaseIterable { case csv, json }

  @Option(help: "csv or json; by default what the name of the file says, else json.")
  var format: Format?

  @Option(name: .shortAndLong, help: ArgumentHelp("The file to write.", valueName: "file"))
  var output: String

  @Flag(help: "Overwrite an existing file.")
  var force = false

  @OptionGroup var connection: ConnectionOptions

  @Flag(help: "Print one JSON document.")
  var json = false

  func validate() throws { _ = try FilterOption.pairs(filters) }

  func run() async throws {
    var request = ExportRequest(type: type)
    request.filters = try FilterOption.pairs(filters)
    request.fields = fields?.split(separator: ",").map { String($0.trimmed) } ?? []
    request.includes = includes
    let name = output.lowercased()
    let isCSV = name.hasSuffix(".csv") || name.hasSuffix(".csv.gz")
    request.format = (format.map { $0 == .csv } ?? isCSV) ? .csv : .json
    let destination = try ExportDestination(path: output, replacing: force)
    let settings = try connection.settings(.current)
    let client = try connection.client(settings, .current)
    let export = RecordExport(
      directory: RecordDirectory(client: client), request: request,
      pace: settings.basePort == nil ? JobPace() : .sandbox)
    let (job, bytes) = try await export.run(into: destination) { JobText.show($0, "export") }
    if json {
      var document: JSONObject = [
        "export": .string(job.id), "type": .string(type), "file": .string(output),
        "bytes": .number(JSONNumber(bytes)),
      ]
      if let count = job.recordsCount { document["records"] = .number(JSONNumber(count)) }
      Console.out(JSONValue.object(document).text)
    } else {
      let count = job.recordsCount.map { "\($0) \(type)" } ?? type
      Console.out("\(count) in \(TerminalSafe.text(output, limit: 200)), \(bytes) bytes")
    }
  }
}

/// Conditions on the command line.
enum FilterOption {
  /// Reads `name=value`; values may hold `=`.
  static func pairs(_ texts: [String]) throws -> [(name: String, value: String)] {
    try texts.map { text in
      guard let sign = text.firstIndex(of: "="), sign != text.startIndex else {
        throw ValidationError("--filter is written name=value, not '\(text)'")
      }
      return (String(text[..<sign]), String(text[text.index(after: sign)...]))
    }
  }
}

/// Exports and cleanups while they go on.
enum JobText {
  /// Tells a new state of a job on standard error.
  static func show(_ job: RemoteJob, _ noun: String) {
    var text = "\(noun) \(job.id): \(TerminalSafe.text(job.status, limit: 40))"
    if let count = job.recordsCount, count > 0 {
      text += ", \(job.processedCount) of \(count) records"
    }
    if job.errorsCount > 0 { text += ", \(job.errorsCount) failed" }
    Console.err(text)
  }
}

extension Substring {
  fileprivate var trimmed: Substring {
    var text = self
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return text
  }
}
