import CommerceLayerRuntime
import GRDB

/// Records that a sandbox can begin with.
public enum SeedData: String, Sendable, Hashable, CaseIterable {
  /// A small shop: a market with its price list and stock location, 20 SKUs with prices and stock, three
  /// customers, and orders in several states.
  case shop
}

extension Sandbox {
  /// Makes records, by the same checks and effects as requests. A shop that is already there is left as
  /// it is.
  /// - Returns: How many records were made, without those that follow from others.
  /// - Throws: An error that names the record that could not be made; none is made then.
  @discardableResult
  public func seed(_ data: SeedData) async throws -> Int {
    let operations = handler.operations
    let limits = configuration.jsonLimits
    return try await handler.store.write { db in
      guard
        try operations.behavior.record(db, type: "skus", where: "code", is: ShopData.firstCode)
          == nil
      else { return 0 }
      var writer = SeedWriter(db: db, operations: operations, limits: limits)
      switch data {
      case .shop: try ShopData.write(&writer)
      }
      return writer.count
    }
  }
}

/// Why records to begin with could not be made.
struct SeedFailure: Error, Sendable, CustomStringConvertible {
  let description: String
}

/// Makes records in one transaction, as requests do.
struct SeedWriter {
  let db: Database
  let operations: RecordOperations
  let limits: JSONLimits
  private(set) var count = 0

  init(db: Database, operations: RecordOperations, limits: JSONLimits) {
    self.db = db
    self.operations = operations
    self.limits = limits
  }

  /// Creates a record.
  /// - Parameter relationships: The type and id of what each one leads to.
  /// - Returns: Its id.
  mutating func create(
    _ type: String, _ attributes: JSONObject, _ relationships: [String: (String, String)] = [:]
  ) throws -> String {
    let schema = try schema(type)
    let document = try document(type, nil, attributes, relationships)
    do {
      let record = try operations.create(document, schema)(db)
      count += 1
      return record.id
    } catch let rejection as ErrorResponse {
      throw failure(rejection, type, attributes)
    }
  }

  func update(
    _ type: String, _ id: String, _ attributes: JSONObject,
    _ relationships: [String: (String, String)] = [:]
  ) throws {
    let schema = try schema(type)
    let document = try document(type, id, attributes, relationships)
    do {
      guard let record = try operations.records.find(db, type: type, id: id) else {
        throw ErrorResponse.notFound(type)
      }
      _ = try operations.update(document, schema)(db, record)
    } catch let rejection as ErrorResponse {
      throw failure(rejection, type, attributes)
    }
  }

  private func schema(_ type: String) throws -> ResourceSchema {
    guard let schema = operations.catalog.schema(type) else {
      throw SeedFailure(
        description: "this sandbox has no \(type), which the records to begin with need")
    }
    return schema
  }

  private func document(
    _ type: String, _ id: String?, _ attributes: JSONObject,
    _ relationships: [String: (String, String)]
  ) throws -> RequestDocument {
    let related = relationships.sorted { $0.key < $1.key }.map { name, target in
      (name, ["data": ["type": .string(target.0), "id": .string(target.1)]] as JSONValue)
    }
    var data: JSONObject = [
      "type": .string(type), "attributes": .object(attributes),
      "relationships": .object(JSONObject(related)),
    ]
    if let id { data["id"] = .string(id) }
    return try RequestDocument(
      JSONValue.object(["data": .object(data)]).bytes, type: type, id: id, limits: limits)
  }

  private func failure(_ rejection: ErrorResponse, _ type: String, _ attributes: JSONObject)
    -> SeedFailure
  {
    let reasons = rejection.problems.map(\.detail).joined(separator: "; ")
    return SeedFailure(
      description: "\(type) \(JSONValue.object(attributes).text) cannot be made: \(reasons)")
  }
}
