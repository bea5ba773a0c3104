import CommerceLayer
import CommerceLayerRows
import Foundation
import Synchronization

/// Writes the rows that were not imported to a file that can be corrected and imported again.
///
/// Of a CSV input it is a CSV file with the same columns, delimiter and encoding, and before them
/// `_type`, `_line`, `_outcome` and `_reason`; of a JSON input it is JSON Lines with these members
/// first. The importer recognizes them and never takes them for triggers.
///
/// The file is written beside its place and takes it with ``publish()``, once the input is known to
/// be readable: a report that is there already is not lost to a run that never began. From then on
/// whatever ends the process leaves the rows that were told.
public final class ReportFile: Sendable {
  private struct State {
    var buffer: [UInt8] = []
    var failure: String?
    var rows = 0
    var isPublished = false
  }

  /// Bytes in memory before they are written.
  private static let window = 1 << 16

  /// Where it is, or will be.
  public let path: String
  private let draftPath: String
  private let file: FileDescription
  private let input: InputFile
  private let layout: ReportLayout
  private let replaces: Bool
  private let state = Mutex(State())

  /// Creates the file beside its place, readable by its owner alone.
  /// - Parameters:
  ///   - path: The path of the report.
  ///   - replacing: Whether an existing file is overwritten.
  ///   - runID: The run that the report is of.
  ///   - planner: What is imported; a report never replaces its input.
  /// - Throws: ``ReportFileError``, or `InputError` when the input's header cannot be used.
  public init(path: String, replacing: Bool, runID: String, planner: ImportPlanner) throws {
    let input = planner.file
    self.path = path
    self.input = input
    replaces = replacing
    var status = stat()
    if lstat(path, &status) == 0 {
      let kind = status.st_mode & S_IFMT
      if input.isSame(path: path) {
        throw ReportFileError(
          message: "the report '\(path)' is the input itself", advice: "choose another name")
      }
      guard kind == S_IFREG || kind == S_IFLNK else {
        throw ReportFileError(
          message: "the report '\(path)' is there and is not a file", advice: "choose another name")
      }
      guard replacing else {
        throw ReportFileError(
          message: "the report '\(path)' is there already",
          advice: "choose another name, or add --force")
      }
    }
    layout = try planner.reportLayout()
    draftPath = Self.draft(path, runID: runID)
    file = FileDescription(
      open(draftPath, O_WRONLY | O_CREAT | O_CLOEXEC | O_EXCL | O_NOFOLLOW, 0o600))
    guard file.number >= 0 else {
      throw ReportFileError(
        message: "the report '\(path)' cannot be created: \(String(cString: strerror(errno)))",
        advice: "choose a folder that can be written to")
    }
    append(layout.header)
  }

  /// `folder/.failed.csv.<run>.part`, in the folder of the report, so that renaming it is one step.
  private static func draft(_ path: String, runID: String) -> String {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    let name = parts.last ?? ""
    return (parts.dropLast() + [".\(name).\(runID.prefix(8)).part"]).joined(separator: "/")
  }

  /// Puts the file in its place.
  /// - Throws: ``ReportFileError`` when something took the place meanwhile.
  public func publish() throws(ReportFileError) {
    flush()
    let isPlaced = replaces ? rename(draftPath, path) == 0 : link(draftPath, path) == 0
    guard isPlaced else {
      throw ReportFileError(
        message: "the report '\(path)' cannot be created: \(String(cString: strerror(errno)))",
        advice: "choose another name")
    }
    if !replaces { unlink(draftPath) }
    state.withLock { $0.isPublished = true }
  }

  /// Adds one row. A failure is kept and thrown by ``finish()``.
  public func add(_ entry: RowEntry) {
    let text: [UInt8]
    do {
      text = try layout.text(entry, input: input)
    } catch {
      state.withLock { $0.failure = $0.failure ?? "\(error)" }
      return
    }
    state.withLock { $0.rows += 1 }
    append(text)
  }

  private func append(_ bytes: [UInt8]) {
    state.withLock { state in
      state.buffer.append(contentsOf: bytes)
      if state.buffer.count >= Self.window { flush(&state) }
    }
  }

  /// Writes what is in memory.
  public func flush() { state.withLock { flush(&$0) } }

  private func flush(_ state: inout State) {
    if state.failure == nil, !state.buffer.isEmpty, !file.write(state.buffer[...]) {
      state.failure = String(cString: strerror(errno))
    }
    state.buffer.removeAll(keepingCapacity: true)
  }

  /// Writes what is left.
  /// - Returns: How many rows the file holds.
  /// - Throws: ``ReportFileError`` when something could not be written.
  @discardableResult
  public func finish() throws(ReportFileError) -> Int {
    let (failure, rows) = state.withLock { state in
      flush(&state)
      if state.failure == nil, fsync(file.number) != 0, errno != EINVAL {
        state.failure = String(cString: strerror(errno))
      }
      return (state.failure, state.rows)
    }
    guard let failure else { return rows }
    throw ReportFileError(
      message: "the report '\(path)' is not complete: \(failure)",
      advice: "make room; the rows that are missing in it are in the input, and run again with "
        + "--report on another disk",
      isIncomplete: true)
  }

  /// Removes the draft: the run it was for did not begin. A published report stays.
  public func discard() {
    if state.withLock({ !$0.isPublished }) { unlink(draftPath) }
  }
}

/// Why a report cannot be written.
public struct ReportFileError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong.
  public let message: String
  /// What to do about it.
  public let advice: String?
  /// Whether it was created and could not be written to its end.
  public var isIncomplete = false

  /// What is wrong, in a sentence.
  public var description: String { message }
}

/// How a report is written: as the input is.
struct ReportLayout: Sendable {
  /// What the file begins with.
  let header: [UInt8]
  private let dialect: CSVDialect?
  private let encoding: TextEncoding
  /// What the rows are.
  private let type: String
  /// The indices of the columns that an earlier report added.
  private let added: Set<Int>

  init(type: String, dialect: CSVDialect?, titles: [String], encoding: TextEncoding) {
    self.type = type
    self.dialect = dialect
    self.encoding = dialect == nil ? .utf8 : encoding
    added = Set(titles.indices.filter { ReportColumns.names.contains(titles[$0]) })
    guard let dialect else {
      header = []
      return
    }
    var text = RowBuffer()
    let own = titles.indices.filter { !ReportColumns.names.contains(titles[$0]) }
    Self.append(ReportColumns.names + own.map { titles[$0] }, dialect, into: &text)
    header = self.encoding.mark + Self.encoded(text.bytes, self.encoding)
  }

  private static func append(_ cells: [String], _ dialect: CSVDialect, into text: inout RowBuffer) {
    for (index, cell) in cells.enumerated() {
      if index > 0 { text.append(dialect.delimiter) }
      RowText.appendCSV(Array(cell.utf8)[...], delimiter: dialect.delimiter, into: &text)
    }
    text.append(UInt8(ascii: "\n"))
  }

  private static func encoded(_ bytes: [UInt8], _ encoding: TextEncoding) -> [UInt8] {
    encoding == .utf8 ? bytes : encoding.encode(String(decoding: bytes, as: UTF8.self))
  }

  /// The line, or lines, of one row.
  /// - Throws: `InputError` when the row cannot be read any more.
  func text(_ entry: RowEntry, input: InputFile) throws(InputError) -> [UInt8] {
    var source: [UInt8] = []
    if let range = entry.source {
      try input.read(at: range.lowerBound, into: &source, count: range.count)
    }
    let reason = entry.reasons.joined(separator: "; ")
    guard let dialect else { return json(entry, reason, source) }
    var text = RowBuffer()
    let own = [type, String(entry.line), entry.outcome.rawValue, Self.oneLine(reason)]
    for cell in own {
      RowText.appendCSV(Array(cell.utf8)[...], delimiter: dialect.delimiter, into: &text)
      text.append(dialect.delimiter)
    }
    if added.isEmpty {
      // As it stands there, malformed or not.
      text.append(source)
    } else {
      var reader = try CSVReader(bytes: source, dialect: dialect)
      let cells = try reader.next() ? reader.cells : []
      var isFirst = true
      for (index, cell) in cells.enumerated() where !added.contains(index) {
        if !isFirst { text.append(dialect.delimiter) }
        isFirst = false
        RowText.appendCSV(reader.unquoted(cell), delimiter: dialect.delimiter, into: &text)
      }
    }
    text.append(UInt8(ascii: "\n"))
    return Self.encoded(text.bytes, encoding)
  }

  private static func oneLine(_ text: String) -> String {
    text.replacing("\r", with: " ").replacing("\n", with: " ")
  }

  private func json(_ entry: RowEntry, _ reason: String, _ source: [UInt8]) -> [UInt8] {
    var writer = JSONWriter()
    writer.raw("{\"_type\":")
    writer.write(type)
    writer.raw(",\"_line\":")
    writer.write(.number(JSONNumber(entry.line)))
    writer.raw(",\"_outcome\":")
    writer.write(entry.outcome.rawValue)
    writer.raw(",\"_reason\":")
    writer.write(reason)
    if let root = try? JSONDocument(parsing: source).root, root.kind == .object {
      for (name, value) in root.members where !ReportColumns.names.contains(name) {
        writer.raw(",")
        writer.write(name)
        writer.raw(":")
        // A pretty-printed value holds line ends, which would end the line here.
        if value.rawBytes.contains(where: { $0 == 0x0A || $0 == 0x0D }) {
          writer.write(value.value)
        } else {
          writer.raw(value.rawBytes)
        }
      }
    } else {
      writer.raw(",")
      writer.write(ReportColumns.source)
      writer.raw(":")
      writer.write(String(decoding: source, as: UTF8.self))
    }
    writer.raw("}\n")
    return writer.bytes
  }
}
