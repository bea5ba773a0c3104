public import struct Foundation.Date

/// The attributes and relationships of a request document, in the order they were set.
///
/// One reference, whatever it holds: a request's type is as cheap to compile and to copy as an array.
public struct RequestStorage: Sendable, Hashable {
  /// Always one element: an array copies when it is changed and shared, and is a single pointer.
  private var box: [Content]

  private struct Content: Sendable, Hashable {
    let type: String
    var attributes = JSONObject()
    var relationships = JSONObject()
    var rows: Rows?
    var unwritable: [String] = []
    var contradictory: [String] = []
  }

  private struct Rows: Sendable, Hashable {
    let name: String
    let value: BulkInputs
  }

  /// The JSON:API type.
  public var type: String { box[0].type }
  /// What is sent for each attribute.
  public private(set) var attributes: JSONObject {
    get { box[0].attributes }
    _modify { yield &box[0].attributes }
  }
  /// What is sent for each relationship: its linkage.
  public private(set) var relationships: JSONObject {
    get { box[0].relationships }
    _modify { yield &box[0].relationships }
  }
  /// Rows of a bulk import, kept as bytes: they may be large.
  var rows: (name: String, value: BulkInputs)? { rowsStorage.map { ($0.name, $0.value) } }
  private var rowsStorage: Rows? {
    get { box[0].rows }
    set { box[0].rows = newValue }
  }
  /// Attributes that were given a number JSON has no way to write; validation names them.
  private(set) var unwritable: [String] {
    get { box[0].unwritable }
    _modify { yield &box[0].unwritable }
  }

  /// Names that were given both a value and `null`; validation names them.
  private(set) var contradictory: [String] {
    get { box[0].contradictory }
    _modify { yield &box[0].contradictory }
  }

  /// An empty request for a type.
  public init(type: String) { box = [Content(type: type)] }

  /// Any attribute by wire name, also one this package does not know.
  public subscript(attribute: String) -> JSONValue? {
    get { attributes[attribute] }
    set {
      attributes[attribute] = newValue
      unwritable.removeAll { $0 == attribute }
      contradictory.removeAll { $0 == attribute }
    }
  }
}

// One overload for each type of argument; nil leaves the member out.
extension RequestStorage {
  /// Sets an attribute; nil leaves it out.
  public mutating func set(_ name: String, _ value: String?) {
    if let value { attributes[name] = .string(value) }
  }
  /// Sets an attribute; nil leaves it out.
  public mutating func set(_ name: String, _ value: Int?) {
    if let value { attributes[name] = .number(JSONNumber(value)) }
  }
  /// NaN and infinities, which JSON lacks, are rejected by validation: as null they would clear.
  public mutating func set(_ name: String, _ value: Double?) {
    guard let value else { return }
    attributes[name] = value.requestValue
    if !value.isFinite { unwritable.append(name) }
  }
  /// Sets an attribute; nil leaves it out.
  public mutating func set(_ name: String, _ value: Bool?) {
    if let value { attributes[name] = .bool(value) }
  }
  /// Sets an attribute; nil leaves it out.
  public mutating func set<V: RequestValue>(_ name: String, _ value: [V]?) {
    guard let value else { return }
    attributes[name] = value.requestValue
    if value.contains(where: { ($0 as? Double)?.isFinite == false }) { unwritable.append(name) }
  }
  /// Sets an attribute; nil leaves it out.
  public mutating func set(_ name: String, _ value: JSONObject?) {
    if let value { attributes[name] = .object(value) }
  }
  /// Sets an attribute; nil leaves it out.
  public mutating func set(_ name: String, _ value: JSONValue?) {
    if let value { attributes[name] = value }
  }
  /// Sets an attribute; nil leaves it out.
  public mutating func set(_ name: String, _ value: BulkInputs?) {
    if let value { rowsStorage = Rows(name: name, value: value) }
  }
  /// Sets an attribute; nil leaves it out.
  public mutating func set<E: OpenEnum>(_ name: String, _ value: E?) {
    set(name, value?.rawValue)
  }
  /// Sets a relationship; nil leaves it out.
  public mutating func relate<R: Resource>(_ name: String, _ to: ID<R>?) {
    if let to { relationships[name] = to.linkage }
  }
  /// Sets a relationship; nil leaves it out.
  public mutating func relate<R: Resource>(_ name: String, _ to: [ID<R>]?) {
    if let to { relationships[name] = .array(to.map(\.linkage)) }
  }
  /// Sets a relationship; nil leaves it out.
  public mutating func relate(_ name: String, _ to: AnyResourceReference?) {
    if let to { relationships[name] = to.linkage }
  }
  /// Sets a relationship; nil leaves it out.
  public mutating func relate(_ name: String, _ to: [AnyResourceReference]?) {
    if let to { relationships[name] = .array(to.map(\.linkage)) }
  }
  /// Sends `null` for attributes and relationships.
  public mutating func setNull<R>(_ names: [CreateNull<R>]) {
    setNull(names.map(\.wire), of: R.schema)
  }
  /// Sends `null` for attributes and relationships.
  public mutating func setNull<R>(_ names: [UpdateNull<R>]) {
    setNull(names.map(\.wire), of: R.schema)
  }
  private mutating func setNull(_ names: [String], of schema: ResourceSchema) {
    for name in names {
      if attributes[name] != nil || relationships[name] != nil { contradictory.append(name) }
      if schema.relationship(name) != nil {
        relationships[name] = .some(.null)
      } else {
        attributes[name] = .some(.null)
      }
    }
  }
}

extension RequestStorage {
  /// The body of a request: the document. Rows that are not in memory are read while it is sent.
  func body(id: String?) -> RequestBody {
    guard let rows = rowsStorage?.value.streamed else { return RequestBody(document(id: id)) }
    let (head, tail) = parts(id: id)
    return RequestBody(length: head.count + rows.byteCount + tail.count) {
      let source = StreamedDocument(head: head, rows: rows, tail: tail)
      return AsyncThrowingStream { try await source.next() }
    }
  }

  /// The request document; without the rows that are not in memory.
  func document(id: String?) -> [UInt8] {
    let (head, tail) = parts(id: id)
    return head + tail
  }

  /// The request document without any rows: what tells one request from another.
  func outline(id: String?) -> [UInt8] {
    var other = self
    other.rowsStorage = nil
    return other.document(id: id)
  }

  /// The request document before and after the rows that are not in memory; everything is before
  /// when there are none.
  private func parts(id: String?) -> (head: [UInt8], tail: [UInt8]) {
    var writer = JSONWriter()
    if let rows = rowsStorage, rows.value.streamed == nil {
      writer.reserve(rows.value.byteCount + 512)
    }
    writer.raw("{\"data\":{\"type\":")
    writer.write(type)
    if let id {
      writer.raw(",\"id\":")
      writer.write(id)
    }
    writer.raw(",\"attributes\":{")
    var first = true
    func separate(_ writer: inout JSONWriter) {
      if !first { writer.raw(",") }
      first = false
    }
    for (name, value) in attributes {
      separate(&writer)
      writer.write(name)
      writer.raw(":")
      writer.write(value)
    }
    if let rows = rowsStorage {
      separate(&writer)
      writer.write(rows.name)
      writer.raw(":")
      rows.value.write(to: &writer)
    }
    let isSplit = rowsStorage?.value.streamed != nil
    let head = isSplit ? writer.bytes : []
    if isSplit { writer = JSONWriter() }
    writer.raw("}")
    if !relationships.isEmpty {
      writer.raw(",\"relationships\":{")
      for (index, member) in relationships.enumerated() {
        if index > 0 { writer.raw(",") }
        writer.write(member.key)
        writer.raw(":{\"data\":")
        writer.write(member.value)
        writer.raw("}")
      }
      writer.raw("}")
    }
    writer.raw("}}")
    return isSplit ? (head, writer.bytes) : (writer.bytes, [])
  }
}

/// A request document whose rows are read while it is sent.
private actor StreamedDocument {
  private enum Place { case head, rows, end }

  private let head: [UInt8]
  private let tail: [UInt8]
  private let nextRows: @Sendable () async throws -> [UInt8]?
  private var place = Place.head

  init(head: [UInt8], rows: StreamedRows, tail: [UInt8]) {
    self.head = head
    self.tail = tail
    nextRows = rows.read()
  }

  func next() async throws -> [UInt8]? {
    switch place {
    case .head:
      place = .rows
      return head
    case .rows:
      if let part = try await nextRows() { return part }
      place = .end
      return tail
    case .end: return nil
    }
  }
}

/// What creating a resource takes.
public protocol CreateRequest: Sendable, Hashable {
  /// The members to send.
  var storage: RequestStorage { get set }
}

/// What updating a resource takes. An attribute that is not named stays as it is.
public protocol UpdateRequest: Sendable, Hashable {
  /// The members to send.
  var storage: RequestStorage { get set }
}

/// A value that can stand in a request.
public protocol RequestValue: Sendable, Hashable {
  /// The value as JSON.
  var requestValue: JSONValue { get }
}

extension String: RequestValue {
  /// The value as JSON.
  public var requestValue: JSONValue { .string(self) }
}
extension Int: RequestValue {
  /// The value as JSON.
  public var requestValue: JSONValue { .number(JSONNumber(self)) }
}
extension Double: RequestValue {
  /// The value as JSON.
  public var requestValue: JSONValue { JSONNumber(self).map(JSONValue.number) ?? .null }
}
extension Bool: RequestValue {
  /// The value as JSON.
  public var requestValue: JSONValue { .bool(self) }
}
extension JSONObject: RequestValue {
  /// The value as JSON.
  public var requestValue: JSONValue { .object(self) }
}
extension JSONValue: RequestValue {
  /// The value as JSON.
  public var requestValue: JSONValue { self }
}
extension Array: RequestValue where Element: RequestValue {
  /// The value as JSON.
  public var requestValue: JSONValue { .array(map(\.requestValue)) }
}

/// What is printed of a request names what it sends and leaves out the values: some are secrets, as the
/// keys of payment gateways are, and requests end up in logs.
extension RequestStorage: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// The type and the names of what is sent: `webhooks(name, topic)`.
  public var description: String {
    let names =
      attributes.map(\.key) + (rows.map { [$0.name] } ?? []) + relationships.map(\.key)
    return "\(type)(\(names.joined(separator: ", ")))"
  }
  /// The same as ``description``.
  public var debugDescription: String { description }
  /// Nothing but ``description``.
  public var customMirror: Mirror { Mirror(self, children: ["request": description]) }
}

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
