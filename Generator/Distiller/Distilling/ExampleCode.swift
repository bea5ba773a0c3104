internal import Spec

/// What a code block of a page shows: a request by curl, a response, or something else.
struct ExampleCode {
  struct Sent {
    var method: String?
    var type: String?
    var typeLine: Int?
    var attributes: [ExampleNode.Member] = []
    var relationships: [PageFacts.Related] = []
  }

  struct Answer {
    var type: String?
    var typeLine: Int?
    var attributes: [PageFacts.Example] = []
    var relationships: [PageFacts.Related] = []
  }

  enum Content {
    case request(Sent)
    case response(Answer)
    /// With the reason, or nil when there is nothing to say about it.
    case other(String?)
  }

  var content: Content
  var diagnostics: [Diagnostic] = []
  var wasRepaired = false

  /// Reads a block of code.
  static func read(
    _ code: String, line: Int, file: String, tab: String?, expectsAnswer: Bool
  ) -> ExampleCode {
    let trimmed = code.drop(while: \.isWhitespace)
    let start = line + code.prefix(code.count - trimmed.count).count { $0 == "\n" }
    if trimmed.hasPrefix("curl") { return request(String(trimmed), line: start, file: file) }
    guard trimmed.hasPrefix("{") else {
      let why =
        RequestLine.startsWithMethod(String(trimmed.prefix(12)))
        ? "a request line in a fence" : nil
      return ExampleCode(content: .other(why))
    }
    guard tab?.lowercased() != "request" else {
      return ExampleCode(content: .other("a JSON text in the request tab without curl"))
    }
    return response(trimmed, line: start, file: file, expectsAnswer: expectsAnswer)
  }

  private static func request(_ code: String, line: Int, file: String) -> ExampleCode {
    var sent = Sent()
    let words = code.split(whereSeparator: \.isWhitespace)
    if let flag = words.firstIndex(where: { $0 == "-X" || $0 == "--request" }),
      flag + 1 < words.count
    {
      sent.method = String(words[flag + 1])
    }
    let body =
      code.firstRange(of: "-d '") ?? code.firstRange(of: "--data '") ?? code.firstRange(of: "-d \"")
    guard let body else { return ExampleCode(content: .request(sent)) }
    let bodyLine = line + code[..<body.upperBound].count { $0 == "\n" }
    var parser = ExampleParser(code[body.upperBound...], line: bodyLine)
    let root = parser.parse()
    var result = ExampleCode(content: .other(nil))
    result.take(parser.remarks, file: file, what: "request example")
    if let data = root?["data"] {
      sent.type = data["type"]?.string
      sent.typeLine = data["type"]?.line
      sent.attributes = data["attributes"]?.members ?? []
      sent.relationships = related(data["relationships"])
    }
    result.content = .request(sent)
    return result
  }

  private static func response(
    _ code: Substring, line: Int, file: String, expectsAnswer: Bool
  ) -> ExampleCode {
    var parser = ExampleParser(code, line: line)
    let root = parser.parse()
    var result = ExampleCode(content: .other(nil))
    result.take(parser.remarks, file: file, what: "response example")
    guard let root else { return result }
    guard let data = root["data"] else {
      if expectsAnswer {
        result.diagnostics.append(
          Diagnostic(.warning, .noData, file: file, line: line, "the example has no 'data'"))
      }
      return result
    }
    // A list ends with a placeholder for the rest: only an element with attributes is one.
    let element: ExampleNode? =
      if case .array(let elements) = data.value {
        elements.first { $0["attributes"] != nil }
      } else {
        data
      }
    guard let element, let attributes = element["attributes"] else { return result }
    var answer = Answer(type: element["type"]?.string, typeLine: element["type"]?.line)
    answer.attributes = attributes.members.map {
      .init(name: $0.name, type: type(of: $0.node), line: $0.line)
    }
    answer.relationships = related(element["relationships"])
    result.content = .response(answer)
    return result
  }

  private mutating func take(_ remarks: [ExampleRemark], file: String, what: String) {
    for remark in remarks {
      if remark.code == .repairedJSON || remark.code == .invalidJSON { wasRepaired = true }
      diagnostics.append(
        Diagnostic(
          .warning, remark.code, file: file, line: remark.line, "\(what): \(remark.message)"))
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
    case .null: nil
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
