/// One difference between two specs, with what it means for those who use the client.
public struct SpecChange: Sendable, Hashable, Codable, Comparable {
  /// What a change does to its users, mildest first.
  public enum Effect: String, Sendable, Hashable, Codable, Comparable, CaseIterable {
    /// Only documentation comments change.
    case docsOnly = "docs-only"
    /// Everything that compiled and worked still does.
    case compatible
    /// Code that compiled no longer does, or requests that worked are rejected.
    case breaking

    /// The milder effect comes first.
    public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

    private var rank: Int {
      switch self {
      case .docsOnly: 0
      case .compatible: 1
      case .breaking: 2
      }
    }
  }

  /// What stands for a resource in changes of `service.json`.
  public static let service = "service"

  /// What it does to users.
  public var effect: Effect
  /// The resource; ``service`` for what all resources share.
  public var resource: String
  /// A JSON pointer into the resource's file; empty for the resource itself.
  public var pointer: String
  /// What changed.
  public var change: String
  /// Whose code, queries or rows it touches.
  public var affected: String
  /// What happens to them, and why.
  public var reason: String

  /// Creates a change.
  public init(
    _ effect: Effect, _ resource: String, _ pointer: String, _ change: String,
    affected: String, _ reason: String
  ) {
    self.effect = effect
    self.resource = resource
    self.pointer = pointer
    self.change = change
    self.affected = affected
    self.reason = reason
  }

  /// Most serious first, then by place.
  public static func < (left: SpecChange, right: SpecChange) -> Bool {
    if left.effect != right.effect { return left.effect > right.effect }
    if left.resource != right.resource { return left.resource < right.resource }
    if left.pointer != right.pointer { return left.pointer < right.pointer }
    return left.change < right.change
  }
}
