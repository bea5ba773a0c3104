import CommerceLayerRuntime

/// The resource object of a create or update request.
struct RequestDocument: Sendable {
  let attributes: [(name: String, value: JSONElement)]
  let relationships: [(name: String, value: JSONElement)]

  /// Reads a body.
  /// - Throws: ``ErrorResponse`` when it is not JSON:API document for this resource.
  init(_ body: [UInt8], type: String, id: String?, limits: JSONLimits) throws(ErrorResponse) {
    let root: JSONElement
    do {
      root = try JSONDocument(parsing: body, limits: limits).root
    } catch {
      throw ErrorResponse(.invalidDataFormat, "the body is not JSON: \(error)")
    }
    guard let data = root["data"] else {
      throw ErrorResponse(
        .paramMissing, "the required parameter, data, is missing", .pointer("/data"))
    }
    guard data.kind == .object else {
      throw ErrorResponse(.invalidDataFormat, "data is one resource object", .pointer("/data"))
    }
    guard let sentType = data["type"]?.string else {
      throw ErrorResponse(
        .paramMissing, "the required parameter, type, is missing", .pointer("/data/type"))
    }
    guard sentType == type else {
      throw ErrorResponse(
        .invalidResource, "\(sentType) is not the type of this endpoint, \(type)",
        .pointer("/data/type"))
    }
    try Self.checkID(data["id"], expected: id)
    attributes = try Self.members(data["attributes"], at: "/data/attributes")
    relationships = try Self.members(data["relationships"], at: "/data/relationships")
  }

  private static func checkID(_ element: JSONElement?, expected: String?) throws(ErrorResponse) {
    let pointer = ErrorObject.Source.pointer("/data/id")
    guard let expected else {
      guard element == nil else {
        throw ErrorResponse(.paramNotAllowed, "id is not allowed: the service gives ids", pointer)
      }
      return
    }
    guard let element else { throw ErrorResponse(.keyOrderMismatch, "a key is required", pointer) }
    guard element.string == expected else {
      throw ErrorResponse(.keyNotIncludedInURL, "the id is not the one of the URL", pointer)
    }
  }

  private static func members(
    _ element: JSONElement?, at pointer: String
  ) throws(ErrorResponse) -> [(name: String, value: JSONElement)] {
    guard let element else { return [] }
    guard element.kind == .object else {
      throw ErrorResponse(.invalidDataFormat, "an object was expected", .pointer(pointer))
    }
    // Of equal names the last one counts, at its first place.
    var order: [String] = []
    var last: [String: JSONElement] = [:]
    for (key, value) in element.members {
      if last.updateValue(value, forKey: key) == nil { order.append(key) }
    }
    return order.compactMap { name in last[name].map { (name, $0) } }
  }
}
