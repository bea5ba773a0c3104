public import Spec

/// Compares what the pages gave for one resource with what another source says of it, and gives
/// the reason for each difference.
public struct SourceComparison: Sendable {
  /// One place where the two differ.
  public struct Difference: Sendable, Hashable, Codable {
    /// A JSON pointer into the resource's file.
    public var pointer: String
    /// The value distilled from the pages, as JSON; nil when there is none.
    public var distilled: String?
    /// The value of the other source, as JSON; nil when there is none.
    public var other: String?
    /// The value after the corrections; nil when there is none.
    public var corrected: String?
    /// The reason, when a correction gives one.
    public var reason: String?
    /// Whether the corrected spec agrees with the other source, or differs on purpose.
    public var isSettled: Bool
  }

  /// All differences, by pointer.
  public let differences: [Difference]

  /// Compares trees of one resource.
  /// - Parameters:
  ///   - distilled: the resource as its pages gave it.
  ///   - corrections: the hand-written corrections of it.
  ///   - other: the same resource by the other source.
  /// - Throws: ``SpecError`` when a correction cannot be applied.
  public init(
    distilled: JSONTree, corrections: [Correction], other: JSONTree, file: String
  ) throws(SpecError) {
    var corrected = distilled
    for correction in corrections { _ = try correction.apply(to: &corrected, file: file) }
    let ours = Self.leaves(of: distilled)
    let mended = Self.leaves(of: corrected)
    let theirs = Self.leaves(of: other)
    let pointers = Set(ours.keys).union(theirs.keys).union(mended.keys).sorted()
    differences = pointers.compactMap { pointer in
      guard ours[pointer] != theirs[pointer] || mended[pointer] != theirs[pointer] else {
        return nil
      }
      let correction = corrections.last {
        pointer == $0.path || pointer.hasPrefix($0.path + "/")
      }
      return Difference(
        pointer: pointer, distilled: ours[pointer], other: theirs[pointer],
        corrected: mended[pointer],
        reason: correction.map { "\($0.reason) (\($0.source))" },
        isSettled: mended[pointer] == theirs[pointer] || correction != nil)
    }
  }

  /// The differences that no correction accounts for.
  public var unexplained: [Difference] { differences.filter { !$0.isSettled } }

  /// Every value that is not an object, by its pointer; arrays count as values.
  private static func leaves(of tree: JSONTree, at pointer: String = "") -> [String: String] {
    guard case .object(let members) = tree, !members.isEmpty else {
      return [pointer: tree.compactText]
    }
    var out: [String: String] = [:]
    for (name, member) in members {
      out.merge(leaves(of: member, at: "\(pointer)/\(name)")) { first, _ in first }
    }
    return out
  }
}
