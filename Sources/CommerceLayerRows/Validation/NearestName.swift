/// Finds the name that was probably meant.
public enum NearestName {
  /// The candidate closest to a name; nil when none is close.
  ///
  /// Close is at most two changes (a letter added, left out, changed, or two swapped), one for
  /// names of up to four letters.
  public static func suggestion(for name: String, among candidates: some Sequence<String>)
    -> String?
  {
    let wanted = Array(normalized(name))
    let limit = wanted.count <= 4 ? 1 : 2
    var best: (name: String, distance: Int)?
    for candidate in candidates {
      let letters = Array(normalized(candidate))
      guard abs(letters.count - wanted.count) <= limit else { continue }
      let distance = distance(wanted, letters)
      if distance <= limit, distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    return best?.name
  }

  /// Case, blanks and hyphens are what spreadsheets and hands change first.
  private static func normalized(_ name: String) -> String.UTF8View {
    name.lowercased().replacing(" ", with: "_").replacing("-", with: "_").utf8
  }

  private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var before: [Int] = []
    var previous = Array(0...right.count)
    for (row, letter) in left.enumerated() {
      var current = [row + 1]
      for (column, other) in right.enumerated() {
        var cost = min(previous[column + 1], current[column]) + 1
        cost = min(cost, previous[column] + (letter == other ? 0 : 1))
        if row > 0, column > 0, letter == right[column - 1], left[row - 1] == other {
          cost = min(cost, before[column - 1] + 1)
        }
        current.append(cost)
      }
      (before, previous) = (previous, current)
    }
    return previous[right.count]
  }
}
