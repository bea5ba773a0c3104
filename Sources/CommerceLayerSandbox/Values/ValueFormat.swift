import CommerceLayerRuntime

/// The forms values are stored and compared in.
enum ValueFormat {
  /// A time in UTC with milliseconds, so that texts sort as times do; a day alone is its midnight.
  /// Nil when the text is not a time.
  static func datetime(_ text: String) -> String? {
    let isDay = text.utf8.count == 10
    return ISO8601.date(isDay ? text + "T00:00:00Z" : text).map(ISO8601.text)
  }

  /// The value as it is stored when it is of the type; nil when it is not.
  static func stored(_ value: JSONValue, as type: ResourceSchema.AttributeType) -> JSONValue? {
    switch (type, value) {
    case (_, .null), (.string, .string), (.float, .number), (.boolean, .bool), (.object, .object),
      (.array, .array):
      value
    // Not a conditional with `nil`: that would be a JSON null.
    case (.integer, .number(let number)): number.integer.map { _ in value }
    case (.datetime, .string(let text)): datetime(text).map(JSONValue.string)
    case (.string, _), (.float, _), (.boolean, _), (.object, _), (.array, _), (.integer, _),
      (.datetime, _):
      nil
    }
  }
}
