/// Finds what someone may have meant.
public enum Nearest {
  /// The candidates closest to a mistyped name, best first; none when nothing is close.
  public static func suggestions(
    for name: String, among candidates: [String], limit: Int = 3
  ) -> [String] {
    let worst = max(2, name.count / 3)
    return
      candidates
      .map { (name: $0, distance: $0.hasPrefix(name) ? 1 : distance(name, $0)) }
      .filter { $0.distance <= worst }
      .sorted { ($0.distance, $0.name.count, $0.name) < ($1.distance, $1.name.count, $1.name) }
      .prefix(limit).map(\.name)
  }

  /// How many letters must be changed, added or dropped.
  public static func distance(_ left: String, _ right: String) -> Int {
    let left = Array(left.utf8)
    let right = Array(right.utf8)
    var row = Array(0...right.count)
    for (index, letter) in left.enumerated() {
      var diagonal = row[0]
      row[0] = index + 1
      for column in right.indices {
        let cost = letter == right[column] ? diagonal : diagonal + 1
        diagonal = row[column + 1]
        row[column + 1] = min(cost, diagonal + 1, row[column] + 1)
      }
    }
    return row[right.count]
  }
}
