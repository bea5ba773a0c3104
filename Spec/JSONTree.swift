public import Foundation

/// A JSON value as the spec files hold it: small, order-free and comparable.
///
/// The spec is edited by tools and read by the generator in every consumer's build. The runtime has its
/// own reader, which keeps the bytes.
public enum JSONTree: Sendable, Hashable {
  case null
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case string(String)
  case array([JSONTree])
  case object([String: JSONTree])

  /// The members when this is an object.
  public var object: [String: JSONTree]? {
    if case .object(let members) = self { members } else { nil }
  }

  /// The elements when this is an array.
  public var array: [JSONTree]? {
    if case .array(let elements) = self { elements } else { nil }
  }

  /// The text when this is a string.
  public var string: String? {
    if case .string(let text) = self { text } else { nil }
  }

  /// The value when this is a boolean.
  public var bool: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  /// The value when this is a whole number.
  public var integer: Int? {
    if case .integer(let value) = self { value } else { nil }
  }

  /// The member of an object, or nil.
  public subscript(key: String) -> JSONTree? { object?[key] }
}

extension JSONTree: Codable {
  /// Decodes any JSON value; the kinds a spec is mostly made of come first, since each that does not
  /// fit costs an error.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let members = try? decoder.container(keyedBy: MemberName.self) {
      var object: [String: JSONTree] = [:]
      for key in members.allKeys {
        object[key.stringValue] = try members.decode(JSONTree.self, forKey: key)
      }
      self = .object(object)
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if var elements = try? decoder.unkeyedContainer() {
      var array: [JSONTree] = []
      while !elements.isAtEnd { array.append(try elements.decode(JSONTree.self)) }
      self = .array(array)
    } else if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Int.self) {
      self = .integer(value)
    } else {
      self = .number(try container.decode(Double.self))
    }
  }

  private struct MemberName: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// Encodes the value as it is.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .integer(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .string(let value): try container.encode(value)
    case .array(let value): try container.encode(value)
    case .object(let value): try container.encode(value)
    }
  }

  /// Parses one JSON text.
  /// - Throws: ``SpecError`` naming `file` when the text is not valid JSON, or when a key is there
  ///   twice.
  public static func parse(_ data: Data, file: String) throws(SpecError) -> JSONTree {
    do {
      return try JSONParser.parse(Array(data), with: Builder()).value
    } catch {
      throw SpecError(
        file: file,
        "is not valid JSON: \(error.message), at line \(error.line), column \(error.column)")
    }
  }

  private struct Builder: JSONBuilder {
    static let repairsText = false

    func value(_ scalar: JSONScalar, line: Int) -> JSONTree {
      switch scalar {
      case .null: .null
      case .bool(let flag): .bool(flag)
      case .string(let text): .string(text)
      }
    }

    func number(_ text: String, isInteger: Bool, line: Int) -> JSONTree? {
      if isInteger, let value = Int(text) { return .integer(value) }
      guard let value = Double(text), value.isFinite else { return nil }
      return .number(value)
    }

    func array(_ elements: [JSONTree], line: Int) -> JSONTree { .array(elements) }
    func members() -> [String: JSONTree] { [:] }

    func add(
      _ value: JSONTree, named name: String, line: Int, to members: inout [String: JSONTree]
    ) -> Bool { members.updateValue(value, forKey: name) == nil }

    func object(_ members: [String: JSONTree], line: Int) -> JSONTree { .object(members) }
  }
}
