/// A type as generated code writes it.
package indirect enum SwiftType: Sendable, Hashable {
  case string, int, double, bool, date, jsonValue, jsonObject, bulkInputs
  /// The open enumeration of an attribute, nested in its resource.
  case nested(Identifier, of: Identifier)
  /// A resource of the spec.
  case resource(Identifier)
  /// A resource of any type.
  case anyResource
  /// The id of a resource of the spec.
  case id(Identifier)
  /// A reference to a member of the family whose base type this is.
  case memberReference(Identifier)
  /// A reference to a resource of any type.
  case anyReference
  /// Whatever a user has: of arguments that nothing takes any more.
  case any
  case array(SwiftType)
  case optional(SwiftType)

  /// Whether a scalar comes before it among the arguments of a request.
  var isStructured: Bool {
    switch self {
    case .jsonValue, .jsonObject, .bulkInputs, .array: true
    default: false
    }
  }
}
