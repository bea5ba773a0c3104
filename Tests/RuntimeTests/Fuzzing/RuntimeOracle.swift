import Foundation
import HTTPTypes

@testable import CommerceLayerRuntime

/// What must hold of a response's document, of `Retry-After`, of a slug and of a header's value, whatever
/// their bytes are: used by the fuzz tests and by the libFuzzer target. The first byte says which it is.
enum RuntimeOracle {
  /// - Returns: what does not hold; nil when all does.
  static func problem(_ bytes: [UInt8]) -> String? {
    guard let first = bytes.first else { return nil }
    let rest = Array(bytes.dropFirst())
    return switch first % 4 {
    case 0: document(rest)
    case 1: retryAfter(String(decoding: rest, as: UTF8.self))
    case 2: slug(String(decoding: rest, as: UTF8.self))
    default: header(rest)
    }
  }

  // MARK: - Documents

  /// Lenient reading loses nothing that strict reading gives, reports where something is, and never gives a
  /// resource without an identity.
  static func document(_ bytes: [UInt8]) -> String? {
    let strict = read(bytes, .strict)
    let lenient = read(bytes, .lenient)
    switch (strict, lenient) {
    case (.failure, .failure(let error)):
      return error.kind == .protocolViolation && isPlain(error.description)
        ? nil : "an error of another kind, or one that no terminal should see: \(error.kind)"
    case (.success, .failure): return "strict reading gives what lenient reading does not"
    case (.success(let strict), .success(let lenient)):
      if strict.texts != lenient.texts {
        return "strict and lenient reading give different resources"
      }
    case (.failure, .success(let lenient)):
      if lenient.diagnostics.isEmpty {
        return "strict reading fails and lenient reading says nothing"
      }
    }
    guard case .success(let found) = lenient else { return nil }
    for diagnostic in found.diagnostics {
      guard isPlain(diagnostic.description) else { return "a diagnostic no terminal should see" }
      guard diagnostic.pointer.isEmpty || diagnostic.pointer.hasPrefix("/") else {
        return "'\(diagnostic.pointer)' is not a JSON pointer"
      }
    }
    return found.resources.lazy.compactMap(resource).first
  }

  private struct Found {
    let resources: [AnyResource]
    let diagnostics: [Diagnostic]
    var texts: [String] { resources.map { "\($0.type) \($0.id)" } }
  }

  private static func read(
    _ bytes: [UInt8], _ reading: ResponseReading
  ) -> Result<Found, CommerceLayerError> {
    do throws(CommerceLayerError) {
      let document = try Document(parsing: bytes, context: .init(reading: reading))
      let primary: [AnyResource] =
        if document.root["data"]?.kind == .array {
          try document.many(AnyResource.self)
        } else {
          try document.one(AnyResource.self).map { [$0] } ?? []
        }
      let all = primary + document.includedResources
      // What relationships lead to is found when somebody walks there.
      for resource in all { walk(resource) }
      return .success(Found(resources: all, diagnostics: document.diagnostics))
    } catch {
      return .failure(error)
    }
  }

  private static func walk(_ resource: AnyResource) {
    for name in names(resource, "relationships") {
      for related in resource.linkage(name).resources ?? [] { _ = related["name"] }
    }
  }

  private static func names(_ resource: AnyResource, _ member: String) -> [String] {
    resource.storage.element[member]?.members.map(\.key) ?? []
  }

  private static func resource(_ resource: AnyResource) -> String? {
    for name in names(resource, "attributes").prefix(20) {
      // Equal keys: the last one counts, for the value and for its element alike.
      let element = resource.storage.element(name)
      if resource[name] != element?.value { return "'\(name)' reads as another value" }
    }
    return isPlain("\(resource)") ? nil : "a description no terminal should see"
  }

  // MARK: - Texts

  /// What is waited for is never negative, never absurd, and the same with blanks around it or none.
  static func retryAfter(_ text: String) -> String? {
    let now = "Sun, 06 Nov 1994 08:49:37 GMT"
    for (seconds, milliseconds) in [(text, nil), (nil, text), ("5", text)] {
      guard
        let wait = RetryAfter.read(seconds: seconds, milliseconds: milliseconds, date: now)
      else { continue }
      if wait < .zero { return "a negative wait" }
      // Dates have four digits of a year, numbers a bound of their own.
      if wait > .seconds(400_000_000_000) { return "an absurd wait: \(wait)" }
    }
    return nil
  }

  /// A slug that is accepted is a DNS label, and the host that URL parsers see is below the service's domain.
  static func slug(_ text: String) -> String? {
    guard let endpoint = try? ServiceEndpoint.service(organization: text) else { return nil }
    let label = #/[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?/#
    guard text.wholeMatch(of: label) != nil else { return "'\(text)' is not a DNS label" }
    let host = URL(string: "https://\(endpoint.authority)/api")?.host()
    return host == "\(text).commercelayer.io" ? nil : "the host is '\(host ?? "")'"
  }

  /// A value that is accepted arrives as it is: visible ASCII, blanks and tabs inside.
  static func header(_ bytes: [UInt8]) -> String? {
    guard let name = HTTPField.Name("X-Test") else { return "no name" }
    var fields = HTTPFields()
    fields.append(HTTPField(name: name, lenientValue: bytes))
    let isAccepted = (try? TransportError.checkHeaders(fields)) != nil
    // HTTPTypes itself replaces some bytes: what counts is the value it would send.
    let value = fields.map { field in field.withUnsafeBytesOfValue { Array($0) } }.first ?? []
    let isClean =
      value.allSatisfy { (0x20...0x7E).contains($0) || $0 == 0x09 }
      && ![0x20, 0x09].contains(value.first ?? 0x21) && ![0x20, 0x09].contains(value.last ?? 0x21)
    return isAccepted == isClean ? nil : "\(value) is \(isAccepted ? "accepted" : "rejected")"
  }

  /// Without what moves a terminal's cursor, or makes text run backwards.
  private static func isPlain(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { scalar in
      switch scalar.properties.generalCategory {
      case .control: scalar == "\n"
      case .format: false
      default: true
      }
    }
  }
}
