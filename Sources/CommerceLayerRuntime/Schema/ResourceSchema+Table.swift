extension ResourceSchema {
  /// Reads a generated table.
  ///
  /// The table comes from this package's own generator, whose tests parse every one; a table that
  /// does not parse gives a schema without attributes and relationships rather than a crash.
  public init(table: String) {
    let root = (try? JSONDocument(parsing: table))?.root
    self.init(root: root, table: table)
  }

  private init(root: JSONElement?, table: String) {
    func members(_ name: String) -> [(key: String, value: JSONElement)] {
      root?[name].map { Array($0.members) } ?? []
    }
    self.table = table
    name = root?["resource"]?.string ?? ""
    singular = root?["singular"]?.string ?? ""
    isSingleton = root?.flag("singleton") ?? false
    operations = Operation.Kind.allCases.compactMap { kind in
      guard let element = root?["operations"]?[kind.rawValue],
        let method = element["method"]?.string, let path = element["path"]?.string,
        let success = element["success"]?.integer
      else { return nil }
      return Operation(kind: kind, method: method, path: path, success: success)
    }
    let id = root?["attributes"]?["id"]
    filtersByID = id?.flag("filter") ?? false
    sortsByID = id?.flag("sort") ?? false
    attributes = members("attributes").filter { $0.key != "id" }.map(Attribute.init)
    relationships = members("relationships").map(Relationship.init)
    lifecycle = root?["lifecycle"].flatMap { element in
      element["attribute"]?.string.map {
        Lifecycle(
          attribute: $0, terminal: element.strings("terminal"),
          progress: element.strings("progress"))
      }
    }
    self.members = root?.strings("members") ?? []
    scopes = members("scopes").compactMap(Scope.init)
    alternatives = members("alternatives").map {
      Alternative(
        members: $1.strings("members"), create: $1.requirement("create"),
        update: $1.requirement("update"))
    }
    attributeIndex = Dictionary(
      attributes.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    relationshipIndex = Dictionary(
      relationships.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
  }
}

extension ResourceSchema.Attribute {
  fileprivate init(_ name: String, _ element: JSONElement) {
    self.name = name
    type = element.type("type") ?? .string
    items = element.type("items")
    let members = element["properties"].map { Array($0.members) } ?? []
    properties = Dictionary(
      members.compactMap { member in
        member.value.string.flatMap(ResourceSchema.AttributeType.init(rawValue:))
          .map { (member.key, $0) }
      }, uniquingKeysWith: { first, _ in first })
    create = element.requirement("create")
    update = element.requirement("update")
    createCondition = element["create_condition"].map(ResourceSchema.Condition.init)
    updateCondition = element["update_condition"].map(ResourceSchema.Condition.init)
    defaultValue = element["default"]?.value
    isNeverNull = element.flag("never_null")
    predicates = element["predicates"]?.elements.compactMap(\.string)
    isFilterable = element.flag("filter") || predicates != nil
    isSortable = element.flag("sort")
    values = element.strings("values")
    isID = element.flag("id")
    isMonetizable = element.flag("monetizable")
    isProhibited = element.flag("prohibited")
    isConfidential = element.flag("confidential")
    isExportable = element.flag("exportable")
    isDeprecated = element.flag("deprecated")
    isTrigger = element.flag("trigger")
    effect = isTrigger ? ResourceSchema.Effect(element["effect"]) : nil
    isIdempotent = element.flag("idempotent")
    isWriteOnly = element.flag("write_only")
    isTransient = element.flag("transient")
    isRows = element.flag("rows")
  }
}

extension ResourceSchema.Relationship {
  fileprivate init(_ name: String, _ element: JSONElement) {
    self.name = name
    isToMany = element["cardinality"]?.string == "many"
    target = element["resource"]?.string
    isPolymorphic = element.flag("polymorphic")
    targets = element.strings("targets")
    namesMembers = element.flag("names_members")
    create = element.requirement("create")
    update = element.requirement("update")
    createCondition = element["create_condition"].map(ResourceSchema.Condition.init)
    updateCondition = element["update_condition"].map(ResourceSchema.Condition.init)
    isNeverNull = element.flag("never_null")
    isFilterable = element.flag("filter")
    isSortable = element.flag("sort")
    isIncludable = element.flag("include")
    isProhibited = element.flag("prohibited")
    isExportable = element.flag("exportable")
    isDeprecated = element.flag("deprecated")
  }
}

extension ResourceSchema.Condition {
  fileprivate init(_ element: JSONElement) {
    text = element["text"]?.string ?? ""
    let values = element["when"].map { Array($0.members) } ?? []
    when = Dictionary(
      values.map { ($0.key, $0.value.elements.map(\.value)) },
      uniquingKeysWith: { first, _ in first })
    whenGiven = element.strings("when_given")
  }
}

extension ResourceSchema.Scope {
  fileprivate init?(_ name: String, _ element: JSONElement) {
    guard let argument = element["argument"]?.string.flatMap(ServiceDescription.Argument.init)
    else { return nil }
    self.init(name: name, argument: argument, attribute: element["attribute"]?.string)
  }
}

extension ResourceSchema.Effect {
  /// What the spec writes in place of the time of the request, of the trigger's own value and of one
  /// that the service makes up.
  private static let marks: [String: Value] = [
    "$now": .now, "$value": .argument, "$generated": .generated,
  ]

  /// A trigger of which the spec says nothing has an unknown effect.
  fileprivate init(_ element: JSONElement?) {
    let values = element?["sets"].map { Array($0.members) } ?? []
    sets = Dictionary(
      values.map { name, value in
        (name, value.string.flatMap { Self.marks[$0] } ?? .constant(value.value))
      }, uniquingKeysWith: { first, _ in first })
    clears = element?.strings("clears") ?? []
    addsTo = element?["adds_to"]?.string
    removesFrom = element?["removes_from"]?.string
    isUnknown = element?.flag("unknown") ?? true
  }
}

extension JSONElement {
  fileprivate func flag(_ name: String) -> Bool { self[name]?.boolean ?? false }

  fileprivate func strings(_ name: String) -> [String] {
    self[name]?.elements.compactMap(\.string) ?? []
  }

  fileprivate func requirement(_ name: String) -> ResourceSchema.Requirement? {
    self[name]?.string.flatMap(ResourceSchema.Requirement.init(rawValue:))
  }

  fileprivate func type(_ name: String) -> ResourceSchema.AttributeType? {
    self[name]?.string.flatMap(ResourceSchema.AttributeType.init(rawValue:))
  }
}
