import Spec

/// What the profile calls the types and modules that belong to no resource, checked.
struct CodeNames: Sendable, Hashable {
  /// The client's type.
  let client: Identifier
  /// The type that holds what all resources share.
  let service: Identifier
  /// The type of the tables alone.
  let tables: Identifier
  /// The module with the predicates and the traits; nil when the client has its own.
  let vocabulary: Identifier?

  /// The names of the types.
  var types: Set<String> { [client.name, service.name, tables.name] }

  /// - Throws: ``SpecError`` at a name that cannot be a Swift type's.
  init(_ profile: Profile) throws(SpecError) {
    func name(_ text: String, _ part: String) throws(SpecError) -> Identifier {
      guard let identifier = Identifier(text), identifier.name == identifier.source,
        identifier.name.first?.isUppercase == true,
        !ReservedNames.resourceTypes.contains(text)
      else {
        throw SpecError(
          file: Profile.fileName, pointer: "/code/\(part)",
          "'\(text)' is not a valid name here: use letters, digits and '_', begin with a capital, "
            + "and do not take a name of Swift, Foundation or the runtime")
      }
      return identifier
    }
    client = try name(profile.code.client, "client")
    service = try name(profile.code.service, "service")
    tables = try name(profile.code.tables, "tables")
    if let module = profile.code.vocabulary {
      vocabulary = try name(module, "vocabulary")
    } else {
      vocabulary = nil
    }
    guard types.count == 3 else {
      throw SpecError(
        file: Profile.fileName, pointer: "/code",
        "client, service and tables need three different names")
    }
  }
}

extension ServiceSpec {
  /// The table that the runtime reads: the shared facts, and of the profile what decides how requests
  /// are made and checked.
  func table(of profile: Profile) throws(SpecError) -> String {
    guard case .object(var members) = try tree() else { return "" }
    members["base_path"] = .string(profile.basePath)
    if !profile.standIns.inTargets.isEmpty {
      members["stand_ins"] = .array(profile.standIns.inTargets.sorted().map { .string($0) })
    }
    return JSONTree.object(members).compactText
  }
}
