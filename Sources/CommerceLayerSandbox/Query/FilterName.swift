import CommerceLayerRuntime

/// What a filter's name says: `code_or_name_not_eq` is `not_eq` over `code` and `name`.
struct FilterName: Sendable {
  /// What is compared.
  enum Field: Sendable, Hashable {
    /// An attribute of the resource itself, or its id.
    case own(String, ResourceSchema.AttributeType)
    /// The id of a related resource, of whatever type.
    case relatedID(String)
    /// An attribute of a related resource.
    case related(String, type: String, attribute: String, ResourceSchema.AttributeType)

    /// Nil for ids.
    var type: ResourceSchema.AttributeType? {
      switch self {
      case .own("id", _), .relatedID: nil
      case .own(_, let type), .related(_, _, _, let type): type
      }
    }
  }

  /// Why a name is not a valid filter.
  enum Failure: Error, Sendable, Hashable {
    /// It does not end in a predicate.
    case unknownPredicate
    /// It ends in one, but what stands before is not an attribute.
    case unknownField(String)
    /// The schema does not let lists be filtered by it.
    case notFilterable(String)
    /// The predicate does not fit the attribute's type.
    case unfit(predicate: String, field: String)
  }

  let fields: [Field]
  let predicate: ServiceDescription.Predicate

  /// Reads a name. Predicates end alike (`_null`, `_eq_or_null`, `_not_eq_or_null`), so the longest
  /// one that leaves attributes before it counts.
  static func parse(
    _ name: String, schema: ResourceSchema, catalog: Catalog
  ) throws(Failure) -> FilterName {
    let endings = catalog.service.predicates.values.filter { name.hasSuffix("_" + $0.name) }
      .sorted { $0.name.utf8.count > $1.name.utf8.count }
    var failure = Failure.unknownPredicate
    for predicate in endings {
      let head = String(name.dropLast(predicate.name.count + 1))
      do throws(Failure) {
        let fields = try Self.fields(head, schema: schema, catalog: catalog)
        for field in fields where !fits(predicate, field) {
          throw Failure.unfit(predicate: predicate.name, field: head)
        }
        return FilterName(fields: fields, predicate: predicate)
      } catch {
        // The reason of the longest predicate that found attributes is the most telling.
        switch failure {
        case .unknownPredicate, .unknownField: failure = error
        case .notFilterable, .unfit: break
        }
      }
    }
    throw failure
  }

  /// How many `_or_` a name holds at most; more than any client writes, few enough to try them all.
  private static let maximumParts = 100

  private static func fits(_ predicate: ServiceDescription.Predicate, _ field: Field) -> Bool {
    field.type.map { predicate.types.contains($0) } ?? predicate.fitsID
  }

  /// The attributes joined by `_or_`. A name may itself hold `_or_`, so joining is tried from the
  /// longest name down.
  private static func fields(
    _ head: String, schema: ResourceSchema, catalog: Catalog
  ) throws(Failure) -> [Field] {
    let parts = head.split(separator: "_or_", omittingEmptySubsequences: false).map(String.init)
    guard parts.count <= maximumParts else { throw .unknownField(String(head.prefix(60))) }
    var fields: [Field] = []
    var index = 0
    while index < parts.count {
      var found: (Field, Int)?
      var failure = Failure.unknownField(parts[index])
      for end in stride(from: parts.count, to: index, by: -1) where found == nil {
        let name = parts[index..<end].joined(separator: "_or_")
        do throws(Failure) {
          if let field = try field(name, schema: schema, catalog: catalog) { found = (field, end) }
        } catch {
          failure = error
        }
      }
      guard let found else { throw failure }
      fields.append(found.0)
      index = found.1
    }
    return fields
  }

  private static func field(
    _ name: String, schema: ResourceSchema, catalog: Catalog
  ) throws(Failure) -> Field? {
    let own = attribute(name, of: schema)
    if let own, own.isFilterable { return .own(name, own.type) }
    for relationship in schema.relationships where name.hasPrefix(relationship.name + "_") {
      let rest = String(name.dropFirst(relationship.name.count + 1))
      let isOpenID = rest == "id" && catalog.isOpen(schema.name)
      if rest == "id" {
        guard relationship.isFilterable || isOpenID else { throw .notFilterable(name) }
        return .relatedID(relationship.name)
      }
      guard let target = relationship.target.flatMap(catalog.schema),
        let attribute = attribute(rest, of: target)
      else { continue }
      guard relationship.isFilterable, attribute.isFilterable else { throw .notFilterable(name) }
      return .related(
        relationship.name, type: target.name, attribute: rest, attribute.type)
    }
    if own != nil { throw .notFilterable(name) }
    return nil
  }

  private static func attribute(
    _ name: String, of schema: ResourceSchema
  ) -> (isFilterable: Bool, type: ResourceSchema.AttributeType)? {
    if name == "id" { return (schema.filtersByID, .string) }
    return schema.attribute(name).map { ($0.isFilterable && $0.isReadable, $0.type) }
  }
}
