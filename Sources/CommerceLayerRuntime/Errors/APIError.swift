/// One error object of a JSON:API error document. Every member may be missing.
public struct APIError: Sendable, Hashable, CustomStringConvertible {
  /// A short summary.
  public var title: String?
  /// What happened this time.
  public var detail: String?
  /// The service's code: `VALIDATION_ERROR`.
  public var code: String?
  /// The HTTP status, as text.
  public var status: String?
  /// A JSON pointer into the request document.
  public var pointer: String?
  /// The query parameter at fault.
  public var parameter: String?
  /// The request header at fault (JSON:API 1.1).
  public var header: String?
  /// The service's id of this one occurrence.
  public var id: String?
  /// Further facts.
  public var meta: JSONValue?

  /// Creates an error object.
  public init(
    title: String? = nil, detail: String? = nil, code: String? = nil, status: String? = nil,
    pointer: String? = nil, parameter: String? = nil, meta: JSONValue? = nil,
    header: String? = nil, id: String? = nil
  ) {
    self.title = title
    self.detail = detail
    self.code = code
    self.status = status
    self.pointer = pointer
    self.parameter = parameter
    self.meta = meta
    self.header = header
    self.id = id
  }

  /// Code, texts and place on one line, made fit for a terminal or a log.
  public var description: String {
    let text = [title, detail].compactMap(\.self).joined(separator: ": ")
    let place = pointer ?? parameter ?? header
    let line = [code.map { "[\($0)]" }, text.isEmpty ? nil : text, place.map { "(\($0))" }]
      .compactMap(\.self).joined(separator: " ")
    return TerminalSafe.text(line, limit: CommerceLayerError.shownCharacters)
  }
}

extension APIError {
  /// This error without secrets that a server may have repeated.
  func hiding(_ secrets: [Secret]) -> APIError {
    let text = meta?.text
    let hidden = text?.hiding(secrets)
    return APIError(
      title: title?.hiding(secrets), detail: detail?.hiding(secrets), code: code?.hiding(secrets),
      status: status?.hiding(secrets), pointer: pointer?.hiding(secrets),
      parameter: parameter?.hiding(secrets),
      meta: text == hidden ? meta : hidden.flatMap { try? JSONValue(parsing: $0) },
      header: header?.hiding(secrets), id: id?.hiding(secrets))
  }

  /// How much of a list of errors is kept: 64 KiB of it. Errors live long, in logs and in memory.
  static let keptBytes = 64 << 10

  /// Reads the errors of an answer. The token endpoint writes `status` as a number and sometimes
  /// one object where a list belongs, so both are read.
  static func read(_ root: JSONElement) -> [APIError] {
    if let list = root["errors"] {
      if list.kind == .array {
        var bytes = 0
        return list.elements.lazy.filter { $0.kind == .object }.prefix {
          bytes += $0.rawBytes.count
          return bytes <= keptBytes
        }.map(Self.init)
      }
      if list.kind == .object { return [APIError(list)] }
    }
    // RFC 6749 §5.2.
    if let error = root["error"]?.string {
      return [APIError(title: error, detail: root["error_description"]?.string, code: error)]
    }
    return []
  }

  private init(_ element: JSONElement) {
    func text(_ value: JSONElement?) -> String? {
      guard let value, value.kind == .string || value.kind == .number else { return nil }
      return value.string ?? String(decoding: value.rawBytes, as: UTF8.self)
    }
    self.init(
      title: text(element["title"]), detail: text(element["detail"]), code: text(element["code"]),
      status: text(element["status"]), pointer: text(element["source"]?["pointer"]),
      parameter: text(element["source"]?["parameter"]), meta: element["meta"]?.value,
      header: text(element["source"]?["header"]), id: text(element["id"]))
  }
}
