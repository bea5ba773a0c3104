internal import Spec

/// Puts the facts of one resource's pages together, each with the place it was read.
///
/// The newest page that can speak of a fact decides it; an older page adds only what no newer one
/// can speak of. Every place where that rule decides against a page is a ``Contradiction``.
struct ResourceAssembly {
  /// What comes out.
  struct Assembled {
    var spec: ResourceSpec
    /// Where each fact was read.
    var facts: [String: Evidence]
    var contradictions: [Contradiction]
    /// What the pages said, decided for or against.
    var claims: ClaimBook
    var diagnostics: [PageDiagnostic]
  }

  let name: String
  /// Newest first; pages of one age in the order of ``PageKind``, then by name.
  let pages: [PageFacts]
  let knownResources: Set<String>
  var spec: ResourceSpec
  var evidence: [String: Evidence] = [:]
  var claims = ClaimBook()
  /// Disagreements that are not about one value.
  var dropped: [Contradiction] = []
  var diagnostics: [PageDiagnostic] = []
  private(set) var types = TypeEvidence()

  static func assemble(
    _ name: String, pages: [PageFacts], knownResources: Set<String>
  ) -> Assembled {
    var assembly = ResourceAssembly(name: name, pages: pages, knownResources: knownResources)
    assembly.run()
    return assembly.result
  }

  private init(name: String, pages: [PageFacts], knownResources: Set<String>) {
    self.name = name
    self.pages = pages.sorted {
      if $0.vintage != $1.vintage { return $0.vintage > $1.vintage }
      if $0.title.kind != $1.title.kind { return $0.title.kind < $1.title.kind }
      return $0.file < $1.file
    }
    self.knownResources = knownResources
    spec = ResourceSpec(resource: name, singular: Inflection.singularize(name))
  }

  private mutating func run() {
    collectClaims()
    nameIt()
    addOperations()
    types.collect(pages)
    addArguments(.create)
    addArguments(.update)
    addLists()
    addResponses()
    addRelationships()
    settleTypes()
    addValues()
    markWriteOnly()
    markDeprecated()
  }

  private var result: Assembled {
    let decided = (try? Fact.all(of: spec)) ?? [:]
    let settled = Set(dropped.map(\.fact))
    let contradictions =
      (claims.contradictions(decided: decided).filter { !settled.contains($0.fact) } + dropped)
      .sorted { $0.fact < $1.fact }
    return Assembled(
      spec: spec, facts: evidence.filter { decided[$0.key] != nil },
      contradictions: contradictions, claims: claims, diagnostics: diagnostics)
  }

  // MARK: Names and operations

  private mutating func nameIt() {
    let first = pages.first { $0.request != nil } ?? pages.first { $0.typeRowValue != nil }
    guard let page = first ?? pages.first else { return }
    let line = page.request == nil ? page.typeRowLine ?? page.titleLine : page.requestLine
    note("/resource", page, line, page.request == nil ? .nameFromTitle : .nameFromPath)
    note("/singular", page, line, .singularOfName)
  }

  private mutating func addOperations() {
    for kind in OperationKind.allCases {
      let told = pages.filter { $0.title.kind == .operation(kind) && $0.request != nil }
      guard let newest = told.first, let request = newest.request else { continue }
      let named = told.first { $0.success != nil }
      spec.operations[kind] = OperationSpec(
        method: request.method, path: request.path,
        success: named?.success ?? Operations.success(kind))
      note(Fact.operation(kind, "method"), newest, newest.requestLine)
      note(Fact.operation(kind, "path"), newest, newest.requestLine)
      if let named {
        note(Fact.operation(kind, "success"), named, named.successLine ?? named.requestLine)
      } else {
        note(Fact.operation(kind, "success"), newest, newest.requestLine, .standardOperation)
      }
    }
    settleSingleton()
  }

  /// A path that takes no id, and no list: there is one of it. A path in the plural is believed only
  /// where a response shows the one.
  private mutating func settleSingleton() {
    let withoutID = [OperationKind.retrieve, .update].first { kind in
      spec.operations[kind].map { !$0.path.hasSuffix("/:id") } ?? false
    }
    guard let withoutID, spec.operations[.list] == nil,
      let page = pages.first(where: {
        $0.title.kind == .operation(withoutID) && $0.request != nil
      }), let request = page.request
    else { return }
    let showsOne = pages.contains {
      $0.title.kind == .operation(.retrieve) && $0.request?.hasID == false && $0.response != nil
    }
    guard showsOne || !Inflection.isPlural(request.collection) else {
      diagnostics.append(
        PageDiagnostic(
          .warning, .methodMismatch, file: page.file, line: page.requestLine,
          "\(request.method) \(request.path) takes no id, and no response shows that there is only "
            + "one of it",
          expected: "a path that ends in /:id", resource: name))
      return
    }
    spec.singleton = true
    evidence["/singleton"] = evidence[Fact.operation(withoutID, "path")]
    evidence["/singleton"]?.rule = .pathWithoutID
  }

  // MARK: Arguments

  private mutating func addArguments(_ kind: OperationKind) {
    let told = pages.filter { $0.title.kind == .operation(kind) && $0.arguments != nil }
    guard let newest = told.first else { return }
    for row in newest.arguments ?? [] {
      switch row.namespace {
      case .attributes: set(kind, row, newest)
      case .relationships: relate(kind, row, newest)
      case .member, .links, .meta: break
      }
    }
  }

  private mutating func set(_ kind: OperationKind, _ row: PageFacts.Row, _ page: PageFacts) {
    var attribute = spec.attributes[row.name] ?? AttributeSpec(type: row.type ?? .string)
    let requirement = row.required?.requirement ?? .optional
    if kind == .create { attribute.create = requirement } else { attribute.update = requirement }
    note(
      Fact.attribute(row.name, kind.rawValue), page, row.line,
      row.required == nil ? .assumedOptional : nil)
    if requirement == .conditional {
      let condition = row.required?.condition.map { ConditionSpec(text: $0) }
      if kind == .create {
        attribute.createCondition = condition
      } else {
        attribute.updateCondition = condition
      }
      note(Fact.attribute(row.name, "\(kind.rawValue)_condition/text"), page, row.line)
    }
    spec.attributes[row.name] = attribute
  }

  private mutating func relate(_ kind: OperationKind, _ row: PageFacts.Row, _ page: PageFacts) {
    var relationship =
      spec.relationships[row.name] ?? newRelationship(row.name, row.cardinality, page, row.line)
    let requirement = row.required?.requirement ?? .optional
    if kind == .create {
      relationship.create = requirement
    } else {
      relationship.update = requirement
    }
    note(
      Fact.relationship(row.name, kind.rawValue), page, row.line,
      row.required == nil ? .assumedOptional : nil)
    if requirement == .conditional {
      let condition = row.required?.condition.map { ConditionSpec(text: $0) }
      if kind == .create {
        relationship.createCondition = condition
      } else {
        relationship.updateCondition = condition
      }
      note(Fact.relationship(row.name, "\(kind.rawValue)_condition/text"), page, row.line)
    }
    spec.relationships[row.name] = relationship
  }

  // MARK: Shared by the parts

  /// Changes the attribute of a name, made when it is new. Types are settled later.
  mutating func attribute(_ name: String, _ change: (inout AttributeSpec) -> Void) {
    var attribute = spec.attributes[name] ?? AttributeSpec(type: .string)
    change(&attribute)
    spec.attributes[name] = attribute
  }

  /// Notes where a fact was read.
  mutating func note(_ fact: String, _ page: PageFacts, _ line: Int, _ rule: Rule? = nil) {
    evidence[fact] = Evidence(page: page.file, line: line, rule: rule)
  }

  /// Notes where a fact was read first, newest pages being asked first.
  mutating func noteFirst(_ fact: String, _ page: PageFacts, _ line: Int) {
    if evidence[fact] == nil { note(fact, page, line) }
  }
}
