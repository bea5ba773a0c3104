package import CommerceLayerRuntime
import HTTPTypes

/// Which requests get a fault: by method, by what the path begins with, and by their place among those that
/// match. It is counted, never random, so a run is repeated by sending the same requests.
package struct RequestMatcher: Sendable, Hashable {
  /// Why the description of a fault cannot be read.
  package struct Failure: Error, Sendable, Hashable, CustomStringConvertible {
    package let description: String

    package init(description: String) { self.description = description }
  }

  package static let members = ["method", "path", "skip", "times", "every"]

  package var method: String?
  /// What the path begins with.
  package var path = "/"
  /// How many matching requests pass before it begins.
  package var skip = 0
  /// How many requests get it; nil for all.
  package var times: Int?
  /// Of the matching requests every nth gets it.
  package var every = 1

  package init(
    method: String? = nil, path: String = "/", skip: Int = 0, times: Int? = nil, every: Int = 1
  ) {
    self.method = method
    self.path = path
    self.skip = skip
    self.times = times
    self.every = every
  }

  /// Reads a member of a fault's object.
  /// - Returns: Whether it is one of ``members`` with a value of its type.
  package mutating func read(_ name: String, _ value: JSONValue) throws(Failure) -> Bool {
    switch (name, value) {
    case ("method", .string(let text)): method = text.uppercased()
    case ("path", .string(let text)): path = text
    case ("skip", .number(let number)): skip = try Self.count(name, number, from: 0)
    case ("times", .number(let number)): times = try Self.count(name, number, from: 1)
    case ("every", .number(let number)): every = try Self.count(name, number, from: 1)
    default: return false
    }
    return true
  }

  package static func count(
    _ name: String, _ number: JSONNumber, from least: Int
  ) throws(Failure) -> Int {
    guard let count = number.integer, count >= least else {
      throw Failure(description: "'\(name)' is a whole number from \(least), not \(number.text)")
    }
    return count
  }

  package func matches(_ method: String, _ path: String) -> Bool {
    (self.method == nil || self.method == method) && path.hasPrefix(self.path)
  }

  /// Whether a request gets the fault that so many matching requests came before.
  package func isTurn(after matched: Int) -> Bool {
    let turn = matched - skip
    return turn >= 0 && turn % every == 0 && times.map { turn / every < $0 } ?? true
  }

  /// As it is read.
  var json: JSONObject {
    var members: JSONObject = ["path": .string(path)]
    if let method { members["method"] = .string(method) }
    for (name, count) in [
      ("skip", skip == 0 ? nil : skip), ("times", times), ("every", every == 1 ? nil : every),
    ] {
      if let count { members[name] = .number(JSONNumber(count)) }
    }
    return members
  }
}
