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

  /// Reads the errors of a response in whatever form they come: the list that JSON:API asks for, one
  /// object, an object with a list for each attribute, texts, or what OAuth defines.
  static func read(_ root: JSONElement) -> [APIError] {
    if root.kind == .array { return list(root) }
    if let errors = root["errors"] { return list(errors) }
    guard let error = root["error"] else {
      return root["message"]?.string.map { [APIError(detail: $0)] } ?? []
    }
    // RFC 6749, 5.2.
    if let code = error.string {
      return [
        APIError(
          title: code, detail: text(root["error_description"]) ?? text(root["message"]),
          code: code)
      ]
    }
    return list(error)
  }

  private static func list(_ errors: JSONElement) -> [APIError] {
    var read: [APIError] = []
    var bytes = 0
    /// - Returns: Whether there is room for more.
    func add(_ element: JSONElement, title: String? = nil) -> Bool {
      bytes += element.rawBytes.count
      guard bytes <= keptBytes else { return false }
      switch element.kind {
      case .object where title == nil: read.append(APIError(element))
      case .null: break
      default:
        let detail = text(element) ?? String(decoding: element.rawBytes, as: UTF8.self)
        read.append(APIError(title: title, detail: detail))
      }
      return true
    }
    switch errors.kind {
    case .array:
      for element in errors.elements where !add(element) { break }
    case .object where isErrorObject(errors): _ = add(errors)
    case .object:
      // The texts of each attribute, as Rails writes them.
      for (name, value) in errors.members {
        guard value.kind == .array else {
          if add(value, title: name) { continue } else { return read }
        }
        for element in value.elements where !add(element, title: name) { return read }
      }
    case .string, .number: _ = add(errors)
    case .boolean, .null: break
    }
    return read
  }

  /// Whether an object is one error and not a list for each attribute.
  private static func isErrorObject(_ element: JSONElement) -> Bool {
    ["title", "detail", "code", "status", "id", "message"].contains { text(element[$0]) != nil }
      || element["source"]?.kind == .object
  }

  private static func text(_ value: JSONElement?) -> String? {
    guard let value, value.kind == .string || value.kind == .number else { return nil }
    return value.string ?? String(decoding: value.rawBytes, as: UTF8.self)
  }

  private init(_ element: JSONElement) {
    let text = Self.text
    self.init(
      title: text(element["title"]), detail: text(element["detail"]) ?? text(element["message"]),
      code: text(element["code"]),
      status: text(element["status"]), pointer: text(element["source"]?["pointer"]),
      parameter: text(element["source"]?["parameter"]), meta: element["meta"]?.value,
      header: text(element["source"]?["header"]), id: text(element["id"]))
  }
}
