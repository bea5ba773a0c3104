package import CommerceLayer
import CommerceLayerImporter
import Foundation

/// An import of the invented catalogue into a sandbox: what the README shows first.
package enum Demo {
  /// Rows of one import, so that the demo shows several.
  private static let chunkRows = 1000
  /// Rows the demo's sandbox processes in a second, so that there is progress to see.
  package static let rowsPerSecond = 1500

  /// Imports the catalogue from a file, prints what a run prints, and asks for some of its SKUs.
  /// - Parameter client: Leads to a sandbox that processes ``rowsPerSecond``.
  /// - Throws: ``Failure``, or ``Quit`` when the run has ended in another way than the demo is made for.
  package static func run(_ client: CommerceLayerClient, isLive: Bool) async throws {
    let path = try writeCatalogue()
    defer { try? FileManager.default.removeItem(atPath: path) }
    Console.err(
      "\(DemoCatalogue.count) invented SKUs are in a CSV file, some of them bad on purpose. This does what\n"
        + "  cl-import run FILE --type skus --sandbox --chunk-rows \(chunkRows)\ndoes with a file of yours."
    )
    var settings = ImportSettings(service: CommerceLayerService.description)
    settings.chunkRows = chunkRows
    settings.pace = .sandbox
    let file = try InputFile(path: path)
    let job = RunJob(
      client: client,
      inputs: [
        RunInput(
          name: path, file: file, format: .csv,
          rules: try RowRules(
            type: "skus", service: CommerceLayerService.description,
            schemas: CommerceLayerService.schemas))
      ],
      settings: settings, isLive: isLive)
    let result = try await job.run()
    try await readBack(client)
    try check(result)
  }

  /// Failed rows are what the demo is for; anything else that goes wrong is not.
  private static func check(_ result: RunJob.Result) throws {
    guard result.status != .incomplete, result.status != .success else { return }
    try result.check()
  }

  /// A real file, as anybody would have it.
  private static func writeCatalogue() throws -> String {
    let folder = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
    var template = Array("\(folder)/cl-import-demo-XXXXXX.csv".utf8CString)
    let descriptor = mkstemps(&template, 4)
    guard descriptor >= 0 else {
      throw Failure(
        .cannotCreate, "no temporary file in '\(folder)'", because: String(cString: strerror(errno))
      )
    }
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    do {
      try handle.write(contentsOf: Data(DemoCatalogue.csv.utf8))
    } catch {
      throw Failure(.inputOutput, "the demo's file cannot be written", because: "\(error)")
    }
    return String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// Asks the service for a few of the imported SKUs, as any program would.
  private static func readBack(_ client: CommerceLayerClient) async throws {
    let page = try await client.skus.list {
      $0.filter(.code.start("DEMO-FJORD"))
      $0.sort(.code)
      $0.fields(.code, .name, .weight, .unitOfWeight)
      $0.page(size: 5)
    }
    Console.out(
      "\nRead back: \(page.recordCount ?? 0) SKUs begin with DEMO-FJORD; the first \(page.items.count):"
    )
    var table = TextTable(("id", .left), ("code", .left), ("name", .left), ("weight", .right))
    for sku in page {
      table.add(
        sku.id.rawValue, sku.code ?? "", sku.name ?? "",
        sku.weight.map { "\(Int($0)) \(sku.unitOfWeight?.rawValue ?? "")" } ?? "")
    }
    table.lines.forEach(Console.out)
  }
}
