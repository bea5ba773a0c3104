/// Percent encoding by RFC 3986: everything but unreserved characters is encoded.
enum PercentEncoding {
  static func encode(_ text: String) -> String {
    var out: [UInt8] = []
    out.reserveCapacity(text.utf8.count)
    let hex = Array("0123456789ABCDEF".utf8)
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "_"), UInt8(ascii: "~"):
        out.append(byte)
      default:
        out.append(UInt8(ascii: "%"))
        out.append(hex[Int(byte >> 4)])
        out.append(hex[Int(byte & 15)])
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  static func query(_ parameters: [QueryParameter]) -> String {
    parameters.map { "\(encode($0.name))=\(encode($0.value))" }.joined(separator: "&")
  }

  /// One path segment from an id. Ids of the service are short words; whatever would change the
  /// path's structure is rejected rather than encoded.
  static func segment(_ id: String) throws(CommerceLayerError) -> String {
    guard !id.isEmpty, id.utf8.count <= 255, id != ".", id != "..",
      id.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !"/\\?#%".utf8.contains($0) })
    else {
      throw CommerceLayerError(
        .invalidInput, "'\(TerminalSafe.text(id, limit: 64))' is not a valid resource id")
    }
    return encode(id)
  }
}
