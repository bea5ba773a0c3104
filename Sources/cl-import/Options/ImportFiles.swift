import CommerceLayer
import CommerceLayerImporter
import ImportConsole

/// One file of a command and what is known of it before it is opened.
struct ImportFile: Sendable, Hashable {
  /// The path as it was given; `-` is standard input.
  let path: String
  let type: String
  var parent: String?

  /// What output calls it.
  var name: String { path == "-" ? "standard input" : path }

  /// The name without folders, extensions and compression: `stock_items` of `in/stock_items.json.gz`.
  var stem: String { path == "-" ? type : Self.stem(path) }

  fileprivate static func stem(_ path: String) -> String {
    let name = path.split(separator: "/").last.map { String($0) } ?? path
    return name.prefix { $0 != "." }.isEmpty ? name : String(name.prefix { $0 != "." })
  }
}

/// What the arguments say of the files: types, order, parents, reports. Pure.
enum ImportFiles {
  /// Returns the files in the order in which they are imported.
  /// - Parameters:
  ///   - type: The type of all of them; nil to tell each by its file's name.
  ///   - parents: `TYPE=ID` each, or one id.
  ///   - reported: What a file says that its rows are, as reports do; asked when its name does not tell.
  /// - Throws: ``Failure`` of status `usage`.
  static func ordered(
    _ paths: [String], type: String?, parents: [String],
    service: ServiceDescription = CommerceLayerService.description,
    schemas: [ResourceSchema] = CommerceLayerService.schemas,
    reported: (String) -> String? = { _ in nil }
  ) throws(Failure) -> [ImportFile] {
    if let twice = paths.first(where: { path in paths.count { $0 == path } > 1 }) {
      throw Failure(.usage, "'\(twice)' is given twice", advice: "name each file once")
    }
    var files: [ImportFile] = []
    for path in paths {
      if let type {
        files.append(ImportFile(path: path, type: type))
      } else {
        files.append(
          ImportFile(
            path: path, type: try Self.type(of: path, service: service, reported: reported)))
      }
    }
    let order = ImportOrder.sorted(files.map(\.type), service: service, schemas: schemas)
    files = order.map { files[$0] }
    try assign(parents, to: &files, service: service)
    return files
  }

  /// Returns the type that a file's name names: `skus.csv`, `prices-2026.csv`, `stock-items.json.gz`,
  /// `failed-skus.csv`.
  static func type(
    of path: String, service: ServiceDescription = CommerceLayerService.description,
    reported: (String) -> String? = { _ in nil }
  ) throws(Failure) -> String {
    let advice = "--type skus"
    guard path != "-" else {
      throw Failure(.usage, "standard input has no name to tell the type by", advice: advice)
    }
    let words = ImportFile.stem(path).lowercased().split { !($0.isLetter && $0.isASCII) }
    var found: [(type: String, range: Range<Int>)] = []
    for type in service.importables.keys.sorted() {
      let parts = type.split(separator: "_")
      for start in words.indices where words[start...].starts(with: parts) {
        found.append((type, start..<start + parts.count))
      }
    }
    // `price_tiers` is not also a file of `prices`, `sku_list_items` not one of `sku_lists`.
    found = found.filter { item in
      !found.contains { $0.range.count > item.range.count && $0.range.overlaps(item.range) }
    }
    let types = Set(found.map(\.type)).sorted()
    if types.count != 1, let type = reported(path), service.importables[type] != nil { return type }
    guard let type = types.first else {
      throw Failure(
        .usage, "the name of '\(path)' does not tell the type of its rows",
        because: "it holds none of \(service.importables.keys.sorted().joined(separator: ", "))",
        advice: advice)
    }
    guard types.count == 1 else {
      throw Failure(
        .usage, "the name of '\(path)' does not tell the type of its rows",
        because: "it can be \(types.joined(separator: " or "))", advice: "--type \(type)")
    }
    return type
  }

  private static func assign(
    _ parents: [String], to files: inout [ImportFile], service: ServiceDescription
  ) throws(Failure) {
    let types = files.map(\.type)
    for text in parents {
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let named = parts.count == 2 ? String(parts[0]) : nil
      if let type = named, service.importables[type] != nil {
        let matching = files.indices.filter { files[$0].type == type }
        guard !matching.isEmpty else {
          throw Failure(
            .usage, "--parent \(text): none of the files is of type \(type)",
            because: "they are of \(Set(types).sorted().joined(separator: ", "))")
        }
        for index in matching { files[index].parent = String(parts[1]) }
        continue
      }
      let takers = Set(types).filter { service.importables[$0]?.parent != nil }.sorted()
      guard takers.count < 2, parents.count == 1 else {
        throw Failure(
          .usage, "--parent \(text) does not say which type it is for",
          because:
            "\((takers.isEmpty ? types : takers).joined(separator: " and ")) can have a parent",
          advice: "--parent \(takers.first ?? types.first ?? "prices")=\(text)")
      }
      // With one type the rules say whether it has a parent.
      for index in files.indices where takers.isEmpty || files[index].type == takers[0] {
        files[index].parent = text
      }
    }
  }

  /// Returns where the report of each file goes: as named for one file, `failed-skus.csv` and
  /// `failed-prices.csv` for `failed.csv` when there are several.
  static func reports(_ report: String?, for files: [ImportFile]) -> [String?] {
    guard let report, files.count > 1 else { return files.map { _ in report } }
    let folderEnd = report.lastIndex(of: "/").map(report.index(after:)) ?? report.startIndex
    let dot = report[folderEnd...].dropFirst().firstIndex(of: ".") ?? report.endIndex
    var used: [String: Int] = [:]
    return files.map { file in
      let count = used[file.stem, default: 0] + 1
      used[file.stem] = count
      let suffix = count > 1 ? "-\(count)" : ""
      return report[..<dot] + "-\(file.stem)\(suffix)" + report[dot...]
    }
  }
}
