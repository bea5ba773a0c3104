/// A JSON:API document: what every successful answer is read through.
///
/// Unknown members are ignored everywhere, as JSON:API asks of clients. What contradicts the
/// structure is a ``CommerceLayerError`` of kind `protocolViolation` that names the JSON pointer.
final class Document: Sendable {
  let json: JSONDocument
  let context: Context
  /// Offsets of included resources by type and id; the first of equal ones counts.
  private let included: [Identity: JSONElement]

  struct Identity: Hashable {
    let type: String
    let id: String
  }

  /// Where a document came from, for errors.
  struct Context: Sendable {
    var request = ""
    var requestID: String?
    var status: Int?

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
    guard root.kind == .object else {
      throw .protocolViolation("a document is an object, not \(root.kind.rawValue)", context)
    }
    var included: [Identity: JSONElement] = [:]
    if let list = root["included"], root["data"] != nil {
      guard list.kind == .array else {
        throw .protocolViolation("'included' is an array", pointer: "/included", context)
      }
      for (index, element) in list.elements.enumerated() {
        let identity = try Self.identity(of: element, at: "/included/\(index)", context)
        if included[identity] == nil { included[identity] = element }
      }
    }
    self.included = included
  }

  var root: JSONElement { json.root }

  /// The primary resource; nil when `data` is null.
  func one<R: Resource>(_ type: R.Type) throws(CommerceLayerError) -> R? {
    guard let data = root["data"] else {
      throw .protocolViolation("the document has no 'data'", context)
    }
    if data.isNull { return nil }
    return try resource(data, at: "/data", as: type)
  }

  /// The primary resources of a list.
  func many<R: Resource>(_ type: R.Type) throws(CommerceLayerError) -> [R] {
    guard let data = root["data"], data.kind == .array else {
      throw .protocolViolation("a list's 'data' is an array", pointer: "/data", context)
    }
    var resources: [R] = []
    for (index, element) in data.elements.enumerated() {
      resources.append(try resource(element, at: "/data/\(index)", as: type))
    }
    return resources
  }

  private func resource<R: Resource>(
    _ element: JSONElement, at pointer: String, as type: R.Type
  ) throws(CommerceLayerError) -> R {
    let identity = try Self.identity(of: element, at: pointer, context)
    if !R.schema.name.isEmpty, identity.type != R.schema.name {
      throw .protocolViolation(
        "a resource of type '\(R.schema.name)' was expected, not '\(identity.type)'",
        pointer: pointer + "/type", context)
    }
    let leniencies = try SchemaCheck.check(
      element, against: R.schema, at: pointer, context: context)
    return R(storage: ResourceStorage(element: element, document: self, leniencies: leniencies))
  }

  /// The included resource an identifier names, or the bare identifier.
  func resolve(_ identifier: JSONElement) -> ResourceStorage {
    let identity = Identity(
      type: identifier["type"]?.string ?? "", id: identifier["id"]?.string ?? "")
    return ResourceStorage(element: included[identity] ?? identifier, document: self)
  }

  private static func identity(
    of element: JSONElement, at pointer: String, _ context: Context
  ) throws(CommerceLayerError) -> Identity {
    guard element.kind == .object else {
      throw .protocolViolation(
        "a resource is an object, not \(element.kind.rawValue)", pointer: pointer, context)
    }
    guard let type = element["type"]?.string, !type.isEmpty else {
      throw .protocolViolation(
        "a resource has a 'type', a string", pointer: pointer + "/type", context)
    }
    guard let id = element["id"]?.string else {
      throw .protocolViolation(
        "a resource has an 'id', a string", pointer: pointer + "/id", context)
    }
    return Identity(type: type, id: id)
  }
}
