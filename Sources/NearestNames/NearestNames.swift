/// The names that were probably meant by one that does not exist.
///
/// Case, blanks and hyphens are what spreadsheets and hands change first and do not count. Each letter
/// added, left out or changed counts one, and so do two neighbors swapped. The cost is bounded however
/// long a name is and however often it is asked for: most candidates are passed over by their length.
package enum NearestNames {
  /// The longest name that has suggestions, in bytes.
  static let longestName = 128
  /// The shortest beginning of a name for which the whole name is suggested.
  static let shortestBeginning = 3

  /// How many changes still make a name of this length a close one.
  static func tolerance(length: Int) -> Int {
    switch length {
    case ...4: 1
    case ...11: 2
    case ...15: 3
    default: 4
    }
  }

  /// Returns the candidates closest to a name, best first; none when nothing is close.
  package static func suggestions(
    for name: String, among candidates: some Sequence<String>, limit: Int = 3
  ) -> [String] {
    guard let wanted = spelling(of: name), !wanted.isEmpty else { return [] }
    let tolerance = tolerance(length: wanted.count)
    var close: [(name: String, distance: Int)] = []
    for candidate in candidates {
      guard let letters = spelling(of: candidate) else { continue }
      let isBeginning = wanted.count >= shortestBeginning && letters.starts(with: wanted)
      let distance = distance(wanted, letters, atMost: tolerance)
      if isBeginning, letters != wanted {
        close.append((candidate, 1))
      } else if let distance {
        close.append((candidate, distance))
      }
    }
    return
      close
      .sorted { ($0.distance, $0.name.count, $0.name) < ($1.distance, $1.name.count, $1.name) }
      .prefix(limit).map(\.name)
  }

  /// Returns the candidate closest to a name; nil when none is close.
  package static func suggestion(
    for name: String, among candidates: some Sequence<String>
  ) -> String? {
    suggestions(for: name, among: candidates, limit: 1).first
  }

  /// Whether at most so many changes make one name of the other.
  package static func isClose(_ name: String, to other: String, changes: Int) -> Bool {
    guard let name = spelling(of: name), let other = spelling(of: other) else { return false }
    return distance(name, other, atMost: changes) != nil
  }

  /// The bytes that are compared; nil for what is too long to be a mistyped name.
  private static func spelling(of name: String) -> [UInt8]? {
    guard name.utf8.count <= longestName else { return nil }
    return name.utf8.map { byte in
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
      case UInt8(ascii: " "), UInt8(ascii: "-"): UInt8(ascii: "_")
      default: byte
      }
    }
  }

  /// The number of changes that make one spelling of the other; nil when it is above a limit.
  ///
  /// Only the diagonal band that can stay within the limit is computed.
  static func distance(_ left: [UInt8], _ right: [UInt8], atMost limit: Int) -> Int? {
    guard limit >= 0, abs(left.count - right.count) <= limit else { return nil }
    let tooFar = limit + 1
    var before = [Int](repeating: tooFar, count: right.count + 1)
    var previous = (0...right.count).map { min($0, tooFar) }
    for (index, letter) in left.enumerated() {
      let row = index + 1
      var current = [Int](repeating: tooFar, count: right.count + 1)
      if row <= limit { current[0] = row }
      var best = current[0]
      let first = max(1, row - limit)
      let last = min(right.count, row + limit)
      for column in stride(from: first, through: last, by: 1) {
        let other = right[column - 1]
        var cost = min(previous[column], current[column - 1]) + 1
        cost = min(cost, previous[column - 1] + (letter == other ? 0 : 1))
        if row > 1, column > 1, letter == right[column - 2], left[index - 1] == other {
          cost = min(cost, before[column - 2] + 1)
        }
        current[column] = min(cost, tooFar)
        best = min(best, current[column])
      }
      // Nothing later can come back within the limit.
      guard best <= limit else { return nil }
      (before, previous) = (previous, current)
    }
    return previous[right.count] <= limit ? previous[right.count] : nil
  }
}
