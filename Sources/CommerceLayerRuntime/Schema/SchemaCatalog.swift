import Synchronization

/// The schemas of an API by type. They are made when one is first asked for: most programs read
/// documents of the types they name and never look one up.
public final class SchemaCatalog: Sendable {
  private let make: @Sendable () -> [ResourceSchema]
  private let byType = Mutex<[String: ResourceSchema]?>(nil)

  /// A catalog of what `schemas` gives, which is called once, on first use.
  public init(_ schemas: @escaping @Sendable () -> [ResourceSchema]) { make = schemas }

  /// The schema of a type; nil when it is unknown.
  public func schema(of type: String) -> ResourceSchema? {
    byType.withLock { known in
      if let known { return known[type] }
      let made = Dictionary(make().map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
      known = made
      return made[type]
    }
  }
}
