import ArgumentParser
import CommerceLayer
import CommerceLayerImporter
import CommerceLayerJournal
import Foundation
import ImportConsole

/// What to import and how to read it.
struct InputOptions: ParsableArguments {
  @Argument(
    help: """
      The files with the rows: CSV with any delimiter, a JSON array or JSON Lines, as they are or \
      compressed with gzip; '-' is standard input. Several files are imported one after the other, \
      in the order in which their types refer to each other.
      """)
  var files: [String]

  @Option(
    help: """
      What the rows of all files are: skus, prices, stock_items, … By default each file's name tells: \
      skus.csv, prices-2026.csv; or the file, when it is a report of an earlier run.
      """)
  var type: String?

  @Option(
    help: ArgumentHelp(
      "The parent of all rows, a price list for prices, a market for orders, …: its id, or an "
        + "attribute and its value: --parent 'name=Retail EUR'. With files of several types that have "
        + "parents: --parent prices=ID --parent stock_items=ID.",
      valueName: "id"))
  var parent: [String] = []

  @Option(
    name: .customLong("lookup"),
    help: ArgumentHelp(
      "Replace the values of this column by the ids of the records that have them: --lookup "
        + "shipping_category_id=name. May be given several times.", valueName: "column=attribute"))
  var lookups: [String] = []

  @Option(help: ArgumentHelp("The most rows of one import.", valueName: "n"))
  var chunkRows: Int?

  @OptionGroup var reading: ReadingOptions

  func validate() throws {
    let most = CommerceLayerService.description.maximumInputs
    if let chunkRows, !(1...most).contains(chunkRows) {
      throw ValidationError("--chunk-rows is 1 to \(most), not \(chunkRows)")
    }
    _ = try reading.rowOptions()
    _ = try lookupRequests()
  }

  /// The files in the order in which they are imported.
  /// - Parameters:
  ///   - report: Where the rows go that were not imported.
  ///   - store: Where runs are recorded; nil when these are not. What can be read only once is kept there.
  /// - Throws: ``Failure``; ``RowRulesError``; `JournalError`; ``InputError`` when one cannot be read.
  func inputs(report: String? = nil, store: RunStore? = nil) throws -> [RunInput] {
    let files = try ImportFiles.ordered(self.files, type: type, parents: parent) { path in
      // A pipe could be read only once.
      var status = stat()
      guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
      return (try? InputFile(path: path, encoding: reading.encoding))?.reportedType
    }
    // What is wrong with the arguments is told before files are opened, which can take a while.
    let rules = try files.map { file in
      try RowRules(
        type: file.type, parentID: file.parent, service: CommerceLayerService.description,
        schemas: CommerceLayerService.schemas)
    }
    let reports = ImportFiles.reports(report, for: files)
    return try files.indices.map { index in
      let runID = RunIdentifier.make()
      let staged = try store?.stage(runID)
      let copy = try staged.flatMap { try Self.spool(files[index], $0) }
      let (file, format) = try reading.open(
        copy ?? files[index].path, name: copy.map { _ in files[index].name })
      var input = RunInput(
        name: files[index].name, file: file, format: format, rules: rules[index],
        reportPath: reports[index])
      input.runID = runID
      input.staged = staged
      input.path = copy == nil ? files[index].path : nil
      return input
    }
  }

  /// Keeps what can be read only once beside the journal, so that the run can be resumed.
  /// - Returns: The path of the copy; nil for a file that can be read again.
  private static func spool(_ file: ImportFile, _ staged: StagedRun) throws -> String? {
    var status = stat()
    guard file.path != "-" else {
      // What was closed when the process began has no kind of file.
      guard fstat(STDIN_FILENO, &status) == 0, status.st_mode & S_IFMT != 0 else {
        throw InputError(
          .unreadable, "standard input is closed",
          advice: "name a file, or pipe the rows into this command")
      }
      try staged.spool(STDIN_FILENO, named: "standard input")
      return staged.inputPath
    }
    guard stat(file.path, &status) == 0,
      ![S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT)
    else { return nil }
    let pipe = open(file.path, O_RDONLY | O_CLOEXEC)
    guard pipe >= 0 else { return nil }
    defer { close(pipe) }
    try staged.spool(pipe, named: "'\(file.path)'")
    return staged.inputPath
  }

  func settings() throws -> ImportSettings {
    var settings = ImportSettings(service: CommerceLayerService.description)
    if let chunkRows { settings.chunkRows = chunkRows }
    settings.rows = try reading.rowOptions()
    return settings
  }
}

/// How the rows of a file are read.
struct ReadingOptions: ParsableArguments {
  @Option(
    help: "csv, json or jsonl, when the file does not tell.", transform: Self.format)
  var format: InputFormat?

  @Option(
    help: ArgumentHelp(
      "What separates the cells of a CSV file: a character, or 'tab'. By default the header tells.",
      valueName: "character"), transform: Self.delimiter)
  var delimiter: UInt8?

  @Option(
    help: ArgumentHelp(
      "The encoding of the file: utf-8, utf-16, windows-1252, iso-8859-1, macintosh, … By default a "
        + "byte order mark tells, else it is UTF-8.", valueName: "name"),
    transform: Self.encoding)
  var encoding: TextEncoding?

  @Option(
    name: .customLong("map"),
    help: ArgumentHelp(
      "Read the column or member with this name as an attribute: --map 'Article no=code'. May be "
        + "given several times, or as the name of a file with one such line for each.",
      valueName: "name=attribute"))
  var mappings: [String] = []

  @Option(
    name: .customLong("ignore"),
    help: ArgumentHelp(
      "Leave this column or member out. May be given several times.", valueName: "name"))
  var ignored: [String] = []

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "A value for the rows that do not give one: --set unit_of_weight=gr.",
      valueName: "attribute=value"))
  var constants: [String] = []

  @Option(
    name: .customLong("null"),
    help: ArgumentHelp(
      "The text of a CSV cell that clears the attribute. An empty cell leaves it alone.",
      valueName: "text"))
  var nullText: String?

  @Flag(help: "Leave out blanks, no-break and zero-width spaces at the ends of values.")
  var trim = false

  @Flag(help: "Numbers have a comma before their fraction: 1.250,5.")
  var decimalComma = false

  @Flag(
    help: "Take numbers where text belongs and numbers in quotes, instead of rejecting the row.")
  var coerce = false

  private static func format(_ text: String) throws -> InputFormat {
    guard let format = InputFormat(rawValue: text) else {
      let known = InputFormat.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("--format is one of \(known)")
    }
    return format
  }

  private static func delimiter(_ text: String) throws -> UInt8 {
    let names: [String: UInt8] = [
      "tab": 0x09, "\\t": 0x09, "comma": 0x2C, "semicolon": 0x3B, "bar": 0x7C, "pipe": 0x7C,
    ]
    if let named = names[text.lowercased()] { return named }
    guard text.utf8.count == 1, let byte = text.utf8.first, byte != 0x22, byte >= 0x20 || byte == 9
    else { throw ValidationError("--delimiter is one ASCII character other than '\"', or 'tab'") }
    return byte
  }

  private static func encoding(_ text: String) throws -> TextEncoding {
    guard let encoding = TextEncoding(name: text) else {
      let known = TextEncoding.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("--encoding is one of \(known)")
    }
    return encoding
  }

  /// Opens a file.
  /// - Parameter name: What messages call it, when that is not its path.
  func open(
    _ path: String, name: String? = nil
  ) throws -> (file: InputFile, format: InputFormat) {
    let file = try InputFile(path: path, name: name, encoding: encoding)
    return (file, try format ?? InputFormat.detect(file))
  }

  /// How rows are read.
  func rowOptions() throws -> RowOptions {
    var options = RowOptions()
    for mapping in mappings {
      for (name, attribute) in try Self.pairs(mapping) { options.renames[name] = attribute }
    }
    options.ignored = Set(ignored)
    options.constants = try constants.map { text in
      guard let pair = Self.pair(text) else {
        throw ValidationError("--set is written attribute=value, not '\(text)'")
      }
      return pair
    }
    options.nullText = nullText
    options.trims = trim
    options.usesDecimalComma = decimalComma
    options.coerces = coerce
    options.delimiter = delimiter
    return options
  }

  /// One mapping, or those in a file.
  private static func pairs(_ text: String) throws -> [(String, String)] {
    if let pair = pair(text) { return [pair] }
    guard let content = try? String(contentsOfFile: text, encoding: .utf8) else {
      throw ValidationError(
        "--map is written name=attribute, or names a file of such lines, not '\(text)'")
    }
    return try content.split(whereSeparator: \.isNewline)
      .filter { !$0.allSatisfy(\.isWhitespace) && !$0.hasPrefix("#") }
      .map { line in
        guard let pair = pair(String(line)) else {
          throw ValidationError("'\(text)': '\(line)' is not written name=attribute")
        }
        return pair
      }
  }

  /// Splits at the last `=`: names can hold one, attributes cannot.
  static func pair(_ text: String) -> (String, String)? {
    guard let sign = text.lastIndex(of: "="), sign != text.startIndex else { return nil }
    return (String(text[..<sign]), String(text[text.index(after: sign)...]))
  }
}
