public import CommerceLayerRuntime

/// An application of the sandbox's organization, whose credentials get access tokens.
public struct SandboxApplication: Sendable {
  /// The client id.
  public var clientID: String
  /// The client secret; nil when it has none. Sales channels need none.
  public var clientSecret: Secret?
  /// `integration`, `sales_channel`, `webapp`, `cli` or another kind that the service knows.
  public var kind: String
  /// Where authorization codes are sent, for `webapp`; nil when it takes none.
  public var redirectURI: String?
  /// How long an access token lasts: 14400 s for sales channels, else 7200 s.
  public var tokenLifetime: Duration

  /// Creates an application.
  public init(
    clientID: String, clientSecret: Secret? = nil, kind: String = "integration",
    redirectURI: String? = nil, tokenLifetime: Duration? = nil
  ) {
    self.clientID = clientID
    self.clientSecret = clientSecret
    self.kind = kind
    self.redirectURI = redirectURI
    self.tokenLifetime =
      tokenLifetime ?? .seconds(kind == Self.salesChannel ? 14_400 : 7_200)
  }

  static let salesChannel = "sales_channel"

  /// Whether it needs no secret: applications that run in browsers cannot keep one.
  public var isPublic: Bool { kind == Self.salesChannel }

  /// Reads a JSON list of applications: `[{"client_id": "shop", "kind": "sales_channel"}]`; further
  /// members are `client_secret` and `redirect_uri`.
  /// - Throws: An error that says what cannot be read.
  public static func list(parsing text: String) throws -> [SandboxApplication] {
    guard let root = try? JSONValue(parsing: text), let elements = root.array else {
      throw InvalidList(
        description: "applications are a JSON list of objects with client_id and kind")
    }
    return try elements.enumerated().map { index, element in
      let known: Set<String> = ["client_id", "client_secret", "kind", "redirect_uri"]
      guard let id = element["client_id"]?.string, !id.isEmpty,
        let kind = element["kind"]?.string, !kind.isEmpty
      else {
        throw InvalidList(description: "application \(index + 1) has no client_id or no kind")
      }
      for (name, value) in element.object ?? [:] where !known.contains(name) || value.string == nil
      {
        throw InvalidList(
          description: "'\(name)' of application \(index + 1) is not one of "
            + "\(known.sorted().joined(separator: ", ")) with a text")
      }
      let application = SandboxApplication(
        clientID: id, clientSecret: element["client_secret"]?.string.map { Secret($0) }, kind: kind,
        redirectURI: element["redirect_uri"]?.string)
      guard application.isPublic || application.clientSecret != nil else {
        throw InvalidList(
          description:
            "application \(index + 1) needs a client_secret: only sales channels do without")
      }
      return application
    }
  }

  /// Why a list of applications cannot be read.
  private struct InvalidList: Error, CustomStringConvertible {
    let description: String
  }
}

extension SandboxConfiguration {
  /// The application of ``clientID``, and the others.
  var allApplications: [SandboxApplication] {
    [
      SandboxApplication(
        clientID: clientID, clientSecret: clientSecret, kind: applicationKind,
        tokenLifetime: tokenLifetime)
    ] + applications
  }
}

/// Who sends a request: the application, the customer or user, and what the token is restricted to.
struct Caller: Sendable {
  let application: SandboxApplication
  let owner: ChangeAuthor.Owner?
  let scope: TokenScope

  var author: ChangeAuthor {
    ChangeAuthor(
      applicationID: application.clientID, applicationKind: application.kind,
      isPublic: application.isPublic, owner: owner)
  }

  /// The sandbox's own page, which shows every record.
  static func page(of configuration: SandboxConfiguration) -> Caller {
    Caller(
      application: SandboxApplication(
        clientID: configuration.clientID, clientSecret: configuration.clientSecret,
        kind: "integration", tokenLifetime: configuration.tokenLifetime),
      owner: nil, scope: .all)
  }

  /// The id of the customer that the token is for.
  var customerID: String? { owner?.type == "Customer" ? owner?.id : nil }

  /// The relationships that a new order has unless it gives them: the market of the scope and the
  /// customer of the token.
  var orderDefaults: JSONObject {
    var defaults: JSONObject = [:]
    if let market = scope.marketID {
      defaults["market"] = RecordFields.identifier("markets", market)
    }
    if let customerID { defaults["customer"] = RecordFields.identifier("customers", customerID) }
    return defaults
  }
}

/// What a token is restricted to: `market:id:xYZkjABcde`, `store:code:outlet`, several with blanks between
/// them (https://docs.commercelayer.io/core/authentication).
struct TokenScope: Sendable, Hashable {
  /// One of the things that can be named.
  struct Part: Sendable, Hashable {
    /// The resource type.
    let type: String
    /// `id` or `code`.
    let attribute: String
    let value: String
  }

  let text: String
  let parts: [Part]
  /// The id of the market; nil unless one is named.
  var marketID: String?

  static let unrestricted = "market:all"
  /// Restricted to nothing.
  static let all = TokenScope()

  private static let types = [
    "market": "markets", "store": "stores", "stock_location": "stock_locations",
  ]

  private init() {
    text = Self.unrestricted
    parts = []
  }

  /// Nil when it is not a scope. Numbers and codes without `id` or `code` are the syntax of before 2024.
  init?(_ text: String) {
    self.text = text
    var parts: [Part] = []
    for word in text.split(whereSeparator: { $0 == " " || $0 == "," }) {
      let fields = word.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
      guard let type = Self.types[fields[0]], !fields.contains("") else { return nil }
      switch fields.count {
      case 2 where fields[1] == "all": continue
      case 2: parts.append(Part(type: type, attribute: "number", value: fields[1]))
      case 3 where ["id", "code"].contains(fields[1]):
        parts.append(Part(type: type, attribute: fields[1], value: fields[2]))
      default: return nil
      }
    }
    self.parts = parts
  }
}
