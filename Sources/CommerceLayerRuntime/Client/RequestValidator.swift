extension ResourceSchema.Relationship {
  /// The first type in a linkage that the relationship cannot lead to; nil when there is none or the
  /// documentation does not list them.
  ///
  /// Some lists name a general type, `promotions`, and mean `free_gift_promotions` and the like, or one
  /// that stands for types of other names. So a type is rejected only where all that are listed are
  /// plain: where none of them ends the name of another listed or given one, and none is a stand-in.
  /// - Parameter standIns: The names that stand for others: ``ServiceDescription/standIns``.
  func rejectedType(in linkage: JSONValue, standIns: Set<String>) -> String? {
    guard isPolymorphic, !targets.isEmpty, standIns.isDisjoint(with: targets) else { return nil }
    let links = linkage.array ?? [linkage]
    return links.lazy.compactMap { $0["type"]?.string }.first { type in
      !targets.contains { $0 == type || type.hasSuffix("_" + $0) }
    }
  }
}

/// Checks a request against the schema before anything is sent.
enum RequestValidator {
  /// - Throws: an error of kind `invalidInput` that lists every violation.
  static func check(
    _ storage: RequestStorage, against schema: ResourceSchema, creating: Bool,
    standIns: Set<String>
  ) throws(CommerceLayerError) {
    var problems = storage.unwritable.map { "'\($0)' is not a finite number" }
    problems += storage.contradictory.map { "'\($0)' has a value and is null: give one of them" }
    problems += RequestConditions(storage: storage, schema: schema, creating: creating).violations
    for relationship in schema.relationships {
      guard let value = storage.relationships[relationship.name],
        let type = relationship.rejectedType(in: value, standIns: standIns)
      else { continue }
      problems.append(
        "'\(relationship.name)' leads to \(relationship.targets.joined(separator: ", ")), not to "
          + "'\(TerminalSafe.text(type, limit: 64))'")
    }
    if let rows = storage.rows?.value {
      if rows.count == 0 { problems.append("there are no rows to import") }
      let format = storage.attributes["format"]?.string
      if rows.isCSV, format != "csv" {
        problems.append("CSV rows need the format 'csv'")
      } else if !rows.isCSV, format == "csv" {
        problems.append("the format is 'csv' but the rows are JSON")
      }
    }
    if let reference = storage.attributes["reference"]?.string, reference.contains("\0") {
      problems.append("'reference' holds a NUL character")
    }
    guard problems.isEmpty else {
      throw CommerceLayerError(.invalidInput, problems.joined(separator: "; "))
    }
  }
}
