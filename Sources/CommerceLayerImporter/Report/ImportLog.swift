import CommerceLayer
import CommerceLayerRows

/// Reads the errors and warnings logs of an import, in all forms known. Pure.
///
/// Today: `{"<key>": {"<attribute>": ["message"]}}` and `{"<key>": ["message"]}`. In 2021: an array
/// of one-key objects, the key written `code:ABC`.
enum ImportLog {
  static func read(_ log: JSONValue?) -> [LogEntry] {
    switch log {
    case .object(let members): members.map { LogEntry(key: $0.key, messages: messages($0.value)) }
    case .array(let elements):
      elements.flatMap { element -> [LogEntry] in
        switch element {
        case .object: read(element)
        case .null: []
        default: [LogEntry(key: unknownKey, messages: messages(element))]
        }
      }
    default: []
    }
  }

  /// What the service writes for a row without a key.
  static let unknownKey = "unknown"

  private static func messages(_ value: JSONValue) -> [String] {
    switch value {
    case .null: []
    case .string(let text): [text]
    case .array(let elements): elements.flatMap(messages)
    case .object(let members):
      members.flatMap { name, value in
        let inner = messages(value)
        // "base" is how such services name the record as a whole.
        return name == "base" ? inner : inner.map { "\(name): \($0)" }
      }
    case .bool, .number: [value.text]
    }
  }
}
