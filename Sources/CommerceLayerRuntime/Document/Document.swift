// The runtime's documents are JSON: a file that imports the runtime gets the JSON types, too.
@_exported public import CommerceLayerJSON
import Synchronization

/// A JSON:API document: what every successful response is read through.
///
/// Unknown members are ignored everywhere, as JSON:API asks of clients. A document without resources
/// that can be told apart is a ``CommerceLayerError`` of kind `protocolViolation` that names the JSON
/// pointer. Whatever else contradicts JSON:API or the schema is a ``Diagnostic``, or such an error when
/// reading is strict: ``ResponseReading``.
final class Document: Sendable {
  let json: JSONDocument
  let context: Context
  /// Included resources in the order of the document; of equal ones the first.
  private let includedEntries: [Entry]
  private let included: [ResourceIdentity: Int]
  /// Primary resources by identity; made when a relationship first leads to one.
  private let primary = Mutex<[ResourceIdentity: JSONElement]?>(nil)
  private let found = Mutex<[Diagnostic]>([])

  private struct Entry: Sendable {
    let element: JSONElement
    let coercions: [Coercion]
  }

  /// Where a document came from, for errors, and what is known of the types in it.
  struct Context: Sendable {
    var request = ""
    var requestID: String?
    var status: Int?
    /// The schemas of included resources; they are not checked against any without.
    var schemas: SchemaCatalog?
    var reading = ResponseReading.lenient

    static let decoding = Context()
  }

  init(
    parsing bytes: [UInt8], context: Context, limits: JSONLimits = .init()
  ) throws(CommerceLayerError) {
    do {
      json = try JSONDocument(parsingResources: bytes, limits: limits)
    } catch {
      throw .protocolViolation("the body is not JSON: \(error)", pointer: error.pointer, context)
    }
    self.context = context
    let root = json.root
    var log = DiagnosticLog(context: context)
    let structure = StructureCheck(context: context)
    try structure.top(root, &log)
    if let errors = root["errors"] {
      // Also when there is 'data' beside them: what comes with errors cannot be relied on. Only no error
      // at all, where a service always writes the member, says nothing.
      guard root["data"] != nil, errors.isNull || errors.isEmptyContainer else {
        var error = CommerceLayerError.protocolViolation(
          "a successful response that holds errors", pointer: "/errors", context)
        error.errors = APIError.read(root)
        throw error
      }
      try log.report(.invalidMember, "'errors' beside 'data'", at: "/errors")
    }
    var entries: [Entry] = []
    var included: [ResourceIdentity: Int] = [:]
    for (index, element) in try Self.includedElements(of: root, &log).enumerated() {
      let place = Place(list: .included, index: index)
      guard let identity = try structure.resource(element, at: place, isPrimary: false, &log)
      else { continue }
      if included[identity] != nil {
        log.add(Self.duplicate(identity, at: place))
        continue
      }
      var coercions: [Coercion] = []
      if let schema = context.schemas?.schema(of: identity.type) {
        var check = SchemaCheck(schema: schema, context: context)
        coercions = try check.attributes(of: element, at: place, &log)
        check.relationships(of: element, at: place, &log)
      }
      included[identity] = entries.count
      entries.append(Entry(element: element, coercions: coercions))
    }
    includedEntries = entries
    self.included = included
    note(log)
  }

  private static func includedElements(
    of root: JSONElement, _ log: inout DiagnosticLog
  ) throws(CommerceLayerError) -> [JSONElement] {
    guard let list = root["included"], !list.isNull else { return [] }
    guard list.kind == .array else {
      try log.report(
        .invalidMember, "'included' is an array, not \(list.kind.rawValue)", at: "/included")
      return []
    }
    guard root["data"] != nil else {
      log.add(
        Diagnostic(kind: .includedAlone, pointer: "/included", message: "included without 'data'"))
      return []
    }
    return Array(list.elements)
  }

  var root: JSONElement { json.root }

  /// What was found so far.
  var diagnostics: [Diagnostic] { found.withLock { $0 } }

  /// The primary resource; nil when `data` is null.
  func one<R: Resource>(_ type: R.Type) throws(CommerceLayerError) -> R? {
    guard let data = root["data"] else {
      throw .protocolViolation("the document has no 'data'", context)
    }
    if data.isNull { return nil }
    var reader = PrimaryReader<R>(context: context)
    let (_, coercions) = try reader.read(data, at: .primary)
    note(reader.log)
    return R(storage: ResourceStorage(element: data, document: self, coercions: coercions))
  }

  /// The primary resources of a list.
  func many<R: Resource>(_ type: R.Type) throws(CommerceLayerError) -> [R] {
    guard let data = root["data"], data.kind == .array else {
      throw .protocolViolation("a list's 'data' is an array", pointer: "/data", context)
    }
    var reader = PrimaryReader<R>(context: context)
    var resources: [R] = []
    var seen: Set<ResourceIdentity> = []
    for (index, element) in data.elements.enumerated() {
      let place = Place(list: .data, index: index)
      let (identity, coercions) = try reader.read(element, at: place)
      if !seen.insert(identity).inserted {
        reader.log.add(Self.duplicate(identity, at: place))
      }
      resources.append(
        R(storage: ResourceStorage(element: element, document: self, coercions: coercions)))
    }
    note(reader.log)
    return resources
  }

  private func note(_ log: DiagnosticLog) {
    if !log.diagnostics.isEmpty { found.withLock { $0 += log.diagnostics } }
  }

  private static func duplicate(_ identity: ResourceIdentity, at place: Place) -> Diagnostic {
    Diagnostic(
      kind: .duplicate, pointer: place.pointer,
      message: "'\(identity.type)' '\(identity.id)' is there twice")
  }

  /// The included resources in the order of the document, also those nothing leads to.
  var includedResources: [AnyResource] {
    includedEntries.map { AnyResource(storage: storage($0)) }
  }

  private func storage(_ entry: Entry) -> ResourceStorage {
    ResourceStorage(element: entry.element, document: self, coercions: entry.coercions)
  }

  /// The resource that an identifier names, included or primary, or the bare identifier. One step:
  /// whoever walks on resolves again, so a circle of resources is not a recursion.
  func resolve(_ identifier: JSONElement) -> ResourceStorage {
    let identity = ResourceIdentity(
      type: identifier["type"]?.string ?? "", id: identifier["id"]?.string ?? "")
    if let index = included[identity] { return storage(includedEntries[index]) }
    if let element = primaryElements[identity] {
      return ResourceStorage(element: element, document: self)
    }
    return ResourceStorage(element: identifier, document: self, isIdentifier: true)
  }

  private var primaryElements: [ResourceIdentity: JSONElement] {
    primary.withLock { known in
      if let known { return known }
      var elements: [ResourceIdentity: JSONElement] = [:]
      if let data = root["data"] {
        for element in data.kind == .array ? Array(data.elements) : [data] {
          guard let type = element["type"]?.string, let id = element["id"]?.string else { continue }
          let identity = ResourceIdentity(type: type, id: id)
          if elements[identity] == nil { elements[identity] = element }
        }
      }
      known = elements
      return elements
    }
  }
}

/// Checks primary resources of one type.
private struct PrimaryReader<R: Resource> {
  let structure: StructureCheck
  let context: Document.Context
  var log: DiagnosticLog
  /// Of the type that was read last: one kind of resource is looked up once.
  private var check: SchemaCheck?

  init(context: Document.Context) {
    self.context = context
    structure = StructureCheck(context: context)
    log = DiagnosticLog(context: context)
    if !R.schema.name.isEmpty { check = SchemaCheck(schema: R.schema, context: context) }
  }

  mutating func read(
    _ element: JSONElement, at place: Place
  ) throws(CommerceLayerError) -> (ResourceIdentity, [Coercion]) {
    guard let identity = try structure.resource(element, at: place, isPrimary: true, &log) else {
      throw .protocolViolation("a resource has a type and an id", pointer: place.pointer, context)
    }
    guard R.schema.accepts(identity.type, in: context.schemas) else {
      throw .protocolViolation(
        "a resource of type '\(R.schema.name)' was expected, not '\(identity.type)'",
        pointer: place.pointer("type"), context)
    }
    if check?.schema.name != identity.type { check = checkOther(identity.type) }
    guard check != nil else { return (identity, []) }
    let coercions = try check?.attributes(of: element, at: place, &log) ?? []
    check?.relationships(of: element, at: place, &log)
    return (identity, coercions)
  }

  /// Checks a member of a family, or any resource where any is expected. What is known of a family's
  /// base type holds for a member of which nothing else is known.
  private func checkOther(_ type: String) -> SchemaCheck? {
    let schema = context.schemas?.schema(of: type) ?? (R.schema.isFamily ? R.schema : nil)
    return schema.map { SchemaCheck(schema: $0, context: context) }
  }
}

/// A document that is not the response to a call, such as the body of a webhook. It is read as responses
/// are: with its included resources, exact numbers and diagnostics.
package struct ReceivedDocument: Sendable {
  private let document: Document

  /// - Parameters:
  ///   - sender: what sent it, for errors.
  ///   - schemas: what is known of the types of included resources.
  /// - Throws: ``CommerceLayerError`` of kind `protocolViolation`.
  package init(
    parsing bytes: [UInt8], from sender: String, schemas: SchemaCatalog?
  ) throws(CommerceLayerError) {
    document = try Document(
      parsing: bytes, context: Document.Context(request: sender, schemas: schemas))
  }

  /// The resource in `data`.
  /// - Throws: ``CommerceLayerError`` of kind `protocolViolation` when there is none, or one of a type that is
  ///   neither `R`'s nor of its family.
  package func resource<R: Resource>(_ type: R.Type) throws(CommerceLayerError) -> R {
    guard let resource = try document.one(type) else {
      throw .protocolViolation("there is no resource", pointer: "/data", document.context)
    }
    return resource
  }

  /// What was found so far that contradicts JSON:API or the schema.
  package var diagnostics: [Diagnostic] { document.diagnostics }
}
