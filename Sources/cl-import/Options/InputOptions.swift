import ArgumentParser
import CommerceLayer
import CommerceLayerImporter

/// What to import and how to cut it.
struct InputOptions: ParsableArguments {
  @Argument(help: "The file with the rows: CSV, a JSON array or JSON Lines; '-' is standard input.")
  var file: String

  @Option(help: "What the rows are: skus, prices, stock_items, …")
  var type: String

  @Option(
    help: ArgumentHelp(
      "The id of the parent of all rows: a price list for prices, a market for orders, …",
      valueName: "id"))
  var parent: String?

  @Option(
    help: "csv, json or jsonl, when the name does not tell.", transform: Self.format)
  var format: InputFormat?

  @Option(help: ArgumentHelp("The most rows of one import.", valueName: "n"))
  var chunkRows: Int?

  private static func format(_ text: String) throws -> InputFormat {
    guard let format = InputFormat(rawValue: text) else {
      let known = InputFormat.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("--format is one of \(known)")
    }
    return format
  }

  func validate() throws {
    let most = CommerceLayerService.description.maximumInputs
    if let chunkRows, !(1...most).contains(chunkRows) {
      throw ValidationError("--chunk-rows is 1 to \(most), not \(chunkRows)")
    }
  }

  func rules() throws(RowRulesError) -> RowRules {
    try RowRules(
      type: type, parentID: parent, service: CommerceLayerService.description,
      schemas: CommerceLayerService.schemas)
  }

  var settings: ImportSettings {
    var settings = ImportSettings(service: CommerceLayerService.description)
    if let chunkRows { settings.chunkRows = chunkRows }
    return settings
  }
}
