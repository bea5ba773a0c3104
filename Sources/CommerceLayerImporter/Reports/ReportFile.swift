import CommerceLayer
import Foundation
import Synchronization

/// Writes the rows that were not imported to a file, one JSON object a line, as they become known.
///
/// The first line says what the file is. Every other line has `line`, `outcome` and `reasons`, and
/// the row itself: `row` when it is a JSON object, `csv` when it was sent as CSV, `source` when it
/// could not be read as a row. The file is an input in its own right: importing it sends the rows
/// that failed or were not processed.
public final class ReportFile: Sendable {
  private struct State {
    var buffer: [UInt8] = []
    var failure: String?
    var lines = 0
  }

  /// Bytes kept before they are written.
  private static let window = 1 << 16

  /// Where it is.
  public let path: String
  private let descriptor: Int32
  private let state = Mutex(State())

  /// Creates the file, readable by its owner alone.
  /// - Parameters:
  ///   - replacing: whether an existing file is overwritten.
  ///   - csvHeader: the header of rows that are CSV text.
  ///   - input: what is imported; a report never replaces it.
  /// - Throws: ``ReportFileError``.
  public init(
    path: String, replacing: Bool, type: String, runID: String, csvHeader: String? = nil,
    input: InputFile? = nil
  ) throws(ReportFileError) {
    self.path = path
    // Without O_EXCL an existing file would silently lose what it holds.
    let flags = O_WRONLY | O_CREAT | O_CLOEXEC | (replacing ? 0 : O_EXCL)
    descriptor = open(path, flags, 0o600)
    guard descriptor >= 0 else {
      throw ReportFileError(
        message: "the report '\(path)' cannot be created: \(String(cString: strerror(errno)))",
        advice: errno == EEXIST ? "choose another name, or add --force" : nil)
    }
    // Running a report again is an everyday thing, and so is naming the same file for what fails
    // this time: the rows would be gone before they are read. Hence no O_TRUNC above.
    if input?.isSame(as: descriptor) == true {
      throw ReportFileError(
        message: "the report '\(path)' is the input itself", advice: "choose another name")
    }
    if replacing, ftruncate(descriptor, 0) != 0, errno != EINVAL {
      throw ReportFileError(
        message: "the report '\(path)' cannot be emptied: \(String(cString: strerror(errno)))",
        advice: "choose another name")
    }
    // An existing file keeps its mode when it is opened.
    fchmod(descriptor, 0o600)
    var first: JSONObject = [
      ReportReading.mark: 1, "type": .string(type), "run": .string(runID),
    ]
    if let csvHeader { first["csv_header"] = .string(csvHeader) }
    append(JSONValue.object(first).bytes)
  }

  deinit { close(descriptor) }

  /// Writes one row. A failure is kept and told by ``finish()``.
  public func write(_ entry: RowEntry) {
    state.withLock { $0.lines += 1 }
    append(entry.json)
  }

  private func append(_ line: [UInt8]) {
    state.withLock { state in
      state.buffer.append(contentsOf: line)
      state.buffer.append(UInt8(ascii: "\n"))
      if state.buffer.count >= Self.window { flush(&state) }
    }
  }

  /// Writes what is left.
  /// - Returns: how many rows the file holds.
  /// - Throws: ``ReportFileError`` when something could not be written.
  @discardableResult
  public func finish() throws(ReportFileError) -> Int {
    let (failure, lines) = state.withLock { state in
      flush(&state)
      if state.failure == nil, fsync(descriptor) != 0, errno != EINVAL {
        state.failure = String(cString: strerror(errno))
      }
      return (state.failure, state.lines)
    }
    guard let failure else { return lines }
    throw ReportFileError(
      message: "the report '\(path)' is not complete: \(failure)",
      advice: "the rows are listed here; make room and keep this output")
  }

  /// Removes the file again: the run it was for did not begin.
  public func discard() { unlink(path) }

  private func flush(_ state: inout State) {
    var start = 0
    while start < state.buffer.count, state.failure == nil {
      let count = state.buffer[start...].withUnsafeBytes {
        Foundation.write(descriptor, $0.baseAddress, $0.count)
      }
      if count < 0, errno == EINTR { continue }
      if count <= 0 { state.failure = String(cString: strerror(errno)) }
      start += max(0, count)
    }
    state.buffer.removeAll(keepingCapacity: true)
  }
}

/// Why a report cannot be written.
public struct ReportFileError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong.
  public let message: String
  /// What to do about it.
  public let advice: String?

  /// What is wrong, in a sentence.
  public var description: String { message }
}

extension RowEntry {
  /// The entry as one JSON object.
  public var json: [UInt8] {
    var writer = JSONWriter()
    writer.raw("{\"line\":")
    writer.write(.number(JSONNumber(line)))
    writer.raw(",\"outcome\":")
    writer.write(outcome.rawValue)
    if let key {
      writer.raw(",\"key\":")
      writer.write(key)
    }
    if let importID {
      writer.raw(",\"import\":")
      writer.write(importID)
    }
    if isUncertain { writer.raw(",\"uncertain\":true") }
    writer.raw(",\"reasons\":")
    writer.write(.array(reasons.map(JSONValue.string)))
    switch row {
    case .json(let bytes):
      writer.raw(",\"row\":")
      // A pretty-printed row holds line ends, which would end the line here.
      if bytes.contains(0x0A) || bytes.contains(0x0D), let row = try? JSONDocument(parsing: bytes) {
        writer.write(row.root.value)
      } else {
        writer.raw(bytes)
      }
    case .csv(let bytes):
      writer.raw(",\"csv\":")
      writer.write(String(decoding: bytes, as: UTF8.self))
    case .source(let bytes):
      writer.raw(",\"source\":")
      writer.write(String(decoding: bytes, as: UTF8.self))
    case nil: break
    }
    writer.raw("}")
    return writer.bytes
  }
}
