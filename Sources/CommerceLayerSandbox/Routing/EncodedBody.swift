import CommerceLayerRows
import HTTPTypes

/// The body of a request as its `Content-Encoding` means it.
enum EncodedBody {
  /// Decompresses gzip; other encodings than `identity` are a 415.
  /// - Parameter limit: The most bytes it may have.
  static func decoded(
    _ body: [UInt8], _ request: HTTPRequest, limit: Int
  ) throws(ErrorResponse) -> [UInt8] {
    let encodings = (request.headerFields[.contentEncoding] ?? "").split(separator: ",")
      .map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }.filter {
        $0 != "identity" && !$0.isEmpty
      }
    guard !encodings.isEmpty else { return body }
    guard encodings == ["gzip"] else {
      var rejection = ErrorResponse(
        .unsupportedMediaType, "bodies come compressed with gzip or not compressed")
      rejection.headers[.acceptEncoding] = "gzip, identity"
      throw rejection
    }
    var out: [UInt8] = []
    var isTooLarge = false
    var reader = GzipReader(
      name: "body",
      read: { offset, bytes in bytes = Array(body.dropFirst(offset).prefix(256 << 10)) },
      write: { (bytes) throws(InputError) in
        isTooLarge = out.count + bytes.count > limit
        guard !isTooLarge else { throw InputError(.malformed, "too large") }
        out += bytes
      })
    do throws(InputError) {
      try reader.run()
    } catch {
      if isTooLarge {
        throw ErrorResponse(.contentTooLarge, "a body holds at most \(limit) bytes")
      }
      throw ErrorResponse(.invalidDataFormat, "the body cannot be decompressed")
    }
    return out
  }
}
