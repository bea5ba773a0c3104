/// Which pages belong to what was asked for.
extension Puller {
  /// Whether a page belongs to the resources asked for: one of its folders, or the page itself, is
  /// named so, with hyphens or underscores.
  func isWanted(_ address: PageAddress) -> Bool {
    options.resources.isEmpty || isSingleFile
      || !Self.names(in: address).isDisjoint(with: options.resources)
  }

  var isSingleFile: Bool { base.fileName != nil }

  /// The names in an address as resources are named; of a singleton's folder the plural too.
  static func names(in address: PageAddress) -> Set<String> {
    var names: Set<String> = []
    for part in address.path.split(separator: "/") {
      let stem = part.prefix { $0 != "." }
      let name = stem.map { $0 == "-" ? "_" : String($0) }.joined()
      names.formUnion([name, name + "s"])
    }
    return names
  }
}
