package import CommerceLayerRuntime
import Foundation

/// Validates values against the JSON Schemas of JSON:API: the keywords those files use and no other.
/// A keyword it does not know is a failure of the test, not a value that passes.
package struct JSONSchema {
  struct UnknownKeyword: Error { let name: String }
  struct UnknownReference: Error { let name: String }

  private let documents: [String: JSONValue]
  private let root: JSONValue

  /// Schemas that may refer to one another by `$id`; values are validated against the first one.
  package init(_ schemas: [JSONValue]) {
    root = schemas[0]
    documents = Dictionary(
      schemas.map { ($0["$id"]?.string ?? "", $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// Why the value does not fit, with JSON pointers; nothing when it does.
  package func problems(_ value: JSONValue) throws -> [String] {
    try check(value, root, in: root, at: "")
  }

  private func resolve(_ reference: String, in document: JSONValue) throws -> (JSONValue, JSONValue)
  {
    let parts = reference.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
    let base = parts[0].isEmpty ? document : documents[String(parts[0])]
    var target = base
    for token in parts.count == 2 ? parts[1].split(separator: "/") : [] {
      target = target?[String(token)]
    }
    guard let base, let target else { throw UnknownReference(name: reference) }
    return (target, base)
  }

  private func check(
    _ value: JSONValue, _ schema: JSONValue, in document: JSONValue, at pointer: String
  ) throws -> [String] {
    if let allowed = schema.bool { return allowed ? [] : ["\(pointer): nothing is allowed here"] }
    var problems: [String] = []
    func all(_ list: JSONValue) throws -> [[String]] {
      try (list.array ?? []).map { try check(value, $0, in: document, at: pointer) }
    }
    for (keyword, argument) in schema.object ?? [:] {
      switch keyword {
      case "$schema", "$id", "$comment", "title", "description", "definitions", "format": continue
      case "$ref":
        let (target, base) = try resolve(argument.string ?? "", in: document)
        problems += try check(value, target, in: base, at: pointer)
      case "type":
        if Self.type(of: value) != argument.string {
          problems.append("\(pointer): \(Self.type(of: value)), not \(argument)")
        }
      case "allOf": problems += try all(argument).flatMap { $0 }
      case "anyOf":
        let results = try all(argument)
        if !results.contains([]) { problems.append("\(pointer): none of \(results)") }
      case "oneOf":
        let results = try all(argument)
        if results.count(where: \.isEmpty) != 1 {
          problems.append("\(pointer): not one of \(results)")
        }
      case "not":
        if try check(value, argument, in: document, at: pointer).isEmpty {
          problems.append("\(pointer): what must not be")
        }
      case "required":
        for name in value.object == nil ? [] : argument.array ?? [] {
          if value[name.string ?? ""] == nil { problems.append("\(pointer): no \(name)") }
        }
      case "dependencies":
        for (name, needed) in argument.object ?? [:] where value[name] != nil {
          for other in needed.array ?? [] where value[other.string ?? ""] == nil {
            problems.append("\(pointer): \(name) without \(other)")
          }
        }
      case "properties":
        for (name, inner) in argument.object ?? [:] {
          guard let member = value[name] else { continue }
          problems += try check(member, inner, in: document, at: "\(pointer)/\(name)")
        }
      case "patternProperties":
        for (pattern, inner) in argument.object ?? [:] {
          for (name, member) in value.object ?? [:] where try Self.matches(name, pattern) {
            problems += try check(member, inner, in: document, at: "\(pointer)/\(name)")
          }
        }
      case "additionalProperties":
        let named = Set(schema["properties"]?.object?.keys ?? [])
        let patterns = schema["patternProperties"]?.object?.keys ?? []
        for (name, member) in value.object ?? [:] where !named.contains(name) {
          if try patterns.contains(where: { try Self.matches(name, $0) }) { continue }
          problems += try check(member, argument, in: document, at: "\(pointer)/\(name)")
        }
      case "propertyNames":
        for name in value.object?.keys ?? [] {
          problems += try check(.string(name), argument, in: document, at: "\(pointer)/\(name)")
        }
      case "items":
        for (index, element) in (value.array ?? []).enumerated() {
          problems += try check(element, argument, in: document, at: "\(pointer)/\(index)")
        }
      case "uniqueItems":
        if let elements = value.array, Set(elements).count != elements.count {
          problems.append("\(pointer): an element is there twice")
        }
      case "pattern":
        if let text = value.string, try !Self.matches(text, argument.string ?? "") {
          problems.append("\(pointer): '\(text)' does not match")
        }
      default: throw UnknownKeyword(name: keyword)
      }
    }
    return problems
  }

  private static func matches(_ text: String, _ pattern: String) throws -> Bool {
    try Regex(pattern).asciiOnlyWordCharacters().firstMatch(in: text) != nil
  }

  private static func type(of value: JSONValue) -> String {
    switch value {
    case .null: "null"
    case .bool: "boolean"
    case .number: "number"
    case .string: "string"
    case .array: "array"
    case .object: "object"
    }
  }
}
