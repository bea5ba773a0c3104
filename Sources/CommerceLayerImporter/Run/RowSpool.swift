public import CommerceLayer
import CommerceLayerRows
import Foundation

/// Keeps rows that a program makes in a temporary file without a name, as JSON Lines: they are read
/// twice, as those of a file are.
actor RowSpool {
  /// Bytes that are written together.
  static let window = 1 << 16

  private let executor = InputExecutor()
  private var file: FileDescription?

  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  /// Writes whole lines.
  func write(_ bytes: [UInt8]) throws(InputError) {
    let file = try open()
    guard file.write(bytes[...]) else {
      throw InputError(
        .storage, "keeping the rows failed: \(String(cString: strerror(errno)))",
        advice: "set TMPDIR to a folder with room for them")
    }
  }

  /// Opens what was written as an input.
  func input(name: String) throws(InputError) -> InputFile {
    try InputFile(spooled: try open(), name: name)
  }

  private func open() throws(InputError) -> FileDescription {
    if let file { return file }
    let made = try TemporaryFile.make()
    file = made
    return made
  }
}

extension InputFile {
  /// Keeps the rows of a sequence on disk, as JSON Lines.
  ///
  /// The sequence is read only as fast as its rows are written. What is not an object is told as a
  /// rejected row, with its number for a line.
  /// - Parameters:
  ///   - rows: The rows: any `Encodable` values, ``JSONObject`` or ``JSONValue``. Their properties
  ///     are named as the service names attributes (`CodingKeys`); dates become ISO 8601 text.
  ///   - name: What messages call them.
  /// - Throws: What the sequence throws; `EncodingError`; `InputError` when there is no room;
  ///   `CancellationError`, so that a sequence which ends because of it is not taken for whole.
  public static func spooling<Rows: AsyncSequence>(
    _ rows: Rows, name: String = "the rows"
  ) async throws -> InputFile where Rows.Element: Encodable {
    let spool = RowSpool()
    let encoder = JSONEncoder()
    encoder.dateEncodingStrategy = .iso8601
    var buffer: [UInt8] = []
    for try await row in rows {
      switch row {
      case let object as JSONObject: buffer += JSONValue.object(object).bytes
      case let value as JSONValue: buffer += value.bytes
      default: buffer += try encoder.encode(row)
      }
      buffer.append(UInt8(ascii: "\n"))
      if buffer.count >= RowSpool.window {
        try await spool.write(buffer)
        buffer.removeAll(keepingCapacity: true)
        try Task.checkCancellation()
      }
    }
    try Task.checkCancellation()
    try await spool.write(buffer)
    return try await spool.input(name: name)
  }
}

extension Importer {
  /// Creates an importer of rows that a program makes. All of them are kept on disk first, so that
  /// all are checked before any is sent.
  ///
  ///     struct Row: Encodable {
  ///       let code: String
  ///       let name: String
  ///       let shipping_category_id: String
  ///     }
  ///     let rows = AsyncStream<Row> { continuation in
  ///       continuation.yield(Row(code: "HAT-1", name: "Hat", shipping_category_id: "XKyZpFdjLm"))
  ///       continuation.finish()
  ///     }
  ///     let importer = try await Importer(
  ///       client: client, rows: rows,
  ///       rules: RowRules(
  ///         type: "skus", service: CommerceLayerService.description,
  ///         schemas: CommerceLayerService.schemas),
  ///       settings: ImportSettings(service: CommerceLayerService.description))
  ///     print(try await importer.run().succeeded)
  ///
  /// - Throws: As `InputFile.spooling(_:name:)` does.
  public init<Rows: AsyncSequence>(
    client: CommerceLayerClient, rows: Rows, rules: RowRules, settings: ImportSettings,
    runID: String = RunIdentifier.make(), time: TimeSource = .continuous,
    seed: UInt64 = .random(in: 0 ... .max)
  ) async throws where Rows.Element: Encodable {
    self.init(
      client: client, file: try await .spooling(rows), format: .jsonLines, rules: rules,
      settings: settings, runID: runID, time: time, seed: seed)
  }
}
