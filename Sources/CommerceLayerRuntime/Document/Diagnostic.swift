/// Something in a response that contradicts JSON:API or the schema without making the rest of it
/// unreadable: reported instead of thrown.
///
///     let page = try await client.skus.list()
///     for diagnostic in page.diagnostics { print(diagnostic) }
public struct Diagnostic: Sendable, Hashable, CustomStringConvertible {
  /// What kind of contradiction it is.
  public struct Kind: RawRepresentable, Sendable, Hashable {
    /// A stable name.
    public let rawValue: String
    /// Creates a kind from its name.
    public init(rawValue: String) { self.rawValue = rawValue }
    /// A type and an id that are there twice. Among included resources the first one counts; in a
    /// list both stay.
    public static let duplicate = Kind(rawValue: "duplicate")
    /// Included resources in a document without primary data: they are ignored.
    public static let includedAlone = Kind(rawValue: "included_alone")
    /// A relationship that leads to another type than the schema says. Typed accessors give nothing;
    /// ``Resource/linkage(_:)`` gives the resource.
    public static let unexpectedType = Kind(rawValue: "unexpected_type")
    /// One identifier where the schema says many, or a list where it says one.
    public static let cardinality = Kind(rawValue: "cardinality")
    /// An attribute of another type than the schema's. Its accessor is nil; the value is there by name.
    public static let invalidAttribute = Kind(rawValue: "invalid_attribute")
    /// A relationship that is not built as JSON:API asks. Its accessors are nil, and
    /// ``Resource/linkage(_:)`` is ``Linkage/notIncluded``.
    public static let invalidRelationship = Kind(rawValue: "invalid_relationship")
    /// An included resource that has no type or no id: it is left out.
    public static let invalidResource = Kind(rawValue: "invalid_resource")
    /// Links, meta information or another member that is not built as JSON:API asks: it is ignored.
    public static let invalidMember = Kind(rawValue: "invalid_member")
  }

  /// What kind of contradiction it is.
  public let kind: Kind
  /// The JSON pointer of the place in the response.
  public let pointer: String
  /// What is wrong, in words.
  public let message: String

  /// The value as text.
  public var description: String { "\(pointer): \(TerminalSafe.text(message, limit: 200))" }
}

/// How strictly responses are read.
public enum ResponseReading: Sendable, Hashable {
  /// One value that cannot be read is a ``Diagnostic`` and its accessor is nil; the raw value is there
  /// by name. The resources around it are not lost.
  case lenient
  /// Whatever contradicts JSON:API or the schema is an error of kind `protocolViolation`; after a write,
  /// of kind `ambiguousWrite`.
  case strict
}

/// Collects what is found while a document is read, or throws it when reading is strict.
struct DiagnosticLog {
  /// How many are kept for each document or list: a hostile document holds millions.
  static let maximum = 1_000

  let context: Document.Context
  private(set) var diagnostics: [Diagnostic] = []

  init(context: Document.Context) { self.context = context }

  /// - Throws: A protocol violation when reading is strict.
  mutating func report(
    _ kind: Diagnostic.Kind, _ message: String, at pointer: @autoclosure () -> String
  ) throws(CommerceLayerError) {
    if context.reading == .strict {
      throw .protocolViolation(message, pointer: pointer(), context)
    }
    add(Diagnostic(kind: kind, pointer: pointer(), message: message))
  }

  /// Adds what is not an error even when reading is strict.
  mutating func add(_ diagnostic: Diagnostic) {
    if diagnostics.count < Self.maximum { diagnostics.append(diagnostic) }
  }
}

/// Where in a document a resource object stands. The pointer is made when somebody wants it.
struct Place: Sendable {
  enum List: String, Sendable { case data, included }
  let list: List
  /// Its place in the list; nil for the one resource of a document.
  let index: Int?

  static let primary = Place(list: .data, index: nil)

  var pointer: String { "/\(list.rawValue)" + (index.map { "/\($0)" } ?? "") }

  /// The pointer of a member, its names escaped.
  func pointer(_ names: String...) -> String {
    names.reduce(pointer) { $0 + "/" + JSONText.pointerToken($1) }
  }
}
