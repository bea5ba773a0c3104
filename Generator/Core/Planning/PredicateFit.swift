import Spec

/// The extensions a predicate's method goes into: as few as say exactly which types it fits.
struct PredicateFit {
  typealias Fit = PredicateGroup.Fit

  let groups: [Fit]

  init(_ predicate: ServiceSpec.Predicate) {
    var types = Set(predicate.types)
    var id = predicate.id == true
    var groups: [Fit] = []
    if id, types == Set(AttributeType.allCases) {
      self.groups = [.every]
      return
    }
    let scalars: Set<AttributeType> = [.string, .integer, .float, .boolean, .datetime]
    let ordered: Set<AttributeType> = [.integer, .float, .datetime]
    if id, types.isSuperset(of: scalars) {
      groups.append(.scalar)
      types.subtract(scalars)
      id = false
    } else if id, types.isSuperset(of: ordered) {
      groups.append(.comparable)
      types.subtract(ordered)
      id = false
    }
    groups += AttributeType.allCases.filter(types.contains).map(Self.alone)
    if id { groups.append(.id) }
    self.groups = groups
  }

  /// - Throws: ``SpecError`` when there is no type to fit, or one whose values cannot be written
  ///   into a query as the argument says.
  func check(
    _ argument: ServiceSpec.Argument, file: String, pointer: String
  ) throws(SpecError) {
    guard !groups.isEmpty else {
      throw SpecError(file: file, pointer: pointer + "/types", "a predicate fits at least one type")
    }
    switch argument {
    case .text, .texts, .flag, .object: return
    case .value, .values:
      if let misfit = groups.first(where: { [.every, .object, .array].contains($0) }) {
        throw SpecError(
          file: file, pointer: pointer + "/types",
          "'\(argument.rawValue)' needs types with one value as text; \(misfit) has none")
      }
    }
  }

  private static func alone(_ type: AttributeType) -> Fit {
    switch type {
    case .string: .text
    case .integer: .integer
    case .float: .float
    case .boolean: .boolean
    case .datetime: .datetime
    case .object: .object
    case .array: .array
    }
  }
}
