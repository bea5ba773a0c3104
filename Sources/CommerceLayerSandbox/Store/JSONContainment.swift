import CommerceLayerRuntime
import GRDB

/// `json_contains(outer, inner)` for SQL: what PostgreSQL's `@>` does for the `jcont` predicate.
enum JSONContainment {
  static let function = DatabaseFunction("json_contains", argumentCount: 2, pure: true) { values in
    guard let outer = String.fromDatabaseValue(values[0]),
      let inner = String.fromDatabaseValue(values[1]),
      let outerValue = try? JSONValue(parsing: outer),
      let innerValue = try? JSONValue(parsing: inner)
    else { return nil }
    return contains(outerValue, innerValue)
  }

  /// Objects contain the members they share, arrays contain elements in any order, scalars are
  /// equal; numbers by value.
  static func contains(_ outer: JSONValue, _ inner: JSONValue) -> Bool {
    switch (outer, inner) {
    case (.object(let outer), .object(let inner)):
      inner.allSatisfy { member in outer[member.key].map { contains($0, member.value) } ?? false }
    case (.array(let outer), .array(let inner)):
      inner.allSatisfy { wanted in outer.contains { contains($0, wanted) } }
    case (.number(let outer), .number(let inner)):
      outer == inner || (outer.decimal != nil && outer.decimal == inner.decimal)
    default: outer == inner
    }
  }
}
