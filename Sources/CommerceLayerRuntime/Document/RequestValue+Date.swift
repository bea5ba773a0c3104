public import struct Foundation.Date

extension Date: RequestValue {
  /// The time in UTC with milliseconds.
  public var requestValue: JSONValue { .string(ISO8601.text(self)) }
}

extension RequestStorage {
  /// Sets an attribute; nil leaves it out.
  public mutating func set(_ name: String, _ value: Date?) {
    if let value { self[name] = value.requestValue }
  }
}
