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
