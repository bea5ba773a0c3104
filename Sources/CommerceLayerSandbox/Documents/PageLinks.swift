import CommerceLayerRuntime

/// The links between the pages of a list.
enum PageLinks {
  /// `first` and `last` always, `prev` and `next` where there is such a page.
  static func links(
    url: String, parameters: [QueryString.Parameter], page: Int, size: Int, pageCount: Int
  ) -> JSONObject {
    func link(_ number: Int) -> JSONValue {
      let all =
        parameters.map { "\(encoded($0.name))=\(encoded($0.value))" }
        + ["page%5Bnumber%5D=\(number)", "page%5Bsize%5D=\(size)"]
      return .string(url + "?" + all.joined(separator: "&"))
    }
    var links: JSONObject = ["first": link(1)]
    if page > 1 { links["prev"] = link(min(page - 1, pageCount)) }
    if page < pageCount { links["next"] = link(page + 1) }
    links["last"] = link(pageCount)
    return links
  }

  /// Everything but RFC 3986's unreserved characters as `%41`.
  static func encoded(_ text: String) -> String {
    var out = ""
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "_"), UInt8(ascii: "~"):
        out.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let hex = String(byte, radix: 16, uppercase: true)
        out += "%" + (hex.utf8.count == 1 ? "0" + hex : hex)
      }
    }
    return out
  }
}
