/// Finds the rows that a key in an import's log stands for.
struct LogMatcher {
  private var byKey: [String: [Int]] = [:]
  private var byPart: [String: [Int]]?
  private let rows: [SentRow]

  init(rows: [SentRow]) {
    self.rows = rows
    for (index, row) in rows.enumerated() {
      if let key = row.identity.key { byKey[key, default: []].append(index) }
      if let id = row.identity.id, id != row.identity.key { byKey[id, default: []].append(index) }
    }
  }

  /// The rows a key stands for, in order: their key or id; behind a `field:` prefix, as old logs
  /// write it; or one part of a composite key.
  mutating func rows(for key: String) -> [Int] {
    if let found = byKey[key] { return found }
    var bare: String?
    if let colon = key.firstIndex(of: ":") {
      let rest = String(key[key.index(after: colon)...])
      if let found = byKey[rest] { return found }
      bare = rest
    }
    let parts = byPart ?? makeParts()
    byPart = parts
    return parts[key] ?? bare.flatMap { parts[$0] } ?? []
  }

  /// Made only when a log needs it.
  private func makeParts() -> [String: [Int]] {
    var parts: [String: [Int]] = [:]
    for (index, row) in rows.enumerated() where row.identity.parts.count > 1 {
      for part in Set(row.identity.parts) { parts[part, default: []].append(index) }
    }
    return parts
  }
}
