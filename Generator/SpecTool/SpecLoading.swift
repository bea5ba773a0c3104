internal import Distiller
internal import Foundation
internal import NearestNames
internal import Spec

/// Loading specs for the commands, with messages for users.
enum SpecLoading {
  /// A spec folder with its corrections applied.
  static func folder(_ path: String) throws -> SpecFolder {
    guard FileManager.default.fileExists(atPath: path) else {
      throw ToolFailure("no such folder: \(path)")
    }
    guard isWhole(path) else {
      throw ToolFailure("\(path) is not a spec folder: it has no service.json")
    }
    return try SpecFolder.load(URL(filePath: path))
  }

  /// What all resources of a folder share; Commerce Layer's where the folder does not say.
  static func service(in folder: URL) throws -> ServiceSpec {
    let file = folder.appending(path: "service.json")
    guard FileManager.default.fileExists(atPath: file.path) else { return .commerceLayer }
    return try SpecFolder.load(service: file)
  }

  /// Whether a folder holds what all resources share.
  static func isWhole(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: path + "/service.json")
  }

  /// The resources of a folder that holds specs, be it a whole spec or a distiller's output.
  static func resources(_ path: String) throws -> [ResourceSpec] {
    guard FileManager.default.fileExists(atPath: path) else {
      throw ToolFailure("no such folder: \(path)")
    }
    let url = URL(filePath: path)
    if isWhole(path) {
      return try SpecFolder.load(url).resources
    }
    let files = try SpecFolder.jsonFiles(in: url.appending(path: "resources"))
    guard !files.isEmpty else { throw ToolFailure("\(path) holds no resources/*.json") }
    return try files.map { file in
      let tree = try JSONTree.parse(Data(contentsOf: file), file: file.lastPathComponent)
      return try ResourceSpec(
        validating: tree, file: file.lastPathComponent, profile: Profile.load(in: url))
    }
  }

  /// One resource by name; an unknown name fails with what may have been meant.
  static func resource(_ name: String, in resources: [ResourceSpec]) throws -> ResourceSpec {
    if let found = resources.first(where: { $0.resource == name }) { return found }
    throw ToolFailure(unknown(name, among: resources.map(\.resource)))
  }

  /// The message for a name that no resource has.
  static func unknown(_ name: String, among names: [String]) -> String {
    let near = NearestNames.suggestions(for: name, among: names)
    let hint = near.isEmpty ? "" : "; did you mean \(near.joined(separator: ", "))?"
    return "there is no resource '\(name)'\(hint)"
  }

  /// The corrections of a resource, each with its place.
  static func corrections(
    of resource: String, in folder: SpecFiles
  ) throws -> [(correction: Correction, place: FactTrace.CorrectionPlace)] {
    var files: [(file: String, corrections: Corrections)] = []
    var lines: [String: [Int]] = [:]
    for url in try SpecFolder.jsonFiles(in: folder.url.appending(path: "corrections"))
    where url.lastPathComponent != SpecFolder.serviceFile {
      let data = try Data(contentsOf: url)
      let file = "corrections/\(url.lastPathComponent)"
      files.append((file, try JSONDecoder().decode(Corrections.self, from: data)))
      lines[file] = FactTrace.correctionLines(Array(data))
    }
    let tree = try folder.read("resources/\(resource).json") ?? .object([:])
    return try CorrectionBook(files).entries(of: resource, tree).map { entry in
      let starts = lines[entry.file] ?? []
      return (
        entry.correction,
        .init(
          file: entry.file, line: entry.index < starts.count ? starts[entry.index] : 1,
          reason: entry.correction.reason, source: entry.correction.source)
      )
    }
  }

  /// The corrections of service.json, each with its place.
  static func serviceCorrections(
    in folder: SpecFiles
  ) throws -> [(correction: Correction, place: FactTrace.CorrectionPlace)] {
    let file = "corrections/\(SpecFolder.serviceFile)"
    let url = folder.url.appending(path: file)
    guard FileManager.default.fileExists(atPath: url.path) else { return [] }
    let starts = FactTrace.correctionLines(Array(try Data(contentsOf: url)))
    return try SpecFolder.serviceCorrections(url).enumerated().map { index, correction in
      (
        correction,
        .init(
          file: file, line: index < starts.count ? starts[index] : 1, reason: correction.reason,
          source: correction.source)
      )
    }
  }
}
