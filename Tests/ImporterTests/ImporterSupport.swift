import CommerceLayer
import Foundation

@testable import CommerceLayerImporter

/// A file that is gone with the value.
final class TemporaryFile {
  let path: String

  init(_ bytes: [UInt8], suffix: String = ".csv") throws {
    path = NSTemporaryDirectory() + "importer-tests-\(UUID().uuidString)\(suffix)"
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }

  convenience init(_ text: String, suffix: String = ".csv") throws {
    try self.init(Array(text.utf8), suffix: suffix)
  }

  var file: InputFile { get throws { try InputFile(path: path) } }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// Rules over the generated schemas, as the command line makes them.
func rules(_ type: String = "skus", parent: String? = nil) throws -> RowRules {
  try RowRules(
    type: type, parentID: parent, service: CommerceLayerService.description,
    schemas: CommerceLayerService.schemas)
}

/// What reading an input gave.
struct Reading {
  var rows: [SourceRow] = []
  var rejected: [RejectedRow] = []
  var form = RowForm.json

  var texts: [String] { rows.map { String(decoding: $0.bytes, as: UTF8.self) } }
  var reasons: [String] { rejected.flatMap(\.reasons) }
}

func read(
  _ text: String, _ format: InputFormat = .csv, type: String = "skus", parent: String? = nil
) throws -> Reading {
  try read(Array(text.utf8), format, type: type, parent: parent)
}

func read(
  _ bytes: [UInt8], _ format: InputFormat = .csv, type: String = "skus", parent: String? = nil
) throws -> Reading {
  let file = try TemporaryFile(bytes)
  var stream = try RowStream(file.file, format: format, rules: rules(type, parent: parent))
  var reading = Reading(form: stream.form)
  while let result = try stream.next() {
    switch result {
    case .row(let row): reading.rows.append(row)
    case .rejected(let row): reading.rejected.append(row)
    }
  }
  return reading
}

/// The error reading an input ends with; nil when it does not.
func inputError(_ work: () throws -> Reading) -> InputError? {
  do {
    _ = try work()
    return nil
  } catch {
    return error as? InputError
  }
}

/// A chunk row for accounting.
func sentRow(_ line: Int, key: String?, parts: [String] = [], id: String? = nil, unit: Int? = nil)
  throws -> SentRow
{
  var identity = RowIdentity(rules: try rules("tags")) { _ in nil }
  identity.key = key
  identity.parts = parts
  identity.id = id
  return SentRow(line: line, identity: identity, unit: unit ?? line - 1, range: 0..<0)
}
