import CommerceLayer
import CommerceLayerSandbox
import Foundation
import HTTPTypes
import Testing

/// Every predicate, sort and relationship filter against an evaluation in memory that knows nothing of
/// SQL, with and without the indexes that larger types get.
@Suite struct FilterPropertyTests {
  /// Small values collide often, which is what finds mistakes.
  private static let texts = ["a", "ab", "B", "b%", "_", "", "ba", "é"]
  private static let integers = [-1, 0, 1, 2]
  private static let floats = [-0.5, 0, 1.5, 2]
  private static let times = ["2024-01-01T00:00:00.000Z", "2024-05-01T12:00:00.000Z"]
  private static let objects: [JSONValue] = [[:], ["a": 1], ["a": 1, "b": [1, 2]], ["b": [2]]]

  private struct Thing {
    let code: Int
    let attributes: JSONObject
    let owner: Int?
  }

  private struct World {
    let test: TestSandbox
    let things: [Thing]
    /// The names of the owners, by number; null for one.
    let owners: [JSONValue]
  }

  @Test(arguments: [30, 1_100]) func filtersAgreeWithEvaluationInMemory(count: Int) async throws {
    let world = try await Self.world(count)
    var random = Seeded(state: 7)
    let predicates = CommerceLayerService.description.predicates.values.sorted { $0.name < $1.name }
    var compared = 0
    for predicate in predicates {
      for (attribute, type) in Self.attributes where predicate.types.contains(type) {
        for _ in 0..<(count > 100 ? 1 : 3) {
          let operands = Self.operands(predicate, type, &random)
          let own = world.things.filter {
            Naive.holds(predicate.name, $0.attributes[attribute] ?? .null, operands)
          }
          try await Self.compare(world, "\(attribute)_\(predicate.name)", operands, own)
          compared += 1
        }
      }
      guard predicate.types.contains(.string) else { continue }
      let operands = Self.operands(predicate, .string, &random)
      let owned = world.things.filter { thing in
        // One without an owner is compared as one whose owner's name is null.
        Naive.holds(predicate.name, thing.owner.map { world.owners[$0] } ?? .null, operands)
      }
      try await Self.compare(world, "owner_name_\(predicate.name)", operands, owned)
      let matching = world.owners.indices.filter { owner in
        let texts = world.things.filter { $0.owner == owner }.map { $0.attributes["s"] ?? .null }
        return (texts.isEmpty ? [.null] : texts).contains {
          Naive.holds(predicate.name, $0, operands)
        }
      }
      let listed = try await Self.codes(
        world, "owners", "things_s_\(predicate.name)", operands, field: "number")
      #expect(listed == matching, "owners by things_s_\(predicate.name) \(operands)")
      compared += 2
    }
    #expect(compared > 150)
  }

  @Test(arguments: [30, 1_100]) func sortsAgreeWithEvaluationInMemory(count: Int) async throws {
    let world = try await Self.world(count)
    for (attribute, type) in Self.attributes where type != .object {
      for descending in [false, true] {
        let values = world.things.map { $0.attributes[attribute] ?? .null }
        let ordered = world.things.indices.sorted { left, right in
          switch Naive.order(values[left], values[right]) {
          case .orderedAscending: !descending
          case .orderedDescending: descending
          case .orderedSame: descending ? left > right : left < right
          }
        }
        var listed: [Int] = []
        for page in 1...2 {
          let reply = await world.test.get(
            "/api/things?sort=\(descending ? "-" : "")\(attribute)&page[size]=15&page[number]=\(page)"
          )
          listed += reply.values("code").compactMap { $0?.number?.integer }
        }
        #expect(listed == ordered.prefix(30).map { world.things[$0].code }, "\(attribute)")
      }
    }
  }

  @Test func moreThanAThousandValuesInOneFilter() async throws {
    let world = try await Self.world(30)
    let wanted = (0..<2_000).map { $0 * 3 }
    let list = wanted.map(String.init).joined(separator: ",")
    for predicate in ["in", "not_eq_all", "lteq_any"] {
      let reply = await world.test.get("/api/things?filter[q][code_\(predicate)]=\(list)")
      let expected = world.things.filter { thing in
        switch predicate {
        case "in": wanted.contains(thing.code)
        case "not_eq_all": !wanted.contains(thing.code)
        default: true
        }
      }
      #expect(
        reply.json["meta"]?["record_count"]?.number?.integer == expected.count, "\(predicate)")
    }
  }

  // MARK: - The world

  private static let attributes: [(String, ResourceSchema.AttributeType)] = [
    ("s", .string), ("n", .integer), ("f", .float), ("b", .boolean), ("t", .datetime),
    ("o", .object),
  ]

  private static func world(_ count: Int) async throws -> World {
    func schema(_ name: String, _ fields: JSONObject, _ relationships: JSONObject) -> ResourceSchema
    {
      ResourceSchema(
        table: JSONValue.object([
          "resource": .string(name), "singular": .string(String(name.dropLast())),
          "operations": [
            "create": ["method": "POST", "path": .string("/api/\(name)"), "success": 201],
            "list": ["method": "GET", "path": .string("/api/\(name)"), "success": 200],
          ],
          "attributes": .object(fields), "relationships": .object(relationships),
        ]).text)
    }
    var fields: JSONObject = [:]
    for (name, type) in attributes + [("code", .integer)] {
      fields[name] = [
        "type": .string(type.rawValue), "create": "optional", "filter": true, "sort": true,
      ]
    }
    let things = schema(
      "things", fields,
      [
        "owner": [
          "cardinality": "one", "resource": "owners", "create": "optional", "filter": true,
        ]
      ])
    let owners = schema(
      "owners",
      [
        "name": ["type": "string", "create": "optional", "filter": true],
        "number": ["type": "integer", "create": "optional", "filter": true],
      ], ["things": ["cardinality": "many", "resource": "things", "filter": true]])
    let test = try await TestSandbox { $0.schemas = [things, owners] }
    var random = Seeded(state: 42)
    let names: [JSONValue] = texts.map(JSONValue.string) + [.null]
    var ids: [String] = []
    for (number, name) in names.enumerated() {
      let reply = await test.create(
        "owners", ["name": name, "number": .number(JSONNumber(number))])
      ids.append(try #require(reply.json["data"]?["id"]?.string))
    }
    var made: [Thing] = []
    for code in 0..<count {
      var own: JSONObject = ["code": .number(JSONNumber(code))]
      for (name, type) in attributes where random.next(5) > 0 { own[name] = value(type, &random) }
      let owner = random.next(4) > 0 ? random.next(names.count) : nil
      let reply = await test.create(
        "things", own,
        relationships: owner.map {
          ["owner": ["data": ["type": "owners", "id": .string(ids[$0])]]]
        } ?? [:])
      #expect(reply.status == 201, "\(reply.text)")
      made.append(Thing(code: code, attributes: own, owner: owner))
    }
    return World(test: test, things: made, owners: names)
  }

  private static func value(
    _ type: ResourceSchema.AttributeType, _ random: inout Seeded
  ) -> JSONValue {
    switch type {
    case .string: .string(texts[random.next(texts.count)])
    case .integer: .number(JSONNumber(integers[random.next(integers.count)]))
    case .float: JSONNumber(floats[random.next(floats.count)]).map(JSONValue.number) ?? .null
    case .boolean: .bool(random.next(2) == 0)
    case .datetime: .string(times[random.next(times.count)])
    case .object, .array: objects[random.next(objects.count)]
    }
  }

  /// Values as they are compared with; texts without a comma, which no list could hold.
  private static func operands(
    _ predicate: ServiceDescription.Predicate, _ type: ResourceSchema.AttributeType,
    _ random: inout Seeded
  ) -> [JSONValue] {
    switch predicate.argument {
    case .flag: [.bool(random.next(2) == 0)]
    case .object: [objects[random.next(objects.count)]]
    case .value: [value(type, &random)]
    case .values: [value(type, &random), value(type, &random)]
    case .text: [value(.string, &random)]
    case .texts: [value(.string, &random), value(.string, &random)]
    }
  }

  private static func compare(
    _ world: World, _ filter: String, _ operands: [JSONValue], _ expected: [Thing]
  ) async throws {
    let listed = try await codes(world, "things", filter, operands, field: "code")
    #expect(listed == expected.map(\.code), "\(filter) \(operands.map(\.text))")
  }

  /// All pages of a filtered list.
  private static func codes(
    _ world: World, _ type: String, _ filter: String, _ operands: [JSONValue], field: String
  ) async throws -> [Int] {
    let value = operands.map { $0.string ?? $0.text }.joined(separator: ",")
    var codes: [Int] = []
    var page = 1
    while true {
      let reply = await world.test.get(
        "/api/\(type)?filter[q][\(filter)]=\(percentEncoded(value))&page[size]=25"
          + "&page[number]=\(page)")
      guard reply.status == 200 else { throw Missing("a list: \(reply.text)") }
      codes += reply.values(field).compactMap { $0?.number?.integer }
      guard reply.json["links"]?["next"] != nil else { break }
      page += 1
    }
    return codes
  }
}

/// What predicates mean, one value at a time: null makes a comparison neither true nor false.
private enum Naive {
  static func holds(_ predicate: String, _ value: JSONValue, _ operands: [JSONValue]) -> Bool {
    verdict(predicate, value, operands) ?? false
  }

  static func order(_ left: JSONValue, _ right: JSONValue) -> ComparisonResult {
    switch (left, right) {
    case (.null, .null): .orderedSame
    case (.null, _): .orderedDescending
    case (_, .null): .orderedAscending
    case (.number(let left), .number(let right)):
      compare(left.double ?? .nan, right.double ?? .nan)
    case (.bool(let left), .bool(let right)): compare(left ? 1 : 0, right ? 1 : 0)
    default: compare(Array((left.string ?? "").utf8), Array((right.string ?? "").utf8))
    }
  }

  private static func compare(_ left: Double, _ right: Double) -> ComparisonResult {
    left < right ? .orderedAscending : left > right ? .orderedDescending : .orderedSame
  }

  private static func compare(_ left: [UInt8], _ right: [UInt8]) -> ComparisonResult {
    left == right
      ? .orderedSame
      : left.lexicographicallyPrecedes(right) ? .orderedAscending : .orderedDescending
  }

  private static func verdict(
    _ predicate: String, _ value: JSONValue, _ operands: [JSONValue]
  ) -> Bool? {
    let isNull = value == .null
    func without(_ ending: String) -> String? {
      predicate.hasSuffix(ending) ? String(predicate.dropLast(ending.count)) : nil
    }
    if let base = without("_or_null") { return isNull || (verdict(base, value, operands) ?? false) }
    let flag = operands.first == .bool(true)
    switch predicate {
    case "null": return isNull == flag
    case "not_null": return isNull != flag
    case "present": return (isNull || value == "") != flag
    case "blank": return (isNull || value == "") == flag
    default: break
    }
    guard !isNull else { return nil }
    switch predicate {
    case "true": return (value == .bool(true)) == flag
    case "false": return (value == .bool(false)) == flag
    case "in": return operands.contains { order(value, $0) == .orderedSame }
    case "not_in": return !operands.contains { order(value, $0) == .orderedSame }
    case "jcont": return operands.first.map { contains(value, $0) }
    default: break
    }
    if let base = without("_any") {
      return operands.contains { verdict(base, value, [$0]) == true }
    }
    if let base = without("_all") {
      return operands.allSatisfy { verdict(base, value, [$0]) == true }
    }
    guard let operand = operands.first else { return nil }
    let sign = order(value, operand)
    switch predicate {
    case "eq": return sign == .orderedSame
    case "not_eq": return sign != .orderedSame
    case "lt": return sign == .orderedAscending
    case "lteq": return sign != .orderedDescending
    case "gt": return sign == .orderedDescending
    case "gteq": return sign != .orderedAscending
    default: break
    }
    let text = folded(value.string ?? "")
    let part = folded(operand.string ?? "")
    switch predicate {
    case "matches": return like(text[...], part[...])
    case "does_not_match": return !like(text[...], part[...])
    case "start": return text.starts(with: part)
    case "not_start": return !text.starts(with: part)
    case "end": return text.reversed().starts(with: part.reversed())
    case "not_end": return !text.reversed().starts(with: part.reversed())
    case "cont": return includes(text, part)
    case "not_cont": return !includes(text, part)
    default: return nil
    }
  }

  private static func folded(_ text: String) -> [Unicode.Scalar] {
    text.unicodeScalars.map { $0.isASCII ? Unicode.Scalar(UInt8(ascii: $0)).lowercased : $0 }
  }

  private static func includes(_ text: [Unicode.Scalar], _ part: [Unicode.Scalar]) -> Bool {
    part.isEmpty || text.indices.contains { text[$0...].starts(with: part) }
  }

  /// `%` stands for any text, `_` for one character.
  private static func like(
    _ text: ArraySlice<Unicode.Scalar>, _ pattern: ArraySlice<Unicode.Scalar>
  ) -> Bool {
    guard let first = pattern.first else { return text.isEmpty }
    if first == "%" {
      return (text.startIndex...text.endIndex).contains {
        like(text[$0...], pattern.dropFirst())
      }
    }
    guard let next = text.first, first == "_" || first == next else { return false }
    return like(text.dropFirst(), pattern.dropFirst())
  }

  private static func contains(_ outer: JSONValue, _ inner: JSONValue) -> Bool {
    switch (outer, inner) {
    case (.object(let outer), .object(let inner)):
      for (key, value) in inner {
        guard let own = outer[key], contains(own, value) else { return false }
      }
      return true
    case (.array(let outer), .array(let inner)):
      for value in inner where !outer.contains(where: { contains($0, value) }) { return false }
      return true
    default: return order(outer, inner) == .orderedSame
    }
  }
}

extension Unicode.Scalar {
  fileprivate var lowercased: Unicode.Scalar {
    properties.lowercaseMapping.unicodeScalars.first ?? self
  }
}

/// A generator whose numbers depend on its seed alone.
private struct Seeded {
  var state: UInt64

  /// 0 up to but not including `bound`.
  mutating func next(_ bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % bound
  }
}
