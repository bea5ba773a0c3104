import CommerceLayerRows
import CommerceLayerRuntime

/// What is wrong with one row: messages by field, in the order they were found.
struct RowErrors: Sendable, Hashable {
  private(set) var messages: [(field: String, messages: [String])] = []

  var isEmpty: Bool { messages.isEmpty }

  mutating func add(_ field: String, _ message: String) {
    if let index = messages.firstIndex(where: { $0.field == field }) {
      if !messages[index].messages.contains(message) { messages[index].messages.append(message) }
    } else {
      messages.append((field, [message]))
    }
  }

  mutating func add(_ other: RowErrors) {
    for (field, messages) in other.messages { for message in messages { add(field, message) } }
  }

  var json: JSONObject {
    JSONObject(messages.map { ($0.field, .array($0.messages.map(JSONValue.string))) })
  }

  init() {}

  /// Why the triggers of a row cannot be pulled.
  init(_ problems: [ErrorObject]) {
    for problem in problems {
      guard case .pointer(let pointer) = problem.source else { continue }
      let field = String(pointer.split(separator: "/").last ?? "base")
      let prefix = "\(field) - "
      add(
        field,
        problem.detail.hasPrefix(prefix)
          ? String(problem.detail.dropFirst(prefix.count)) : problem.detail)
    }
  }

  /// The reasons of a row that cannot be taken, in the service's words where it has some.
  init(_ row: RejectedRow) {
    for reason in row.details {
      switch reason.rule {
      case .type(let type): add(reason.field ?? "base", Self.message(type))
      case .blank: add(reason.field ?? "base", "can't be blank")
      case .unknownName: add(reason.field ?? "base", "is not a known attribute")
      case .other: add(reason.field ?? "base", reason.text)
      }
    }
  }

  private static func message(_ type: ResourceSchema.AttributeType) -> String {
    switch type {
    case .integer: "is not an integer"
    case .float: "is not a number"
    case .boolean: "is not a boolean: use true, false, 1 or 0"
    case .datetime: "is not a datetime"
    case .string: "is not a string"
    case .object: "is not an object"
    case .array: "is not an array"
    }
  }

  /// Reads ``json``.
  init(_ json: JSONObject) {
    for (field, value) in json {
      for message in value.array ?? [] { add(field, message.string ?? "") }
    }
  }

  static func == (left: RowErrors, right: RowErrors) -> Bool { left.json == right.json }
  func hash(into hasher: inout Hasher) { hasher.combine(json) }
}

/// An import's `errors_log`: errors by row key, in the order rows failed.
struct ErrorsLog: Sendable {
  private var order: [String] = []
  private var entries: [String: RowErrors] = [:]

  mutating func add(_ errors: RowErrors, key: String) {
    if entries[key] == nil { order.append(key) }
    entries[key, default: RowErrors()].add(errors)
  }

  var json: JSONObject {
    JSONObject(order.map { ($0, .object(entries[$0]?.json ?? [:])) })
  }

  /// Reads ``json``.
  init(_ json: JSONObject) {
    for (key, value) in json { add(RowErrors(value.object ?? [:]), key: key) }
  }
}

/// An import's `warnings_log`: texts by row key, in the order the rows came.
struct WarningsLog: Sendable {
  private var order: [String] = []
  private var entries: [String: [String]] = [:]

  mutating func add(_ texts: [String], key: String) {
    if entries[key] == nil { order.append(key) }
    for text in texts where entries[key]?.contains(text) != true {
      entries[key, default: []].append(text)
    }
  }

  var json: JSONObject {
    JSONObject(order.map { ($0, .array((entries[$0] ?? []).map(JSONValue.string))) })
  }

  /// Reads ``json``.
  init(_ json: JSONObject) {
    for (key, value) in json { add((value.array ?? []).compactMap(\.string), key: key) }
  }
}

extension RowIdentity {
  /// What rows without a key are called in logs.
  static let nameless = "unknown"

  /// The name a row goes by in an import's logs.
  ///
  /// The service names a failed row by its unique key and calls rows without one `unknown`; rows that
  /// share a key share an entry. How it writes keys of several fields is not documented: here the
  /// fields that have a value are joined with `-` in the order of the key.
  var logKey: String { parts.isEmpty ? Self.nameless : parts.joined(separator: "-") }
}
