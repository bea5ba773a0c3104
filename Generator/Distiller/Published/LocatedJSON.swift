internal import Spec

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

  /// Reads one JSON document, in whatever layout. Of equal names the last one counts, and text that is
  /// not Unicode is repaired: pages are others' work.
  static func read(
    _ bytes: [UInt8]
  ) throws(JSONSyntaxError) -> (root: LocatedJSON, repeated: [Repeated]) {
    let (root, builder) = try JSONParser.parse(bytes, with: Builder())
    return (root, builder.repeated)
  }

  private struct Builder: JSONBuilder {
    static let repairsText = true

    var repeated: [Repeated] = []

    func value(_ scalar: JSONScalar, line: Int) -> LocatedJSON {
      switch scalar {
      case .null: .init(value: .null, line: line)
      case .bool(let flag): .init(value: .bool(flag), line: line)
      case .string(let text): .init(value: .string(text), line: line)
      }
    }

    func number(_ text: String, isInteger: Bool, line: Int) -> LocatedJSON? {
      .init(value: .number(text), line: line)
    }

    func array(_ elements: [LocatedJSON], line: Int) -> LocatedJSON {
      .init(value: .array(elements), line: line)
    }

    func members() -> Members { Members() }

    mutating func add(
      _ value: LocatedJSON, named name: String, line: Int, to members: inout Members
    ) -> Bool {
      let member = Member(name: name, line: line, value: value)
      if let index = members.indexes[name] {
        members.list[index] = member
        if repeated.count < Limits.maximumRepairs {
          repeated.append(.init(name: name, line: line))
        }
      } else {
        members.indexes[name] = members.list.count
        members.list.append(member)
      }
      return true
    }

    func object(_ members: Members, line: Int) -> LocatedJSON {
      .init(value: .object(members.list), line: line)
    }

    struct Members {
      var list: [Member] = []
      var indexes: [String: Int] = [:]
    }
  }
}

extension LocatedJSON {
  /// What kind of value it is, for diagnostics.
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
