internal import Spec

/// What a code block of a page shows: a request by curl, a response, or something else.
struct ExampleCode {
  struct Sent {
    var method: String?
    var type: String?
    var typeLine: Int?
    var attributes: [ExampleNode.Member] = []
    var relationships: [PageFacts.Related] = []
    /// The first segment below the base path of the URL it is sent to.
    var collection: String?
  }

  struct Response {
    var type: String?
    var typeLine: Int?
    var attributes: [PageFacts.Example] = []
    var relationships: [PageFacts.Related] = []
    var isList = false
    /// Whether it leaves attributes out, and says so.
    var isPartial = false
  }

  enum Content {
    case request(Sent)
    case response(Response)
    /// A line such as `GET https://…` in place of an example.
    case requestLine(String)
    /// With the reason, or nil when there is nothing to say about it.
    case other(String?)
  }

  var content: Content
  var diagnostics: [PageDiagnostic] = []
  var wasRepaired = false

  /// Reads a block of code.
  static func read(
    _ code: String, lines: CodeLines, file: String, tab: String?, expectsResponse: Bool,
    expectsRequest: Bool = false
  ) -> ExampleCode {
    let trimmed = Self.trimmed(code)
    let lines = lines.dropping(newlines(in: code.prefix(code.count - trimmed.count)))
    if trimmed.hasPrefix("curl") { return request(trimmed, lines: lines, file: file) }
    guard "{/".contains(trimmed.first ?? " ") else {
      let line = String(trimmed.prefix { $0 != "\n" })
      if RequestLine.read(line) != nil { return ExampleCode(content: .requestLine(line)) }
      let start = trimmed.prefix(60).split(separator: "\n").first ?? ""
      return ExampleCode(
        content: .other("'\(start)' starts neither a curl command nor a JSON object"))
    }
    if tab?.lowercased().contains("request") ?? false {
      return body(trimmed, lines: lines, file: file)
    }
    return response(
      trimmed, lines: lines, file: file, expectsResponse: expectsResponse,
      expectsRequest: expectsRequest && tab == nil)
  }

  /// Blanks, a shell's prompt and the head of an HTTP response stand in front of examples.
  private static func trimmed(_ code: String) -> Substring {
    let start = code.drop { $0.isWhitespace || $0 == "\u{200B}" || $0 == "$" }
    guard start.hasPrefix("HTTP/"), let body = start.firstRange(of: "\n{") else { return start }
    return start[start.index(after: body.lowerBound)...]
  }

  private static func newlines(in text: Substring) -> Int { text.count { $0 == "\n" } }

  private static func request(_ code: Substring, lines: CodeLines, file: String) -> ExampleCode {
    var sent = Sent()
    let words = code.split(whereSeparator: \.isWhitespace)
    if let flag = words.firstIndex(where: { $0 == "-X" || $0 == "--request" }),
      flag + 1 < words.count
    {
      sent.method = words[flag + 1].filter { $0.isLetter }
    }
    if let start = RequestLine.startOfPath(in: code) {
      let name = code[start...].dropFirst(Reading.profile.basePath.count).prefix {
        $0.isLetter || $0.isNumber || $0 == "_"
      }
      if Names.isWireName(name) { sent.collection = String(name) }
    }
    // Whatever the flag is called and however the body is quoted, it starts at the first brace.
    guard let flag = dataFlag(in: code),
      let brace = code[flag...].firstIndex(of: "{")
    else { return ExampleCode(content: .request(sent)) }
    var result = body(
      code[brace...], lines: lines.dropping(newlines(in: code[..<brace])), file: file)
    if case .request(var read) = result.content {
      (read.method, read.collection) = (sent.method, sent.collection)
      result.content = .request(read)
    }
    return result
  }

  /// Where `-d` or `--data` starts.
  private static func dataFlag(in code: Substring) -> Substring.Index? {
    ["-d", "--data"].flatMap { code.ranges(of: $0) }.map(\.lowerBound)
      .filter { $0 > code.startIndex && code[code.index(before: $0)].isWhitespace }.min()
  }

  /// The JSON that a request sends.
  private static func body(_ code: Substring, lines: CodeLines, file: String) -> ExampleCode {
    var sent = Sent()
    var parser = ExampleParser(code, lines: lines)
    let root = parser.parse()
    var result = ExampleCode(content: .other(nil))
    result.take(parser.diagnostics, file: file, what: "request example")
    if let data = root?["data"] {
      sent.type = data["type"]?.string
      sent.typeLine = data["type"]?.line
      sent.attributes = data["attributes"]?.members ?? []
      sent.relationships = related(data["relationships"])
    } else if root != nil {
      result.diagnostics.append(
        PageDiagnostic(.warning, .noData, file: file, line: lines[0], "the request has no 'data'"))
    }
    result.content = .request(sent)
    return result
  }

  private static func response(
    _ code: Substring, lines: CodeLines, file: String, expectsResponse: Bool,
    expectsRequest: Bool
  ) -> ExampleCode {
    var parser = ExampleParser(code, lines: lines)
    let root = parser.parse()
    var result = ExampleCode(content: .other(nil))
    result.take(parser.diagnostics, file: file, what: "response example")
    guard let root else { return result }
    guard let data = root["data"] else {
      if expectsResponse {
        result.diagnostics.append(
          PageDiagnostic(.warning, .noData, file: file, line: lines[0], "the example has no 'data'")
        )
      }
      return result
    }
    // A list ends with a placeholder for the rest: only an element with attributes is one.
    let elements: [ExampleNode]? = if case .array(let all) = data.value { all } else { nil }
    let element = elements.map { $0.first { $0["attributes"] != nil } } ?? data
    guard let element, let attributes = element["attributes"] else {
      result.diagnostics.append(
        PageDiagnostic(
          .warning, .noData, file: file, line: data.line, "the data has no 'attributes'"))
      return result
    }
    // What has no id yet is sent, whatever stands above it.
    if expectsRequest, elements == nil, element["id"] == nil, element["links"] == nil,
      element["type"] != nil, !parser.breaksOff
    {
      return body(code, lines: lines, file: file)
    }
    var response = Response(type: element["type"]?.string, typeLine: element["type"]?.line)
    response.isList = elements != nil
    response.isPartial = attributes.isPartial || parser.breaksOff && element["relationships"] == nil
    response.attributes = attributes.members.map {
      .init(name: $0.name, type: type(of: $0.node), line: $0.line)
    }
    response.relationships = related(element["relationships"])
    result.content = .response(response)
    return result
  }

  private mutating func take(_ found: [ExampleDiagnostic], file: String, what: String) {
    for diagnostic in found {
      if diagnostic.code == .repairedJSON || diagnostic.code == .invalidJSON { wasRepaired = true }
      diagnostics.append(
        PageDiagnostic(
          .warning, diagnostic.code, file: file, line: diagnostic.line,
          "\(what): \(diagnostic.message)"))
    }
  }

  private static func related(_ node: ExampleNode?) -> [PageFacts.Related] {
    (node?.members ?? []).map { member in
      var related = PageFacts.Related(name: member.name, line: member.line)
      switch member.node["data"]?.value {
      case .object:
        related.cardinality = .one
        related.target = member.node["data"]?["type"]?.string
        related.targetLine = member.node["data"]?["type"]?.line
      case .array(let elements):
        related.cardinality = .many
        related.target = elements.first?["type"]?.string
        related.targetLine = elements.first?["type"]?.line
      default: break
      }
      return related
    }
  }

  /// The type a JSON value shows. A UTC time stamp is a datetime; `10.0` is a float; null says
  /// nothing.
  static func type(of node: ExampleNode) -> AttributeType? {
    switch node.value {
    case .object: .object
    case .array: .array
    case .string(let text): isTimestamp(text) ? .datetime : .string
    case .integer: .integer
    case .float: .float
    case .boolean: .boolean
    case .null, .unknown: nil
    }
  }

  /// ISO 8601 in UTC: `2018-01-01T12:00:00.000Z`.
  static func isTimestamp(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.count >= 20, bytes.last == UInt8(ascii: "Z") else { return false }
    for (index, byte) in bytes.dropLast().enumerated() {
      let wanted: UInt8? =
        switch index {
        case 4, 7: UInt8(ascii: "-")
        case 10: UInt8(ascii: "T")
        case 13, 16: UInt8(ascii: ":")
        case 19: UInt8(ascii: ".")
        default: nil
        }
      if let wanted {
        if byte != wanted { return false }
      } else if !(48...57).contains(byte) {
        return false
      }
    }
    return true
  }
}
