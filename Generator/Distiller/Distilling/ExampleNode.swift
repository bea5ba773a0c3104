/// A JSON value of an example, with the line it stands on and its members in order.
struct ExampleNode: Equatable {
  indirect enum Value: Equatable {
    case object([Member])
    case array([ExampleNode])
    case string(String)
    case integer
    case float
    case boolean
    case null
    /// Something the documentation left out: `...`, `{{id}}`.
    case unknown
  }

  struct Member: Equatable {
    var name: String
    var line: Int
    var node: ExampleNode

    /// The name that stands for what an ellipsis leaves out.
    static let leftOut = "…"
  }

  var value: Value
  var line: Int

  /// The last member of a name.
  subscript(name: String) -> ExampleNode? {
    guard case .object(let members) = value else { return nil }
    return members.last { $0.name == name }?.node
  }

  /// The members of an object, none otherwise.
  var members: [Member] {
    guard case .object(let members) = value else { return [] }
    return members.filter { $0.name != Member.leftOut }
  }

  /// Whether an object says that it has more members than it shows.
  var isPartial: Bool {
    guard case .object(let members) = value else { return false }
    return members.contains { $0.name == Member.leftOut }
  }

  /// The text of a string.
  var string: String? {
    if case .string(let text) = value { text } else { nil }
  }
}

/// A diagnostic of the example's reader.
struct ExampleDiagnostic: Equatable {
  var code: DiagnosticCode
  var line: Int
  var message: String
}
