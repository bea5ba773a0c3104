/// The base type of a family: its endpoints list and retrieve resources of several types, its members.
///
/// A value of the base type reads the attributes that the members have in common; ``as(_:)`` gives the
/// typed member.
///
///     let promotion = try await client.promotions.retrieve("xYZkjABcde")
///     switch promotion.kind {
///     case .fixedPricePromotions:
///       print(promotion.as(FixedPricePromotion.self)?.formattedFixedAmount ?? "")
///     default: print(promotion.name ?? "")
///     }
///
/// A family is open: a member that joins reads as the base type and has a ``kind`` without a name.
public protocol FamilyResource: Resource {
  /// The types of the members.
  associatedtype MemberKind: OpenEnum
}

/// A member of a family.
public protocol FamilyMember: Resource {
  /// The family's base type.
  associatedtype Family: FamilyResource
}

extension FamilyResource {
  /// The type of the member, or of the base type where the document says no more.
  public var kind: MemberKind { MemberKind(rawValue: storage.type) }

  /// This resource as the member it is; nil when it is another one.
  public func `as`<Member: FamilyMember>(_ type: Member.Type) -> Member?
  where Member.Family == Self {
    type.schema.accepts(storage.type, in: storage.document.context.schemas)
      ? Member(storage: storage) : nil
  }

  /// Reads a member as the base type of its family.
  public init<Member: FamilyMember>(_ member: Member) where Member.Family == Self {
    self.init(storage: member.storage)
  }
}

extension AnyResource {
  /// The type of a resource: open, as a relationship that leads to several types may lead to others
  /// one day.
  ///
  ///     let source = try await client.orders.paymentSource(of: "xYZkjABcde")
  ///     switch source?.kind {
  ///     case StripePayment.self?: print("paid by Stripe")
  ///     case "new_payments"?: print("a type that joined later")
  ///     default: print("paid otherwise")
  ///     }
  public struct Kind: OpenEnum, ExpressibleByStringLiteral {
    /// The JSON:API type.
    public let rawValue: String
    /// Creates a kind from a JSON:API type.
    public init(rawValue: String) { self.rawValue = rawValue }
    /// Creates a kind from a literal.
    public init(stringLiteral value: String) { rawValue = value }
    /// The kind of a typed resource.
    public static func of<R: Resource>(_ type: R.Type) -> Kind { Kind(rawValue: type.schema.name) }
    /// Whether a kind is that of a typed resource: `case StripePayment.self:`.
    public static func ~= <R: Resource>(type: R.Type, kind: Kind) -> Bool { kind == .of(type) }
  }

  /// The type of the resource.
  public var kind: Kind { Kind(rawValue: storage.type) }
}

/// A link to an existing member of a family, for relationships whose linkage names the member's own
/// type: the base type and an id do not say which one that is.
public struct MemberReference<Family: FamilyResource>: Sendable, Hashable {
  /// The type of the member.
  public let kind: Family.MemberKind
  /// The id of the member.
  public let id: ID<Family>

  /// Links to a member by its type and id.
  public init(_ kind: Family.MemberKind, id: ID<Family>) {
    self.kind = kind
    self.id = id
  }

  /// Links to a resource that was read as the base type.
  public init(_ resource: Family) {
    self.init(resource.kind, id: resource.id)
  }

  /// Links to a member.
  public init<Member: FamilyMember>(_ member: Member) where Member.Family == Family {
    self.init(member.id)
  }

  /// Links to a member by the id that only such a member has.
  public init<Member: FamilyMember>(_ id: ID<Member>) where Member.Family == Family {
    self.init(Family.MemberKind(rawValue: Member.schema.name), id: ID<Family>(id))
  }

  var any: AnyResourceReference { AnyResourceReference(type: kind.rawValue, id: id.rawValue) }
}

extension ID where Root: FamilyResource {
  /// The id of a member as one of the family's base type, whose endpoints and relationships take it.
  public init<Member: FamilyMember>(_ id: ID<Member>) where Member.Family == Root {
    self.init(rawValue: id.rawValue)
  }
}

extension RequestStorage {
  /// Sets a relationship; nil leaves it out.
  public mutating func relate<Family>(_ name: String, _ to: MemberReference<Family>?) {
    relate(name, to?.any)
  }
  /// Sets a relationship; nil leaves it out.
  public mutating func relate<Family>(_ name: String, _ to: [MemberReference<Family>]?) {
    relate(name, to.map { $0.map(\.any) })
  }
}
