package import CommerceLayerRuntime
import NearestNames

/// What sending a row does.
public enum RowVerdict: String, Sendable, Hashable {
  /// Its key or id names the record: it is updated, or created when there is none. Sending the row
  /// twice leaves one record.
  case updatesOrCreates = "updates_or_creates"
  /// Nothing names the record: it is created, and would be created again by a second run.
  case creates
}

/// One row that can be sent.
package struct Row: Sendable {
  /// The line of the input it starts on.
  package var line: Int
  /// The line it ends on.
  package var lastLine: Int
  package var verdict: RowVerdict
  /// Whether it is a further line of the record before it.
  package var continuesRecord = false
  /// How many bytes were written for it.
  package var size = 0
  /// Where its bytes are in the input.
  package var source: Range<Int>
}

/// Why a row cannot be sent, as a service says it: which field, which rule.
package struct RowReason: Sendable, Hashable {
  /// The rule that a row breaks.
  package enum Rule: Sendable, Hashable {
    /// A value is not of this type.
    case type(ResourceSchema.AttributeType)
    /// What must be there is not.
    case blank
    /// The name is not known.
    case unknownName
    /// Another one, which the text describes.
    case other
  }

  /// The attribute, or the relationship's `_id`; nil for the row as a whole.
  package var field: String?
  package var rule: Rule
  /// What is wrong, in words.
  package var text: String
}

/// The reasons that are found while a row is read.
struct RowReasons {
  /// For people, each with the place it is about.
  private(set) var texts: [String] = []
  private(set) var all: [RowReason] = []

  var isEmpty: Bool { texts.isEmpty }
  var count: Int { texts.count }

  mutating func append(_ text: String, field: String? = nil, _ rule: RowReason.Rule = .other) {
    texts.append(text)
    all.append(RowReason(field: field, rule: rule, text: text))
  }

  mutating func append(_ reason: RowReason, place: String) {
    texts.append("\(place): \(reason.text)")
    all.append(reason)
  }

  /// Takes what is missing, as one text behind the words that say why it is needed.
  mutating func append(missing: [RowReason], because reason: String?) {
    guard !missing.isEmpty else { return }
    if let reason {
      texts.append(reason + missing.map(\.text).joined(separator: "; "))
    } else {
      texts += missing.map(\.text)
    }
    all += missing
  }
}

/// One row that cannot be sent.
package struct RejectedRow: Sendable, Hashable {
  /// The line of the input it starts on.
  package var line: Int
  /// The line it ends on.
  package var lastLine: Int
  package var reasons: [String]
  /// The same reasons by field and rule.
  package var details: [RowReason] = []
  /// What it is recognized by, when that much can be read.
  package var key: String? { identity.name }
  /// What it is recognized by, as far as that can be read.
  package var identity: RowIdentity
  /// Where its bytes are in the input.
  package var source: Range<Int>

  init(
    line: Int, lastLine: Int? = nil, reasons: RowReasons, identity: RowIdentity = .init(),
    source: Range<Int>
  ) {
    self.line = line
    self.lastLine = lastLine ?? line
    self.reasons = Array(reasons.texts.prefix(Self.maximumReasons))
    details = reasons.all
    self.identity = identity
    self.source = source
  }

  /// At most this many reasons are given for one row.
  package static let maximumReasons = 5
}

/// What reading one row gives.
package enum RowOutcome: Sendable {
  case row(Row)
  indirect case rejected(RejectedRow)

  /// The line of the input it starts on.
  package var line: Int {
    switch self {
    case .row(let row): row.line
    case .rejected(let row): row.line
    }
  }

  /// Where its bytes end in the input.
  package var end: Int {
    switch self {
    case .row(let row): row.source.upperBound
    case .rejected(let row): row.source.upperBound
    }
  }
}

/// What a row is recognized by.
package struct RowIdentity: Sendable, Hashable {
  /// The values of the type's key, joined with `-` as the service's logs join them; nil when the
  /// row does not hold them all.
  package var key: String?
  /// The parts of a composite key, each of which old logs use alone.
  package var parts: [String] = []
  /// The id the row names.
  package var id: String?

  /// What to call the row: its key, else its id.
  package var name: String? { key ?? id }

  package init(key: String? = nil, parts: [String] = [], id: String? = nil) {
    self.key = key
    self.parts = parts
    self.id = id
  }

  /// Reads it from the values of a row.
  /// - Parameter value: The row's text in a field; nil when absent or empty.
  package init(rules: RowRules, value: (String) -> String?) {
    id = value("id")
    guard rules.isKeyed else { return }
    parts = rules.key.compactMap { field in
      value(field) ?? (rules.parentField == field ? rules.parentID : nil)
    }
    if parts.count == rules.key.count { key = parts.joined(separator: "-") }
  }
}

/// How rows are sent.
package enum RowForm: Sendable, Hashable {
  /// As JSON objects.
  case json
  /// As CSV text below this header, because a column is written `relationship.attribute`, which
  /// only the service knows how to read.
  case csv(header: [UInt8])
}

/// How rows are read.
public struct RowOptions: Sendable {
  /// Names of columns and members, and what they are called in the schema.
  public var renames: [String: String] = [:]
  /// Columns and members that are left out.
  public var ignored: Set<String> = []
  /// Values for what a row does not give itself.
  public var constants: [(name: String, value: String)] = []
  /// The text of a CSV cell that clears an attribute; nil: no cell does.
  public var nullText: String?
  /// Whether blanks, no-break and zero-width spaces at the ends of cells are left out.
  public var trims = false
  /// Whether numbers in CSV have a comma before their fraction and points between thousands.
  public var usesDecimalComma = false
  /// Whether values of another type than the schema's are taken where nothing is lost: `100234` for
  /// a string, `"250"` for a number.
  public var coerces = false
  /// Whether rows of an earlier report whose outcome is unknown are read, though they may have made
  /// records already.
  public var allowsDuplicates = false
  /// The delimiter of CSV; nil to tell it from the header.
  public var delimiter: UInt8?
  /// Ids by what stands for them in a column: `--lookup shipping_category_id=name`.
  public var lookups: [String: RowLookup] = [:]

  /// The defaults: nothing is changed.
  public init() {}

  /// Everything that decides how rows are written, in a fixed order.
  package var texts: [String] {
    var texts = [nullText ?? "", delimiter.map { "\($0)" } ?? ""]
    texts += [nullText != nil, trims, usesDecimalComma, coerces, allowsDuplicates].map { "\($0)" }
    texts.append("\(renames.count) \(ignored.count) \(constants.count) \(lookups.count)")
    for (name, other) in renames.sorted(by: { $0.key < $1.key }) { texts += [name, other] }
    texts += ignored.sorted()
    for constant in constants { texts += [constant.name, constant.value] }
    for (column, lookup) in lookups.sorted(by: { $0.key < $1.key }) {
      texts += [column, lookup.attribute, lookup.type, "\(lookup.ids.count)"]
      for (value, ids) in lookup.ids.sorted(by: { $0.key < $1.key }) {
        texts += [value] + ids.sorted()
      }
    }
    return texts
  }
}

/// The ids of records by a value that people know them by.
public struct RowLookup: Sendable, Hashable {
  /// What the values are: `name`.
  public let attribute: String
  /// The resource type of the records.
  public let type: String
  /// Ids by value; several for a value that does not tell.
  public let ids: [String: [String]]

  /// Creates a lookup.
  public init(attribute: String, type: String, ids: [String: [String]]) {
    self.attribute = attribute
    self.type = type
    self.ids = ids
  }

  /// Names that a value is compared with for a suggestion: none of very many, which would take longer
  /// than reading the row.
  private static let maximumSuggestible = 1_000
  private var suggestible: some Sequence<String> {
    ids.keys.prefix(ids.count <= Self.maximumSuggestible ? ids.count : 0)
  }

  /// The id of a value, or why there is none.
  package func id(of value: String) -> Result<String, LookupFailure> {
    switch ids[value]?.count ?? 0 {
    case 0:
      return .failure(
        LookupFailure(
          reason: "no \(type) have the \(attribute) '\(TerminalSafe.text(value, limit: 40))'"
            + (NearestNames.suggestion(for: value, among: suggestible).map {
              "; did you mean '\(TerminalSafe.text($0, limit: 40))'?"
            } ?? "")))
    case 1: return .success(ids[value]?.first ?? "")
    case let count:
      return .failure(
        LookupFailure(
          reason:
            "\(count) \(type) have the \(attribute) '\(TerminalSafe.text(value, limit: 40))': "
            + "write the id"))
    }
  }

  package struct LookupFailure: Error { package let reason: String }
}

/// The bytes of rows that are written, kept or only counted.
package struct RowBuffer: Sendable {
  /// Room for what is written; zeros behind ``count``.
  private var storage: [UInt8] = []
  /// How many bytes were written.
  package private(set) var count = 0
  /// Whether the bytes are kept.
  let keeps: Bool

  /// - Parameter keeps: Whether the bytes are kept.
  package init(keeps: Bool = true) { self.keeps = keeps }

  /// What was written; empty when it is only counted.
  package var bytes: [UInt8] { Array(slice) }

  /// What was written, where it is.
  package var slice: ArraySlice<UInt8> { storage[..<(keeps ? count : 0)] }

  /// Writes some bytes in place.
  /// - Parameters:
  ///   - size: How many.
  ///   - body: Writes exactly so many bytes to where it is told. Not called when they are only counted.
  @inline(__always)
  mutating func write(_ size: Int, _ body: (UnsafeMutablePointer<UInt8>) -> Void) {
    if keeps, size > 0 {
      if storage.count < count + size { grow(size) }
      storage.withUnsafeMutableBufferPointer { buffer in
        guard let base = buffer.baseAddress else { return }
        body(base + count)
      }
    }
    count += size
  }

  @inline(never)
  private mutating func grow(_ size: Int) {
    let room = max(64, 2 * storage.count, count + size)
    storage.append(contentsOf: repeatElement(0, count: room - storage.count))
  }

  @inline(__always)
  package mutating func append(_ byte: UInt8) { write(1) { $0.pointee = byte } }

  @inline(__always)
  package mutating func append(_ slice: ArraySlice<UInt8>) {
    write(slice.count) { place in
      slice.withUnsafeBufferPointer { bytes in
        guard let base = bytes.baseAddress else { return }
        place.update(from: base, count: bytes.count)
      }
    }
  }

  @inline(__always)
  package mutating func append(_ array: [UInt8]) { append(array[...]) }

  /// Writes what was written last once more, as characters of a JSON string instead.
  /// - Parameter start: Where it begins.
  package mutating func escapeJSON(from start: Int) {
    let written = storage[..<(keeps ? count : 0)].dropFirst(start)
    guard written.contains(where: { $0 < 0x20 || $0 == 0x22 || $0 == 0x5C }) else { return }
    let bytes = Array(written)
    count = start
    RowText.appendEscaped(bytes[...], into: &self)
  }

  /// Forgets everything that was written.
  package mutating func removeAll() { count = 0 }

  /// Takes back what was written behind a place.
  package mutating func truncate(to count: Int) { self.count = count }
}
