import ArgumentParser
import CommerceLayer
import ImportConsole

struct ListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the organization's imports, newest first.")

  @OptionGroup var connection: ConnectionOptions

  @Option(help: "Only imports of this status.")
  var status: String?

  @Option(
    name: .customLong("run"),
    help: ArgumentHelp("Only the imports of this run, all of them, with sums.", valueName: "run"))
  var runID: String?

  @Option(help: ArgumentHelp("How many at most.", valueName: "n"))
  var limit = 25

  @Flag(help: "Print one JSON document.")
  var json = false

  func validate() throws {
    guard limit >= 1 else { throw ValidationError("--limit is at least 1, not \(limit)") }
    if runID != nil, status != nil {
      throw ValidationError("--run lists all imports of a run: leave --status out")
    }
  }

  func run() async throws {
    let client = try connection.client(.current)
    if let runID {
      let found = try await RunImports(runID, client: client)
      if json { Console.out(found.jsonText) } else { found.lines.forEach(Console.out) }
      return
    }
    var imports: [Import] = []
    let filter = status.map { Filter<Import>.status.eq(Import.Status(rawValue: $0)) }
    for try await item in client.imports.all(
      where: filter,
      {
        $0.sort(.createdAt, .descending)
        $0.page(size: min(limit, 25))
      })
    {
      imports.append(item)
      if imports.count >= limit { break }
    }
    if json {
      Console.out("[\(imports.map(\.jsonText).joined(separator: ","))]")
    } else {
      ImportText.table(imports).forEach(Console.out)
    }
  }
}

struct ShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show one import with its errors and warnings.")

  @OptionGroup var connection: ConnectionOptions

  @Argument(help: "The import's id.")
  var id: String

  @Flag(help: "Print the resource as JSON.")
  var json = false

  func run() async throws {
    let client = try connection.client(.current)
    let item = try await ImportID.checked(id) {
      try await client.imports.retrieve(Import.ID(id)) {
        $0.fields(
          .resourceType, .format, .status, .parentResourceID, .inputsSize, .processedCount,
          .errorsCount, .warningsCount, .errorsLog, .warningsLog, .skipErrors, .createdAt,
          .startedAt, .completedAt, .interruptedAt, .reference, .referenceOrigin, .metadata)
      }
    }
    if json {
      Console.out(item.jsonText)
    } else {
      ImportText.details(item).forEach(Console.out)
    }
  }
}

struct InterruptCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "interrupt", abstract: "Stop an import; rows it has taken stay.")

  @OptionGroup var connection: ConnectionOptions

  @Argument(help: "The import's id.")
  var id: String

  func run() async throws {
    let client = try connection.client(.current)
    let item = try await ImportID.checked(id) { try await client.imports.interrupt(Import.ID(id)) }
    ImportText.table([item]).forEach(Console.out)
  }
}

struct DeleteCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete",
    abstract: "Delete an import's record; what it imported stays.")

  @OptionGroup var connection: ConnectionOptions

  @Argument(help: "The import's id.")
  var id: String

  func run() async throws {
    let client = try connection.client(.current)
    try await ImportID.checked(id) { try await client.imports.delete(Import.ID(id)) }
    Console.err("deleted \(TerminalSafe.text(id, limit: 40))")
  }
}

/// Ids given as arguments.
enum ImportID {
  /// Makes a call with an id from the arguments: one that is not an id is a mistake in usage.
  static func checked<T>(_ id: String, _ call: () async throws -> T) async throws -> T {
    do {
      return try await call()
    } catch let error as CommerceLayerError where error.kind == .invalidInput {
      throw Failure(.usage, error.message, advice: "cl-import list")
    }
  }
}
