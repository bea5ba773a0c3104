import CommerceLayerImporter

/// The rows a summary lists: those that failed or were rejected one by one, those that were not
/// processed or whose outcome is unknown in one line for each reason, because they are many and say
/// nothing of themselves.
struct ListedRows: Sendable {
  /// Rows that share an import and the reason why they were not processed.
  struct Group: Sendable, Equatable {
    let outcome: RowEntry.Outcome
    let importID: String?
    let reasons: [String]
    var count = 0
    /// The line of the first of them; nil when none of them was told.
    var firstLine: Int?
    /// The line of the last; nil when further ones were only counted.
    var lastLine: Int?
    /// What the only one is called.
    var key: String?
  }

  /// Rows and groups that are kept, each.
  static let maximum = 50

  /// The first rows that failed or were rejected.
  private(set) var entries: [RowEntry] = []
  /// How many there are in all.
  private(set) var entryCount = 0
  /// Rows that were not processed, in the order they were told of.
  private(set) var groups: [Group] = []
  /// Rows that were not processed and are in none of the groups.
  private(set) var ungrouped = 0

  var isEmpty: Bool { entryCount == 0 && groups.isEmpty }

  mutating func add(_ entry: RowEntry) {
    guard entry.outcome == .notProcessed || entry.outcome == .unknown else {
      if entries.count < Self.maximum { entries.append(entry) }
      entryCount += 1
      return
    }
    group(entry.outcome, entry.importID, entry.reasons, count: 1) { group in
      group.firstLine = min(group.firstLine ?? entry.line, entry.line)
      group.lastLine = max(group.lastLine ?? entry.line, entry.line)
      group.key = entry.key
    }
  }

  /// Adds rows that were never sent and of which only the number is known. They come last.
  mutating func addUnsent(_ count: Int, reason: String) {
    group(.notProcessed, nil, [reason], count: count) { $0.lastLine = nil }
  }

  private mutating func group(
    _ outcome: RowEntry.Outcome, _ importID: String?, _ reasons: [String], count: Int,
    _ change: (inout Group) -> Void
  ) {
    // Rows of one import come one after the other.
    var index = groups.lastIndex {
      $0.importID == importID && $0.outcome == outcome && $0.reasons == reasons
    }
    if index == nil, groups.count < Self.maximum {
      groups.append(Group(outcome: outcome, importID: importID, reasons: reasons))
      index = groups.count - 1
    }
    guard let index else {
      ungrouped += count
      return
    }
    groups[index].count += count
    change(&groups[index])
  }
}
