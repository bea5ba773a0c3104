/// A JSON value with the line it starts on; members in their order.
struct LocatedJSON {
  indirect enum Value {
    case object([Member])
    case array([LocatedJSON])
    case string(String)
    case number(String)
    case bool(Bool)
    case null
  }

  struct Member {
    var name: String
    /// The line of the name.
    var line: Int
    var value: LocatedJSON
  }

  var value: Value
  var line: Int

  /// A name that one object has twice: the last one counts.
  struct Repeated {
    var name: String
    var line: Int
  }

  /// Why a text is no JSON.
  struct Failure: Error, Equatable {
    var message: String
    var line: Int
  }

  /// Reads one JSON document, in whatever layout.
  static func read(
    _ bytes: [UInt8]
  ) throws(Failure) -> (root: LocatedJSON, repeated: [Repeated]) {
    var parser = LocatedParser(bytes)
    let root = try parser.document()
    return (root, parser.repeated)
  }
}

extension LocatedJSON {
  /// What kind of value it is, for remarks.
  var kindName: String {
    switch value {
    case .object: "an object"
    case .array: "an array"
    case .string: "a string"
    case .number: "a number"
    case .bool: "a boolean"
    case .null: "null"
    }
  }
}
