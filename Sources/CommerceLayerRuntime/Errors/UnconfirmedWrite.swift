import HTTPTypes

/// A write that may or may not have been processed: what to look for before it is sent again.
public struct UnconfirmedWrite: Sendable, Hashable {
  /// The HTTP method.
  public let method: String
  /// The path.
  public let path: String
  /// The JSON:API type of what was written.
  public let type: String?
  /// The id of what was written: the id in the request or, for a create, the id that could be read in
  /// the response. nil when a create got no readable response.
  public let id: String?
  /// The `reference` that was sent. Looking for it is the way to find out.
  public let reference: String?
  /// The `reference_origin` that was sent.
  public let referenceOrigin: String?
  /// What else identifies the resource: the attributes that are its type's key, such as an SKU's
  /// `code`.
  public let keys: [String: String]
  /// Whether sending the same request again leaves the same state: an update that sets values does, a
  /// create or a trigger such as a capture does not.
  public let isRepeatable: Bool
  /// Whether ``id`` comes from the response.
  let isIDOfResponse: Bool

  static let generalAdvice =
    "look whether it happened, for a create by its reference, before sending it again"

  var advice: String {
    let place = TerminalSafe.text(type ?? path, limit: 100)
    if let id {
      let target = "\(place) \(TerminalSafe.text(id, limit: 100))"
      if isIDOfResponse {
        return "retrieve \(target), which the response names, instead of sending it again"
      }
      if method == "DELETE" { return "retrieve \(target) to see whether it still exists" }
      return isRepeatable
        ? "retrieve \(target) to see whether it was updated; sending the same update again is harmless"
        : "retrieve \(target) to see whether it happened before sending it again"
    }
    let marks = (reference.map { [("reference", $0)] } ?? []) + keys.sorted { $0.key < $1.key }
    if let mark = marks.first {
      let value = TerminalSafe.text(mark.1, limit: 100)
      return "list \(place) with the \(mark.0) '\(value)' to see whether it happened"
    }
    return method == "POST"
      ? "list the newest \(place) to see whether it happened; a reference would tell for sure"
      : "retrieve \(place) to see whether it happened before sending it again"
  }
}

extension UnconfirmedWrite {
  /// Reads it from what was sent and, where there is one, from the response.
  init(_ call: APICall, service: ServiceDescription?, response: ReceivedResponse? = nil) {
    let data = call.described.flatMap { try? JSONDocument(parsing: $0) }?.root["data"]
    let attributes = data?["attributes"]
    let (pathType, pathID) = Self.place(call.path)
    let type = data?["type"]?.string ?? pathType
    var keys: [String: String] = [:]
    for name in type.flatMap({ service?.importables[$0]?.key }) ?? [] {
      keys[name] = attributes?[name]?.string
    }
    let sentID = data?["id"]?.string ?? pathID
    let createdID = sentID == nil ? response.flatMap { Self.id(of: type, in: $0) } : nil
    self.init(
      method: call.method.rawValue, path: call.path, type: type, id: sentID ?? createdID,
      reference: attributes?["reference"]?.string,
      referenceOrigin: attributes?["reference_origin"]?.string, keys: keys,
      isRepeatable: call.isIdempotent, isIDOfResponse: createdID != nil)
  }

  /// The type and the id in `/api/<type>/<id>/…`.
  private static func place(_ path: String) -> (type: String?, id: String?) {
    let segments = path.split(separator: "/").map(String.init)
    guard segments.count > 1 else { return (nil, nil) }
    return (segments[1], segments.count > 2 ? segments[2] : nil)
  }

  /// How many bytes of a response that is not JSON are searched for an id, which stands near the start.
  private static let searchedBytes = 64 << 10

  /// The id of the primary resource in a response that could not be read as a whole.
  private static func id(of type: String?, in response: ReceivedResponse) -> String? {
    let document =
      (try? JSONDocument(parsing: response.bytes))
      ?? (try? JSONDocument(parsing: closed(response.bytes.prefix(searchedBytes))))
    guard let data = document?.root["data"], let id = data["id"]?.string,
      // The id of another type would lead to another resource.
      data["type"] == nil || data["type"]?.string == type,
      (try? PercentEncoding.segment(id)) != nil, id.hiding(response.secrets) == id
    else { return nil }
    return id
  }

  /// The start of a JSON text up to its last complete member or element, with all brackets closed.
  static func closed(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var open: [UInt8] = []
    var (end, openAtEnd) = (bytes.startIndex, [UInt8]())
    var (isInString, isEscaped) = (false, false)
    for (index, byte) in zip(bytes.indices, bytes) {
      if isInString {
        if byte == UInt8(ascii: "\""), !isEscaped { isInString = false }
        isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): isInString = true
      case UInt8(ascii: "{"): open.append(UInt8(ascii: "}"))
      case UInt8(ascii: "["): open.append(UInt8(ascii: "]"))
      case UInt8(ascii: "}"), UInt8(ascii: "]"): _ = open.popLast()
      case UInt8(ascii: ","): (end, openAtEnd) = (index, open)
      default: break
      }
    }
    return Array(bytes[..<end]) + openAtEnd.reversed()
  }
}
