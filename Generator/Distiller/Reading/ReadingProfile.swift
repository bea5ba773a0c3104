internal import Spec

/// What the pages that are being read are known to do in their own way.
///
/// It holds for one run of the distiller and is read where a single word or path decides, deep below
/// it: a task-local value, so that runs beside each other do not meet.
enum Reading {
  /// The service whose pages are read.
  @TaskLocal static var profile = Profile.commerceLayer
  /// Words that follow an attribute in lists of instructions and are not fields: the predicates of
  /// filters and the directions of sorting.
  @TaskLocal static var instructions: Set<String> = instructions(of: .commerceLayer)

  static func instructions(of service: ServiceSpec) -> Set<String> {
    Set(service.predicates.map(\.name)).union(["asc", "desc"])
  }

  /// What a name without a prefix belongs to in a table of arguments; nil where every name has one.
  static var bareNamespace: PageFacts.Row.Namespace? {
    profile.pages.hasPrefixedArguments ? nil : .attributes
  }

  /// Whether a name is a trigger's.
  static func isTrigger(_ name: String) -> Bool { profile.isTrigger(name) }
}
